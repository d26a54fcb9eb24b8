import { type InjectionKey, inject, onScopeDispose, provide } from "vue";
import type { TaskBody } from "../../contracts/meter-events.ts";
import { secondMs } from "../format/units.ts";
import type { Query } from "./query.ts";

type TasksQuery = Query<TaskBody[]>;

const key: InjectionKey<TasksQuery> = Symbol("tasks");

/** Shares what waits for a decision between the bar, which counts it, and the pages below. */
export function provideTasks(query: TasksQuery): void {
  provide(key, query);
}

export function useTasks(): TasksQuery {
  const query = inject(key);
  if (query === undefined) throw new Error("tasks are shown inside the devices page");
  return query;
}

const looksAfterMs = [0, 1, 3, 7, 15].map((seconds) => seconds * secondMs);

/**
 * Looks again, and a few times more: what a person records is worked into the slots a moment later,
 * and where no figure changes by it the live stream has nothing to tell.
 */
export function useAftermath(look: () => void): () => void {
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const stop = (): void => {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  };
  onScopeDispose(stop);
  return () => {
    stop();
    for (const waitMs of looksAfterMs) timers.add(setTimeout(look, waitMs));
  };
}
