import { type Kysely, sql } from "kysely";
import type { SlotQuality, SlotSum } from "../../app/ledger-ports.ts";
import type { SlotQuery } from "../../app/ports.ts";
import type { LedgerSlot } from "../../domain/telemetry/slot.ts";
import { quarterHourMs } from "../../domain/time.ts";
import { gradeOf, ledgerSlot } from "./ledger-rows.ts";
import type { LedgerSlotRow, StateSchema } from "./schema.ts";

type Reader = Kysely<StateSchema>;

export async function readSlots(read: Reader, query: SlotQuery): Promise<readonly LedgerSlot[]> {
  if (query.meterIds.length === 0) return [];
  const rows = await ledgerRows(read, query)
    .orderBy("meter_id")
    .orderBy("register")
    .orderBy("start_ms")
    .execute();
  return rows.map(ledgerSlot);
}

export async function readSums(read: Reader, query: SlotQuery): Promise<readonly SlotSum[]> {
  if (query.meterIds.length === 0) return [];
  const rows = await ledgerRows(read, query)
    .clearSelect()
    .select([
      "register",
      "start_ms",
      sql<number>`sum(amount)`.as("amount"),
      sql<number>`sum(amount * estimated_fraction)`.as("estimated"),
      sql<number>`max(grade)`.as("grade"),
      sql<number>`sum(coverage)`.as("coverage"),
      sql<number>`count(amount)`.as("meters"),
      sql<number>`max(revision)`.as("revision"),
    ])
    .where("amount", "is not", null)
    .groupBy(["register", "start_ms"])
    .orderBy("register")
    .orderBy("start_ms")
    .execute();
  return rows.map((row) => ({
    register: row.register,
    startMs: Number(row.start_ms),
    amount: row.amount,
    estimatedAmount: row.estimated,
    worstGrade: gradeOf(row.grade) ?? "X",
    coverageSum: row.coverage,
    meterCount: Number(row.meters),
    revisionMax: row.revision,
  }));
}

export async function readRevisions(
  read: Reader,
  query: SlotQuery,
): Promise<readonly LedgerSlot[]> {
  if (query.meterIds.length === 0) return [];
  const { startMs, endMs } = query.interval;
  const part = (table: "ledger_slot" | "ledger_superseded") =>
    read
      .selectFrom(table)
      .innerJoin("series", "series.id", `${table}.series_id`)
      .selectAll(table)
      .select(["series.meter_id", "series.register"])
      .where("series.meter_id", "in", [...query.meterIds])
      .where(`${table}.start_ms`, ">=", startMs)
      .where(`${table}.start_ms`, "<", endMs);
  const rows = await part("ledger_slot").unionAll(part("ledger_superseded")).execute();
  return rows.map(ledgerSlot).sort((a, b) => a.startMs - b.startMs || a.revision - b.revision);
}

export async function readSeries(read: Reader): Promise<ReadonlySet<string>> {
  const rows = await read.selectFrom("series").select(["meter_id", "register"]).execute();
  return new Set(rows.map((row) => `${row.meter_id}/${row.register}`));
}

export async function readQuality(read: Reader, query: SlotQuery): Promise<readonly SlotQuality[]> {
  if (query.meterIds.length === 0) return [];
  const perSlot = ledgerRows(read, query)
    .clearSelect()
    .select(["meter_id", "start_ms", sql<number>`max(grade)`.as("grade")])
    .groupBy(["meter_id", "start_ms"]);
  const rows = await read
    .selectFrom(perSlot.as("slot"))
    .select([
      "meter_id",
      sql<number>`sum(case when grade = 1 then 1 else 0 end)`.as("measured"),
      sql<number>`sum(case when grade > 1 then 1 else 0 end)`.as("estimated"),
    ])
    .groupBy("meter_id")
    .execute();
  return rows.map((row) => ({
    meterId: row.meter_id,
    measured: Number(row.measured),
    estimated: Number(row.estimated),
  }));
}

export async function readClosedThroughMs(read: Reader): Promise<number | null> {
  const row = await read
    .selectFrom("series")
    .select((expression) =>
      expression.fn
        .max(
          expression
            .selectFrom("ledger_slot")
            .select((inner) => inner.fn.max("start_ms").as("start_ms"))
            .whereRef("ledger_slot.series_id", "=", "series.id"),
        )
        .as("start_ms"),
    )
    .executeTakeFirst();
  return row?.start_ms == null ? null : Number(row.start_ms) + quarterHourMs;
}

/** Slots of a query, current or as known at an instant; the join gives meter and register. */
function ledgerRows(read: Reader, query: SlotQuery) {
  const { startMs, endMs } = query.interval;
  const meterIds = [...query.meterIds];
  const source =
    query.asOfMs === undefined
      ? sql<LedgerSlotRow>`(select * from ledger_slot)`
      : sql<LedgerSlotRow>`(select * from (select known.*, row_number() over (
          partition by series_id, start_ms order by revision desc) as newest
          from (select * from ledger_slot union all select * from ledger_superseded) as known
          where known_at_ms <= ${query.asOfMs} and start_ms >= ${startMs} and start_ms < ${endMs})
          as ranked where newest = 1)`;
  return read
    .selectFrom("series")
    .innerJoin(source.as("slot"), (join) => join.onRef("slot.series_id", "=", "series.id"))
    .select([
      "meter_id",
      "register",
      "series_id",
      "start_ms",
      "amount",
      "grade",
      "coverage",
      "estimated_fraction",
      "revision",
      "reason",
      "known_at_ms",
    ])
    .where("meter_id", "in", meterIds)
    .$if(query.registers !== undefined, (select) =>
      select.where("register", "in", [...(query.registers ?? [])]),
    )
    .where("start_ms", ">=", startMs)
    .where("start_ms", "<", endMs);
}
