import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { World } from "../../simulators/field/world.ts";
import type { Register, SimDevice } from "../../simulators/park/sim-device.ts";
import { type SimPark, simPark } from "../../simulators/park/sim-park.ts";
import {
  createSimulation,
  type Simulation,
  type SimulationOptions,
} from "../../simulators/simulation.ts";
import { ParkFile } from "../../src/contracts/park-file.ts";

export const quarterMs = 900_000;
export const hourMs = 4 * quarterMs;
export const dayMs = 24 * hourMs;

export const lhasaPath = join(import.meta.dirname, "../../parks/lhasa.yaml");

/** Thursday, 5 November 2026, midnight in Beijing: the day before the one of the design's pictures. */
export const thursdayMs = Date.parse("2026-11-05T00:00:00+08:00");

function lhasaFile(): ParkFile {
  return ParkFile.parse(parse(readFileSync(lhasaPath, "utf8")));
}

export function lhasa(seed = 43): SimPark {
  return simPark(lhasaFile(), seed);
}

/** A park of a few devices, written like the meters of a park file. */
export function smallPark(meters: readonly object[], seed = 43): SimPark {
  const name = { zh: "试验园", en: "Trial park" };
  const gateways = [...new Set(meters.map((meter) => (meter as { gatewayId: string }).gatewayId))];
  const file = ParkFile.parse({
    ...{ id: "trial", name, gateways: gateways.map((id) => ({ id })), meters },
    location: { latitude: 29.65, longitude: 91.1, altitudeM: 3650 },
    storage: [{ id: "ess", name, powerMaxKw: 3500, capacityKwh: 14_000 }],
  });
  return simPark(file, seed);
}

export const feeder = {
  ...{ id: "m1", gatewayId: "gw", kind: "electricity-meter", ratedMaxKw: 1000, intervalS: 60 },
  ...{ multiplier: 40, registerDigits: 6 },
};

/** Two PCS with a battery each below a meter of their own. */
export const storageMeters = [
  { id: "m-ess", gatewayId: "gw", kind: "electricity-meter", role: "check" },
  ...[1, 2].flatMap((n) => [
    {
      ...{ id: `pcs-${n}`, gatewayId: "gw", kind: "storage-pcs", parentId: "m-ess" },
      ...{ ratedMaxKw: 1750, capacityKwh: 7000 },
    },
    {
      ...{ id: `bms-${n}`, gatewayId: "gw", kind: "storage-bms", parentId: `pcs-${n}` },
      ...{ ratedMaxKw: 1750, capacityKwh: 7000 },
    },
  ]),
];

/** Simulates a stretch of time whole. */
export function simulated(
  options: Partial<SimulationOptions> & { readonly park: SimPark },
  days = 1,
): Simulation {
  const fromMs = options.fromMs ?? thursdayMs;
  const toMs = options.toMs ?? fromMs + days * dayMs;
  const simulation = createSimulation({ seed: 43, latch: true, ...options, fromMs, toMs });
  simulation.world.advanceTo(toMs);
  return simulation;
}

export function deviceOf(park: SimPark, id: string): SimDevice {
  const device = park.byId.get(id);
  if (device === undefined) throw new Error(`the park has no ${id}`);
  return device;
}

export function registerOf(park: SimPark, id: string, name: string): Register {
  const register = deviceOf(park, id).registers.find((one) => one.name === name);
  if (register === undefined) throw new Error(`${id} has no ${name}`);
  return register;
}

/** Whole counts that went through a register between two instants. */
export function countsBetween(
  world: World,
  [id, name]: readonly [string, string],
  fromMs: number,
  toMs: number,
): number {
  const device = deviceOf(world.park, id);
  const { index } = registerOf(world.park, id, name);
  return world.countsAt(device, index, toMs) - world.countsAt(device, index, fromMs);
}
