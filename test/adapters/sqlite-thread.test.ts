import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openSqliteThread, type SqliteThread } from "../../src/adapters/sqlite/sqlite-thread.ts";
import { tempDir } from "../support/temp-dir.ts";

function open(path: string): SqliteThread {
  const thread = openSqliteThread(path, ["journal_mode=WAL"]);
  onTestFinished(() => thread.close());
  return thread;
}

const createTable = "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)";
const insert = "INSERT INTO t (id, n) VALUES (?, ?)";

it("carries out requests in order and answers each with its own result", async () => {
  const thread = open(join(tempDir(), "a.db"));
  await thread.exec(createTable);
  const [one, two, rows] = await Promise.all([
    thread.run(insert, [1, 10]),
    thread.many(insert, [
      [2, 20],
      [3, 30],
    ]),
    thread.all<{ id: number; n: number }>("SELECT id, n FROM t WHERE n > ? ORDER BY id", [10]),
  ]);
  expect([one, two]).toEqual([{ changes: 1 }, { changes: 2 }]);
  expect(rows).toEqual([
    { id: 2, n: 20 },
    { id: 3, n: 30 },
  ]);
});

it("does all steps of a transaction or none, with SQLite's own code for what failed", async () => {
  const thread = open(join(tempDir(), "a.db"));
  await thread.exec(createTable);
  const steps = [
    { sql: insert, params: [1, 1] },
    {
      sql: insert,
      rows: [
        [2, 2],
        [1, 3],
      ],
    },
  ];
  await expect(thread.transaction(steps)).rejects.toMatchObject({
    name: "SqliteError",
    code: expect.stringContaining("SQLITE_CONSTRAINT"),
  });
  expect(await thread.all("SELECT * FROM t")).toEqual([]);
  await thread.transaction(steps.slice(0, 1));
  expect(await thread.all("SELECT count(*) AS n FROM t")).toEqual([{ n: 1 }]);
});

it("has what is in the file again after it was opened anew", async () => {
  const thread = open(join(tempDir(), "a.db"));
  await thread.exec(createTable);
  await thread.run(insert, [1, 1]);
  await thread.reopen();
  expect(await thread.all("SELECT id FROM t")).toEqual([{ id: 1 }]);
});

it("calls a full disk an outage, which ends, and other refusals by the code of SQLite", async () => {
  const thread = open(join(tempDir(), "a.db"));
  await thread.exec(createTable);
  await thread.exec("PRAGMA max_page_count = 2");
  const rows = Array.from({ length: 5_000 }, (_, index) => [index, index]);
  await expect(thread.transaction([{ sql: insert, rows }])).rejects.toMatchObject({
    ...{ name: "UnavailableError", code: "disk_failed" },
    message: expect.stringMatching(/a\.db.*SQLITE_FULL/),
  });
  await thread.exec("PRAGMA max_page_count = 1000");
  expect(await thread.transaction([{ sql: insert, rows }])).toEqual([{ changes: 5_000 }]);
});

it("says why a thread has ended and starts another one for the next request", async () => {
  const dir = join(tempDir(), "later");
  const thread = open(join(dir, "a.db"));
  await expect(thread.exec(createTable)).rejects.toMatchObject({
    message: expect.stringContaining("a.db"),
  });
  mkdirSync(dir);
  await thread.exec(createTable);
  expect(await thread.all("SELECT * FROM t")).toEqual([]);
});

it("answers nothing after it was closed, and may be closed twice", async () => {
  const thread = open(join(tempDir(), "a.db"));
  await thread.exec(createTable);
  await thread.close();
  await thread.close();
  await expect(thread.all("SELECT * FROM t")).rejects.toMatchObject({ code: "SQLITE_MISUSE" });
});
