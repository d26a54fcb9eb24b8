import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { World } from "../../simulators/field/world.ts";
import type { Register, SimDevice } from "../../simulators/park/sim-device.ts";
import type { Sample } from "../../simulators/sampling/sampler.ts";
import { createSimulation } from "../../simulators/simulation.ts";
import { loadPark } from "../../src/adapters/files/load-park.ts";
import type { LedgerSlot } from "../../src/domain/telemetry/slot.ts";
import { dayMs, lhasa, lhasaPath, quarterMs } from "../support/simulated-park.ts";
import { type TruthRun, truthRun } from "../support/truth-run.ts";

/** The proof looks at every device of the park, the short form at one of each kind. */
const isProof = process.env.ZCP_PROOF !== undefined;
const toMs = Date.parse("2026-11-06T00:00:00+08:00");
const fromMs = toMs - 30 * dayMs;
const slotsOfRun = (toMs - fromMs) / quarterMs;
/** Registers are decimals of whole Wh; what is left is the last bit of doubles. */
const exactKwh = 1e-6;
const minutes = 60_000;
// Other work may hold the machine up; the proof looks at a thousand times more.
vi.setConfig({ testTimeout: (isProof ? 60 : 5) * minutes });

const park = lhasa();
const meters = new Map(loadPark(lhasaPath).meters.map((meter) => [meter.id, meter]));
const oneOfEach = [
  ...["m-grid", "m-grid-b", "m-t1", "m-l07", "m-bm01", "m-bm01-k1", "m-ess", "m-pv", "pv-01"],
  ...["pv-01-i1", "direct-01", "pcs-01", "bms-a01", "chg1-01", "cc-dc01", "m-gas-bm01"],
  ...["m-h2-pva01", "m-o2-bm01", "m-wat-dw01", "m-heat-of01", "m-cool-dc01-1", "m-stm-br01"],
  ...["tank-bm01-d", "tank-bm03-l", "eff-dw01", "line-dw01-1"],
];
const devices = isProof
  ? park.devices.filter(({ registers }) => registers.length > 0)
  : oneOfEach.map((id) => park.byId.get(id)).filter((device) => device !== undefined);

let world: World;
beforeAll(() => {
  const simulation = createSimulation({ park, seed: 43, fromMs, toMs, latch: true });
  simulation.world.advanceTo(toMs);
  world = simulation.world;
}, 10 * minutes);

function truthBetween(device: SimDevice, { index, countsPerReal }: Register, ...span: number[]) {
  const [startMs = 0, endMs = 0] = span;
  const counts = world.countsAt(device, index, endMs) - world.countsAt(device, index, startMs);
  return counts / countsPerReal;
}

/** Calls with every register of every device and what the ledger says of it. */
async function eachRegister(
  run: TruthRun,
  look: (device: SimDevice, register: Register, slots: readonly LedgerSlot[]) => void,
): Promise<void> {
  let looked = 0;
  for (const device of devices) {
    for (const register of device.registers) {
      look(device, register, await run.slotsOf(device, register.name));
      looked += 1;
    }
  }
  expect(looked).toBeGreaterThan(30);
}

function sumOf(slots: readonly LedgerSlot[]): number {
  return slots.reduce((sum, { amount }) => sum + (amount ?? Number.NaN), 0);
}

/** A sum of thousands of doubles may be off by the last bits of each. */
const totalTolerance = (amount: number): number => exactKwh + Math.abs(amount) * 1e-12;

describe("thirty days without faults and with latching", () => {
  let run: TruthRun;
  beforeAll(async () => {
    run = await truthRun({ world, devices, meters, fromMs, toMs, latch: true });
  }, 60 * minutes);
  afterAll(() => run?.close());

  it("arrive whole: nothing is refused and no consumer fails", () => {
    expect([run.quarantined, run.errors]).toEqual([0, []]);
  });

  it("have every slot of every register, each equal to the truth to 1e-6", async () => {
    await eachRegister(run, (device, register, slots) => {
      const what = `${device.id} ${register.name}`;
      expect(slots.length, what).toBe(slotsOfRun);
      let worst = 0;
      for (const [place, slot] of slots.entries()) {
        const startMs = fromMs + place * quarterMs;
        expect(slot.startMs).toBe(startMs);
        const truth = truthBetween(device, register, startMs, startMs + quarterMs);
        worst = Math.max(worst, Math.abs((slot.amount ?? Number.NaN) - truth));
      }
      expect(worst, what).toBeLessThan(exactKwh);
    });
  });

  it("are measured throughout and were never revised", async () => {
    await eachRegister(run, (device, register, slots) => {
      const others = slots.filter(({ grade, coverage, revision }) => {
        return grade !== "A" || coverage !== 1 || revision !== 1;
      });
      expect(others.slice(0, 3), `${device.id} ${register.name}`).toEqual([]);
    });
  });
});

describe("thirty days without faults and without latching", () => {
  let run: TruthRun;
  beforeAll(async () => {
    run = await truthRun({ world, devices, meters, fromMs, toMs, latch: false });
  }, 60 * minutes);
  afterAll(() => run?.close());

  it("have slots within what can have flowed between the readings around their ends", async () => {
    await eachRegister(run, (device, register, slots) => {
      const times = run.samplesOf(device).map(({ ts }) => ts);
      let startBound = around(device, register, times, slots[0]?.startMs ?? 0);
      for (const { startMs, amount } of slots) {
        const endMs = startMs + quarterMs;
        const truth = truthBetween(device, register, startMs, endMs);
        const endBound = around(device, register, times, endMs);
        const error = Math.abs((amount ?? Number.NaN) - truth);
        const bound = startBound + endBound + exactKwh;
        expect(error, `${device.id} ${register.name}`).toBeLessThanOrEqual(bound);
        startBound = endBound;
      }
    });
  });

  it("have days whose totals equal the truth to 1e-6, because midnight is still frozen", async () => {
    await eachRegister(run, (device, register, slots) => {
      for (let startMs = fromMs; startMs < toMs; startMs += dayMs) {
        const day = slots.filter(
          (slot) => slot.startMs >= startMs && slot.startMs < startMs + dayMs,
        );
        expect(day).toHaveLength(dayMs / quarterMs);
        const truth = truthBetween(device, register, startMs, startMs + dayMs);
        expect(Math.abs(sumOf(day) - truth)).toBeLessThan(totalTolerance(truth));
      }
    });
  });
});

/** Place of the first instant at or after another one. */
function placeOf(ascending: readonly number[], tsMs: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < tsMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What flowed between the two readings that enclose an instant; nothing when one was taken at it. */
function around(
  device: SimDevice,
  register: Register,
  times: readonly number[],
  tsMs: number,
): number {
  const after = placeOf(times, tsMs);
  const [beforeMs, afterMs] = [times[after - 1], times[after]];
  if (afterMs === tsMs || beforeMs === undefined || afterMs === undefined) return 0;
  return truthBetween(device, register, beforeMs, afterMs);
}

describe("thirty days with drop-outs, resends, duplicates and disorder", () => {
  const often = isProof ? 0.3 : 0.5;
  const faults = {
    ...{ "drop-out": often, resend: often, duplicate: often, "out-of-order": often },
  };
  let run: TruthRun;
  beforeAll(async () => {
    run = await truthRun({ world, devices, meters, fromMs, toMs, latch: true, faults });
  }, 90 * minutes);
  afterAll(() => run?.close());

  it("lose and repeat a good part of what was measured, and no consumer fails", () => {
    // History comes by the quarter hour, its last day by the minute or as the device reports.
    const lossy = devices.filter((device) => {
      const whole = 29 * 96 + dayMs / 1000 / Math.max(60, device.intervalS);
      return run.samplesOf(device).length < whole;
    });
    expect(lossy.length).toBeGreaterThan(devices.length / 10);
    expect([run.quarantined, run.errors]).toEqual([0, []]);
  });

  it("add up to the register difference of every meter", async () => {
    await eachRegister(run, (device, register, slots) => {
      const samples = run.samplesOf(device);
      const first = slots[0];
      const last = slots.at(-1);
      if (first === undefined || last === undefined) throw new Error(`${device.id} has no slots`);
      const difference =
        reading(samples, register, last.startMs + quarterMs) -
        reading(samples, register, first.startMs);
      const expected = difference * (meters.get(device.id)?.multiplier ?? Number.NaN);
      const what = `${device.id} ${register.name}`;
      expect(Math.abs(sumOf(slots) - expected), what).toBeLessThan(totalTolerance(expected) * 4);
    });
  });

  it("invent no slot: none before the first reading, after the last one, or twice", async () => {
    await eachRegister(run, (device, register, slots) => {
      const times = run.samplesOf(device).map(({ ts }) => ts);
      const firstMs = Math.ceil((times[0] ?? 0) / quarterMs) * quarterMs;
      const lastMs = Math.floor((times.at(-1) ?? 0) / quarterMs) * quarterMs;
      expect(
        slots.map(({ startMs }) => startMs),
        `${device.id} ${register.name}`,
      ).toEqual(
        Array.from({ length: (lastMs - firstMs) / quarterMs }, (_none, place) => {
          return firstMs + place * quarterMs;
        }),
      );
    });
  });

  it("know the truth wherever both ends were read, and call the rest an estimate", async () => {
    await eachRegister(run, (device, register, slots) => {
      const times = new Set(run.samplesOf(device).map(({ ts }) => ts));
      for (const { startMs, amount, grade } of slots) {
        const endMs = startMs + quarterMs;
        const isRead = times.has(startMs) && times.has(endMs);
        if (!isRead) {
          expect(grade, `${device.id} ${new Date(startMs).toISOString()}`).not.toBe("A");
          continue;
        }
        const truth = truthBetween(device, register, startMs, endMs);
        expect(Math.abs((amount ?? Number.NaN) - truth)).toBeLessThan(exactKwh);
      }
    });
  });
});

/** The register at an instant, read or on the line between the readings around it. */
function reading(samples: readonly Sample[], { name }: Register, tsMs: number): number {
  const after = samples.findIndex(({ ts }) => ts >= tsMs);
  const to = samples[after];
  const from = samples[after - 1];
  if (to === undefined) return Number.NaN;
  if (to.ts === tsMs || from === undefined) return Number(to.values[name]);
  const [begin, end] = [Number(from.values[name]), Number(to.values[name])];
  return begin + ((end - begin) * (tsMs - from.ts)) / (to.ts - from.ts);
}
