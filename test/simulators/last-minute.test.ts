import { expect, it } from "vitest";
import { Sampler } from "../../simulators/sampling/sampler.ts";
import { hourMs, lhasa, quarterMs, simulated, thursdayMs } from "../support/simulated-park.ts";

it("every device can be read in the last minute of the running quarter hour", () => {
  const park = lhasa();
  const toMs = thursdayMs + 12 * hourMs + quarterMs - 20_000;
  const { world } = simulated({ park, toMs });
  const sampler = new Sampler(world);
  const early = world.knownMs;
  for (const device of park.devices) {
    for (const value of Object.values(sampler.gauges(device, toMs - 10_000))) {
      expect(value).not.toBeNaN();
    }
  }
  expect(early).toBeLessThan(thursdayMs + 12 * hourMs + quarterMs);
});

it("what a meter of minutes shows then is what it shows when the quarter hour is over", () => {
  const park = lhasa();
  const quarterEndMs = thursdayMs + 12 * hourMs + quarterMs;
  const plants = park.devices.filter(({ kind }) => kind === "pv-inverter");
  const powers = (toMs: number) => {
    const sampler = new Sampler(simulated({ park, toMs }).world);
    return plants.map((device) => sampler.gauges(device, quarterEndMs - 30_000).powerKw);
  };
  expect(plants.length).toBeGreaterThan(0);
  expect(powers(quarterEndMs - 20_000)).toEqual(powers(quarterEndMs + quarterMs));
});
