import { type InjectionKey, inject, onScopeDispose, provide } from "vue";
import type { QuarantineBody } from "../../contracts/registry.ts";
import { getAll } from "../api/client.ts";
import { secondMs } from "../format/units.ts";
import { useLedger } from "./energy-day.ts";
import type { Query } from "./query.ts";

type QuarantineQuery = Query<QuarantineBody[]>;

const key: InjectionKey<QuarantineQuery> = Symbol("quarantine");

/** What is refused brings no closed slot and no event, so it is looked for. */
const lookEveryMs = 15 * secondMs;

/** What was refused, looked for again and again; nothing where it may not be asked for. */
export function queryQuarantine(mayAsk: () => boolean = () => true): QuarantineQuery {
  const query = useLedger<QuarantineBody[]>(
    () => (mayAsk() ? getAll<QuarantineBody>("/quarantine") : Promise.resolve([])),
    { gapMs: lookEveryMs },
  );
  const timer = setInterval(() => {
    if (!document.hidden) void query.reload();
  }, lookEveryMs);
  onScopeDispose(() => clearInterval(timer));
  return query;
}

/** Shares the list of what was refused between the bar, which counts it, and the page below. */
export function provideQuarantine(query: QuarantineQuery): void {
  provide(key, query);
}

export function useQuarantine(): QuarantineQuery {
  const query = inject(key);
  if (query === undefined) throw new Error("the quarantine page stands inside the devices page");
  return query;
}
