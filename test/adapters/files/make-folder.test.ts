import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeFolder } from "../../../src/adapters/files/make-folder.ts";
import { tempDir } from "../../support/temp-dir.ts";

describe("making a folder", () => {
  it("makes those above it too, and leaves one that is there", () => {
    const path = join(tempDir(), "a/b/c");
    makeFolder(path);
    makeFolder(path);
    expect(existsSync(path)).toBe(true);
  });

  it("fails below a file, and where a file is in its place", () => {
    const file = join(tempDir(), "file");
    writeFileSync(file, "");
    expect(() => makeFolder(join(file, "x"))).toThrow(/ENOTDIR/);
    expect(() => makeFolder(file)).toThrow(/EEXIST/);
  });

  it.runIf(existsSync("/proc/self"))("ends where a file system knows no new folders", () => {
    expect(() => makeFolder("/proc/nowhere/deeper")).toThrow(/ENOENT/);
  });
});
