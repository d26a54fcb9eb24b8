import { expect, it } from "vitest";
import { Sampler } from "../../simulators/sampling/sampler.ts";
import {
  feeder,
  hourMs,
  quarterMs,
  simulated,
  smallPark,
  thursdayMs,
} from "../support/simulated-park.ts";

it("a meter behind transformers shows power, like energy, divided by their ratio", () => {
  const park = smallPark([feeder, { ...feeder, id: "m2" }]);
  const { world } = simulated({ park });
  const sampler = new Sampler(world);
  const noonMs = thursdayMs + 12 * hourMs;
  for (const device of park.devices) {
    const begin = sampler.sample(device, noonMs).values;
    const end = sampler.sample(device, noonMs + quarterMs).values;
    const meanKw = (Number(end.importKwh) - Number(begin.importKwh)) * 4;
    // The power wanders within the quarter hour, but stays near its mean.
    expect(Number(end.powerKw)).toBeGreaterThan(meanKw * 0.5);
    expect(Number(end.powerKw)).toBeLessThan(meanKw * 2);
    expect(device.multiplier).toBe(40);
  }
});
