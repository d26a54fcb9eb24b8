import type { JournalBatch } from "../../app/ports.ts";
import { decodeBatch } from "./batch-codec.ts";

interface RecentRow {
  readonly seq: number;
  readonly body: Buffer;
  readonly cumulativeReadings: number;
}

/** Bytes of the newest rows that are kept in memory, so that consumers rarely read the disk. */
const bytesMax = 16 * 1024 * 1024;

/** The newest rows of the journal, as bytes: decoded they would weigh on the garbage collector. */
export class RecentRows {
  #rows: RecentRow[] = [];
  #bytes = 0;

  add(row: RecentRow): void {
    this.#rows.push(row);
    this.#bytes += row.body.length;
    while (this.#bytes > bytesMax && this.#rows.length > 1) {
      this.#bytes -= this.#rows.shift()?.body.length ?? 0;
    }
  }

  /** Every row after this one; null when one of them is not remembered. */
  after(seq: number): readonly RecentRow[] | null {
    const first = this.#rows[0]?.seq;
    return first !== undefined && seq + 1 >= first ? this.#rows.slice(seq + 1 - first) : null;
  }

  /** Readings up to and including this row; undefined when it is not remembered. */
  cumulativeReadings(seq: number): number | undefined {
    const first = this.#rows[0]?.seq;
    return first === undefined ? undefined : this.#rows[seq - first]?.cumulativeReadings;
  }

  clear(): void {
    this.#rows = [];
    this.#bytes = 0;
  }
}

/** Decodes as many rows as fit under the limit, the first one in any case. */
export function decoded(
  rows: Iterable<{ readonly seq: number; readonly body: Buffer | ArrayBuffer }>,
  readingsMax: number,
): JournalBatch[] {
  let readings = 0;
  const taken: JournalBatch[] = [];
  for (const { seq, body } of rows) {
    const batch = decodeBatch(seq, body);
    if (taken.length > 0 && readings + batch.readings.length > readingsMax) break;
    readings += batch.readings.length;
    taken.push(batch);
  }
  return taken;
}
