import { describe, expect, it } from "vitest";
import { Sampler } from "../../simulators/sampling/sampler.ts";
import { loadPark } from "../../src/adapters/files/load-park.ts";
import { metricsOf } from "../../src/contracts/device-kinds.ts";
import { judgeSample } from "../../src/domain/telemetry/judge-sample.ts";
import {
  dayMs,
  hourMs,
  lhasa,
  lhasaPath,
  simulated,
  thursdayMs,
} from "../support/simulated-park.ts";

const park = lhasa();
const { world } = simulated({ park, toMs: thursdayMs + dayMs });
const sampler = new Sampler(world);
const registered = new Map(loadPark(lhasaPath).meters.map((meter) => [meter.id, meter]));

describe("what the simulators send without faults", () => {
  it("is taken by the platform whole, from every device at every hour of the day", () => {
    const refusals: string[] = [];
    for (const { id } of park.devices) {
      const device = park.byId.get(id);
      if (device === undefined) continue;
      for (let tsMs = thursdayMs + 17 * 60_000; tsMs < thursdayMs + dayMs; tsMs += hourMs) {
        const { ts, values } = sampler.sample(device, tsMs);
        const verdict = judgeSample({
          ...{ meter: registered.get(id), gatewayId: device.gatewayId },
          ...{ sample: { tsMs: ts, values }, nowMs: tsMs, oldestMs: 0 },
        });
        refusals.push(...verdict.refusals.map(({ detail }) => `${id} ${detail}`));
      }
    }
    expect(refusals).toEqual([]);
  });

  it("has every metric of its vocabulary from one device or another", () => {
    const sent = new Map<string, Set<string>>();
    for (const device of park.devices) {
      const known = sent.get(device.kind) ?? new Set();
      for (const name of Object.keys(sampler.sample(device, thursdayMs + dayMs / 2).values)) {
        known.add(name);
      }
      sent.set(device.kind, known);
    }
    const silent = [...sent].flatMap(([kind, names]) =>
      Object.keys(metricsOf(kind as Parameters<typeof metricsOf>[0]))
        .filter((name) => !names.has(name))
        .map((name) => `${kind} ${name}`),
    );
    // Lhasa's gas meters correct to standard conditions themselves, its heat meters only heat and its
    // cooling meters only cool, and nobody draws reactive energy out of the grid backwards.
    expect(silent.sort()).toEqual([
      "cooling-meter heatGj",
      "electricity-meter exportKvarh",
      "gas-meter volumeM3",
      "heat-meter coolingGj",
    ]);
  });
});
