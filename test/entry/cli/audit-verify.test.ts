import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createAudit } from "../../../src/compose/audit.ts";
import { openStores } from "../../../src/compose/stores.ts";
import { parseConfig } from "../../../src/config.ts";
import { runCli } from "../../../src/entry/cli/main.ts";
import { smallPark } from "../../support/http-fixture.ts";
import { tempDir } from "../../support/temp-dir.ts";

let dir = "";
let printed = "";

beforeEach(() => {
  dir = tempDir();
  printed = "";
  writeFileSync(join(dir, "park.yaml"), smallPark);
  vi.stubEnv("ZCP_PARK", join(dir, "park.yaml"));
  vi.stubEnv("ZCP_DATA_DIR", join(dir, "data"));
  vi.stubEnv("ZCP_AUDIT_HEADS_DIR", join(dir, "outside"));
  const keep = (text: string | Uint8Array): boolean => {
    printed += String(text);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(keep);
  vi.spyOn(process.stderr, "write").mockImplementation(keep);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** The service starts and stops, with the digest that is set; a head goes outside. */
async function aDayOfWork(): Promise<void> {
  const config = parseConfig({ environment: process.env });
  const log = pino({ level: "silent" });
  const stores = await openStores(config, log);
  const audit = createAudit(config, stores, { clock: { nowMs: () => Date.now() }, log });
  await audit.begin();
  await audit.end();
  await stores.close();
}

const heads = () => join(dir, "outside", "audit-heads.jsonl");
const verify = (...more: string[]) => runCli(["audit", "verify", "--heads", heads(), ...more]);

it.each(["sha256", "sm3"])("zcp audit verify finds one changed byte (%s)", async (digest) => {
  vi.stubEnv("ZCP_AUDIT_DIGEST", digest);
  await aDayOfWork();
  expect(await verify()).toBe(0);
  expect(printed).toContain("审计链完整");
  const database = new Database(join(dir, "data", "state.sqlite"));
  database.exec("UPDATE audit_entry SET actor = 'job:servicE' WHERE seq = 1");
  database.close();
  expect(await verify()).toBe(1);
  expect(printed).toContain("seq 1  changed");
});

it("holds the chain against heads that lie outside, by a key that lies outside", async () => {
  await aDayOfWork();
  const key = join(dir, "trusted.pem");
  writeFileSync(key, readFileSync(join(dir, "data", "audit-key.pub.pem")));
  const [line = ""] = readFileSync(heads(), "utf8").split("\n");
  // A head of entry 9 that nobody signed.
  writeFileSync(heads(), `${JSON.stringify({ ...JSON.parse(line), seq: 9 })}\n`);
  expect(await verify("--public-key", key)).toBe(1);
  expect(printed).toContain("seq 9  signature");
  writeFileSync(heads(), "no head\n");
  expect(await verify()).toBe(1);
  expect(printed).toContain(`${heads()}:1 is no published head`);
});

it("refuses to keep the audit shorter than the law asks", async () => {
  vi.stubEnv("ZCP_AUDIT_RETENTION_DAYS", "183");
  expect(await runCli(["check"])).toBe(78);
  expect(printed).toContain("ZCP_AUDIT_RETENTION_DAYS: must be a whole number from 184 to 36500");
});
