import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { FaultEvent, FaultKind } from "../../simulators/faults/fault-kinds.ts";
import { faultRatesOf, readFaultScript } from "../../simulators/faults/fault-options.ts";
import { FaultPlan } from "../../simulators/faults/fault-plan.ts";
import type { Sample } from "../../simulators/sampling/sampler.ts";
import { historyMessages } from "../../simulators/sending/history-messages.ts";
import { strangerMessages } from "../../simulators/sending/stranger.ts";
import { workOut } from "../../simulators/simulation.ts";
import {
  dayMs,
  deviceOf,
  feeder,
  hourMs,
  quarterMs,
  registerOf,
  simulated,
  smallPark,
  thursdayMs,
} from "../support/simulated-park.ts";
import { tempDir } from "../support/temp-dir.ts";

const minuteMs = 60_000;
const noonMs = thursdayMs + 12 * hourMs;
const untilMs = thursdayMs + dayMs;
const park = smallPark([feeder]);
const meter = deviceOf(park, "m1");
const register = registerOf(park, "m1", "importKwh");
const range = { fromMs: thursdayMs, toMs: untilMs, stepMs: quarterMs };

function fault(kind: FaultKind, overrides: Partial<FaultEvent> = {}): FaultEvent {
  return {
    ...{ kind, deviceId: "m1", fromMs: noonMs, toMs: noonMs + hourMs },
    ...{ offsetMs: 90_000, factor: 40, ...overrides },
  };
}

/** Messages of the day with these faults, and what they say in the order of sending. */
function sent(...faultScript: readonly FaultEvent[]) {
  const simulation = simulated({ park, faultScript });
  const replacements = workOut(simulation, untilMs, true);
  const messages = historyMessages({ ...simulation, newestFirst: false }, meter, range);
  const samples = messages.flatMap(({ payload }): readonly Sample[] => {
    const body = JSON.parse(payload);
    return body.samples ?? [body];
  });
  return { simulation, messages, samples, replacements };
}

function importAt(samples: readonly Sample[], tsMs: number): number {
  return Number(samples.find(({ ts }) => ts === tsMs)?.values.importKwh);
}

const clean = sent().samples;

describe("a fault of the field", () => {
  it("is absent unless it is asked for", () => {
    expect(clean).toHaveLength(96);
    expect(clean.map(({ ts }) => ts)).toEqual(
      Array.from({ length: 96 }, (_none, index) => thursdayMs + index * quarterMs),
    );
  });

  it("drop-out: nothing is sent for a while, and the register goes on where it is", () => {
    const { samples } = sent(fault("drop-out"));
    expect(samples).toEqual(clean.filter(({ ts }) => ts < noonMs || ts >= noonMs + hourMs));
  });

  it("duplicate: every message is sent twice", () => {
    const { messages } = sent(fault("duplicate"));
    expect(messages).toHaveLength(2);
    expect(messages[1]).toEqual(messages[0]);
  });

  it("resend: everything is sent again, unchanged", () => {
    expect(sent(fault("resend")).samples).toEqual([...clean, ...clean]);
  });

  it("out-of-order: all samples arrive, in another order", () => {
    const { samples } = sent(fault("out-of-order"));
    expect(samples).not.toEqual(clean);
    expect([...samples].sort((a, b) => a.ts - b.ts)).toEqual(clean);
  });

  it("clock-skew: true values carry a time that is off", () => {
    const { samples } = sent(fault("clock-skew"));
    const skewed = samples.filter(({ ts }) => ts % quarterMs !== 0);
    expect(skewed.map(({ ts }) => ts)).toEqual(
      [0, 1, 2, 3].map((n) => noonMs + n * quarterMs + 90_000),
    );
    expect(skewed.map(({ values }) => values)).toEqual(
      clean.filter(({ ts }) => ts >= noonMs && ts < noonMs + hourMs).map(({ values }) => values),
    );
  });

  it("stuck: the display stands still and then jumps to the truth", () => {
    const { samples } = sent(fault("stuck"));
    const standing = [0, 1, 2, 3].map((n) => importAt(samples, noonMs + n * quarterMs));
    expect(new Set(standing).size).toBe(1);
    expect(importAt(samples, noonMs + hourMs)).toBe(importAt(clean, noonMs + hourMs));
  });

  it("spike: one sample shows what the meter can never have reached", () => {
    const { samples } = sent(
      fault("spike", { fromMs: noonMs - minuteMs, toMs: noonMs - minuteMs }),
    );
    const different = samples.filter(({ ts, values }) => {
      return Number(values.importKwh) !== importAt(clean, ts);
    });
    expect(different.map(({ ts }) => ts)).toEqual([noonMs]);
    // 40 times the rated 1,000 kWh of an hour, at a multiplier of 40.
    expect(importAt(samples, noonMs) - importAt(clean, noonMs)).toBeCloseTo(1000, 6);
  });

  it("reset: the display begins at zero again and counts on truly", () => {
    const { samples } = sent(fault("reset"));
    const drop = importAt(samples, noonMs);
    expect(drop).toBe(importAt(clean, noonMs));
    const after = importAt(samples, noonMs + quarterMs);
    expect(after).toBeCloseTo(importAt(clean, noonMs + quarterMs) - importAt(clean, noonMs), 9);
    expect(importAt(samples, noonMs + 2 * quarterMs) - after).toBeCloseTo(
      importAt(clean, noonMs + 2 * quarterMs) - importAt(clean, noonMs + quarterMs),
      9,
    );
  });

  it("replacement: another meter goes on from what it shows, and the gateway says so", () => {
    const { samples, replacements } = sent(fault("replacement"));
    expect(replacements.map(({ device, atMs }) => [device.id, atMs])).toEqual([["m1", noonMs]]);
    const first = importAt(samples, noonMs + quarterMs);
    expect(first).not.toBe(importAt(clean, noonMs + quarterMs));
    expect(first).toBeLessThan(0.03 * 1e6);
    expect(importAt(samples, noonMs + 2 * quarterMs) - first).toBeCloseTo(
      importAt(clean, noonMs + 2 * quarterMs) - importAt(clean, noonMs + quarterMs),
      9,
    );
  });

  it("rollover: the display passes its last digit at the wanted time", () => {
    const { samples } = sent(fault("rollover"));
    expect(importAt(samples, noonMs - quarterMs)).toBeGreaterThan(999_990);
    expect(importAt(samples, noonMs)).toBe(0);
    expect(importAt(samples, noonMs + quarterMs)).toBeLessThan(10);
  });

  it("unknown-device: something that nobody registered speaks through the gateway", () => {
    const plan = new FaultPlan(1, {}, [fault("unknown-device", { deviceId: "gw" })]);
    const span = { fromMs: noonMs - hourMs, toMs: noonMs + 3 * minuteMs };
    const messages = strangerMessages(plan, "gw", span);
    expect(messages).toHaveLength(3);
    expect(messages[0]?.deviceId).toMatch(/^unknown-\d+$/);
    expect(park.byId.has(messages[0]?.deviceId ?? "")).toBe(false);
  });

  it("never changes the truth", () => {
    const all = (["drop-out", "stuck", "spike", "reset", "replacement"] as const).map((kind) =>
      fault(kind),
    );
    const { simulation } = sent(...all);
    const { world } = simulated({ park });
    expect(simulation.world.countsAt(meter, register.index, untilMs)).toBe(
      world.countsAt(meter, register.index, untilMs),
    );
  });
});

describe("faults by chance", () => {
  it("happen about as often as their rate says, the same for the same seed", () => {
    const days = 400;
    const count = (seed: number): number => {
      const plan = new FaultPlan(seed, { spike: 0.25 }, []);
      let found = 0;
      for (let day = 0; day < days; day += 1) {
        const fromMs = thursdayMs + day * dayMs;
        found += plan.within("m1", "spike", fromMs, fromMs + dayMs).length;
      }
      return found;
    };
    expect(count(3)).toBe(count(3));
    // Binomial with a standard deviation of 8.7 around 100.
    expect(Math.abs(count(3) - 100)).toBeLessThan(35);
    expect(count(3)).not.toBe(count(4));
  });

  it("are the same wherever one begins to look", () => {
    const plan = new FaultPlan(5, faultRatesOf("heavy"), []);
    const long = plan.within("m1", "drop-out", thursdayMs, thursdayMs + 30 * dayMs);
    expect(long.length).toBeGreaterThan(2);
    for (const event of long) {
      expect(plan.within("m1", "drop-out", event.fromMs, event.fromMs + 1)).toContainEqual(event);
      expect(plan.at("m1", "drop-out", event.toMs - 1)).toBeDefined();
    }
  });
});

describe("what faults are asked for", () => {
  it("is a level or a list of rates", () => {
    expect(faultRatesOf("none")).toEqual({});
    expect(faultRatesOf("spike=0.5, reset=0.01")).toEqual({ spike: 0.5, reset: 0.01 });
  });

  it.each(["much", "spike", "spike=2", "spike=-1", "spike=", "flood=0.1", "spike=0.1=2"])(
    "is refused as %s",
    (text) => {
      expect(() => faultRatesOf(text)).toThrow(/write none, light, heavy/);
    },
  );

  function script(text: string): string {
    const path = join(tempDir(), "faults.yaml");
    writeFileSync(path, text);
    return path;
  }

  it("can be a schedule, for a device or for all devices of a gateway", () => {
    const path = script(`
- { kind: drop-out, gateway: gw, at: "2026-11-05T12:00:00+08:00", minutes: 30 }
- { kind: clock-skew, device: m1, at: "2026-11-05T13:00:00+08:00", minutes: 5, offsetS: -60 }
`);
    expect(readFaultScript(path, park)).toMatchObject([
      { kind: "drop-out", deviceId: "m1", fromMs: noonMs, toMs: noonMs + 30 * minuteMs },
      { kind: "clock-skew", deviceId: "m1", offsetMs: -60_000 },
    ]);
  });

  it.each([
    ["an unknown kind", "- { kind: flood, device: m1, at: 2026-11-05T12:00:00Z }", "0.kind"],
    ["a time without offset", "- { kind: spike, device: m1, at: '2026-11-05T12:00' }", "0.at"],
    ["neither device nor gateway", "- { kind: spike, at: 2026-11-05T12:00:00Z }", "either"],
    [
      "a length of an instant",
      "- { kind: reset, device: m1, at: 2026-11-05T12:00:00Z, minutes: 3 }",
      "instant",
    ],
    ["an unknown device", "- { kind: spike, device: m9, at: 2026-11-05T12:00:00Z }", "no m9"],
  ])("is refused with %s", (_what, text, said) => {
    expect(() => readFaultScript(script(text), park)).toThrow(said);
  });
});
