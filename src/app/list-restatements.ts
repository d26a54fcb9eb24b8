import { meterScope } from "../domain/energy/energy-scope.ts";
import type { Restatement } from "../domain/energy/restatement.ts";
import { DomainError } from "../domain/errors.ts";
import { maySeeEnterprise, type Principal } from "../domain/principal.ts";
import type { Interval } from "../domain/time.ts";
import { unknownScope, visibleMeter } from "./energy-parts.ts";
import type { Registry } from "./registry.ts";
import type { RestatementStore } from "./restatement-ports.ts";

export interface RestatementsRequest {
  /** `meter:ID`, `enterprise:ID` or `park`; undefined: everything that the principal may see. */
  readonly scope: string | undefined;
  readonly interval: Interval | null;
  readonly after: number | null;
  readonly limit: number;
}

export interface ListedRestatement extends Restatement {
  readonly unit: string | null;
}

/** What was restated of the days of an interval, newest first. */
export async function listRestatements(
  {
    registry,
    restatements,
  }: { readonly registry: Registry; readonly restatements: RestatementStore },
  principal: Principal,
  request: RestatementsRequest,
): Promise<{ readonly items: readonly ListedRestatement[]; readonly next: string | null }> {
  const { interval, after, limit } = request;
  const meterIds = metersOf(registry, principal, request.scope);
  const found = await restatements.list({ meterIds, interval, after, limit: limit + 1 });
  const items = found.slice(0, limit).map((one) => {
    const meter = registry.meter(one.meterId);
    const parts = meter === undefined ? [] : meterScope(meter).parts;
    return { ...one, unit: parts.find(({ register }) => register === one.register)?.unit ?? null };
  });
  return { items, next: found.length > limit ? String(items.at(-1)?.seq) : null };
}

/** Meters of a scope, sub-meters too; null: all there are. */
function metersOf(
  registry: Registry,
  principal: Principal,
  scope: string | undefined,
): readonly string[] | null {
  const own = principal.enterpriseId;
  const asked = scope ?? (own === null ? "park" : `enterprise:${own}`);
  if (asked === "park") {
    if (own !== null) throw unknownScope(asked);
    return null;
  }
  const [, kind, id = ""] = /^(meter|enterprise):(.+)$/.exec(asked) ?? [];
  if (kind === "meter") return [visibleMeter(registry, principal, id).id];
  if (kind === "enterprise") {
    const isKnown = registry.enterprise(id) !== undefined && maySeeEnterprise(principal, id);
    if (!isKnown) throw unknownScope(asked);
    return registry
      .meters()
      .filter(({ enterpriseId }) => enterpriseId === id)
      .map((meter) => meter.id);
  }
  throw new DomainError("invalid_scope", `${asked} is not a scope`, {
    remedy: "write meter:ID, enterprise:ID or park",
  });
}
