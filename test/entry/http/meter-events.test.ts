import { expect, it } from "vitest";
import { MeterEventBody, TaskBody } from "../../../src/contracts/meter-events.ts";
import { type HttpFixture, openHttp } from "../../support/http-fixture.ts";

const at = (clock: string): string => `2026-11-22T${clock}:00.000Z`;

/** Register values of m-acme at clock times of the day. */
async function send(http: HttpFixture, ...pairs: (readonly [clock: string, importKwh: number])[]) {
  const samples = pairs.map(([clock, importKwh]) => ({ ts: at(clock), values: { importKwh } }));
  await http.call("POST", "/api/v1/telemetry", { gateway: "gw-1", device: "m-acme", samples });
  await http.settled();
}

async function record(http: HttpFixture, body: object, status = 201) {
  const answer = await http.call("POST", "/api/v1/meters/m-acme/events", body);
  expect(answer.statusCode, answer.body).toBe(status);
  await http.settled();
  return answer.json();
}

async function energy(http: HttpFixture, more = "") {
  const span = `from=${at("04:00")}&to=${at("05:00")}`;
  const path = `/api/v1/energy?scope=meter:m-acme&step=15m&${span}${more}`;
  return (await http.call("GET", path)).json();
}

async function importsOf(http: HttpFixture, more = ""): Promise<(number | null)[]> {
  const { slots } = await energy(http, more);
  return slots.map(({ importKwh }: { importKwh: number | null }) => importKwh);
}

const readings = [
  ["04:00", 1000],
  ["04:15", 1010],
  ["04:30", 506],
  ["04:45", 516],
  ["05:00", 526],
] as const;
// The old meter's last value at 04:21 is 1014, the new one begins at 500: 4 + 6 in that slot.
const replacement = { type: "replacement", at: at("04:21"), oldFinal: 1014, newInitial: 500 };

it("counts a replacement the same, recorded before or after its readings", async () => {
  const after = await openHttp();
  await send(after, ...readings);
  expect(await importsOf(after)).toEqual([10, 0, 10, 10]);
  MeterEventBody.parse(await record(after, replacement));
  expect(await importsOf(after)).toEqual([10, 10, 10, 10]);

  const before = await openHttp();
  await record(before, replacement);
  await send(before, ...readings);
  expect(await importsOf(before)).toEqual([10, 10, 10, 10]);
});

it("holds what follows an unexplained fall as provisional until somebody decides", async () => {
  const http = await openHttp();
  await send(http, ...readings);
  const fallen = await energy(http);
  const isProvisional = fallen.slots.map((slot: { provisional: boolean }) => slot.provisional);
  expect(isProvisional).toEqual([false, true, true, true]);
  expect(fallen.total).toMatchObject({ importKwh: 30, provisional: true });
  const open = (await http.call("GET", "/api/v1/tasks?state=open")).json();
  expect(open.items.map((item: unknown) => TaskBody.parse(item))).toMatchObject([
    {
      ...{ kind: "register_drop", meterId: "m-acme", register: "importKwh", closedAt: null },
      ...{ lastAt: at("04:15"), before: 1010, at: at("04:30"), after: 506 },
    },
  ]);
  await record(http, replacement);
  expect((await energy(http)).total).toMatchObject({ importKwh: 40, provisional: false });
  expect((await http.call("GET", "/api/v1/tasks?state=open")).json().items).toEqual([]);
  const closed = (await http.call("GET", "/api/v1/tasks?state=closed&meter=m-acme")).json();
  expect(closed.items).toHaveLength(1);
});

it("opens the question again when the answer is withdrawn", async () => {
  const http = await openHttp();
  await send(http, ...readings);
  const { id } = await record(http, replacement);
  await record(http, { type: "withdrawal", eventId: id, reason: "wrong meter" });
  expect(await importsOf(http)).toEqual([10, 0, 10, 10]);
  expect((await http.call("GET", "/api/v1/tasks?state=open")).json().items).toHaveLength(1);
  const list = (await http.call("GET", "/api/v1/meters/m-acme/events")).json();
  expect(list.items).toMatchObject([
    { type: "replacement", inForce: false },
    { type: "withdrawal", eventId: id, reason: "wrong meter" },
  ]);
  const again = { type: "withdrawal", eventId: id, reason: "twice" };
  expect(await record(http, again, 409)).toMatchObject({ code: "event_withdrawn" });
});

it("corrects a multiplier backwards and still answers what was known before", async () => {
  const http = await openHttp();
  // Ten units a quarter hour, booked with the ratio 1; from 04:15 on it has been 40: 10, 400, 400, 400.
  await send(http, ["04:00", 0], ["04:15", 10], ["04:30", 20], ["04:45", 30], ["05:00", 40]);
  const knownAt = new Date(http.clock.nowMs).toISOString();
  http.clock.nowMs += 60_000;
  await record(http, { type: "multiplier", at: at("04:15"), value: 40, reason: "CT ratio found" });
  expect(await importsOf(http)).toEqual([10, 400, 400, 400]);
  expect(await importsOf(http, `&asOf=${knownAt}`)).toEqual([10, 10, 10, 10]);
  const meter = (await http.call("GET", "/api/v1/meters/m-acme")).json();
  expect(meter).toMatchObject({ multiplier: 1, multiplierInForce: 40 });
  const span = `from=${at("04:00")}&to=${at("05:00")}`;
  const path = `/api/v1/energy/revisions?meter=m-acme&${span}`;
  const { items } = (await http.call("GET", path)).json();
  const revised = items.filter(({ revision }: { revision: number }) => revision > 1);
  expect(revised).toMatchObject([
    { start: at("04:15"), revision: 2, reason: "multiplier", before: 10, after: 400 },
    { start: at("04:30"), revision: 2, reason: "multiplier", before: 10, after: 400 },
    { start: at("04:45"), revision: 2, reason: "multiplier", before: 10, after: 400 },
  ]);
});

it("lets a calibration change no figure", async () => {
  const http = await openHttp();
  const body = { type: "calibration", at: at("01:00"), validUntil: "2028-11-22T00:00:00Z" };
  const answer = await record(http, { ...body, certificate: "JL-1", accuracyClass: 0.5 });
  expect(answer).toMatchObject({ type: "calibration", certificate: "JL-1", accuracyClass: 0.5 });
});

it("refuses what cannot have happened, with the place of the fault", async () => {
  const http = await openHttp();
  const future = new Date(http.clock.nowMs + 3_600_000).toISOString();
  expect(await record(http, { ...replacement, at: future }, 422)).toMatchObject({
    code: "event_in_future",
  });
  const stand = { ...replacement, newInitial: { nonsenseKwh: 1 } };
  expect(await record(http, stand, 422)).toMatchObject({ code: "unknown_register" });
  // Of several registers the one that has too many digits is named.
  const narrow = { id: "m-six", gatewayId: "gw-1", kind: "electricity-meter", registerDigits: 6 };
  await http.call("POST", "/api/v1/meters", { ...narrow, name: "Six digits" });
  const tooLong = { ...replacement, oldFinal: { importKwh: 1014, exportKwh: 1_000_000 } };
  const refused = await http.call("POST", "/api/v1/meters/m-six/events", tooLong);
  expect(refused.json()).toMatchObject({
    code: "beyond_digits",
    errors: [{ pointer: "/oldFinal/exportKwh" }],
  });
  const span = { type: "invalidation", at: at("02:00"), to: at("01:00"), reason: "x" };
  expect(await record(http, span, 422)).toMatchObject({ code: "invalid_interval" });
  expect(await record(http, { type: "multiplier", at: at("01:00"), value: 0 }, 422)).toMatchObject({
    code: "invalid_request",
  });
  const gone = { type: "withdrawal", eventId: "nobody", reason: "x" };
  expect(await record(http, gone, 404)).toMatchObject({ code: "not_found" });
  await record(http, replacement);
  expect(await record(http, replacement, 409)).toMatchObject({ code: "event_exists" });
});

it("shows a meter of another enterprise to nobody", async () => {
  const http = await openHttp();
  const headers = await http.signIn(["enterprise"], "beta");
  for (const url of ["/api/v1/meters/m-acme/events", "/api/v1/tasks?meter=m-acme"]) {
    const answer = await http.inject({ method: "GET", url, headers });
    expect(answer.statusCode).toBe(404);
  }
  const payload = replacement;
  const url = "/api/v1/meters/m-beta/events";
  const refused = await http.inject({ method: "POST", url, headers, payload });
  expect(refused.statusCode).toBe(403);
});
