import { deviceKindNames, metricsOf } from "../contracts/device-kinds.ts";
import { NotFoundError } from "../domain/errors.ts";
import type { Enterprise, Gateway, Meter } from "../domain/park.ts";
import { maySeeEnterprise, type Principal, requireParkWide } from "../domain/principal.ts";
import type { QuarantineGroup, QuarantineStore } from "./ports.ts";
import type { Registry } from "./registry.ts";

export interface Page {
  readonly after: string | null;
  readonly limit: number;
}

export interface PageOf<Item> {
  readonly items: readonly Item[];
  /** Id of the last item, from which the next page goes on; null at the end. */
  readonly next: string | null;
}

/** Enterprises in the order of their ids; people of one enterprise see that one. */
export function listEnterprises(
  registry: Registry,
  principal: Principal,
  page: Page,
): PageOf<Enterprise> {
  const visible = registry.enterprises().filter(({ id }) => maySeeEnterprise(principal, id));
  return pageById(visible, page);
}

export function listGateways(
  registry: Registry,
  principal: Principal,
  page: Page,
): PageOf<Gateway> {
  requireParkWide(principal);
  return pageById(registry.gateways(), page);
}

/** Meters in the order of their ids, of the tenant's own and, if named, of one enterprise or gateway. */
export function listMeters(
  registry: Registry,
  principal: Principal,
  page: Page & {
    readonly enterpriseId?: string | undefined;
    readonly gatewayId?: string | undefined;
  },
): PageOf<Meter> {
  const { enterpriseId, gatewayId } = page;
  const visible = registry
    .meters()
    .filter((meter) => maySeeEnterprise(principal, meter.enterpriseId))
    .filter((meter) => enterpriseId === undefined || meter.enterpriseId === enterpriseId)
    .filter((meter) => gatewayId === undefined || meter.gatewayId === gatewayId);
  return pageById(visible, page);
}

/** @throws {NotFoundError} also for another tenant's enterprise. */
export function readEnterprise(registry: Registry, principal: Principal, id: string): Enterprise {
  const enterprise = registry.enterprise(id);
  if (enterprise !== undefined && maySeeEnterprise(principal, id)) return enterprise;
  throw new NotFoundError("not_found", `there is no enterprise ${id}`, {
    remedy: "GET /api/v1/enterprises lists what there is",
  });
}

export interface QuarantineItem extends QuarantineGroup {
  /** An unknown device behind a known gateway. */
  readonly adoptable: boolean;
  /** The kind that its metric names fit best. */
  readonly guessedKind: string | null;
}

export async function listQuarantine(
  { registry, quarantine }: { readonly registry: Registry; readonly quarantine: QuarantineStore },
  principal: Principal,
  { after, limit }: Page,
): Promise<PageOf<QuarantineItem>> {
  requireParkWide(principal);
  const found = await quarantine.list({ after, limit: limit + 1 });
  const items = found.slice(0, limit).map((group) => {
    const { code, gatewayId } = group;
    const adoptable =
      code === "unknown_device" && gatewayId !== null && registry.gateway(gatewayId) !== undefined;
    return { ...group, adoptable, guessedKind: adoptable ? guessedKind(group) : null };
  });
  return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/**
 * The kind that has most of the metric names in the payload, and of equals the one with fewest
 * others. Names are looked for as quoted keys, so that also a cut payload can be judged.
 */
function guessedKind({ payloadExcerpt }: QuarantineGroup): string | null {
  const keys = new Set(
    [...payloadExcerpt.matchAll(/"([A-Za-z0-9]{1,64})"\s*:/g)].map((match) => match[1] ?? ""),
  );
  let best: { readonly kind: string; readonly hits: number; readonly names: number } | null = null;
  for (const kind of deviceKindNames) {
    const names = Object.keys(metricsOf(kind));
    const hits = names.filter((name) => keys.has(name)).length;
    if (hits === 0) continue;
    const isBetter =
      best === null || hits > best.hits || (hits === best.hits && names.length < best.names);
    if (isBetter) best = { kind, hits, names: names.length };
  }
  return best?.kind ?? null;
}

function pageById<Item extends { readonly id: string }>(
  all: readonly Item[],
  { after, limit }: Page,
): PageOf<Item> {
  const ascending = [...all].sort((a, b) => (a.id < b.id ? -1 : 1));
  const rest = after === null ? ascending : ascending.filter(({ id }) => id > after);
  const items = rest.slice(0, limit);
  return { items, next: rest.length > limit ? (items.at(-1)?.id ?? null) : null };
}
