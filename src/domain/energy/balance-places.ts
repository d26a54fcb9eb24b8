import { type Carrier, metricOf } from "../../contracts/device-kinds.ts";
import type { Meter } from "../park.ts";
import {
  boundaryOf,
  busMeters,
  type FlowTerm,
  flowTerms,
  type TreePlace,
  treePlaces,
} from "./metering-tree.ts";

/** A register that takes part in the balance of a place. */
export interface PlaceFlow {
  readonly meter: Meter;
  readonly register: string;
  readonly side: "in" | "out";
  /** Belongs to the meter that is balanced, not to one below or beside it. */
  readonly isMain: boolean;
}

/** Something that can be balanced, before its figures are known. */
export interface BalancePlace {
  /** `boundary:CARRIER`, `node:METER` or `check:METER`. */
  readonly id: string;
  readonly type: "boundary" | "node" | "check";
  readonly carrier: Carrier;
  /** The meter that is balanced or checked; null for a boundary. */
  readonly meter: Meter | null;
  readonly flows: readonly PlaceFlow[];
  /** A consumer's meter: what is used below it without a meter of its own is no finding. */
  readonly isOpen: boolean;
  /** Which way the meter is wired differs from park to park, so that the direction follows the others. */
  readonly isMainFree: boolean;
}

export interface PlacesOptions {
  /** The meter above the island or feeder that is looked at; absent: the whole park. */
  readonly rootId: string | undefined;
  /** Every `meter/register` that has ever had a figure. */
  readonly series: ReadonlySet<string>;
}

/** Everything that the meters allow to balance: boundaries first, then nodes, then check meters. */
export function balancePlaces(
  meters: readonly Meter[],
  options: PlacesOptions,
): readonly BalancePlace[] {
  const carriers = [...new Set(meters.map(({ carrier }) => carrier))];
  const places = treePlaces(meters);
  return [
    ...carriers.flatMap((carrier) => boundaryPlace(meters, carrier, options)),
    ...places.flatMap((place) => nodePlace(place, meters, options)),
    ...places.flatMap((place) => checkPlaces(place, options)),
  ];
}

/**
 * Registers that are in use: those that have ever had a figure, or the main one of a meter that has
 * never had any, so that it shows as missing. Of registers in different units the first one counts.
 */
export function usedTerms(meter: Meter, series: ReadonlySet<string>): readonly FlowTerm[] {
  const terms = flowTerms(meter);
  const used = terms.filter(({ register }) => series.has(`${meter.id}/${register}`));
  const [first] = used.length > 0 ? used : terms;
  if (first === undefined) return [];
  const unit = unitOf(meter, first.register);
  return (used.length > 0 ? used : [first]).filter((one) => unitOf(meter, one.register) === unit);
}

/** Unit of a register, as it stands in answers: `Nm3`. */
export function unitOf(meter: Meter, register: string): string {
  return (metricOf(meter.kind, register)?.unit ?? "").replaceAll("³", "3");
}

/** What flows through a meter into the place below it. */
function above(meter: Meter, options: PlacesOptions): readonly PlaceFlow[] {
  return usedTerms(meter, options.series).map(({ register, sign }) => ({
    ...{ meter, register, isMain: true, side: sign === 1 ? ("in" as const) : ("out" as const) },
  }));
}

/** What flows from a place into a meter below it. */
function below(meter: Meter, options: PlacesOptions): readonly PlaceFlow[] {
  return usedTerms(meter, options.series).map(({ register, sign }) => ({
    ...{ meter, register, isMain: false, side: sign === 1 ? ("out" as const) : ("in" as const) },
  }));
}

function boundaryPlace(
  meters: readonly Meter[],
  carrier: Carrier,
  options: PlacesOptions,
): readonly BalancePlace[] {
  const boundary = boundaryOf(meters, carrier, options.rootId);
  if (boundary === null) return [];
  const flows = [
    ...boundary.mains.flatMap((meter) => above(meter, options)),
    ...boundary.inside.flatMap((meter) => below(meter, options)),
  ];
  return [
    {
      id: `boundary:${carrier}`,
      type: "boundary",
      carrier,
      meter: null,
      flows,
      isMainFree: false,
      isOpen: false,
    },
  ];
}

/**
 * A main feeds a bus, and so does everything else that stands on top of the tree; with several mains
 * nobody can tell which of them the others feed, and only the boundary is balanced.
 */
function nodePlace(
  { meter, parts }: TreePlace,
  meters: readonly Meter[],
  options: PlacesOptions,
): readonly BalancePlace[] {
  if (parts.length === 0) return [];
  const { carrier, role } = meter;
  const isMain = role === "grid" && options.rootId === undefined;
  const others = isMain ? busMeters(meters, carrier) : [];
  const mains = meters.filter((one) => one.role === "grid" && one.carrier === carrier);
  if (others.length > 0 && mains.length > 1) return [];
  const flows = [
    ...above(meter, options),
    ...[...parts, ...others].flatMap((part) => below(part, options)),
  ];
  const isMainFree = meter.kind === "electricity-meter" && parts.every((one) => one.role === "pv");
  const isOpen = role === "load" || role === "sub";
  return [{ id: `node:${meter.id}`, type: "node", carrier, meter, flows, isMainFree, isOpen }];
}

function checkPlaces(
  { meter, checks }: TreePlace,
  options: PlacesOptions,
): readonly BalancePlace[] {
  return checks.map((check) => ({
    ...{ id: `check:${check.id}`, type: "check" as const, carrier: meter.carrier, meter },
    flows: [...above(meter, options), ...below(check, options)],
    ...{ isMainFree: true, isOpen: false },
  }));
}

/** A flow whose amount is known. */
interface Measured {
  readonly flow: PlaceFlow;
  readonly amount: number;
}

/**
 * Sides of the flows once their amounts are known. Where the main meter may be wired either way, its
 * direction is that of the others; a meter and its check are compared with the first one as what
 * comes in.
 */
export function orientedSides(
  place: BalancePlace,
  measured: readonly Measured[],
): readonly ("in" | "out")[] {
  const net = (isMain: boolean): number =>
    measured
      .filter(({ flow }) => flow.isMain === isMain)
      .reduce((sum, { flow, amount }) => sum + (flow.side === "in" ? amount : -amount), 0);
  const [main, others] = [net(true), net(false)];
  // A balanced place has nets of opposite signs.
  const isMainTurned = place.isMainFree && main * others > 0;
  const isAllTurned = place.type === "check" && (isMainTurned ? -main : main) < 0;
  return measured.map(({ flow }) => {
    const isTurned = (flow.isMain && isMainTurned) !== isAllTurned;
    return isTurned === (flow.side === "in") ? "out" : "in";
  });
}
