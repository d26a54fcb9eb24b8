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
import { BatchWriter } from "./batch-codec.ts";
import { type JournalMarks, readMarks, schema } from "./journal-marks.ts";
import { rowsAfter } from "./journal-reads.ts";
import { decoded, RecentRows } from "./recent-rows.ts";

export interface JournalOptions {
  readonly path: string;
  /** The journal refuses more when the bodies it holds reach this size. */
  readonly bytesMax: number;
  /** How long entries gather before a commit, unless one is already under way. */
  readonly gatherMs?: number;
}

type Entry = Omit<JournalBatch, "seq">;

/** What shares one commit, and those who wait for it. */
interface Group {
  readonly batch: BatchWriter;
  readonly waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[];
}

/** A commit that has grown to one of these takes no more; the rest waits for the next one. */
const commitReadingsMax = 20_000;
const commitBytesMax = 4 * 1024 * 1024;
/** What may wait for the disk; beyond it the disk is too slow or stuck, and senders have to know. */
const waitingBytesMax = 64 * 1024 * 1024;
const trimRowsMax = 500;
/** 8 MiB of free pages stay in the file for the batches that come. */
const freePagesKept = 2048;
const healMs = 2000;

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

class SqliteJournal implements Journal {
  readonly #thread: SqliteThread;
  readonly #bytesMax: number;
  readonly #gatherMs: number;
  readonly #marks: JournalMarks;
  readonly #listeners = new Set<() => void>();
  readonly #recent = new RecentRows();
  #groups: Group[] = [];
  #flush: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #healing: NodeJS.Timeout | null = null;
  #closed = false;
  #problem: string | null = null;
  /** A commit has failed and the file could not be opened anew since. */
  #isInDoubt = false;

  constructor(thread: SqliteThread, options: JournalOptions, marks: JournalMarks) {
    this.#thread = thread;
    this.#bytesMax = options.bytesMax;
    this.#gatherMs = options.gatherMs ?? 5;
    this.#marks = marks;
  }

  append(entry: Entry): Promise<void> {
    if (this.#closed) return Promise.reject(failed("the journal is closed"));
    if (this.#marks.bytes >= this.#bytesMax) {
      return Promise.reject(
        full(
          `the journal holds ${this.#marks.bytes} bytes, its cap is ${this.#bytesMax}; nothing is taken in until its consumers catch up`,
        ),
      );
    }
    const waitingBytes = this.#groups.reduce((sum, { batch }) => sum + batch.byteCount, 0);
    if (waitingBytes >= waitingBytesMax) {
      return Promise.reject(
        full(`${waitingBytes} bytes wait for the disk; nothing is taken in until it has them`),
      );
    }
    return new Promise((resolve, reject) => {
      const { batch, waiting } = this.#gathering();
      batch.add(entry);
      waiting.push({ resolve, reject });
      this.#schedule();
    });
  }

  /** The group that takes what arrives now. */
  #gathering(): Group {
    const newest = this.#groups.at(-1);
    const isOpen =
      newest !== undefined &&
      newest.batch.readingCount < commitReadingsMax &&
      newest.batch.byteCount < commitBytesMax;
    if (isOpen) return newest;
    const group: Group = { batch: new BatchWriter(), waiting: [] };
    this.#groups.push(group);
    return group;
  }

  #schedule(): void {
    if (this.#groups.length === 0 || this.#flush !== null || this.#timer !== null) return;
    this.#timer = setTimeout(() => this.#startFlush(), this.#gatherMs);
  }

  #startFlush(): void {
    this.#timer = null;
    this.#occupy(this.#flushPending());
  }

  /** One at a time writes; what was appended meanwhile gathers for the next commit. */
  #occupy(work: Promise<void>): void {
    this.#flush = work.finally(() => {
      this.#flush = null;
      this.#schedule();
    });
  }

  /** Commits until nothing waits: what arrives during one commit shares the next. */
  async #flushPending(): Promise<void> {
    for (let group = this.#groups.shift(); group !== undefined; group = this.#groups.shift()) {
      try {
        if (this.#isInDoubt) await this.#openAnew();
        await this.#commit(group.batch);
        this.#problem = null;
        for (const { resolve } of group.waiting) resolve();
        for (const listener of this.#listeners) listener();
      } catch (cause) {
        const error = failed("the journal could not be written", cause);
        this.#problem = error.message;
        for (const { reject } of group.waiting) reject(error);
        this.#isInDoubt = true;
        this.#healLater();
      }
    }
  }

  /**
   * Tries by itself whether the disk takes something again: whoever looks at the readiness sends
   * nothing before it is back.
   */
  #healLater(): void {
    if (this.#healing !== null || this.#closed) return;
    this.#healing = setTimeout(() => {
      this.#healing = null;
      if (this.#problem !== null && this.#flush === null) this.#occupy(this.#heal());
    }, healMs);
    this.#healing.unref();
  }

  async #heal(): Promise<void> {
    try {
      await this.#openAnew();
      await this.#thread.run("UPDATE floor SET seq = seq WHERE id = 1");
      this.#problem = null;
      for (const listener of this.#listeners) listener();
    } catch {
      this.#isInDoubt = true;
      this.#healLater();
    }
  }

  /**
   * A later commit on the same handle could claim what this one lost, so it is opened anew, and the
   * head is read again: the failed commit may have reached the disk after all. Its readings are then
   * journalled although nobody was told so, which is harmless, because writing them twice is.
   */
  async #openAnew(): Promise<void> {
    await this.#thread.reopen();
    Object.assign(this.#marks, await readMarks(this.#thread));
    this.#recent.clear();
    this.#isInDoubt = false;
  }

  async #commit(batch: BatchWriter): Promise<void> {
    const seq = this.#marks.headSeq + 1;
    const body = batch.body();
    const cumulativeReadings = this.#marks.headReadings + batch.entryCount;
    await this.#thread.run(
      "INSERT INTO batch (seq, cumulative_readings, body_bytes, body) VALUES (?, ?, ?, ?)",
      [seq, cumulativeReadings, body.length, body],
    );
    this.#marks.headSeq = seq;
    this.#marks.headReadings = cumulativeReadings;
    this.#marks.bytes += body.length;
    this.#recent.add({ seq, body, cumulativeReadings });
  }

  async read(afterSeq: number, readingsMax: number): Promise<readonly JournalBatch[]> {
    const recent = this.#recent.after(afterSeq);
    if (recent !== null) return decoded(recent, readingsMax);
    return decoded(await rowsAfter(this.#thread, afterSeq, readingsMax), readingsMax);
  }

  async readingsAfter(afterSeq: number): Promise<number> {
    if (afterSeq >= this.#marks.headSeq) return 0;
    const remembered = this.#recent.cumulativeReadings(afterSeq);
    if (remembered !== undefined) return this.#marks.headReadings - remembered;
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
      await this.#giveBack();
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
    // What is remembered has to be without a hole in its numbers.
    this.#recent.clear();
  }

  /** Gives space back to the disk in steps, so that commits come in between; what comes next keeps some. */
  async #giveBack(): Promise<void> {
    for (;;) {
      const [free] = await this.#thread.all<{ freelist_count: number }>("PRAGMA freelist_count");
      if ((free?.freelist_count ?? 0) <= freePagesKept) return;
      await this.#thread.all(`PRAGMA incremental_vacuum(${freePagesKept})`);
    }
  }

  state(): JournalState {
    const { headSeq, floorSeq, bytes } = this.#marks;
    return { headSeq, floorSeq, bytes, bytesMax: this.#bytesMax, problem: this.#problem };
  }

  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#healing !== null) clearTimeout(this.#healing);
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

function full(message: string): UnavailableError {
  return new UnavailableError(message, { code: "journal_full" });
}

function failed(message: string, cause?: unknown): UnavailableError {
  const refusal = cause instanceof UnavailableError ? cause.cause : cause;
  const detail = refusal instanceof SqliteError ? ` (${refusal.code})` : "";
  return new UnavailableError(`${message}${detail}`, { cause, code: "journal_failed" });
}
