import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { SqliteValue } from "../sqlite/sqlite-protocol.ts";
import type { SqliteThread } from "../sqlite/sqlite-thread.ts";

/** Hands one connection to one user at a time, in the order they asked. */
export class Turnstile {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when it is the caller's turn, with the function that ends it. */
  async enter(): Promise<() => void> {
    const before = this.#last;
    let leave: () => void = () => undefined;
    this.#last = new Promise((resolve) => {
      leave = resolve;
    });
    await before;
    return leave;
  }
}

/** Kysely over a SQLite connection that lives in a worker thread. */
export function threadDialect(thread: SqliteThread, turnstile: Turnstile): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new ThreadDriver(thread, turnstile),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

class ThreadDriver implements Driver {
  readonly #connection: ThreadConnection;
  readonly #turnstile: Turnstile;
  #leave: () => void = () => undefined;

  constructor(thread: SqliteThread, turnstile: Turnstile) {
    this.#connection = new ThreadConnection(thread);
    this.#turnstile = turnstile;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    this.#leave = await this.#turnstile.enter();
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    this.#leave();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("BEGIN IMMEDIATE"));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("COMMIT"));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("ROLLBACK"));
  }

  async destroy(): Promise<void> {}
}

const writingKinds = new Set(["InsertQueryNode", "UpdateQueryNode", "DeleteQueryNode"]);

class ThreadConnection implements DatabaseConnection {
  readonly #thread: SqliteThread;

  constructor(thread: SqliteThread) {
    this.#thread = thread;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const params = query.parameters as readonly SqliteValue[];
    const isAnswered = "returning" in query.query || /^\s*(select|with|pragma)/i.test(query.sql);
    if (isAnswered) return { rows: await this.#thread.all<Row>(query.sql, params) };
    const { changes } = await this.#thread.run(query.sql, params);
    if (!writingKinds.has(query.query.kind)) return { rows: [] };
    return { rows: [], numAffectedRows: BigInt(changes) };
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator; nothing streams here.
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error("streaming is not used on the state database; read in pages instead");
  }
}
