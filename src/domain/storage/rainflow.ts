/** A point where a series turns, or one of its ends. */
export interface Reversal {
  readonly index: number;
  readonly value: number;
}

/** A closed cycle (count 1) or a swing that has not closed (count 0.5). */
export interface RainflowCycle {
  readonly range: number;
  readonly mean: number;
  readonly count: 0.5 | 1;
  readonly startIndex: number;
  readonly endIndex: number;
}

/** Where a count stands: what has not closed yet. Plain data, so that it can be stored and resumed. */
export interface RainflowState {
  readonly seen: number;
  readonly open: readonly Reversal[];
  /** The newest value, which may still become a reversal. */
  readonly newest: Reversal | null;
}

export const freshRainflow: RainflowState = { seen: 0, open: [], newest: null };

/**
 * Counts on: cycles that the values close, and the state to go on from. Feeding a series in pieces gives
 * the same cycles as feeding it at once. Equal neighbours change nothing.
 *
 * Rainflow by the three-point method of ASTM E1049-85 (5.4.4). What is left open are half cycles, see
 * `openHalfCycles`; counting them at the end of a month does not end the count.
 */
export function countOn(
  state: RainflowState,
  values: Iterable<number>,
): { readonly state: RainflowState; readonly cycles: readonly RainflowCycle[] } {
  const open = [...state.open];
  const cycles: RainflowCycle[] = [];
  let { seen, newest } = state;
  for (const value of values) {
    const point = { index: seen, value };
    seen += 1;
    const before = open.at(-1);
    if (before === undefined) {
      open.push(point);
      continue;
    }
    const current = newest ?? before;
    if (value === current.value) continue;
    const isTurn = newest !== null && (newest.value - before.value) * (value - newest.value) < 0;
    if (isTurn) cycles.push(...reverse(open, current));
    newest = point;
  }
  return { state: { seen, open, newest }, cycles };
}

/** The swings that have not closed: half cycles between neighbours of what is open. */
export function openHalfCycles({ open, newest }: RainflowState): readonly RainflowCycle[] {
  const points = [...open];
  const closed = newest === null ? [] : reverse(points, newest);
  const halves = points.slice(1).map((end, index) => cycle(points[index] as Reversal, end, 0.5));
  return [...closed, ...halves];
}

/** All cycles of a whole series; ranges are of the unit of its values. */
export function rainflowCycles(values: Iterable<number>): readonly RainflowCycle[] {
  const { state, cycles } = countOn(freshRainflow, values);
  return [...cycles, ...openHalfCycles(state)];
}

/** Number of cycles by range, in bins of equal size; each bin includes its upper end. */
export function cycleHistogram(
  cycles: readonly RainflowCycle[],
  binSize: number,
): readonly { readonly rangeMax: number; readonly count: number }[] {
  const counts: number[] = [];
  for (const { range, count } of cycles) {
    const bin = Math.max(1, Math.ceil(range / binSize));
    counts[bin - 1] = (counts[bin - 1] ?? 0) + count;
  }
  return Array.from(counts, (count = 0, bin) => ({ rangeMax: (bin + 1) * binSize, count }));
}

/**
 * Equivalent full cycles of a course of SOC from 0 to 1: half of all that it rose and fell. The same as
 * Σ range × count of its rainflow cycles, on any course.
 */
export function equivalentFullCycles(socFractions: readonly number[]): number {
  let way = 0;
  for (let index = 1; index < socFractions.length; index += 1) {
    way += Math.abs((socFractions[index] ?? 0) - (socFractions[index - 1] ?? 0));
  }
  return way / 2;
}

/** Adds a reversal to what is open and takes the cycles out that it closes. */
function reverse(open: Reversal[], reversal: Reversal): RainflowCycle[] {
  const cycles: RainflowCycle[] = [];
  open.push(reversal);
  for (;;) {
    const [a, b, c] = open.slice(-3);
    if (a === undefined || b === undefined || c === undefined) return cycles;
    if (Math.abs(c.value - b.value) < Math.abs(b.value - a.value)) return cycles;
    if (open.length === 3) {
      // The swing contains the start of the series: it will never close.
      cycles.push(cycle(a, b, 0.5));
      open.shift();
    } else {
      cycles.push(cycle(a, b, 1));
      open.splice(-3, 2);
    }
  }
}

function cycle(start: Reversal, end: Reversal, count: RainflowCycle["count"]): RainflowCycle {
  return {
    range: Math.abs(end.value - start.value),
    mean: (start.value + end.value) / 2,
    count,
    startIndex: start.index,
    endIndex: end.index,
  };
}
