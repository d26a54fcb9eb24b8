import type { LiveFlow } from "../../contracts/live.ts";

export type BusKind =
  | "grid"
  | "direct"
  | "pv"
  | "dis"
  | "load"
  | "other"
  | "rest"
  | "chg"
  | "export";

/** One stretch of a bar of the bus. `powerKw` null: not known, the stretch stays open. */
export interface BusPart {
  readonly id: string;
  readonly kind: BusKind;
  readonly powerKw: number | null;
  /** Share of the bar that holds it; null where the bar is not whole. */
  readonly shareFraction: number | null;
}

export type BusVerdict =
  | { readonly kind: "inside" }
  | { readonly kind: "outside"; readonly excessKw: number }
  | { readonly kind: "unknown"; readonly missing: readonly BusKind[] };

/** What comes in above, what goes out below; both bars are equally long when all of it is known. */
export interface Bus {
  readonly upper: readonly BusPart[];
  readonly lower: readonly BusPart[];
  /** Length of the longer bar. */
  readonly lengthKw: number;
  readonly verdict: BusVerdict;
}

/** Below this a feeder stands still. */
export const stillKw = 50;

export interface BusOptions {
  /** Order of the load groups; those that it does not name come last. */
  readonly groupOrder: readonly string[];
  /** Sources of which the park has meters: null means silent there, and absent elsewhere. */
  readonly metered: ReadonlySet<string>;
}

/**
 * Lays the live balance out as two bars: supply, and use in the given order of the load groups.
 * What the balance cannot assign is the last stretch of the shorter bar, so that the difference is
 * seen where it sits.
 */
export function busOf(flow: LiveFlow, { groupOrder, metered }: BusOptions): Bus {
  const upper = upperParts(flow, metered);
  const lower = lowerParts(flow, groupOrder);
  const inflow = knownSum(upper);
  const outflow = knownSum(lower);
  const isWhole = [...upper, ...lower].every(({ powerKw }) => powerKw !== null);
  const restKw = inflow - outflow;
  if (isWhole && restKw > 0) {
    const charge = lower.findIndex(({ kind }) => kind === "chg");
    lower.splice(charge < 0 ? lower.length : charge, 0, part("rest", "rest", restKw));
  }
  if (isWhole && restKw < 0) upper.push(part("rest", "rest", -restKw));
  const lengthKw = Math.max(inflow, outflow);
  return {
    upper: withShares(upper, isWhole),
    lower: withShares(lower, isWhole),
    lengthKw,
    verdict: verdictOf(flow, [...upper, ...lower]),
  };
}

function part(id: string, kind: BusKind, powerKw: number | null): BusPart {
  return { id, kind, powerKw, shareFraction: null };
}

function upperParts(flow: LiveFlow, metered: ReadonlySet<string>): BusPart[] {
  const parts: BusPart[] = [];
  const sources = [
    ["grid", flow.gridKw],
    ["direct", flow.directKw],
    ["pv", flow.pvKw],
  ] as const;
  for (const [kind, powerKw] of sources) {
    const isSilent = powerKw === null && metered.has(kind);
    if (isSilent || (powerKw !== null && powerKw > 0)) parts.push(part(kind, kind, powerKw));
  }
  if (flow.storage !== null && flow.storageKw !== null && flow.storageKw < 0) {
    parts.push(part("dis", "dis", -flow.storageKw));
  }
  return parts;
}

function lowerParts(flow: LiveFlow, groupOrder: readonly string[]): BusPart[] {
  const parts: BusPart[] = [];
  if (flow.gridKw !== null && flow.gridKw < 0) parts.push(part("export", "export", -flow.gridKw));
  const byId = new Map(flow.groups.map((group) => [group.id, group]));
  const order = [
    ...groupOrder.filter((id) => byId.has(id)),
    ...flow.groups.map(({ id }) => id).filter((id) => !groupOrder.includes(id)),
  ];
  let groupedKw = 0;
  for (const id of order) {
    const powerKw = byId.get(id)?.powerKw ?? null;
    parts.push(part(id, "load", powerKw));
    groupedKw += powerKw ?? 0;
  }
  // Loads that no group holds, so that the bar is the whole load; open when some of it is silent.
  if (order.length === 0) parts.push(part("load", "load", flow.loadKw));
  else if (flow.loadKw === null) parts.push(part("rest", "rest", null));
  else if (flow.loadKw - groupedKw > 1) {
    parts.push(part("other", "other", flow.loadKw - groupedKw));
  }
  if (flow.storage !== null && (flow.storageKw === null || flow.storageKw > 0)) {
    parts.push(part("chg", "chg", flow.storageKw));
  }
  return parts;
}

function knownSum(parts: readonly BusPart[]): number {
  return parts.reduce((sum, { powerKw }) => sum + (powerKw ?? 0), 0);
}

function withShares(parts: readonly BusPart[], isWhole: boolean): BusPart[] {
  const sum = knownSum(parts);
  return parts.map((each) => ({
    ...each,
    shareFraction: isWhole && sum > 0 && each.powerKw !== null ? each.powerKw / sum : null,
  }));
}

function verdictOf(flow: LiveFlow, parts: readonly BusPart[]): BusVerdict {
  const { unallocatedKw, unallocatedBandKw, lossAllowanceKw, withinBand } = flow;
  if (withinBand === null || unallocatedKw === null || unallocatedBandKw === null) {
    // The open stretch of the rest is what silent loads leave; the loads are what is missing.
    const missing = parts
      .filter(({ kind, powerKw }) => powerKw === null && kind !== "rest")
      .map(({ kind }) => kind);
    if (flow.loadKw === null) missing.push("load");
    return { kind: "unknown", missing: [...new Set(missing)] };
  }
  if (withinBand) return { kind: "inside" };
  const boundKw =
    unallocatedKw > 0 ? unallocatedBandKw + (lossAllowanceKw ?? 0) : unallocatedBandKw;
  return { kind: "outside", excessKw: Math.abs(unallocatedKw) - boundKw };
}

/** A stretch on the screen. */
export interface PlacedPart extends BusPart {
  readonly x: number;
  readonly width: number;
}

/**
 * Places parts on a bar of `length` pixels. An unknown part is open and has a fixed width, which
 * the known ones make room for, or less where there are many.
 */
export function placed(
  parts: readonly BusPart[],
  lengthKw: number,
  {
    length,
    openWidth,
    gap,
  }: { readonly length: number; readonly openWidth: number; readonly gap: number },
): PlacedPart[] {
  const openCount = parts.filter(({ powerKw }) => powerKw === null).length;
  // When much is unknown the open parts share the bar, or half of it, instead of growing beyond it.
  const openRoom = openCount < parts.length ? length / 2 : length;
  const openFull = openCount === 0 ? 0 : Math.min(openWidth, openRoom / openCount);
  const room = Math.max(0, length - openCount * openFull);
  let x = 0;
  return parts.map((each) => {
    const full =
      each.powerKw === null ? openFull : lengthKw > 0 ? (each.powerKw / lengthKw) * room : 0;
    const result = { ...each, x, width: Math.max(0, full - gap) };
    x += full;
    return result;
  });
}
