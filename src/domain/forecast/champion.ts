/** Error of one method on one day, in the same measure for all methods. */
export interface DailyError {
  readonly method: string;
  readonly date: string;
  readonly error: number;
}

/** Days over which a challenger has to win. */
const trialDays = 28;
/** Days of the trial on which both have to have been scored. */
const commonDaysMin = 14;
/** What a challenger has to be better by: a change should be worth its unrest. */
const winFraction = 0.02;

/**
 * The method to forecast with from now on. The champion stays unless a challenger had more than 2 % less
 * mean error on the days of the last 28 on which both were scored, at least 14 of them. Of several
 * winners the one with the largest gain follows.
 */
export function nextChampion(champion: string, errors: readonly DailyError[]): string {
  const dates = [...new Set(errors.map(({ date }) => date))].sort().slice(-trialDays);
  const byMethod = new Map<string, Map<string, number>>();
  for (const { method, date, error } of errors) {
    if (!dates.includes(date)) continue;
    const days = byMethod.get(method) ?? new Map<string, number>();
    byMethod.set(method, days.set(date, error));
  }
  const reigning = byMethod.get(champion) ?? new Map<string, number>();
  let best = { method: champion, gainFraction: winFraction };
  for (const [method, days] of byMethod) {
    const common = [...days.keys()].filter((date) => reigning.has(date));
    if (method === champion || common.length < commonDaysMin) continue;
    const total = (of: ReadonlyMap<string, number>): number =>
      common.reduce((sum, date) => sum + (of.get(date) ?? 0), 0);
    const gainFraction = 1 - total(days) / total(reigning);
    if (gainFraction > best.gainFraction) best = { method, gainFraction };
  }
  return best.method;
}
