import { describe, expect, it } from "vitest";
import type { World } from "../../simulators/field/world.ts";
import { cellVoltageV, temperatureShare } from "../../simulators/storage/battery-cell.ts";
import type { Command } from "../../src/contracts/command.ts";
import {
  countsBetween,
  hourMs,
  quarterMs,
  simulated,
  smallPark,
  storageMeters,
  thursdayMs,
} from "../support/simulated-park.ts";

const park = smallPark(storageMeters);
const minuteMs = 60_000;
/** Night: the own schedule of the station rests. */
const nightMs = thursdayMs + 2 * hourMs;

function command(powerKw: number, overrides: Partial<Command> = {}): Command {
  return {
    ...{ id: "c-1", setpoint: { powerKw }, fallback: "zero" },
    validFrom: new Date(nightMs).toISOString(),
    validTo: new Date(nightMs + hourMs).toISOString(),
    ...overrides,
  };
}

function worldAt(tsMs: number): World {
  return simulated({ park, toMs: tsMs }).world;
}

function give(world: World, deviceId: string, wanted: Command, receivedAtMs = nightMs) {
  return world.desk.receive({ deviceId, command: wanted, receivedAtMs });
}

describe("a storage station under command", () => {
  it("accepts a set-point, ramps to it within a minute and reports its end", () => {
    const world = worldAt(nightMs);
    expect(give(world, "ess", command(-2800)).ack).toEqual({ id: "c-1", status: "accepted" });
    world.advanceTo(nightMs + 20_000);
    const rampingKw = world.station.powerKw;
    expect(rampingKw).toBeLessThan(0);
    expect(rampingKw).toBeGreaterThan(-2800);
    world.advanceTo(nightMs + minuteMs);
    expect(world.station.powerKw).toBeCloseTo(-2800, 6);
    expect(world.station.units.map(({ mode }) => mode)).toEqual(["command", "command"]);
    expect(world.desk.ended(nightMs + minuteMs)).toEqual([]);
    world.advanceTo(nightMs + hourMs + 2 * minuteMs);
    expect(world.desk.ended(nightMs + hourMs)).toEqual([
      {
        deviceId: "ess",
        ack: { id: "c-1", status: "done", reason: "expired, falling back to zero" },
      },
    ]);
    expect(world.station.powerKw).toBe(0);
    expect(world.station.units[0]?.mode).toBe("fallback");
  });

  it("counts what it was told to deliver, less the ramp", () => {
    const world = worldAt(nightMs);
    give(world, "ess", command(2000));
    world.advanceTo(nightMs + hourMs);
    const charged = ["pcs-1", "pcs-2"].reduce((sum, id) => {
      return sum + countsBetween(world, [id, "chargeKwh"], nightMs, nightMs + hourMs);
    }, 0);
    // 2,000 kW for an hour; the ramp of 3,500 kW a minute costs less than 2,000 kW for 40 s.
    expect(charged / 1000).toBeLessThanOrEqual(2000);
    expect(charged / 1000).toBeGreaterThan(2000 - 2000 * (40 / 3600));
  });

  it("holds or drops its power after the end, and goes back to its own schedule after half an hour", () => {
    const world = worldAt(nightMs);
    give(world, "ess", command(-1000, { fallback: "hold" }));
    world.advanceTo(nightMs + hourMs + 10 * minuteMs);
    expect(world.station.powerKw).toBeCloseTo(-1000, 6);
    world.advanceTo(nightMs + hourMs + 32 * minuteMs);
    expect(world.station.powerKw).toBe(0);
    expect(world.station.units[0]?.mode).toBe("schedule");
  });

  it("lets a PCS of its own follow its own command", () => {
    const world = worldAt(nightMs);
    give(world, "pcs-1", command(1500));
    give(world, "ess", command(-600, { id: "c-2" }));
    world.advanceTo(nightMs + 5 * minuteMs);
    expect(world.station.units.map(({ powerKw }) => Math.round(powerKw))).toEqual([1500, -600]);
  });

  it("replaces an older command by a newer one and never goes back", () => {
    const world = worldAt(nightMs);
    give(world, "ess", command(-500));
    const laterMs = nightMs + 10 * minuteMs;
    const later = { id: "c-2", validTo: new Date(nightMs + 20 * minuteMs).toISOString() };
    give(world, "ess", command(-1500, later), laterMs);
    world.advanceTo(laterMs + 2 * minuteMs);
    expect(world.station.powerKw).toBeCloseTo(-1500, 6);
    expect(world.desk.ended(laterMs + 2 * minuteMs)).toMatchObject([
      { ack: { id: "c-1", status: "done", reason: "replaced by c-2" } },
    ]);
    world.advanceTo(nightMs + 52 * minuteMs);
    world.desk.ended(nightMs + 52 * minuteMs);
    expect(world.station.powerKw).toBe(0);
  });

  it.each([
    ["a device that takes none", "m-ess-7", command(100), "m-ess-7 takes no commands"],
    ["a missing power", "ess", command(0, { setpoint: {} }), "setpoint.powerKw is missing"],
    ["too much power", "pcs-1", command(9000), "powerKw 9000 exceeds the rated 1750 kW"],
    [
      "an end before its beginning",
      "ess",
      command(100, { validTo: new Date(nightMs - hourMs).toISOString() }),
      "validTo is not after validFrom",
    ],
    [
      "one that has expired",
      "ess",
      command(100, {
        validFrom: new Date(nightMs - 2 * hourMs).toISOString(),
        validTo: new Date(nightMs - hourMs).toISOString(),
      }),
      "the command had expired when it arrived",
    ],
  ])("rejects %s and says why", (_what, device, wanted, reason) => {
    const world = worldAt(nightMs);
    expect(give(world, device, wanted)).toEqual({
      ack: { id: "c-1", status: "rejected", reason },
      taken: false,
    });
  });

  it("answers a command that is sent again as before and does not carry it out again", () => {
    const world = worldAt(nightMs);
    give(world, "ess", command(-500));
    const again = give(world, "ess", command(-500), nightMs + minuteMs);
    expect(again).toEqual({ ack: { id: "c-1", status: "accepted" }, taken: false });
  });

  it("is where it was after a restart in the middle of a command", () => {
    const endMs = nightMs + 3 * hourMs;
    const whole = worldAt(nightMs);
    give(whole, "ess", command(-1800));
    whole.advanceTo(endMs);
    const first = worldAt(nightMs);
    give(first, "ess", command(-1800));
    const middleMs = nightMs + 2 * quarterMs;
    first.advanceTo(middleMs + minuteMs);
    const state = JSON.parse(JSON.stringify(first.state()));
    const second = simulated({ park, fromMs: middleMs, state, toMs: endMs }).world;
    expect(second.history.at(endMs)?.counts).toEqual(whole.history.at(endMs)?.counts);
  });
});

describe("the batteries", () => {
  it("give back less than they took, by the losses of PCS and cells", () => {
    const world = worldAt(nightMs);
    give(world, "ess", command(3000));
    world.advanceTo(nightMs + hourMs);
    const backMs = nightMs + hourMs;
    const back = { validFrom: new Date(backMs).toISOString(), id: "c-2" };
    const validTo = new Date(backMs + hourMs).toISOString();
    give(world, "ess", command(-3000, { ...back, validTo }), backMs);
    // The first two minutes turn the direction round.
    const fromMs = backMs + 2 * minuteMs;
    const held = (): number => world.station.units[0]?.clusters[0]?.energyKwh ?? 0;
    world.advanceTo(fromMs);
    const heldBefore = held();
    world.advanceTo(backMs + hourMs);
    const ac = (name: string, startMs: number): number =>
      countsBetween(world, ["pcs-1", name], startMs, backMs + hourMs);
    const dc = (name: string, startMs: number): number =>
      countsBetween(world, ["bms-1", name], startMs, backMs + hourMs);
    // About 98 % in each direction through the PCS.
    expect(dc("chargeDcKwh", nightMs) / ac("chargeKwh", nightMs)).toBeCloseTo(0.98, 2);
    expect(ac("dischargeKwh", fromMs) / dc("dischargeDcKwh", fromMs)).toBeCloseTo(0.98, 2);
    // And 96.6 % out of the cells: their energy falls by more than what comes out of them.
    const taken = (heldBefore - held()) * 1000;
    expect(dc("dischargeDcKwh", fromMs) / taken).toBeCloseTo(0.966, 3);
  });

  it("taper towards full and stop at the limit", () => {
    const world = worldAt(nightMs);
    const long = { validTo: new Date(nightMs + 8 * hourMs).toISOString() };
    give(world, "ess", command(3500, long));
    world.advanceTo(nightMs + 2 * hourMs);
    const halfwayKw = world.station.powerKw;
    expect(halfwayKw).toBeLessThan(3500);
    world.advanceTo(nightMs + 6 * hourMs);
    expect(world.station.powerKw).toBeLessThan(0.1 * halfwayKw);
    expect(world.station.socFraction).toBeGreaterThan(0.94);
    expect(world.station.socFraction).toBeLessThanOrEqual(0.9501);
  });

  it("warm up under load and cool down again", () => {
    const world = worldAt(nightMs);
    const restCelsius = world.station.units[0]?.clusters[0]?.celsius ?? 0;
    give(world, "ess", command(-3400));
    world.advanceTo(nightMs + hourMs);
    const warmCelsius = world.station.units[0]?.clusters[0]?.celsius ?? 0;
    expect(warmCelsius).toBeGreaterThan(restCelsius + 2);
    world.advanceTo(nightMs + 4 * hourMs);
    expect(world.station.units[0]?.clusters[0]?.celsius).toBeLessThan(warmCelsius - 2);
  });

  it.each([
    ["charge", 0, 0.01],
    ["charge", 9, 0.505],
    ["charge", 18, 1],
    ["charge", 35, 1],
    ["charge", 37.5, 0.505],
    ["charge", 40, 0.01],
    ["discharge", 0, 0],
    ["discharge", 12, 1],
    ["discharge", 45, 1],
    ["discharge", 50, 0.5],
    ["discharge", 60, 0],
  ] as const)("may %s at %s °C with %s of their power", (direction, celsius, part) => {
    expect(temperatureShare(direction, celsius)).toBeCloseTo(part, 6);
  });

  it("have cells whose voltage rises with the state of charge and with the load", () => {
    const levels = [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1].map((soc) => cellVoltageV(soc, 0));
    expect(levels).toEqual([...levels].sort((a, b) => a - b));
    expect(cellVoltageV(0.5, 1)).toBeGreaterThan(cellVoltageV(0.5, 0));
    expect(cellVoltageV(0.5, -1)).toBeLessThan(cellVoltageV(0.5, 0));
  });
});
