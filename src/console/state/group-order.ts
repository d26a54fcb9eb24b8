import type { LiveFlow } from "../../contracts/live.ts";

const key = "zcp.groupOrder";

/**
 * Order of the load groups in the flow picture: by power when the day's first picture is drawn, then
 * unchanged for the day, so that lines do not swap.
 */
export function groupOrderOf(flow: LiveFlow, day: string): readonly string[] {
  const kept = read(day);
  const ids = flow.groups.map(({ id }) => id);
  if (kept !== null && ids.every((id) => kept.includes(id))) return kept;
  // A group that has not spoken yet must not fix the order of the day.
  const isWhole = flow.groups.every(({ powerKw }) => powerKw !== null);
  const order = [...flow.groups]
    .sort((a, b) => (b.powerKw ?? 0) - (a.powerKw ?? 0))
    .map(({ id }) => id);
  if (isWhole && order.length > 0) write(day, order);
  return order;
}

function read(day: string): readonly string[] | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null");
    return kept?.day === day && Array.isArray(kept.order) ? kept.order : null;
  } catch {
    return null;
  }
}

function write(day: string, order: readonly string[]): void {
  try {
    localStorage.setItem(key, JSON.stringify({ day, order }));
  } catch {
    // Without storage the order lasts as long as the powers keep theirs.
  }
}
