import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder of its own for one test; it is gone when the test is. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "zcp-test-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** The same for all tests of a file; call it from `beforeAll`. */
export function longLivedDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "zcp-test-"));
  process.once("exit", () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
