import { expect, it } from "vitest";
import { Sampler } from "../../simulators/sampling/sampler.ts";
import {
  deviceOf,
  feeder,
  hourMs,
  simulated,
  smallPark,
  thursdayMs,
} from "../support/simulated-park.ts";

it("a meter behind transformers shows its power as it shows its registers: on the secondary side", () => {
  const wired = smallPark([feeder]);
  const direct = smallPark([{ ...feeder, multiplier: 1 }]);
  const atMs = thursdayMs + 12 * hourMs;
  const powerKw = (park: typeof wired): number => {
    const { world } = simulated({ park, toMs: atMs + hourMs });
    return Number(new Sampler(world).gauges(deviceOf(park, "m1"), atMs).powerKw);
  };
  // The same load, seen through CT and PT of 40 and without: the display has four decimals.
  expect(powerKw(direct)).toBeGreaterThan(10);
  expect(Math.abs(powerKw(wired) * feeder.multiplier - powerKw(direct))).toBeLessThan(0.05);
});
