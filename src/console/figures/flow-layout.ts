import { mwOfKw } from "../format/units.ts";
import { type Bus, type BusPart, type PlacedPart, placed, stillKw } from "./bus.ts";

/** Sizes of the flow picture at one density; the page chooses by layout. */
export interface FlowMeasure {
  readonly radius: number;
  readonly sourceY: number;
  readonly busY: number;
  readonly barHeight: number;
  readonly barGap: number;
  readonly arrowY: number;
  readonly levelGap: number;
  readonly batteryTop: number;
  readonly batteryWidth: number;
  /** Room to the right of the bus: feeder, battery and its figures. */
  readonly storageRoom: number;
  readonly feederLength: number;
  /** Places of the direct line and of PV, as fractions of the bus. */
  readonly sourceFractions: readonly [direct: number, pv: number];
}

export const wallMeasure: FlowMeasure = {
  radius: 24,
  sourceY: 34,
  busY: 190,
  barHeight: 26,
  barGap: 4,
  arrowY: 346,
  levelGap: 11,
  batteryTop: 82,
  batteryWidth: 60,
  storageRoom: 254,
  feederLength: 58,
  sourceFractions: [0.35, 0.735],
};

export const consoleMeasure: FlowMeasure = {
  radius: 17,
  sourceY: 24,
  busY: 136,
  barHeight: 22,
  barGap: 3,
  arrowY: 266,
  levelGap: 8,
  batteryTop: 62,
  batteryWidth: 48,
  storageRoom: 186,
  feederLength: 38,
  sourceFractions: [0.335, 0.665],
};

/** One line from a source to the bus, from the bus to a load, or between bus and battery. */
export interface Feeder {
  readonly id: string;
  readonly kind: BusPart["kind"];
  readonly path: string;
  readonly width: number;
  readonly state: "flow" | "still" | "missing";
  /** Straight last stretch, where the direction is shown. */
  readonly end: { readonly x: number; readonly y: number; readonly length: number };
  readonly direction: "down" | "right" | "left" | "up";
}

export interface SourcePlace {
  readonly kind: "grid" | "direct" | "pv";
  readonly x: number;
}

export interface FlowLayout {
  readonly sources: readonly SourcePlace[];
  readonly upper: readonly PlacedPart[];
  readonly lower: readonly PlacedPart[];
  readonly lowerY: number;
  readonly busLength: number;
  readonly batteryX: number;
  readonly batteryBottom: number;
  readonly feeders: readonly Feeder[];
  readonly columns: readonly { readonly id: string; readonly x: number }[];
}

const openWidth = 84;
const segmentGap = 2;
/** Up to this offset a feeder is straight. */
const straightWithin = 24;
const corner = 10;

/** A wrong multiplier somewhere must not bury the picture. */
const lineWidthMax = 32;

/** 2.5 px or 0.27 px per MW, whichever is more, up to a bound. */
export function lineWidth(powerKw: number): number {
  return Math.min(lineWidthMax, Math.max(2.5, 0.27 * mwOfKw(Math.abs(powerKw))));
}

/** Geometry of the flow picture in pixels of its own canvas. */
export function flowLayout(bus: Bus, width: number, measure: FlowMeasure): FlowLayout {
  const { busY, barHeight, barGap, radius, storageRoom, feederLength } = measure;
  const busLength = width - storageRoom;
  const [directAt, pvAt] = measure.sourceFractions;
  const place = { length: busLength, openWidth, gap: segmentGap };
  const upper = placed(bus.upper, bus.lengthKw, place);
  const lower = placed(bus.lower, bus.lengthKw, place);
  const lowerY = busY + barHeight + barGap;
  const sources: SourcePlace[] = [
    { kind: "grid", x: radius + 2 },
    { kind: "direct", x: busLength * directAt },
    { kind: "pv", x: busLength * pvAt },
  ];
  const loads = lower.filter(({ kind }) => kind === "load" || kind === "other");
  const columns = loads.map(({ id }, index) => ({ id, x: ((index + 0.5) * width) / loads.length }));
  return {
    ...{ sources, upper, lower, lowerY, busLength, columns },
    batteryX: busLength + feederLength,
    batteryBottom: lowerY + barHeight + 4,
    feeders: [
      ...sourceFeeders(sources, upper, measure),
      ...exportFeeder(lower, lowerY, measure),
      ...loadFeeders(loads, columns, lowerY + barHeight, measure),
      ...storageFeeder([upper, lower], busLength, measure),
    ],
  };
}

type Stretch = Pick<PlacedPart, "powerKw" | "x" | "width">;

const centreOf = ({ x, width }: Stretch): number => x + width / 2;

function stateOf(powerKw: number | null): Feeder["state"] {
  if (powerKw === null) return "missing";
  return Math.abs(powerKw) < stillKw ? "still" : "flow";
}

/** Straight where the offset is small and the stretch is still met, else to its centre. */
function landing(fromX: number, stretch: Stretch): number {
  const centre = centreOf(stretch);
  const margin = Math.min(8, stretch.width / 2);
  const isMet = fromX >= stretch.x + margin && fromX <= stretch.x + stretch.width - margin;
  return Math.abs(centre - fromX) < straightWithin && isMet ? fromX : centre;
}

function sourceFeeders(
  sources: readonly SourcePlace[],
  upper: readonly PlacedPart[],
  { sourceY, radius, busY }: FlowMeasure,
): Feeder[] {
  const startY = sourceY + radius + 1;
  const joined = sources.flatMap(({ kind, x }) => {
    const stretch = upper.find((each) => each.kind === kind);
    return stretch === undefined ? [] : [{ kind, x, stretch, toX: landing(x, stretch) }];
  });
  const levels = levelsOf(joined, startY + 26, busY - 34);
  const feeders: Feeder[] = joined.map(({ kind, x, stretch, toX }, index) => ({
    ...{ id: kind, kind, direction: "down" as const },
    path: elbow({ x, y: startY }, { x: toX, y: busY }, levels[index] ?? startY),
    width: stretch.powerKw === null ? 2 : lineWidth(stretch.powerKw),
    state: stateOf(stretch.powerKw),
    end: {
      x: toX,
      y: busY,
      length: x === toX ? busY - startY : busY - (levels[index] ?? startY) - corner,
    },
  }));
  return feeders;
}

/** What goes back to the grid leaves the lower bar on its left and climbs beside the bus. */
function exportFeeder(
  lower: readonly PlacedPart[],
  lowerY: number,
  { barHeight, sourceY, radius }: FlowMeasure,
): Feeder[] {
  const stretch = lower.find(({ kind }) => kind === "export");
  if (stretch === undefined || stretch.powerKw === null) return [];
  const y = lowerY + barHeight / 2;
  const topY = sourceY + radius + 2;
  const x = radius + 2;
  return [
    {
      ...{ id: "export", kind: "export" as const, direction: "up" as const },
      path: `M0 ${y}H-12V${topY + 22}H${x}V${topY}`,
      width: lineWidth(stretch.powerKw),
      state: stateOf(stretch.powerKw),
      end: { x, y: topY, length: 18 },
    },
  ];
}

function loadFeeders(
  loads: readonly PlacedPart[],
  columns: FlowLayout["columns"],
  fromY: number,
  { arrowY, levelGap }: FlowMeasure,
): Feeder[] {
  const joined = loads.map((stretch, index) => {
    const toX = columns[index]?.x ?? 0;
    const isMet = toX >= stretch.x && toX <= stretch.x + stretch.width;
    const isStraight = isMet && Math.abs(centreOf(stretch) - toX) < straightWithin;
    return { stretch, toX, x: isStraight ? toX : centreOf(stretch) };
  });
  const depth = Math.min(arrowY - fromY - 34, levelGap * Math.max(1, loads.length - 1));
  const levels = levelsOf(joined, fromY + 14, fromY + 14 + depth);
  return joined.map(({ stretch, x, toX }, index) => ({
    ...{ id: stretch.id, kind: stretch.kind, direction: "down" as const },
    path: elbow({ x, y: fromY }, { x: toX, y: arrowY }, levels[index] ?? fromY),
    width: stretch.powerKw === null ? 2 : lineWidth(stretch.powerKw),
    state: stateOf(stretch.powerKw),
    end: { x: toX, y: arrowY, length: 0 },
  }));
}

function storageFeeder(
  [upper, lower]: readonly [readonly PlacedPart[], readonly PlacedPart[]],
  busLength: number,
  { busY, barHeight, barGap, feederLength }: FlowMeasure,
): Feeder[] {
  const discharge = upper.find(({ kind }) => kind === "dis");
  const stretch = discharge ?? lower.find(({ kind }) => kind === "chg");
  if (stretch === undefined) return [];
  const isDischarge = discharge !== undefined;
  const y = busY + barHeight / 2 + (isDischarge ? 0 : barHeight + barGap);
  // From the end of the stretch, so that a shorter bar is still joined to the battery.
  const startX = Math.min(busLength, stretch.x + stretch.width);
  const endX = busLength + feederLength;
  return [
    {
      ...{ id: "storage", kind: stretch.kind },
      path: `M${startX} ${y}H${endX}`,
      width: stretch.powerKw === null ? 2 : Math.max(4, lineWidth(stretch.powerKw)),
      state: stateOf(stretch.powerKw),
      end: { x: isDischarge ? startX : endX, y, length: endX - startX },
      direction: isDischarge ? "left" : "right",
    },
  ];
}

/**
 * Height of the horizontal run of each line, so that lines never cross: among those that go right
 * the first runs lowest, among those that go left the last.
 */
function levelsOf(
  lines: readonly { readonly x: number; readonly toX: number }[],
  topY: number,
  bottomY: number,
): number[] {
  const count = Math.max(1, lines.length - 1);
  const step = (bottomY - topY) / count;
  return lines.map(({ x, toX }, index) => {
    if (lines.length === 1) return (topY + bottomY) / 2;
    return toX >= x ? bottomY - index * step : topY + index * step;
  });
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Down, across at `levelY`, down again, with rounded corners. */
function elbow(from: Point, to: Point, levelY: number): string {
  const run = to.x - from.x;
  if (Math.abs(run) < 0.5) return `M${from.x} ${from.y}V${to.y}`;
  const r = Math.min(corner, Math.abs(run) / 2, levelY - from.y, to.y - levelY);
  const sign = Math.sign(run);
  return [
    `M${from.x} ${from.y}`,
    `V${levelY - r}`,
    `Q${from.x} ${levelY} ${from.x + sign * r} ${levelY}`,
    `H${to.x - sign * r}`,
    `Q${to.x} ${levelY} ${to.x} ${levelY + r}`,
    `V${to.y}`,
  ].join("");
}
