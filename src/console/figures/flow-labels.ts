import { percentText } from "../format/numbers.ts";
import { common } from "../text/common.ts";
import { say } from "../text/language.ts";
import { overview } from "../text/overview.ts";
import type { PlacedPart } from "./bus.ts";
import type { FlowLayout, FlowMeasure } from "./flow-layout.ts";

/** A text on a stretch of the bus. */
export interface BarLabel {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly kind: PlacedPart["kind"];
}

export const partWords = {
  grid: overview.grid,
  direct: overview.direct,
  pv: overview.pv,
  dis: overview.discharge,
  load: overview.load,
  other: overview.otherLoad,
  rest: overview.unallocated,
  chg: overview.charge,
  export: overview.exported,
} as const;

const inset = 10;

/** Size of the text on a bar. */
export function labelSize({ barHeight }: FlowMeasure): number {
  return barHeight > 24 ? 15 : 12;
}

/** The labels that fit: a stretch that is too narrow has none, its figure stands at its feeder. */
export function barLabels(layout: FlowLayout, measure: FlowMeasure): readonly BarLabel[] {
  const { upper, lower, lowerY } = layout;
  const isLoad = ({ kind }: PlacedPart): boolean => kind === "load" || kind === "other";
  const loads = lower.filter(isLoad);
  return [
    ...upper.map((part) => labelOf(part, measure.busY, measure)),
    ...lower.filter((part) => !isLoad(part)).map((part) => labelOf(part, lowerY, measure)),
    loadLabel(loads, lowerY, measure),
  ].filter((label) => label !== null);
}

/** One label for all loads, in the first of them if it is wide enough. */
function loadLabel(loads: readonly PlacedPart[], y: number, measure: FlowMeasure): BarLabel | null {
  const [first] = loads;
  if (first === undefined || loads.some(({ shareFraction }) => shareFraction === null)) return null;
  const shareFraction = loads.reduce((sum, part) => sum + (part.shareFraction ?? 0), 0);
  return labelOf({ ...first, kind: "load", shareFraction }, y, measure);
}

function labelOf(part: PlacedPart, y: number, measure: FlowMeasure): BarLabel | null {
  const size = labelSize(measure);
  const words = say(partWords[part.kind]);
  const whole =
    part.shareFraction === null ? words : `${words} ${percentText(part.shareFraction, 0)}`;
  const text = part.powerKw === null ? say(common.missing) : whole;
  const width = emsOf(text) * size;
  if (width + 2 * inset > part.width) return null;
  return {
    text,
    x: part.x + inset,
    y: y + measure.barHeight / 2 + size * 0.36,
    width,
    kind: part.kind,
  };
}

/** About how wide a text is: Chinese characters are square, the others about half as wide. */
function emsOf(text: string): number {
  let ems = 0;
  for (const letter of text) ems += letter.charCodeAt(0) > 0x2e00 ? 1.02 : 0.58;
  return ems;
}
