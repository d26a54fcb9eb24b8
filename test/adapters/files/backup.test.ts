import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backupDataDir, restoreDataDir } from "../../../src/adapters/files/backup.ts";
import { lockDataDir } from "../../../src/adapters/files/data-dir-lock.ts";

let folder = "";
let data = "";
let copy = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "zcp-backup-"));
  data = join(folder, "data");
  copy = join(folder, "copy");
  mkdirSync(join(data, "deep"), { recursive: true });
  writeFileSync(join(data, "state.sqlite"), "state");
  writeFileSync(join(data, "deep", "more"), "more");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a backup", () => {
  it("comes back as it was, and what stood in its place is kept aside", async () => {
    expect(await backupDataDir(data, copy)).toEqual({ files: 2, bytes: 9 });
    writeFileSync(join(data, "state.sqlite"), "changed since");
    const { files, aside } = await restoreDataDir(copy, data);
    expect(files).toBe(2);
    expect(readFileSync(join(data, "state.sqlite"), "utf8")).toBe("state");
    expect(readFileSync(join(data, "deep", "more"), "utf8")).toBe("more");
    expect(readdirSync(data)).toEqual(["deep", "state.sqlite"]);
    expect(readFileSync(join(aside ?? "", "state.sqlite"), "utf8")).toBe("changed since");
  });

  it("is refused while a service works on the data folder, both ways", async () => {
    await backupDataDir(data, copy);
    const lock = lockDataDir(data);
    await expect(backupDataDir(data, join(folder, "second"))).rejects.toThrow("in use by process");
    await expect(restoreDataDir(copy, data)).rejects.toThrow("stop that service");
    lock.release();
  });

  it("is refused into a folder that holds something, and of a folder that holds nothing", async () => {
    await expect(backupDataDir(data, data)).rejects.toThrow("not empty");
    await expect(backupDataDir(join(folder, "gone"), copy)).rejects.toThrow("does not exist");
  });

  it("that is damaged or was interrupted is not restored, and the data folder stays", async () => {
    await backupDataDir(data, copy);
    writeFileSync(join(copy, "state.sqlite"), "stale");
    await expect(restoreDataDir(copy, data)).rejects.toThrow("state.sqlite is damaged");
    rmSync(join(copy, "deep"), { recursive: true });
    await expect(restoreDataDir(copy, data)).rejects.toThrow("more cannot be restored");
    rmSync(join(copy, "backup.json"));
    await expect(restoreDataDir(copy, data)).rejects.toThrow("no complete backup");
    expect(readFileSync(join(data, "state.sqlite"), "utf8")).toBe("state");
    expect(existsSync(data)).toBe(true);
  });
});
