import type { SqliteThread } from "../sqlite/sqlite-thread.ts";

/** Batches that are looked at for one answer. */
const rowsMax = 64;

interface JournalRow {
  readonly seq: number;
  readonly body: ArrayBuffer;
}

/** Rows after `afterSeq` that the disk has, hardly more than hold so many readings. */
export async function rowsAfter(
  thread: SqliteThread,
  afterSeq: number,
  readingsMax: number,
): Promise<readonly JournalRow[]> {
  // Bodies are large, so their number is decided before any is read.
  const rows = await thread.all<{ seq: number; cumulative_readings: number }>(
    `SELECT seq, cumulative_readings FROM batch WHERE seq > ? ORDER BY seq LIMIT ${rowsMax}`,
    [afterSeq],
  );
  const first = rows[0];
  if (first === undefined) return [];
  const most = first.cumulative_readings + readingsMax;
  const last = rows.findLast((row) => row.cumulative_readings <= most) ?? first;
  return thread.all<JournalRow>(
    "SELECT seq, body FROM batch WHERE seq > ? AND seq <= ? ORDER BY seq",
    [afterSeq, last.seq],
  );
}
