import type { ScopePart } from "../domain/energy/energy-scope.ts";
import type { DropTasks } from "./meter-ports.ts";

/**
 * From when on one of the registers waits for a person's decision, as known now or at an instant, so
 * that what follows may change; null: none does.
 */
export async function provisionalFromMs(
  store: DropTasks,
  parts: readonly Pick<ScopePart, "meterId" | "register">[],
  asOfMs: number | undefined,
): Promise<number | null> {
  const registers = new Set(parts.map(({ meterId, register }) => `${meterId}/${register}`));
  const meterIds = [...new Set(parts.map(({ meterId }) => meterId))];
  const tasks = await store.dropTasks(
    asOfMs === undefined ? { meterIds, isOpen: true } : { meterIds },
  );
  const open = tasks.filter(
    ({ meterId, register, openedAtMs, closedAtMs }) =>
      registers.has(`${meterId}/${register}`) &&
      (asOfMs === undefined ||
        (openedAtMs <= asOfMs && (closedAtMs === null || closedAtMs > asOfMs))),
  );
  return open.length === 0 ? null : Math.min(...open.map(({ fromMs }) => fromMs));
}
