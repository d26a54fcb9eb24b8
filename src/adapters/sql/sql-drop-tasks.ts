import type { Kysely } from "kysely";
import {
  type DropTask,
  type DropTasks,
  dropTaskId,
  type JudgedSpan,
} from "../../app/meter-ports.ts";
import type { LedgerChange } from "../../app/ports.ts";
import type { DropTaskRow, StateSchema } from "./schema.ts";
import type { BulkStep, StateDatabase } from "./state-database.ts";

/** A fall that turns up again, after what explained it was withdrawn, is open again. */
const openTask = `INSERT INTO drop_task
  (id, meter_id, register, from_ms, before_value, at_ms, after_value, opened_at_ms, closed_at_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)
  ON CONFLICT (id) DO UPDATE SET from_ms = excluded.from_ms, before_value = excluded.before_value,
  after_value = excluded.after_value,
  opened_at_ms = CASE WHEN drop_task.closed_at_ms IS NULL
    THEN drop_task.opened_at_ms ELSE excluded.opened_at_ms END,
  closed_at_ms = NULL`;
const closeTask = "UPDATE drop_task SET closed_at_ms = ? WHERE id = ? AND closed_at_ms IS NULL";

/** Opens tasks for falls that are new, and closes those that have been explained. */
export async function dropSteps(
  read: Kysely<StateSchema>,
  changes: readonly LedgerChange[],
): Promise<BulkStep[]> {
  const known = await openTasksOf(read, changes);
  const spans = changes.flatMap(({ judged = [], knownAtMs }) =>
    judged.map((span) => ({ span, knownAtMs })),
  );
  const opened = spans.flatMap(({ span, knownAtMs }) =>
    span.drops.map((drop) => taskRow(span, drop, knownAtMs)),
  );
  const closed = spans.flatMap(({ span, knownAtMs }) => {
    const found = new Set(span.drops.map(({ atMs }) => dropTaskId(span, atMs)));
    return known
      .filter((task) => isIn(span, task) && !found.has(task.id))
      .map((task) => [knownAtMs, task.id]);
  });
  return [
    ...(closed.length > 0 ? [{ sql: closeTask, rows: closed }] : []),
    ...(opened.length > 0 ? [{ sql: openTask, rows: opened }] : []),
  ];
}

/** Falls that wait for a decision or had to. */
export class SqlDropTasks implements DropTasks {
  readonly #state: StateDatabase;

  constructor(state: StateDatabase) {
    this.#state = state;
  }

  async dropTasks(query: {
    readonly meterIds?: readonly string[];
    readonly isOpen?: boolean;
  }): Promise<readonly DropTask[]> {
    const { meterIds, isOpen } = query;
    if (meterIds?.length === 0) return [];
    const rows = await this.#state.read
      .selectFrom("drop_task")
      .selectAll()
      .$if(meterIds !== undefined, (select) => select.where("meter_id", "in", meterIds ?? []))
      .$if(isOpen === true, (select) => select.where("closed_at_ms", "is", null))
      .$if(isOpen === false, (select) => select.where("closed_at_ms", "is not", null))
      .orderBy("at_ms", "desc")
      .orderBy("id")
      .execute();
    return rows.map(taskOf);
  }
}

async function openTasksOf(
  read: Kysely<StateSchema>,
  changes: readonly LedgerChange[],
): Promise<readonly DropTask[]> {
  const meterIds = new Set(
    changes.flatMap(({ judged = [] }) => judged.map(({ meterId }) => meterId)),
  );
  if (meterIds.size === 0) return [];
  const rows = await read
    .selectFrom("drop_task")
    .selectAll()
    .where("meter_id", "in", [...meterIds])
    .where("closed_at_ms", "is", null)
    .execute();
  return rows.map(taskOf);
}

function isIn({ meterId, register, interval }: JudgedSpan, task: DropTask): boolean {
  if (task.meterId !== meterId || task.register !== register) return false;
  return task.atMs > interval.startMs && task.atMs <= interval.endMs;
}

function taskRow(
  span: JudgedSpan,
  drop: JudgedSpan["drops"][number],
  knownAtMs: number,
): (string | number)[] {
  const { meterId, register } = span;
  const { fromMs, before, atMs, after } = drop;
  return [dropTaskId(span, atMs), meterId, register, fromMs, before, atMs, after, knownAtMs];
}

function taskOf(row: DropTaskRow): DropTask {
  return {
    id: row.id,
    meterId: row.meter_id,
    register: row.register,
    fromMs: Number(row.from_ms),
    before: row.before_value,
    atMs: Number(row.at_ms),
    after: row.after_value,
    openedAtMs: Number(row.opened_at_ms),
    closedAtMs: row.closed_at_ms === null ? null : Number(row.closed_at_ms),
  };
}
