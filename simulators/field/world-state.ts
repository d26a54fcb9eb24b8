import { z } from "zod";
import { Command } from "../../src/contracts/command.ts";
import type { SimPark } from "../park/sim-park.ts";
import type { CommandDesk, ReceivedCommand } from "../storage/command-desk.ts";
import type { Station } from "../storage/station.ts";
import type { QuarterRecord } from "./history.ts";

const StationState = z.object({
  /** Energy and temperature of each battery. */
  batteries: z.record(z.string(), z.tuple([z.number(), z.number()])),
  /** Power of each PCS and the part of a Wh that it has not counted yet. */
  units: z.record(z.string(), z.tuple([z.number(), z.number()])),
});
type StationState = z.infer<typeof StationState>;

/** What has to be known to go on from an instant: everything else follows from seed and park. */
export const WorldState = z.object({
  atMs: z.int(),
  /** Counts since the run began, and the highest mean of the month, by `device/register`. */
  counts: z.record(z.string(), z.number()),
  maxDemandKw: z.record(z.string(), z.number()),
  station: StationState,
  /** Commands that are open at the instant, and in a file also those that have come in since. */
  commands: z.array(z.object({ deviceId: z.string(), command: Command, receivedAtMs: z.number() })),
});
export type WorldState = z.infer<typeof WorldState>;

interface WorldParts {
  readonly park: SimPark;
  readonly station: Station;
  readonly desk: CommandDesk;
}

/** Energies and temperatures of the batteries, powers and rests of the PCS, in one row. */
export function stationRow({ units }: Station, into: Float64Array): void {
  let place = 0;
  for (const { powerKw, carryWh, clusters } of units) {
    into[place++] = powerKw;
    into[place++] = carryWh;
    for (const { energyKwh, celsius } of clusters) {
      into[place++] = energyKwh;
      into[place++] = celsius;
    }
  }
}

export function stationRowLength({ units }: Station): number {
  return units.reduce((sum, { clusters }) => sum + 2 + 2 * clusters.length, 0);
}

function stationState({ units }: Station, row: Float64Array): StationState {
  const state: StationState = { batteries: {}, units: {} };
  let place = 0;
  const next = (): [number, number] => {
    place += 2;
    return [row[place - 2] ?? 0, row[place - 1] ?? 0];
  };
  for (const { device, clusters } of units) {
    state.units[device.id] = next();
    for (const cluster of clusters) state.batteries[cluster.device.id] = next();
  }
  return state;
}

export function worldState(
  { park, station }: Pick<WorldParts, "park" | "station">,
  record: QuarterRecord,
  opening: { readonly row: Float64Array; readonly commands: readonly ReceivedCommand[] },
): WorldState {
  const named = (values: ArrayLike<number>): Record<string, number> =>
    Object.fromEntries(
      park.devices
        .flatMap(({ id, registers }) =>
          registers.map(({ index, name }) => [`${id}/${name}`, values[index] ?? 0] as const),
        )
        .filter(([, value]) => value !== 0),
    );
  return {
    atMs: record.startMs,
    counts: named(record.counts),
    maxDemandKw: named(record.maxDemandKw),
    station: stationState(station, opening.row),
    commands: [...opening.commands],
  };
}

/**
 * Puts a world back to where a run before it had come. What the park file has no longer is dropped,
 * and what it has in addition begins as new.
 */
export function restoreWorld(
  { park, station, desk }: WorldParts,
  state: WorldState,
  into: { readonly counts: Float64Array; readonly maxDemandKw: Float32Array },
): void {
  for (const { id, registers } of park.devices) {
    for (const { index, name } of registers) {
      into.counts[index] = state.counts[`${id}/${name}`] ?? 0;
      into.maxDemandKw[index] = state.maxDemandKw[`${id}/${name}`] ?? 0;
    }
  }
  for (const unit of station.units) {
    const [powerKw, carryWh] = state.station.units[unit.device.id] ?? [0, 0];
    unit.powerKw = powerKw;
    unit.carryWh = carryWh;
    for (const cluster of unit.clusters) {
      const known = state.station.batteries[cluster.device.id];
      if (known !== undefined) [cluster.energyKwh, cluster.celsius] = known;
    }
  }
  for (const received of state.commands) desk.receive(received);
  // Their ends were answered by the run that left the state.
  desk.ended(state.atMs);
}
