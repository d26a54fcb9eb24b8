import { describe, expect, it } from "vitest";
import {
  deviceRow,
  linesByGateway,
  linesByTree,
  matchesFilter,
  realValue,
  stateOf,
} from "../../src/console/figures/device-rows.ts";
import { coverageByCarrier, qualityTotals } from "../../src/console/figures/quality-rows.ts";
import { troublesOf } from "../../src/console/figures/troubles.ts";
import { adoptionBody, emptyForm, fieldOf } from "../../src/console/pages/devices/adoption-form.ts";
import type { LiveDevice } from "../../src/contracts/live.ts";
import type { QuarantineBody } from "../../src/contracts/registry.ts";
import { meter } from "./energy-bodies.ts";

const nowMs = Date.UTC(2026, 10, 6, 6, 35);
const minutesAgo = (minutes: number): string => new Date(nowMs - minutes * 60_000).toISOString();

function live(id: string, part: Partial<LiveDevice> = {}): LiveDevice {
  return {
    ...{ id, at: minutesAgo(1), receivedAt: minutesAgo(1), stale: false, values: {}, doubtful: [] },
    ...part,
  };
}

const group: QuarantineBody = {
  ...{ id: "q1", gatewayId: "gw-1", deviceId: "m-new", code: "unknown_device", metric: null },
  ...{ detail: "no such device", count: 3, firstAt: minutesAgo(9), lastAt: minutesAgo(2) },
  ...{ topic: "zcp/v1/p/gw-1/m-new/telemetry", payloadExcerpt: "{}", payloadBytes: 2 },
  ...{ adoptable: true, guessedKind: "water-meter" },
};

describe("a device", () => {
  it("is fresh, silent, doubtful or has never been heard", () => {
    expect(stateOf(live("a"))).toBe("fresh");
    expect(stateOf(live("a", { stale: true, doubtful: ["powerKw"] }))).toBe("stale");
    expect(stateOf(live("a", { doubtful: ["powerKw"] }))).toBe("doubtful");
    expect(stateOf(live("a", { at: null }))).toBe("never");
    expect(stateOf(undefined)).toBe("never");
  });

  it("shows its most telling value; only registers are multiplied", () => {
    const row = deviceRow(
      meter({ id: "m1", multiplier: 4_000, multiplierInForce: 4_000 }),
      live("m1", { values: { importKwh: 12.5, powerKw: 0.25, voltageAV: 231 } }),
      { quality: null, nowMs },
    );
    expect(row).toMatchObject({ metric: "powerKw", ageMs: 60_000, state: "fresh" });
    expect(row.quantity).toEqual({ text: "0.3", unit: "kW" });
    expect(realValue(2, { type: "register", unit: "kWh" }, 4_000)).toBe(8_000);
    expect(realValue(231, { type: "gauge", unit: "V" }, 4_000)).toBe(231);
  });

  it("that has said nothing has no value, not zero", () => {
    const row = deviceRow(meter({ id: "m1" }), undefined, { quality: null, nowMs });
    expect(row).toMatchObject({ quantity: null, metric: null, ageMs: null, state: "never" });
  });

  it("is found by all words of a search, by kind, state and gateway", () => {
    const row = deviceRow(meter({ id: "m-bm01" }), live("m-bm01"), { quality: null, nowMs });
    const ask = (part: object) =>
      matchesFilter(
        row,
        { text: "", kind: "", state: "all", gatewayId: "", ...part },
        "m-bm01 拉河新材 lahe",
      );
    expect(ask({ text: "lahe BM01" })).toBe(true);
    expect(ask({ text: "lahe water" })).toBe(false);
    expect(ask({ kind: "water-meter" })).toBe(false);
    expect(ask({ state: "stale" })).toBe(false);
    expect(ask({ gatewayId: "gw-1" })).toBe(true);
  });
});

describe("the list of devices", () => {
  const row = (id: string, parentId: string | null = null, gatewayId = "gw-1") =>
    deviceRow(meter({ id, parentId, gatewayId }), live(id), { quality: null, nowMs });

  it("stands under gateways, and a closed one shows its head only", () => {
    const lines = linesByGateway([row("a", null, "gw-2"), row("b")], (id) => id !== "gw-2");
    expect(lines.map(({ key }) => key)).toEqual(["group-gw-1", "b", "group-gw-2"]);
  });

  it("stands as a tree, with nothing lost to a missing parent or a ring", () => {
    const lines = linesByTree([
      ...[row("child", "top"), row("top"), row("orphan", "gone")],
      ...[row("ring-a", "ring-b"), row("ring-b", "ring-a")],
    ]);
    const shown = lines.map((line) => (line.kind === "device" ? [line.key, line.depth] : []));
    expect(shown.slice(0, 3)).toEqual([
      ["top", 0],
      ["child", 1],
      ["orphan", 0],
    ]);
    expect(shown).toHaveLength(5);
  });
});

describe("troubles", () => {
  const inputs = { quarantine: [], placeOf: () => "place", nowMs };

  it("begin with the longest silence, then what was refused", () => {
    const troubles = troublesOf({
      ...inputs,
      meters: [meter({ id: "a" }), meter({ id: "b" }), meter({ id: "c", gatewayId: "gw-2" })],
      devices: new Map([
        ["a", live("a", { stale: true, at: minutesAgo(10) })],
        ["b", live("b", { doubtful: ["powerKw"] })],
        ["c", live("c", { stale: true, at: minutesAgo(90) })],
      ]),
      quarantine: [group],
    });
    expect(troubles.map(({ key }) => key)).toEqual([
      ...["silent-c", "silent-a", "quarantine-q1", "doubt-b"],
    ]);
    expect(troubles[0]?.age).toBe("静默 1 h 30 min");
    expect(troubles[2]?.detail).toContain("未登记的设备");
  });

  it("take devices that fall silent behind one gateway as one", () => {
    const meters = ["a", "b", "c"].map((id) => meter({ id }));
    const troubles = troublesOf({ ...inputs, meters, devices: new Map() });
    expect(troubles).toHaveLength(1);
    expect(troubles[0]).toMatchObject({ title: "3 台设备静默", age: "从未上报" });
  });

  it("are none when everything reports", () => {
    const devices = new Map([["a", live("a")]]);
    expect(troublesOf({ ...inputs, meters: [meter({ id: "a" })], devices })).toEqual([]);
  });
});

describe("coverage", () => {
  const item = (meterId: string, slotsMeasured: number) => ({
    ...{ meterId, slotsExpected: 10, slotsMeasured, slotsEstimated: 1 },
    ...{ slotsMissing: 9 - slotsMeasured, coverage: slotsMeasured / 10 },
  });
  const body = {
    ...{ from: minutesAgo(60), to: minutesAgo(0), slotsExpected: 10, coverage: 0.5 },
    items: [item("a", 9), item("b", 4), item("w", 5)],
  };

  it("is summed over slots, by carrier", () => {
    const meters = [meter({ id: "a" }), meter({ id: "b" }), meter({ id: "w", carrier: "water" })];
    expect(qualityTotals(body)).toEqual({ expected: 30, measured: 18, estimated: 3, missing: 9 });
    expect(coverageByCarrier(body, meters)).toEqual([
      { carrier: "electricity", meterCount: 2, fraction: 13 / 20 },
      { carrier: "water", meterCount: 1, fraction: 0.5 },
    ]);
  });

  it("is not known while nothing is expected", () => {
    expect(qualityTotals(null)).toBeNull();
    expect(qualityTotals({ ...body, items: [{ ...item("a", 0), slotsExpected: 0 }] })).toBeNull();
  });
});

describe("the adoption form", () => {
  it("begins with the guessed kind and sends only what was given", () => {
    const form = emptyForm(group);
    expect(adoptionBody(form)).toEqual({ kind: "water-meter" });
    Object.assign(form, { nameZh: "水表", multiplier: "10", enterpriseId: "dw-01" });
    expect(adoptionBody(form)).toEqual({
      ...{ kind: "water-meter", name: "水表", multiplier: 10, enterpriseId: "dw-01" },
    });
    expect(adoptionBody({ ...form, nameEn: "Meter" })).toMatchObject({
      name: { zh: "水表", en: "Meter" },
    });
  });

  it("leaves a number that is none for the service to refuse", () => {
    expect(adoptionBody({ ...emptyForm(group), multiplier: "ten" })).toMatchObject({
      multiplier: "ten",
    });
  });

  it("finds the field of a fault", () => {
    expect(fieldOf("/registerDigits")).toBe("registerDigits");
    expect(fieldOf("/name/en")).toBe("nameEn");
    expect(fieldOf("/name")).toBe("nameZh");
  });
});
