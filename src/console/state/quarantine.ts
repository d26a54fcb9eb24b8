import { type InjectionKey, inject, provide } from "vue";
import type { QuarantineBody } from "../../contracts/registry.ts";
import type { Query } from "./query.ts";

type QuarantineQuery = Query<QuarantineBody[]>;

const key: InjectionKey<QuarantineQuery> = Symbol("quarantine");

/** Shares the list of what was refused between the bar, which counts it, and the page below. */
export function provideQuarantine(query: QuarantineQuery): void {
  provide(key, query);
}

export function useQuarantine(): QuarantineQuery {
  const query = inject(key);
  if (query === undefined) throw new Error("the quarantine page stands inside the devices page");
  return query;
}
