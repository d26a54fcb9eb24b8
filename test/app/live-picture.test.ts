import { describe, expect, it } from "vitest";
import { createLivePicture } from "../../src/app/live-picture.ts";
import type { Registry } from "../../src/app/registry.ts";
import type { Meter } from "../../src/domain/park.ts";
import { servicePrincipal } from "../../src/domain/principal.ts";
import type { Reading } from "../../src/domain/telemetry/reading.ts";
import { electricityMeter, trialPark } from "../support/trial-park.ts";

const manager = servicePrincipal("north", "test");
const ofAcme = { ...manager, enterpriseId: "acme" };
const t0 = Date.parse("2026-11-22T06:00:00Z");

function open() {
  const meters: Meter[] = [
    { ...electricityMeter("m-1", "gw-1"), intervalS: 60, role: "grid" },
    { ...electricityMeter("m-2", "gw-1"), intervalS: null },
    { ...electricityMeter("m-acme", "gw-1"), intervalS: 60, enterpriseId: "acme" },
  ];
  const clock = { ms: t0 };
  const registry = {
    park: trialPark,
    meters: () => meters,
    meter: (id: string) => meters.find((meter) => meter.id === id),
    simulated: () => "none",
  } as unknown as Registry;
  const picture = createLivePicture({ registry, clock: { nowMs: () => clock.ms } });
  return { picture, clock, meters };
}

function reading(deviceId: string, tsMs: number, values: Reading["values"]): Reading {
  return { deviceId, kind: "electricity-meter", tsMs, receivedAtMs: tsMs + 40, values };
}

describe("the live picture", () => {
  it("knows of a silent device that it has never spoken", () => {
    const { picture } = open();
    expect(picture.devices(manager)[0]).toEqual({
      id: "m-1",
      tsMs: null,
      receivedAtMs: null,
      stale: true,
      values: {},
      doubtful: [],
    });
    expect(picture.view(manager).freshness).toEqual({
      devicesTotal: 3,
      devicesFresh: 0,
      devicesNever: 3,
      completenessFraction: null,
      delayS: null,
    });
  });

  it("gathers the newest value of each metric, whichever reading brought it", () => {
    const { picture } = open();
    picture.observe([
      reading("m-1", t0 - 2000, { powerKw: 5, importKwh: 100 }),
      reading("m-1", t0 - 1000, { powerKw: 7 }),
      reading("m-1", t0 - 3000, { powerKw: 1, frequencyHz: 50 }),
    ]);
    expect(picture.devices(manager)[0]).toMatchObject({
      tsMs: t0 - 1000,
      values: { powerKw: 7, importKwh: 100, frequencyHz: 50 },
      stale: false,
    });
  });

  it("lets a device go stale after three of its intervals, and keeps its values", () => {
    const { picture, clock } = open();
    picture.observe([reading("m-1", t0, { powerKw: 5 })]);
    clock.ms = t0 + 180_000;
    expect(picture.devices(manager)[0]?.stale).toBe(false);
    expect(picture.view(manager).flow.gridKw).toBe(5);
    clock.ms = t0 + 180_001;
    expect(picture.devices(manager)[0]).toMatchObject({ stale: true, values: { powerKw: 5 } });
    expect(picture.view(manager).flow.gridKw).toBeNull();
  });

  it("waits a quarter hour for a device whose interval nobody stated", () => {
    const { picture, clock } = open();
    picture.observe([reading("m-2", t0, { powerKw: 5 })]);
    clock.ms = t0 + 900_000;
    expect(picture.devices(manager)[1]?.stale).toBe(false);
    clock.ms = t0 + 900_001;
    expect(picture.devices(manager)[1]?.stale).toBe(true);
  });

  it("does not take an old power for fresh because another metric is", () => {
    const { picture, clock } = open();
    picture.observe([reading("m-1", t0, { powerKw: 5 })]);
    clock.ms = t0 + 600_000;
    picture.observe([reading("m-1", clock.ms, { importKwh: 100 })]);
    expect(picture.devices(manager)[0]?.stale).toBe(false);
    expect(picture.view(manager).flow.gridKw).toBeNull();
  });

  it("names doubtful metrics and does not count bad ones", () => {
    const { picture } = open();
    picture.observe([{ ...reading("m-1", t0, { powerKw: 5 }), doubts: { powerKw: "bad" } }]);
    expect(picture.devices(manager)[0]?.doubtful).toEqual(["powerKw"]);
    expect(picture.view(manager).flow.gridKw).toBeNull();
    picture.observe([
      { ...reading("m-1", t0 + 1, { powerKw: 6 }), doubts: { powerKw: "uncertain" } },
    ]);
    expect(picture.view(manager).flow.gridKw).toBe(6);
  });

  it("widens the band of the balance by how far the powers moved at last", () => {
    const { picture, meters } = open();
    meters.length = 2;
    picture.observe([
      reading("m-1", t0 - 60_000, { powerKw: 500 }),
      reading("m-2", t0 - 60_000, { powerKw: 480 }),
    ]);
    // √((0.02 × 500)² + (0.02 × 480)²), as neither has a class.
    expect(picture.view(manager).flow.unallocatedBandKw).toBeCloseTo(Math.hypot(10, 9.6), 9);
    picture.observe([reading("m-1", t0, { powerKw: 540 })]);
    const { flow } = picture.view(manager);
    expect(flow.unallocatedBandKw).toBeCloseTo(Math.hypot(10.8, 9.6, 40), 9);
  });

  it("gives the age of the median device", () => {
    const { picture } = open();
    picture.observe([
      reading("m-1", t0 - 4000, { powerKw: 5 }),
      reading("m-2", t0 - 60_000, { powerKw: 5 }),
      reading("m-acme", t0 + 1000, { powerKw: 5 }),
    ]);
    expect(picture.view(manager).freshness).toMatchObject({ delayS: 4, devicesFresh: 3 });
  });

  it("shows a tenant its own devices, figures and freshness only", () => {
    const { picture } = open();
    picture.setCompleteness(0.98);
    picture.observe([reading("m-1", t0, { powerKw: 500 }), reading("m-acme", t0, { powerKw: 20 })]);
    expect(picture.devices(ofAcme).map(({ id }) => id)).toEqual(["m-acme"]);
    const { flow, freshness } = picture.view(ofAcme);
    expect(flow).toMatchObject({ gridKw: null, loadKw: 20, supplyKw: null });
    expect(freshness).toMatchObject({ devicesTotal: 1, completenessFraction: null });
    expect(picture.view(manager).freshness.completenessFraction).toBe(0.98);
  });

  it("tells once which devices have changed or gone stale", () => {
    const { picture, clock } = open();
    expect(picture.takeChanges().size).toBe(0);
    picture.observe([reading("m-1", t0, { powerKw: 5 })]);
    expect([...picture.takeChanges()]).toEqual(["m-1"]);
    expect(picture.takeChanges().size).toBe(0);
    // An older reading than the known one changes nothing.
    picture.observe([reading("m-1", t0 - 1000, { powerKw: 4 })]);
    expect(picture.takeChanges().size).toBe(0);
    clock.ms = t0 + 180_001;
    expect([...picture.takeChanges()]).toEqual(["m-1"]);
    expect(picture.takeChanges().size).toBe(0);
  });

  it("goes on from what the store knew at start", () => {
    const { picture } = open();
    picture.restore([reading("m-1", t0 - 5000, { powerKw: 5 })]);
    expect(picture.devices(manager)[0]).toMatchObject({ values: { powerKw: 5 }, stale: false });
  });
});
