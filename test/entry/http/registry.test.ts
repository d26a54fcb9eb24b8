import { describe, expect, it } from "vitest";
import { openHttp, sharedHttp } from "../../support/http-fixture.ts";

const at = "2026-11-22T05:59:00Z";

describe("GET /park", () => {
  const shared = sharedHttp();

  it("says what the park is", async () => {
    const { call } = shared();
    expect((await call("GET", "/api/v1/park")).json()).toEqual({
      id: "north",
      name: { zh: "北园", en: "North" },
      shortName: { zh: "北园", en: "North" },
      timezone: "Asia/Shanghai",
      location: { latitude: 29.65, longitude: 91.1, altitudeM: 3650 },
      grid: null,
      storage: [],
      loadGroups: [{ id: "halls", name: { zh: "厂房", en: "Halls" }, icon: "factory" }],
      simulated: "none",
    });
  });
});

describe("enterprises", () => {
  const shared = sharedHttp();

  it("are registered, listed and shown", async () => {
    const { call } = await openHttp();
    const created = await call("POST", "/api/v1/enterprises", {
      id: "gamma",
      name: { zh: "丙企", en: "Gamma" },
      industry: "brewery",
      creditCode: null,
    });
    expect(created.statusCode).toBe(201);
    const gamma = {
      id: "gamma",
      name: { zh: "丙企", en: "Gamma" },
      industry: "brewery",
      creditCode: null,
    };
    expect(created.json()).toEqual(gamma);
    expect((await call("GET", "/api/v1/enterprises/gamma")).json()).toEqual(gamma);
    const { items } = (await call("GET", "/api/v1/enterprises")).json();
    expect(items.map(({ id }: { id: string }) => id)).toEqual(["acme", "beta", "gamma"]);
  });

  it("take one text as the name in both languages", async () => {
    const { call } = await openHttp();
    const created = await call("POST", "/api/v1/enterprises", { id: "gamma", name: "Gamma" });
    expect(created.json().name).toEqual({ zh: "Gamma", en: "Gamma" });
  });

  it.each([
    ["an id that is taken", { id: "acme", name: "A" }, 409, "id_taken"],
    ["an id with a slash", { id: "a/b", name: "A" }, 422, "invalid_request"],
    ["a name with a line break", { id: "x", name: "A\nB" }, 422, "invalid_request"],
    ["an unknown field", { id: "x", name: "A", naem: 1 }, 422, "invalid_request"],
  ])("are refused with %s", async (_case, body, status, code) => {
    const { call } = shared();
    const response = await call("POST", "/api/v1/enterprises", body);
    expect(response.json()).toMatchObject({ status, code });
  });
});

describe("gateways", () => {
  it("get a password that is shown once and works at once", async () => {
    const { call, services } = await openHttp();
    const created = await call("POST", "/api/v1/gateways", { id: "gw-9" });
    expect(created.statusCode).toBe(201);
    const { password, ...rest } = created.json();
    expect(rest).toEqual({ id: "gw-9", username: "gw-9" });
    expect(services.registry.gatewayAccepts("gw-9", password)).toBe(true);
    const { items } = (await call("GET", "/api/v1/gateways")).json();
    expect(items.at(-1)).toEqual({
      id: "gw-9",
      name: { zh: "gw-9", en: "gw-9" },
      simulated: false,
      online: null,
      lastAt: null,
      hasCredentials: true,
    });
    expect(JSON.stringify(items)).not.toContain(password);
  });

  it("get a new password in place of the old one", async () => {
    const { call, services } = await openHttp();
    const first = (await call("POST", "/api/v1/gateways", { id: "gw-9" })).json().password;
    const again = await call("POST", "/api/v1/gateways/gw-9/credentials");
    expect(again.statusCode).toBe(201);
    expect(services.registry.gatewayAccepts("gw-9", first)).toBe(false);
    expect(services.registry.gatewayAccepts("gw-9", again.json().password)).toBe(true);
    const unknown = await call("POST", "/api/v1/gateways/nope/credentials");
    expect(unknown.json()).toMatchObject({ status: 404, code: "not_found" });
  });

  it("are told to the broker outside, where there is one", async () => {
    const granted: string[] = [];
    const { call } = await openHttp({
      services: (services) => ({
        ...services,
        manageRegistry: {
          ...services.manageRegistry,
          accounts: {
            grant: async (gatewayId, password) => {
              granted.push(`${gatewayId} ${password}`);
            },
          },
        },
      }),
    });
    const { password } = (await call("POST", "/api/v1/gateways", { id: "gw-9" })).json();
    expect(granted).toEqual([`gw-9 ${password}`]);
  });
});

describe("meters", () => {
  const shared = sharedHttp();

  it("are registered with what is stated, and defaults for the rest", async () => {
    const { call } = await openHttp();
    const created = await call("POST", "/api/v1/meters", {
      id: "m-9",
      gatewayId: "gw-1",
      kind: "electricity-meter",
      enterpriseId: "acme",
      parentId: "m-acme",
      role: null,
      multiplier: 80,
      registerDigits: 6,
      validFrom: "2026-01-01T00:00:00+08:00",
    });
    expect(created.statusCode).toBe(201);
    expect(created.json()).toEqual({
      id: "m-9",
      gatewayId: "gw-1",
      kind: "electricity-meter",
      carrier: "electricity",
      name: { zh: "m-9", en: "m-9" },
      enterpriseId: "acme",
      parentId: "m-acme",
      role: "sub",
      loadGroupId: null,
      multiplier: 80,
      multiplierInForce: 80,
      registerDigits: 6,
      ratedMaxKw: null,
      capacityKwh: null,
      accuracyClass: null,
      intervalS: null,
      validFrom: "2025-12-31T16:00:00.000Z",
      origin: "api",
      simulated: false,
      registers: ["importKwh", "exportKwh", "importKvarh", "exportKvarh"],
      replayedSamples: 0,
    });
    const { replayedSamples, ...body } = created.json();
    expect((await call("GET", "/api/v1/meters/m-9")).json()).toEqual(body);
    expect(replayedSamples).toBe(0);
  });

  it.each([
    ["an unknown gateway", { gatewayId: "nope" }, 422, "unknown_reference"],
    ["an unknown enterprise", { enterpriseId: "nope" }, 422, "unknown_reference"],
    ["an unknown parent", { parentId: "nope" }, 422, "unknown_reference"],
    ["an unknown load group", { loadGroupId: "nope" }, 422, "unknown_reference"],
    ["itself as parent", { parentId: "m-9" }, 422, "unknown_reference"],
    ["a cluster below a meter", { kind: "storage-bms", parentId: "m-acme" }, 422, "invalid_parent"],
    ["a kind that does not exist", { kind: "toaster" }, 422, "invalid_request"],
    ["a medium that is no gas", { kind: "gas-meter", medium: "water" }, 422, "invalid_request"],
    ["a medium of another kind", { medium: "hydrogen" }, 422, "invalid_request"],
    ["a multiplier of zero", { multiplier: 0 }, 422, "invalid_request"],
    ["an id that is taken", { id: "m-acme" }, 409, "id_taken"],
  ])("are refused with %s", async (_case, change, status, code) => {
    const { call } = shared();
    const body = { id: "m-9", gatewayId: "gw-1", kind: "electricity-meter", ...change };
    const response = await call("POST", "/api/v1/meters", body);
    expect(response.json()).toMatchObject({ status, code });
    const [field = ""] = Object.keys(change).slice(-1);
    if (status === 422) expect(response.json().errors[0].pointer).toBe(`/${field}`);
    expect((await call("GET", "/api/v1/meters/m-9")).statusCode).toBe(404);
  });

  it("are listed page by page, each once", async () => {
    const { call } = shared();
    const idsOf = (page: { items: { id: string }[] }) => page.items.map(({ id }) => id);
    const first = (await call("GET", "/api/v1/meters?limit=2")).json();
    expect(idsOf(first)).toEqual(["m-acme", "m-beta"]);
    const second = (await call("GET", `/api/v1/meters?limit=2&cursor=${first.next}`)).json();
    expect(idsOf(second)).toEqual(["m-grid"]);
    expect(second.next).toBeNull();
    const own = (await call("GET", "/api/v1/meters?enterpriseId=acme")).json();
    expect(own.items.map(({ id }: { id: string }) => id)).toEqual(["m-acme"]);
    expect((await call("GET", "/api/v1/meters?limit=5000")).statusCode).toBe(422);
  });

  it("count the medium that is named for a gas meter", async () => {
    const { call } = shared();
    const gas = { id: "m-h2", gatewayId: "gw-1", kind: "gas-meter", medium: "hydrogen" };
    const created = await call("POST", "/api/v1/meters", gas);
    expect(created.json()).toMatchObject({ kind: "gas-meter", carrier: "hydrogen" });
  });
});

describe("quarantine", () => {
  async function withUnknownDevice() {
    const http = await openHttp();
    for (const minutes of [0, 15, 30]) {
      await http.call("POST", "/api/v1/telemetry", {
        gateway: "gw-1",
        device: "m-new",
        id: `message-${minutes}`,
        ts: Date.parse("2026-11-22T05:00:00Z") + minutes * 60_000,
        values: { generationKwh: 100 + minutes, irradianceWPerM2: 500 },
      });
    }
    await http.settled();
    const [group] = (await http.call("GET", "/api/v1/quarantine")).json().items;
    return { ...http, group };
  }

  it("guesses what an unknown device is", async () => {
    const { group } = await withUnknownDevice();
    expect(group).toMatchObject({
      code: "unknown_device",
      gatewayId: "gw-1",
      deviceId: "m-new",
      count: 3,
      adoptable: true,
      guessedKind: "pv-inverter",
    });
  });

  it("gives an adopted device everything that it has sent", async () => {
    const { group, call, settled } = await withUnknownDevice();
    const adopted = await call("POST", `/api/v1/quarantine/${group.id}/adoption`, {
      kind: "pv-inverter",
      name: { zh: "新站", en: "New plant" },
    });
    expect(adopted.statusCode).toBe(201);
    expect(adopted.json()).toMatchObject({
      id: "m-new",
      gatewayId: "gw-1",
      role: "pv",
      replayedSamples: 3,
    });
    await settled();
    expect((await call("GET", "/api/v1/quarantine")).json().items).toEqual([]);
    const energy = await call(
      "GET",
      "/api/v1/energy?scope=meter:m-new&from=2026-11-22T05:00:00Z&to=2026-11-22T05:30:00Z",
    );
    expect(energy.json().total).toMatchObject({ generationKwh: 30, missingSlots: 0 });
  });

  it("is emptied by registering the device as well", async () => {
    const { call, settled } = await withUnknownDevice();
    const body = { id: "m-new", gatewayId: "gw-1", kind: "pv-inverter" };
    expect((await call("POST", "/api/v1/meters", body)).json().replayedSamples).toBe(3);
    await settled();
    expect((await call("GET", "/api/v1/quarantine")).json().items).toEqual([]);
  });

  it("takes in once more what an adopted device sends again under the same id", async () => {
    const { group, call } = await withUnknownDevice();
    await call("DELETE", `/api/v1/quarantine/${group.id}`);
    await call("POST", "/api/v1/meters", { id: "m-new", gatewayId: "gw-1", kind: "pv-inverter" });
    const again = await call("POST", "/api/v1/telemetry", {
      gateway: "gw-1",
      device: "m-new",
      id: "message-0",
      ts: "2026-11-22T05:00:00Z",
      values: { generationKwh: 100, irradianceWPerM2: 500 },
    });
    expect(again.json()).toEqual({ accepted: 1, quarantined: [] });
    expect((await call("GET", "/api/v1/status")).json().ingest.duplicatesTotal).toBe(0);
  });

  it("is dismissed group by group", async () => {
    const { group, call } = await withUnknownDevice();
    expect((await call("DELETE", `/api/v1/quarantine/${group.id}`)).statusCode).toBe(204);
    expect((await call("DELETE", `/api/v1/quarantine/${group.id}`)).statusCode).toBe(404);
    const gone = await call("POST", `/api/v1/quarantine/${group.id}/adoption`, { kind: "charger" });
    expect(gone.json()).toMatchObject({ status: 404 });
  });

  it("offers no adoption for what is wrong in another way", async () => {
    const { call, settled } = await openHttp();
    await call("POST", "/api/v1/telemetry", {
      gateway: "gw-1",
      device: "m-acme",
      ts: at,
      values: { importKwh: -5 },
    });
    await settled();
    const [group] = (await call("GET", "/api/v1/quarantine")).json().items;
    expect(group).toMatchObject({ code: "range", adoptable: false, guessedKind: null });
    const refused = await call("POST", `/api/v1/quarantine/${group.id}/adoption`, {
      kind: "charger",
    });
    expect(refused.json()).toMatchObject({ status: 409, code: "not_adoptable" });
  });
});
