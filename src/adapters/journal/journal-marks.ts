import type { SqliteThread } from "../sqlite/sqlite-thread.ts";

/** Rows of batches, and what is left of those that were trimmed. */
export const schema = `
  CREATE TABLE IF NOT EXISTS batch (
    seq INTEGER PRIMARY KEY,
    cumulative_readings INTEGER NOT NULL,
    body_bytes INTEGER NOT NULL,
    body BLOB NOT NULL
  );
  CREATE TABLE IF NOT EXISTS floor (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    cumulative_readings INTEGER NOT NULL
  );
  INSERT INTO floor (id, seq, cumulative_readings) VALUES (1, 0, 0) ON CONFLICT DO NOTHING;
`;

/** Where the journal begins and ends: the last batch that was trimmed, and the last one written. */
export interface JournalMarks {
  floorSeq: number;
  floorReadings: number;
  headSeq: number;
  headReadings: number;
  bytes: number;
}

/** The marks as the disk has them. */
export async function readMarks(thread: SqliteThread): Promise<JournalMarks> {
  const [floor] = await thread.all<{ seq: number; cumulative_readings: number }>(
    "SELECT seq, cumulative_readings FROM floor",
  );
  const [head] = await thread.all<{ seq: number; cumulative_readings: number }>(
    "SELECT seq, cumulative_readings FROM batch ORDER BY seq DESC LIMIT 1",
  );
  const [size] = await thread.all<{ bytes: number | null }>(
    "SELECT sum(body_bytes) AS bytes FROM batch",
  );
  const floorSeq = floor?.seq ?? 0;
  const floorReadings = floor?.cumulative_readings ?? 0;
  return {
    floorSeq,
    floorReadings,
    // The floor is above older rows where the journal went on after a consumer's cursor.
    headSeq: Math.max(head?.seq ?? 0, floorSeq),
    headReadings: Math.max(head?.cumulative_readings ?? 0, floorReadings),
    bytes: size?.bytes ?? 0,
  };
}
