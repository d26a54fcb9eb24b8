import { registersOf } from "../contracts/device-kinds.ts";
import { DomainError } from "../domain/errors.ts";
import { maySeeEnterprise, type Principal } from "../domain/principal.ts";
import type { LedgerSlot } from "../domain/telemetry/slot.ts";
import {
  dayMs,
  type Interval,
  quarterCeilMs,
  quarterHourMs,
  quarterStartMs,
} from "../domain/time.ts";
import { visibleMeter } from "./energy-parts.ts";
import type { Ledger } from "./ports.ts";
import type { Registry } from "./registry.ts";

export interface MeterQuality {
  readonly meterId: string;
  readonly slotsExpected: number;
  readonly slotsMeasured: number;
  readonly slotsEstimated: number;
  readonly slotsMissing: number;
  readonly coverage: number;
}

export interface QualityAnswer {
  readonly interval: Interval;
  readonly slotsExpected: number;
  readonly coverage: number | null;
  readonly items: readonly MeterQuality[];
}

export interface QueryQualityDependencies {
  readonly registry: Registry;
  readonly ledger: Pick<Ledger, "quality" | "revisions">;
}

const spanMsMax = 400 * dayMs;

/**
 * How completely each meter is known over an interval: slots measured (grade A), estimated, missing.
 * The interval is cut at `nowMs`, because what has not happened yet is not missing, and begins for a
 * meter with its registration.
 */
export async function queryQuality(
  { registry, ledger }: QueryQualityDependencies,
  principal: Principal,
  request: { readonly interval: Interval; readonly nowMs: number },
): Promise<QualityAnswer> {
  const { startMs } = request.interval;
  const endMs = Math.min(request.interval.endMs, quarterStartMs(request.nowMs));
  requireSpan({ startMs, endMs: request.interval.endMs });
  const meters = registry
    .meters()
    .filter(({ kind }) => registersOf(kind).length > 0)
    .filter(({ enterpriseId }) => maySeeEnterprise(principal, enterpriseId));
  const slotsExpected = slotsBetween(startMs, endMs);
  const known = await ledger.quality({
    meterIds: meters.map(({ id }) => id),
    interval: { startMs, endMs },
  });
  const byMeter = new Map(known.map((quality) => [quality.meterId, quality]));
  const items = meters.map(({ id, validFromMs }) => {
    const { measured = 0, estimated = 0 } = byMeter.get(id) ?? {};
    const expected = slotsBetween(Math.max(startMs, validFromMs ?? startMs), endMs);
    return {
      meterId: id,
      slotsExpected: expected,
      slotsMeasured: measured,
      slotsEstimated: estimated,
      slotsMissing: Math.max(0, expected - measured - estimated),
      coverage: expected === 0 ? 0 : Math.min(1, measured / expected),
    };
  });
  const expectedAll = items.reduce((sum, item) => sum + item.slotsExpected, 0);
  const measuredAll = items.reduce((sum, item) => sum + item.slotsMeasured, 0);
  return {
    interval: { startMs, endMs: Math.max(startMs, endMs) },
    slotsExpected,
    coverage: expectedAll === 0 ? null : measuredAll / expectedAll,
    items,
  };
}

/** Whole slots of an interval. */
function slotsBetween(startMs: number, endMs: number): number {
  return Math.max(0, (quarterStartMs(endMs) - quarterCeilMs(startMs)) / quarterHourMs);
}

/** A revision of a slot beside the one before it. */
export interface RevisionStep {
  readonly slot: LedgerSlot;
  readonly before: number | null;
}

/** Everything the ledger has ever said about the slots of a meter, oldest slot first. */
export async function queryRevisions(
  { registry, ledger }: QueryQualityDependencies,
  principal: Principal,
  request: { readonly meterId: string; readonly interval: Interval },
): Promise<readonly RevisionStep[]> {
  const meter = visibleMeter(registry, principal, request.meterId);
  requireSpan(request.interval);
  const revisions = await ledger.revisions({ meterIds: [meter.id], interval: request.interval });
  const amounts = new Map<string, number | null>();
  return revisions.map((slot) => {
    const key = `${slot.register}/${slot.startMs}`;
    const before = amounts.get(key) ?? null;
    amounts.set(key, slot.amount);
    return { slot, before };
  });
}

function requireSpan({ startMs, endMs }: Interval): void {
  if (endMs > startMs && endMs - startMs <= spanMsMax) return;
  throw new DomainError("invalid_interval", "`to` must lie 1 slot to 400 days after `from`", {
    remedy: "ask for a shorter span",
  });
}
