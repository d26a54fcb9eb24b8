import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  DataDirLockedError,
  DataDirUnusableError,
  dataDirHolder,
  lockDataDir,
  lockFileName,
} from "../../../src/adapters/files/data-dir-lock.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "zcp-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the lock of the data folder", () => {
  it("lets one service in and leaves nothing behind when it goes", () => {
    const lock = lockDataDir(folder);
    expect(dataDirHolder(folder)).toBe(process.pid);
    expect(() => lockDataDir(folder)).toThrow(DataDirLockedError);
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is taken over from a process that was killed", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    writeFileSync(join(folder, lockFileName), JSON.stringify({ pid: child.pid, startTicks: null }));
    expect(dataDirHolder(folder)).toBe(child.pid);
    expect(() => lockDataDir(folder)).toThrow(`process ${child.pid}`);
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    lockDataDir(folder).release();
    expect(existsSync(join(folder, lockFileName))).toBe(false);
  });

  it.runIf(process.platform === "linux")(
    "is taken over when the pid belongs to another process now",
    () => {
      writeFileSync(
        join(folder, lockFileName),
        JSON.stringify({ pid: process.pid, startTicks: "1" }),
      );
      expect(dataDirHolder(folder)).toBeNull();
      lockDataDir(folder).release();
    },
  );

  it("says what to do when the folder cannot be written", () => {
    writeFileSync(join(folder, "file"), "");
    const inFile = join(folder, "file", "data");
    expect(() => lockDataDir(inFile)).toThrow(DataDirUnusableError);
    expect(() => lockDataDir(inFile)).toThrow(/ENOTDIR.*ZCP_DATA_DIR/);
  });

  it("is taken over when the file is damaged", () => {
    writeFileSync(join(folder, lockFileName), "{");
    lockDataDir(folder).release();
  });
});
