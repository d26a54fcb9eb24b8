import { sql, type Transaction } from "kysely";
import type {
  Amendment,
  AmendmentDecision,
  AmendmentQuery,
  AmendmentState,
  PeriodStore,
} from "../../app/period-ports.ts";
import type { AuditNote } from "../../domain/audit/audit-entry.ts";
import type { PeriodChange } from "../../domain/energy/accounting-period.ts";
import { ConflictError } from "../../domain/errors.ts";
import type { Interval } from "../../domain/time.ts";
import type { AmendmentRow } from "./accounting-rows.ts";
import { audited } from "./audit-chain.ts";
import type { StateSchema } from "./schema.ts";
import type { StateDatabase } from "./state-database.ts";
import { addTouch } from "./touch-step.ts";

/** Accounting periods and amendments in the state database. */
export class SqlPeriodStore implements PeriodStore {
  readonly #state: StateDatabase;

  constructor(state: StateDatabase) {
    this.#state = state;
  }

  async changes(): Promise<readonly PeriodChange[]> {
    const rows = await this.#state.read
      .selectFrom("period_change")
      .selectAll()
      .orderBy("month")
      .orderBy("number")
      .execute();
    return rows.map(({ month, action, actor, reason, ...row }) => ({
      ...{ month, actor, reason },
      action: action === "close" ? "close" : "reopen",
      interval: { startMs: Number(row.start_ms), endMs: Number(row.end_ms) },
      atMs: Number(row.at_ms),
    }));
  }

  async record(change: PeriodChange, note: AuditNote): Promise<void> {
    await audited(this.#state, note, async (transaction) => {
      const { month, action, interval, atMs, actor, reason } = change;
      const span = { start_ms: interval.startMs, end_ms: interval.endMs };
      const closed = await transaction
        .selectFrom("period_closed")
        .select("month")
        .where("month", "=", month)
        .executeTakeFirst();
      requireChange(change, closed !== undefined);
      if (action === "close") {
        await transaction
          .insertInto("period_closed")
          .values({ month, ...span })
          .execute();
      } else {
        await transaction.deleteFrom("period_closed").where("month", "=", month).execute();
        await acceptWaiting(transaction, change);
      }
      const known = await transaction
        .selectFrom("period_change")
        .select(sql<number>`count(*)`.as("changes"))
        .where("month", "=", month)
        .executeTakeFirst();
      const number = Number(known?.changes ?? 0) + 1;
      await transaction
        .insertInto("period_change")
        .values({ month, number, action, ...span, at_ms: atMs, actor, reason })
        .execute();
    });
  }

  async firstSlotMs(): Promise<number | null> {
    const row = await this.#state.read
      .selectFrom("series")
      .select((expression) =>
        expression.fn
          .min(
            expression
              .selectFrom("ledger_slot")
              .select((inner) => inner.fn.min("start_ms").as("start_ms"))
              .whereRef("ledger_slot.series_id", "=", "series.id"),
          )
          .as("start_ms"),
      )
      .executeTakeFirst();
    return row?.start_ms == null ? null : Number(row.start_ms);
  }

  async isTouched({ startMs, endMs }: Interval): Promise<boolean> {
    const row = await this.#state.read
      .selectFrom("touch")
      .select("meter_id")
      .where("from_ms", "<", endMs)
      .where("to_ms", ">", startMs)
      .executeTakeFirst();
    return row !== undefined;
  }

  async amendments({ state, month, after, limit }: AmendmentQuery): Promise<readonly Amendment[]> {
    const rows = await this.#state.read
      .selectFrom("amendment")
      .selectAll()
      .$if(state !== null, (select) => select.where("state", "=", state ?? ""))
      .$if(month !== null, (select) => select.where("month", "=", month ?? ""))
      .$if(after !== null, (select) => select.where("id", "<", after ?? ""))
      .orderBy("id", "desc")
      .limit(limit)
      .execute();
    return rows.map(amendmentOf);
  }

  async amendment(id: string): Promise<Amendment | null> {
    const row = await this.#state.read
      .selectFrom("amendment")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirst();
    return row === undefined ? null : amendmentOf(row);
  }

  async waiting(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#state.read
      .selectFrom("amendment")
      .select(["month", sql<number>`count(*)`.as("waiting")])
      .where("state", "=", "waiting")
      .groupBy("month")
      .execute();
    return new Map(rows.map((row) => [row.month, Number(row.waiting)]));
  }

  async decide(decision: AmendmentDecision, note: AuditNote): Promise<void> {
    await audited(this.#state, note, async (transaction) => {
      const decided = await decideRows(transaction, decision, (row) => row.id === decision.id);
      if (decided > 0) return;
      throw new ConflictError("amendment_decided", `${decision.id} does not wait any more`, {
        remedy: "read it again: somebody has decided it, or its month was opened again",
      });
    });
  }
}

function requireChange({ month, action }: PeriodChange, isClosed: boolean): void {
  if (action === "close" && isClosed) {
    throw new ConflictError("period_closed", `${month} is closed already`, {
      remedy: "open it again first, if something about it has to change",
    });
  }
  if (action === "reopen" && !isClosed) {
    throw new ConflictError("period_open", `${month} is not closed`, {
      remedy: "GET /api/v1/periods lists where each month stands",
    });
  }
}

/** A month that is open takes what it is sent, also what was sent while it was closed. */
async function acceptWaiting(
  transaction: Transaction<StateSchema>,
  { month, actor, atMs, reason }: PeriodChange,
): Promise<void> {
  const decision = { state: "accepted" as const, actor, atMs, reason };
  await decideRows(transaction, decision, (row) => row.month === month);
}

async function decideRows(
  transaction: Transaction<StateSchema>,
  decision: Omit<AmendmentDecision, "id">,
  isMeant: (row: AmendmentRow) => boolean,
): Promise<number> {
  const waiting = await transaction
    .selectFrom("amendment")
    .selectAll()
    .where("state", "=", "waiting")
    .execute();
  const meant = waiting.filter(isMeant);
  const { state, actor, atMs, reason } = decision;
  for (const row of meant) {
    await transaction
      .updateTable("amendment")
      .set({ state, decided_by: actor, decided_at_ms: atMs, decision_reason: reason })
      .where("id", "=", row.id)
      .execute();
    if (state === "rejected") continue;
    const { meter_id, from_ms, to_ms } = row;
    await addTouch(transaction, {
      ...{ meterId: meter_id, kind: "amendment", reason: "amendment" },
      ...{ fromMs: Number(from_ms), toMs: Number(to_ms) },
    });
  }
  return meant.length;
}

function amendmentOf(row: AmendmentRow): Amendment {
  const { decided_by: actor, decided_at_ms: atMs, decision_reason: reason } = row;
  const isDecided = actor !== null && atMs !== null && reason !== null;
  return {
    id: row.id,
    meterId: row.meter_id,
    month: row.month,
    interval: { startMs: Number(row.from_ms), endMs: Number(row.to_ms) },
    reason: row.reason,
    state: row.state as AmendmentState,
    firstAtMs: Number(row.first_at_ms),
    lastAtMs: Number(row.last_at_ms),
    arrivals: row.arrivals,
    decision: isDecided ? { actor, atMs: Number(atMs), reason } : null,
  };
}
