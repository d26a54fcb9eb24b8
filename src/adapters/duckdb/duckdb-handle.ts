import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";

export interface DuckDbOptions {
  readonly path: string;
  /** DuckDB takes what it finds unless told otherwise, e.g. `256MB`. */
  readonly memoryLimit: string;
  readonly tempDirectory: string;
}

export type Row = Record<string, unknown>;
export type Params = Record<string, string | bigint>;

interface Connections {
  readonly instance: DuckDBInstance;
  readonly writer: DuckDBConnection;
  readonly reader: DuckDBConnection;
}

/**
 * One DuckDB file with a connection for writing and one for reading. A write that fails at the wrong
 * moment, such as a checkpoint on a full disk, makes DuckDB refuse everything from then on; the file
 * itself is sound, so it is closed and opened again.
 */
export class DuckDbHandle {
  readonly #options: DuckDbOptions;
  #connections: Connections;
  #inUse = 0;
  #whenUnused: (() => void) | null = null;
  #isBroken = false;
  #opening: Promise<void> | null = null;
  /** One piece of work at a time on the writing connection. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: DuckDbOptions, connections: Connections) {
    this.#options = options;
    this.#connections = connections;
  }

  static async open(options: DuckDbOptions): Promise<DuckDbHandle> {
    return new DuckDbHandle(options, await connect(options));
  }

  async rows(sql: string, params: Params = {}): Promise<Row[]> {
    return this.#use(async ({ reader }) => {
      const result = await reader.runAndReadAll(sql, params);
      return result.getRowObjectsJS() as Row[];
    });
  }

  /** The answer column by column, which costs less than an object for each row. */
  async columns(sql: string, params: Params): Promise<DuckDBValue[][]> {
    return this.#use(async ({ reader }) => {
      const result = await reader.runAndReadAll(sql, params);
      return result.getColumns();
    });
  }

  /** Work on the writing connection, after all such work that was asked for before. */
  write<Result>(work: (writer: DuckDBConnection) => Promise<Result>): Promise<Result> {
    const use = (): Promise<Result> => this.#use(({ writer }) => work(writer));
    const turn = this.#turn.then(use, use);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  transaction(work: (writer: DuckDBConnection) => Promise<void>): Promise<void> {
    return this.write(async (writer) => {
      await writer.run("BEGIN TRANSACTION");
      try {
        await work(writer);
        await writer.run("COMMIT");
      } catch (error) {
        await writer.run("ROLLBACK").catch(() => undefined);
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#unused();
    // What is not in the file yet is in its log, so a checkpoint that fails loses nothing.
    await this.#connections.writer.run("CHECKPOINT").catch(() => undefined);
    this.#disconnect();
  }

  async #use<Result>(work: (connections: Connections) => Promise<Result>): Promise<Result> {
    while (this.#isBroken) {
      this.#opening ??= this.#reopen().finally(() => {
        this.#opening = null;
      });
      await this.#opening;
    }
    this.#inUse += 1;
    try {
      return await work(this.#connections);
    } catch (error) {
      if (isFatal(error)) this.#isBroken = true;
      throw error;
    } finally {
      this.#inUse -= 1;
      if (this.#inUse === 0) this.#whenUnused?.();
    }
  }

  async #reopen(): Promise<void> {
    await this.#unused();
    this.#disconnect();
    this.#connections = await connect(this.#options);
    this.#isBroken = false;
  }

  #unused(): Promise<void> {
    if (this.#inUse === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenUnused = () => {
        this.#whenUnused = null;
        resolve();
      };
    });
  }

  #disconnect(): void {
    const { reader, writer, instance } = this.#connections;
    for (const part of [reader, writer, instance]) {
      try {
        part.closeSync();
      } catch {
        // A broken instance may refuse even that; it is let go of in any case.
      }
    }
  }
}

async function connect({ path, memoryLimit, tempDirectory }: DuckDbOptions): Promise<Connections> {
  const instance = await DuckDBInstance.create(path, {
    memory_limit: memoryLimit,
    temp_directory: tempDirectory,
    preserve_insertion_order: "false",
  });
  return { instance, writer: await instance.connect(), reader: await instance.connect() };
}

function isFatal(error: unknown): boolean {
  return error instanceof Error && /FATAL Error|database has been invalidated/.test(error.message);
}
