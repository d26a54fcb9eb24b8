/** A cumulative register as a device reported it at one instant, in register units. */
export interface Point {
  readonly tsMs: number;
  readonly value: number;
}

export interface ResolvedPoints {
  /** One point for each instant, ascending. */
  readonly points: readonly Point[];
  /** Instants that had several values. */
  readonly conflicts: readonly number[];
}

interface Group {
  readonly tsMs: number;
  readonly lowest: number;
  readonly highest: number;
  /** Ascending; only where there is more than one. */
  readonly values: readonly number[] | null;
}

/**
 * Gives every instant one value. Of several, the lowest that lies between its neighbours wins, or the
 * lowest of all where none does. A neighbour that is in conflict itself counts with the value that
 * lets most pass, so that the outcome does not depend on which of two was decided first.
 */
export function resolveConflicts(reported: readonly Point[]): ResolvedPoints {
  const groups = groupsOf(reported);
  const conflicts: number[] = [];
  const points = groups.map((group, index): Point => {
    const { tsMs, lowest, values } = group;
    if (values === null) return { tsMs, value: lowest };
    conflicts.push(tsMs);
    const atLeast = groups[index - 1]?.lowest ?? Number.NEGATIVE_INFINITY;
    const atMost = groups[index + 1]?.highest ?? Number.POSITIVE_INFINITY;
    const fitting = values.find((value) => value >= atLeast && value <= atMost);
    return { tsMs, value: fitting ?? lowest };
  });
  return { points, conflicts };
}

function groupsOf(reported: readonly Point[]): Group[] {
  const groups: Group[] = [];
  let start = 0;
  while (start < reported.length) {
    const { tsMs, value } = reported[start] as Point;
    let end = start + 1;
    while (reported[end]?.tsMs === tsMs) end += 1;
    const values =
      end === start + 1 ? [value] : reported.slice(start, end).map((point) => point.value);
    const distinct = [...new Set(values)].sort((a, b) => a - b);
    groups.push({
      tsMs,
      lowest: distinct[0] ?? value,
      highest: distinct.at(-1) ?? value,
      values: distinct.length > 1 ? distinct : null,
    });
    start = end;
  }
  return groups;
}
