import {
  type AccountingPeriod,
  accountingPeriod,
  closingMs,
  monthsBetween,
  type PeriodChange,
} from "../domain/energy/accounting-period.ts";
import { ConflictError, DomainError } from "../domain/errors.ts";
import { type Principal, requireParkWide, requireRole } from "../domain/principal.ts";
import { instantText } from "../domain/time.ts";
import { auditNote } from "./audit-note.ts";
import type { PeriodStore } from "./period-ports.ts";
import type { Clock, Log } from "./ports.ts";

export interface PeriodDependencies {
  readonly periods: PeriodStore;
  readonly timezone: string;
  readonly clock: Clock;
  /** Work has been added to the ledger's. */
  readonly onTouched: () => void;
}

export interface ListedPeriod extends AccountingPeriod {
  /** Amendments that wait for a person. */
  readonly waiting: number;
}

/** What a person asks for a month; the reason stays with it. */
export interface PeriodRequest {
  readonly month: string;
  readonly reason: string;
}

/** Every month since the first figure, newest first. */
export async function listPeriods(
  { periods, timezone, clock }: PeriodDependencies,
  principal: Principal,
): Promise<readonly ListedPeriod[]> {
  requireParkWide(principal);
  const [changes, waiting, firstMs] = await Promise.all([
    periods.changes(),
    periods.waiting(),
    periods.firstSlotMs(),
  ]);
  const nowMs = clock.nowMs();
  const starts = changes.map(({ interval }) => interval.startMs);
  const fromMs = Math.min(firstMs ?? nowMs, nowMs, ...starts);
  return monthsBetween(fromMs, nowMs, timezone)
    .map((month) => {
      const own = changes.filter((change) => change.month === month);
      const period = accountingPeriod(month, own, { nowMs, timezone });
      return { ...period, waiting: waiting.get(month) ?? 0 };
    })
    .reverse();
}

/**
 * Closes a month that is over: from now on what arrives for it waits for a person.
 *
 * @throws {ConflictError} `period_closed`; `period_not_over`; `period_busy` while its slots are still
 * being derived.
 */
export async function closePeriod(
  dependencies: PeriodDependencies,
  principal: Principal,
  request: PeriodRequest,
): Promise<AccountingPeriod> {
  requireAccountant(principal);
  const { periods, clock } = dependencies;
  const { month } = request;
  const { interval, state } = await periodOf(dependencies, month);
  if (state === "open") {
    throw new ConflictError("period_not_over", `${month} ends at ${instantText(interval.endMs)}`, {
      remedy: "close it when it is over",
    });
  }
  if (state !== "closed" && (await periods.isTouched(interval))) {
    throw new ConflictError("period_busy", `slots of ${month} are still being derived`, {
      remedy: "wait until GET /api/v1/status counts no touched slots, and close it then",
    });
  }
  const change: PeriodChange = {
    ...{ month, action: "close", interval, reason: request.reason },
    ...{ atMs: clock.nowMs(), actor: principal.id },
  };
  const deed = { action: "period.close", object: `period:${month}`, after: change };
  await periods.record(change, auditNote(principal, clock, deed));
  return periodOf(dependencies, month);
}

/**
 * Opens a closed month again and takes in what has waited for it.
 *
 * @throws {ConflictError} `period_open`.
 */
export async function reopenPeriod(
  dependencies: PeriodDependencies,
  principal: Principal,
  { month, reason }: PeriodRequest,
): Promise<AccountingPeriod> {
  requireAccountant(principal);
  const { interval } = await periodOf(dependencies, month);
  const change: PeriodChange = {
    ...{ month, action: "reopen", interval, reason },
    ...{ atMs: dependencies.clock.nowMs(), actor: principal.id },
  };
  const deed = { action: "period.reopen", object: `period:${month}`, after: change };
  await dependencies.periods.record(change, auditNote(principal, dependencies.clock, deed));
  dependencies.onTouched();
  return periodOf(dependencies, month);
}

/**
 * Closes the months that are due on a day of the month after them. One that a person has opened again
 * is left to a person; one whose slots are still being derived comes next time.
 */
export async function closeDuePeriods(
  dependencies: PeriodDependencies,
  principal: Principal,
  { day, log }: { readonly day: number; readonly log: Log },
): Promise<void> {
  const { timezone, clock } = dependencies;
  for (const { month, interval, state, changes } of await listPeriods(dependencies, principal)) {
    const isDue = state === "closing" && closingMs(interval, day, timezone) <= clock.nowMs();
    if (!isDue || changes.length > 0) continue;
    try {
      const reason = `day ${day} of the month after it`;
      await closePeriod(dependencies, principal, { month, reason });
      log.info({ month }, "accounting period closed");
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      log.warn({ month, code: error.code }, "accounting period not closed yet");
    }
  }
}

/** @throws {ForbiddenError} unless the principal answers for the park's figures. */
export function requireAccountant(principal: Principal): void {
  requireParkWide(principal);
  requireRole(principal, "manager");
}

async function periodOf(
  { periods, timezone, clock }: PeriodDependencies,
  month: string,
): Promise<AccountingPeriod> {
  if (!/^\d{4}-\d{2}$/.test(month)) {
    throw new DomainError("invalid_period", `${month} is not a month`, {
      remedy: "accounting periods are months: write 2026-11",
    });
  }
  const changes = (await periods.changes()).filter((change) => change.month === month);
  return accountingPeriod(month, changes, { nowMs: clock.nowMs(), timezone });
}
