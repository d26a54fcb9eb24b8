import { closestMatch } from "leven";

/** ` (did you mean "x"?)` when one of the candidates is close enough to be a slip, else nothing. */
export function didYouMean(written: string, candidates: readonly string[]): string {
  const distanceMax = Math.max(2, Math.floor(written.length / 4));
  const match = closestMatch(written, candidates, { maxDistance: distanceMax });
  return match === undefined ? "" : ` (did you mean "${match}"?)`;
}
