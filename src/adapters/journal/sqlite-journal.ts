import {
  type Journal,
  type JournalBatch,
  type JournalState,
  UnavailableError,
} from "../../app/ports.ts";
import {
  durablePragmas,
  openSqliteThread,
  SqliteError,
  type SqliteThread,
} from "../sqlite/sqlite-thread.ts";
import { decodeBatch, encodeBatch } from "./batch-codec.ts";
import { type JournalMarks, readMarks } from "./journal-marks.ts";

export interface JournalOptions {
  readonly path: string;
  /** The journal refuses more when the bodies it holds reach this size. */
  readonly bytesMax: number;
  /** How long entries gather before a commit, unless one is already under way. */
  readonly gatherMs?: number;
}

type Entry = Omit<JournalBatch, "seq">;

interface Pending {
  readonly entry: Entry;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Readings of the newest batches that are kept in memory, so that consumers rarely read the disk. */
const recentReadingsMax = 50_000;
/** A commit takes at most this many readings; the rest waits for the next one. */
const commitReadingsMax = 20_000;
const trimRowsMax = 500;

const schema = `
  CREATE TABLE IF NOT EXISTS batch (
    seq INTEGER PRIMARY KEY,
    cumulative_readings INTEGER NOT NULL,
    body_bytes INTEGER NOT NULL,
    body TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS floor (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    cumulative_readings INTEGER NOT NULL
  );
  INSERT INTO floor (id, seq, cumulative_readings) VALUES (1, 0, 0) ON CONFLICT DO NOTHING;
`;

/** Opens or creates the journal; what was acknowledged before a crash is there again. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const thread = openSqliteThread(options.path, ["auto_vacuum=INCREMENTAL", ...durablePragmas]);
  try {
    await thread.exec(schema);
    return new SqliteJournal(thread, options, await readMarks(thread));
  } catch (error) {
    // An open thread would keep the process of a failed start alive.
    await thread.close();
    throw error;
  }
}

interface RecentBatch {
  readonly batch: JournalBatch;
  readonly cumulativeReadings: number;
}

class SqliteJournal implements Journal {
  readonly #thread: SqliteThread;
  readonly #bytesMax: number;
  readonly #gatherMs: number;
  readonly #marks: JournalMarks;
  readonly #listeners = new Set<() => void>();
  #pending: Pending[] = [];
  #recent: RecentBatch[] = [];
  #recentReadings = 0;
  #flush: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(thread: SqliteThread, options: JournalOptions, marks: JournalMarks) {
    this.#thread = thread;
    this.#bytesMax = options.bytesMax;
    this.#gatherMs = options.gatherMs ?? 2;
    this.#marks = marks;
  }

  append(entry: Entry): Promise<void> {
    if (this.#closed) return Promise.reject(failed("the journal is closed"));
    if (this.#marks.bytes >= this.#bytesMax) {
      return Promise.reject(
        new UnavailableError(
          `the journal holds ${this.#marks.bytes} bytes, its cap is ${this.#bytesMax}; nothing is taken in until its consumers catch up`,
          { code: "journal_full" },
        ),
      );
    }
    return new Promise((resolve, reject) => {
      this.#pending.push({ entry, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#pending.length === 0 || this.#flush !== null || this.#timer !== null) return;
    this.#timer = setTimeout(() => this.#startFlush(), this.#gatherMs);
  }

  #startFlush(): void {
    this.#timer = null;
    this.#flush = this.#flushPending().finally(() => {
      this.#flush = null;
      // What was appended by those who have just been told of their commit gathers for the next.
      this.#schedule();
    });
  }

  /** Commits until nothing waits: what arrives during one commit shares the next. */
  async #flushPending(): Promise<void> {
    while (this.#pending.length > 0) {
      const group = this.#takeGroup();
      try {
        await this.#commit(group);
        for (const { resolve } of group) resolve();
        for (const listener of this.#listeners) listener();
      } catch (cause) {
        const error = failed("the journal could not be written", cause);
        for (const { reject } of group) reject(error);
        await this.#recover();
      }
    }
  }

  /**
   * A later commit on the same handle could claim what this one lost, so it is opened anew, and the
   * head is read again: the failed commit may have reached the disk after all. Its readings are then
   * journalled although nobody was told so, which is harmless, because writing them twice is.
   */
  async #recover(): Promise<void> {
    try {
      await this.#thread.reopen();
      Object.assign(this.#marks, await readMarks(this.#thread));
      this.#recent = [];
      this.#recentReadings = 0;
    } catch {
      // The disk still refuses. The next append tries again and answers its caller with the reason.
    }
  }

  #takeGroup(): Pending[] {
    let readings = 0;
    let taken = 0;
    for (const { entry } of this.#pending) {
      if (taken > 0 && readings + entry.readings.length > commitReadingsMax) break;
      readings += entry.readings.length;
      taken += 1;
    }
    const group = this.#pending.slice(0, taken);
    this.#pending = this.#pending.slice(taken);
    return group;
  }

  async #commit(group: readonly Pending[]): Promise<void> {
    const seq = this.#marks.headSeq + 1;
    const batch: JournalBatch = {
      seq,
      readings: group.flatMap(({ entry }) => entry.readings),
      quarantined: group.flatMap(({ entry }) => entry.quarantined),
    };
    const body = encodeBatch(batch);
    const cumulativeReadings =
      this.#marks.headReadings + batch.readings.length + batch.quarantined.length;
    const bodyBytes = Buffer.byteLength(body);
    await this.#thread.run(
      "INSERT INTO batch (seq, cumulative_readings, body_bytes, body) VALUES (?, ?, ?, ?)",
      [seq, cumulativeReadings, bodyBytes, body],
    );
    this.#marks.headSeq = seq;
    this.#marks.headReadings = cumulativeReadings;
    this.#marks.bytes += bodyBytes;
    this.#remember({ batch, cumulativeReadings });
  }

  #remember(recent: RecentBatch): void {
    this.#recent.push(recent);
    this.#recentReadings += recent.batch.readings.length;
    while (this.#recentReadings > recentReadingsMax && this.#recent.length > 1) {
      this.#recentReadings -= this.#recent.shift()?.batch.readings.length ?? 0;
    }
  }

  async read(afterSeq: number, readingsMax: number): Promise<readonly JournalBatch[]> {
    const first = this.#recent[0]?.batch.seq;
    if (first !== undefined && afterSeq + 1 >= first) {
      return limited(
        this.#recent.slice(afterSeq + 1 - first).map(({ batch }) => batch),
        readingsMax,
      );
    }
    const rows = await this.#thread.all<{ seq: number; body: string }>(
      "SELECT seq, body FROM batch WHERE seq > ? ORDER BY seq LIMIT 64",
      [afterSeq],
    );
    return limited(
      rows.map(({ seq, body }) => decodeBatch(seq, body)),
      readingsMax,
    );
  }

  async readingsAfter(afterSeq: number): Promise<number> {
    if (afterSeq >= this.#marks.headSeq) return 0;
    const first = this.#recent[0]?.batch.seq;
    const remembered = first === undefined ? undefined : this.#recent[afterSeq - first];
    if (remembered !== undefined) return this.#marks.headReadings - remembered.cumulativeReadings;
    const [row] = await this.#thread.all<{ cumulative_readings: number }>(
      "SELECT cumulative_readings FROM batch WHERE seq = ?",
      [afterSeq],
    );
    const through = row?.cumulative_readings ?? this.#marks.floorReadings;
    return this.#marks.headReadings - through;
  }

  async trim(throughSeq: number): Promise<void> {
    while (this.#marks.floorSeq < throughSeq) {
      const rows = await this.#thread.all<{ seq: number; cumulative: number; bytes: number }>(
        `SELECT max(seq) AS seq, max(cumulative_readings) AS cumulative, sum(body_bytes) AS bytes
         FROM (SELECT seq, cumulative_readings, body_bytes FROM batch
               WHERE seq <= ? ORDER BY seq LIMIT ${trimRowsMax})`,
        [throughSeq],
      );
      const { seq, cumulative, bytes } = rows[0] ?? {};
      if (seq == null || cumulative == null) return;
      await this.#thread.transaction([
        { sql: "DELETE FROM batch WHERE seq <= ?", params: [seq] },
        {
          sql: "UPDATE floor SET seq = ?, cumulative_readings = ? WHERE id = 1",
          params: [seq, cumulative],
        },
      ]);
      await this.#thread.all("PRAGMA incremental_vacuum(200)");
      this.#marks.floorSeq = seq;
      this.#marks.floorReadings = cumulative;
      this.#marks.bytes -= bytes ?? 0;
    }
  }

  async continueAfter(seq: number): Promise<void> {
    if (this.#marks.headSeq >= seq) return;
    await this.#thread.run("UPDATE floor SET seq = ? WHERE id = 1", [seq]);
    this.#marks.floorSeq = seq;
    this.#marks.headSeq = seq;
  }

  state(): JournalState {
    const { headSeq, floorSeq, bytes } = this.#marks;
    return { headSeq, floorSeq, bytes, bytesMax: this.#bytesMax };
  }

  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    while (this.#timer !== null || this.#flush !== null) {
      if (this.#timer !== null) {
        clearTimeout(this.#timer);
        this.#startFlush();
      }
      await this.#flush;
    }
    await this.#thread.close();
  }
}

function limited(batches: readonly JournalBatch[], readingsMax: number): JournalBatch[] {
  let readings = 0;
  const taken: JournalBatch[] = [];
  for (const batch of batches) {
    if (taken.length > 0 && readings + batch.readings.length > readingsMax) break;
    taken.push(batch);
    readings += batch.readings.length;
  }
  return taken;
}

function failed(message: string, cause?: unknown): UnavailableError {
  const detail = cause instanceof SqliteError ? ` (${cause.code})` : "";
  return new UnavailableError(`${message}${detail}`, { cause, code: "journal_failed" });
}
