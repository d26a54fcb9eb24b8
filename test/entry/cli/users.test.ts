import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openStores } from "../../../src/compose/stores.ts";
import { parseConfig } from "../../../src/config.ts";
import { runCli } from "../../../src/entry/cli/main.ts";
import { smallPark } from "../../support/http-fixture.ts";
import { tempDir } from "../../support/temp-dir.ts";

let printed = "";

beforeEach(async () => {
  const dir = tempDir();
  writeFileSync(join(dir, "park.yaml"), smallPark);
  vi.stubEnv("ZCP_PARK", join(dir, "park.yaml"));
  vi.stubEnv("ZCP_DATA_DIR", join(dir, "data"));
  const keep = (text: string | Uint8Array): boolean => {
    printed += String(text);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(keep);
  vi.spyOn(process.stderr, "write").mockImplementation(keep);
  const config = parseConfig({ environment: process.env });
  const stores = await openStores(config, pino({ level: "silent" }));
  await stores.registryStore.syncParkFile(config.parkContent);
  await stores.close();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Exit code and what was printed. */
async function zcp(...args: string[]): Promise<readonly [number, string]> {
  printed = "";
  return [await runCli(["user", ...args]), printed];
}

it("accounts are made, listed, shut and let in again on the command line", async () => {
  const [code, link] = await zcp("add", "Tashi", "--role", "enterprise", "--enterprise", "acme");
  expect([code, link]).toEqual([0, expect.stringMatching(/\/sign-in\?token=[\w-]{43}\n$/)]);
  expect(await zcp("list")).toEqual([0, "tashi\tenterprise\tacme\n"]);
  expect(await zcp("disable", "tashi")).toEqual([0, ""]);
  expect(await zcp("list")).toEqual([0, "tashi\tenterprise\tacme\tdisabled\n"]);
  expect(await zcp("enable", "TASHI")).toEqual([0, ""]);
  expect((await zcp("link", "tashi"))[1]).toMatch(/\/sign-in\?token=/);
  expect((await zcp("link"))[1]).toMatch(/\/sign-in\?token=/);
});

it("what a rule refuses is said with its remedy", async () => {
  expect(await zcp("add", "x1", "--role", "king")).toEqual([
    64,
    expect.stringContaining("there is no role king; use sysadmin"),
  ]);
  expect(await zcp("add", "x1", "--role", "sysadmin,auditor")).toEqual([
    1,
    expect.stringContaining("nobody may be sysadmin and auditor at once; give these roles"),
  ]);
  expect(await zcp("add", "x1", "--role", "enterprise", "--enterprise", "nope")).toEqual([
    1,
    expect.stringContaining("there is no enterprise nope"),
  ]);
  expect(await zcp("disable", "nobody")).toEqual([
    1,
    expect.stringContaining("there is no user nobody; `zcp user list` shows who there is"),
  ]);
});
