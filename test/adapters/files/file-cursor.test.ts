import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FileCursor } from "../../../src/adapters/files/file-cursor.ts";
import { tempDir } from "../../support/temp-dir.ts";

it("starts at 0, remembers the last number and leaves no draft behind", async () => {
  const dir = tempDir();
  const cursor = new FileCursor(join(dir, "influx.cursor"));
  expect(await cursor.read()).toBe(0);
  await cursor.write(7);
  await cursor.write(12_345);
  expect(await new FileCursor(join(dir, "influx.cursor")).read()).toBe(12_345);
  expect(readdirSync(dir)).toEqual(["influx.cursor"]);
});

it("refuses to guess from a file that holds something else", async () => {
  const path = join(tempDir(), "influx.cursor");
  writeFileSync(path, "12a\n");
  await expect(new FileCursor(path).read()).rejects.toThrow(/does not hold a sequence number/);
});
