import { Worker } from "node:worker_threads";
import { UnavailableError } from "../../app/ports.ts";
import type { SqliteAnswer, SqliteOperation, SqliteStep, SqliteValue } from "./sqlite-protocol.ts";

/** SQLite refused a statement; `code` is SQLite's own, such as `SQLITE_FULL` or `SQLITE_IOERR`. */
export class SqliteError extends Error {
  override readonly name = "SqliteError";
  readonly code: string;
  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/** What a disk does that is full or fails, also to a read: the next request may find it mended. */
const diskCodes = /^SQLITE_(?:FULL|IOERR)/;

function errorOf(path: string, { message, code }: { message: string; code: string }): Error {
  const cause = new SqliteError(message, code);
  if (!diskCodes.test(code)) return cause;
  return new UnavailableError(`the disk refused ${path}: ${message} (${code})`, {
    ...{ cause, code: "disk_failed" },
  });
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** One SQLite connection in a worker thread of its own; requests are carried out in order. */
export interface SqliteThread {
  run(sql: string, params?: readonly SqliteValue[]): Promise<{ changes: number }>;
  all<Row>(sql: string, params?: readonly SqliteValue[]): Promise<Row[]>;
  /** One prepared statement for many rows; inside a transaction that the caller opened. */
  many(sql: string, rows: readonly (readonly SqliteValue[])[]): Promise<{ changes: number }>;
  exec(sql: string): Promise<void>;
  /** All steps or none; resolves after the commit is on disk. */
  transaction(steps: readonly SqliteStep[]): Promise<readonly { changes: number }[]>;
  /** Closes and opens the file again, after an error that leaves the handle in doubt. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

/** Durable settings for a database that acknowledgements depend on. */
export const durablePragmas = [
  "journal_mode=WAL",
  "synchronous=FULL",
  "foreign_keys=ON",
  "busy_timeout=5000",
] as const;

/**
 * Opens a connection in a thread. A thread that ends by itself fails what waits for it, and the next
 * request starts another one: what has to survive is in the file.
 */
export function openSqliteThread(path: string, pragmas: readonly string[]): SqliteThread {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let isClosed = false;
  let worker: Worker | null = null;

  const start = (): Worker => {
    const started = startWorker({ path, pragmas });
    const failAll = (error: Error): void => {
      if (worker === started) worker = null;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    started.on("message", (answer: SqliteAnswer) => {
      const call = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (answer.ok) call?.resolve(answer.result);
      else call?.reject(errorOf(path, answer));
    });
    started.on("error", (error: unknown) => failAll(endingError(path, error)));
    // An error says what happened and comes first; whoever asks after it asks another thread.
    started.on("exit", () => {
      if (worker === started) failAll(new SqliteError(`${path} is closed`, "SQLITE_MISUSE"));
    });
    return started;
  };
  worker = start();

  const ask = <Result>(operation: SqliteOperation): Promise<Result> =>
    new Promise<Result>((resolve, reject) => {
      if (isClosed) {
        reject(new SqliteError(`${path} is closed`, "SQLITE_MISUSE"));
        return;
      }
      worker ??= start();
      lastId += 1;
      waiting.set(lastId, { resolve: resolve as (result: unknown) => void, reject });
      worker.postMessage({ ...operation, id: lastId });
    });

  return {
    run: (sql, params = []) => ask({ op: "run", sql, params }),
    all: (sql, params = []) => ask({ op: "all", sql, params }),
    many: (sql, rows) => ask({ op: "many", sql, rows }),
    exec: async (sql) => {
      await ask({ op: "exec", sql });
    },
    transaction: (steps) => ask({ op: "transaction", steps }),
    reopen: async () => {
      await ask({ op: "reopen" });
    },
    close: async () => {
      const last = worker;
      if (isClosed || last === null) {
        isClosed = true;
        return;
      }
      const closing = ask({ op: "close" });
      isClosed = true;
      await closing;
      await last.terminate();
    },
  };
}

/** What ends a thread crosses over as data, of SQLite's errors only the code: it is made an error again. */
function endingError(path: string, thrown: unknown): SqliteError {
  const { message, code } = Object(thrown) as { message?: unknown; code?: unknown };
  const reason = message ?? code ?? thrown;
  return new SqliteError(`${path}: ${String(reason)}`, String(code ?? "SQLITE_ERROR"));
}

/**
 * Starts the worker program. Where the sources run as TypeScript, as under the test runner, the
 * thread needs a loader of its own, because Node gives it none.
 */
function startWorker(workerData: object): Worker {
  const isSource = import.meta.url.endsWith(".ts");
  const file = new URL(`./sqlite-worker.${isSource ? "ts" : "js"}`, import.meta.url);
  if (!isSource) return new Worker(file, { workerData });
  const program = `import("tsx/esm/api").then(({ register }) => {
    register();
    return import(${JSON.stringify(file.href)});
  });`;
  return new Worker(program, { eval: true, workerData });
}
