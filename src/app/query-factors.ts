import type { Evidence, FactorKind, Purpose } from "../contracts/carbon-vocabulary.ts";
import type { Factor } from "../domain/carbon/factor.ts";
import type { FactorCatalogue } from "../domain/carbon/factor-catalogue.ts";
import { type Principal, requireRole } from "../domain/principal.ts";

export interface FactorFilter {
  readonly kind?: FactorKind | undefined;
  readonly purpose?: Purpose | undefined;
  readonly subject?: string | undefined;
  readonly set?: string | undefined;
  readonly region?: string | undefined;
  readonly dataYear?: number | undefined;
  readonly evidence?: Evidence | undefined;
  readonly confirmed?: boolean | undefined;
}

export interface FactorPage {
  readonly items: readonly Factor[];
  /** Id after which the next page begins; null on the last one. */
  readonly next: string | null;
}

/** The current factors that match every filter, by id. */
export function queryFactors(
  { factors }: { readonly factors: FactorCatalogue },
  principal: Principal,
  request: {
    readonly filter: FactorFilter;
    readonly after: string | null;
    readonly limit: number;
  },
): FactorPage {
  requireRole(principal, "manager", "enterprise", "regulator", "auditor", "sysadmin", "secadmin");
  const { filter, after, limit } = request;
  const matching = factors.current
    .filter((factor) => matches(factor, filter) && (after === null || factor.id > after))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const items = matching.slice(0, limit);
  return { items, next: matching.length > limit ? (items.at(-1)?.id ?? null) : null };
}

function matches(factor: Factor, filter: FactorFilter): boolean {
  const { purpose, ...equal } = filter;
  if (purpose !== undefined && !factor.purposes.includes(purpose)) return false;
  return Object.entries(equal).every(
    ([name, wanted]) => wanted === undefined || factor[name as keyof typeof equal] === wanted,
  );
}
