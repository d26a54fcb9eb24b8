import type { SqliteThread } from "../sqlite/sqlite-thread.ts";

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
  return {
    floorSeq: floor?.seq ?? 0,
    floorReadings: floor?.cumulative_readings ?? 0,
    headSeq: head?.seq ?? floor?.seq ?? 0,
    headReadings: head?.cumulative_readings ?? floor?.cumulative_readings ?? 0,
    bytes: size?.bytes ?? 0,
  };
}
