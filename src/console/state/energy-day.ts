import { computed, onScopeDispose, type Ref, watch } from "vue";
import type {
  EnergyBody,
  EnterpriseEnergyBody,
  QualityBody,
  RevisionBody,
} from "../../contracts/energy.ts";
import type { SocBody } from "../../contracts/storage.ts";
import { get, getAll } from "../api/client.ts";
import { dayStartMs, quarterStartMs } from "../format/park-time.ts";
import { dayMs, minuteMs } from "../format/units.ts";
import { nowMs, onSlots } from "./live.ts";
import { timezone } from "./park.ts";
import { type Query, throttled, useQuery } from "./query.ts";

/** A quarter hour is asked for when its end reading has had time to arrive. */
const settleMs = 2 * minuteMs;
/** While history is filled in, every moment brings closed slots. */
const refreshGapMs = 5_000;

const iso = (tsMs: number): string => new Date(tsMs).toISOString();

/** End of the newest quarter hour that should be known by now. */
export const settledEndMs = computed(() => quarterStartMs(nowMs.value - settleMs));
/** Start of the park day of that quarter hour. */
export const todayStartMs = computed(() => dayStartMs(settledEndMs.value - 1, timezone.value));

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Energy of a scope, or null where the span holds no quarter hour yet. */
export function askEnergy(
  scope: string,
  carrier: string,
  { fromMs, toMs }: Span,
  step: EnergyBody["step"] = "15m",
): Promise<EnergyBody | null> {
  if (toMs <= fromMs) return Promise.resolve(null);
  return get<EnergyBody>("/energy", { scope, carrier, from: iso(fromMs), to: iso(toMs), step });
}

/** What every enterprise has drawn, in one request. */
export async function askEnterprises(
  carrier: string,
  { fromMs, toMs }: Span,
): Promise<readonly EnterpriseEnergyBody[]> {
  if (toMs <= fromMs) return [];
  return getAll<EnterpriseEnergyBody>("/energy/enterprises", {
    ...{ carrier, from: iso(fromMs), to: iso(toMs) },
  });
}

/** Everything the ledger has said about the slots of a meter. */
export async function askRevisions(
  meter: string,
  { fromMs, toMs }: Span,
): Promise<readonly RevisionBody[]> {
  if (toMs <= fromMs) return [];
  const span = { from: iso(fromMs), to: iso(toMs) };
  return getAll<RevisionBody>("/energy/revisions", { meter, ...span, limit: undefined });
}

export function askQuality({ fromMs, toMs }: Span): Promise<QualityBody | null> {
  if (toMs <= fromMs) return Promise.resolve(null);
  return get<QualityBody>("/energy/quality", { from: iso(fromMs), to: iso(toMs) });
}

export function askSoc(stationId: string, { fromMs, toMs }: Span): Promise<SocBody> {
  const path = `/storage/${encodeURIComponent(stationId)}/soc`;
  return get<SocBody>(path, { from: iso(fromMs), to: iso(toMs) });
}

export const today = (): Span => ({ fromMs: todayStartMs.value, toMs: settledEndMs.value });
export const lastDay = (): Span => ({
  fromMs: settledEndMs.value - dayMs,
  toMs: settledEndMs.value,
});

/** Asks again when a quarter hour has passed and when slots were closed or restated. */
export function useLedger<Data>(
  load: () => Promise<Data>,
  {
    again = [],
    gapMs = refreshGapMs,
  }: { readonly again?: readonly Ref[]; readonly gapMs?: number } = {},
): Query<Data> {
  const query = useQuery(load);
  const refresh = throttled(() => void query.reload(), gapMs);
  onScopeDispose(onSlots(refresh));
  watch([settledEndMs, timezone, ...again], refresh);
  return query;
}
