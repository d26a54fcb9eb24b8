import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { ReadyBody } from "../../src/contracts/status.ts";
import { layOutImage } from "../support/image-folder.ts";
import { longLivedDir, tempDir } from "../support/temp-dir.ts";
import { zcp } from "../support/zcp-process.ts";

/** What the image holds, run as its containers run it; only Docker itself is not there. */
describe("the image", () => {
  const folder = longLivedDir();
  const environment = { PATH: process.env.PATH, NODE_ENV: "production", LANG: "en_GB.UTF-8" };

  beforeAll(() => {
    // Brings the build up to date where the tests were not started by the runner, which does that.
    expect(zcp(["check"]).code).toBe(0);
    layOutImage(folder);
  }, 120_000);

  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8", env: environment });

  it("has no sources and no tools to build them", () => {
    expect(existsSync(join(folder, "src"))).toBe(false);
    expect(existsSync(join(folder, "node_modules/typescript"))).toBe(false);
    expect(existsSync(join(folder, "node_modules/vite"))).toBe(false);
    expect(existsSync(join(folder, "node_modules/fastify"))).toBe(true);
  });

  it("starts the service with the console, and ends it in order", { timeout: 90_000 }, async () => {
    const [program = "", ...args] = imageCommand();
    expect(program).toBe("node");
    const child = spawn(process.execPath, args, {
      cwd: folder,
      env: {
        ...environment,
        ZCP_DATA_DIR: tempDir(),
        ZCP_HTTP_PORT: "0",
        ZCP_MQTT_LISTEN_PORT: "0",
      },
    });
    const exited = once(child, "exit");
    onTestFinished(() => void child.kill("SIGKILL"));
    const url = await addressIn(child.stderr, exited);
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(200);
    expect(ReadyBody.parse(await ready.json()).degraded).toEqual([]);
    const page = await fetch(`${url}/`, { headers: { accept: "text/html" } });
    expect(await page.text()).toContain('<div id="app">');
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
  });

  it("runs the simulators without building anything", { timeout: 60_000 }, () => {
    const output = join(tempDir(), "messages.ndjson");
    const span = ["--from", "2026-11-21T00:00:00+08:00", "--to", "2026-11-21T00:30:00+08:00"];
    const { status, stderr } = run("bin/zcp.mjs", "simulate", ...span, "--output", output);
    expect(stderr).not.toMatch(/build/);
    expect(status).toBe(0);
    expect(readFileSync(output, "utf8").split("\n").length).toBeGreaterThan(100);
  });

  it("makes the secrets of the stack once and keeps them", () => {
    const secrets = join(tempDir(), "secrets");
    expect(run("deploy/make-secrets.mjs", secrets).stdout).toContain("made bootstrap-token");
    expect(run("deploy/make-secrets.mjs", secrets)).toMatchObject({ status: 0, stdout: "" });
    expect(readFileSync(join(secrets, "bootstrap-token"), "utf8").trim()).toMatch(/^[\w-]{43}$/);
  });
});

/** What a container of the image starts when nobody says otherwise. */
function imageCommand(): readonly string[] {
  const text = readFileSync(join(import.meta.dirname, "../../Dockerfile"), "utf8");
  const words = /^CMD \[(.+)\]$/m.exec(text)?.[1] ?? "";
  return [...words.matchAll(/"([^"]+)"/g)].map(([, word = ""]) => word);
}

function addressIn(output: NodeJS.ReadableStream, exited: Promise<unknown>): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    output.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const [url] = /http:\/\/[\w.]+:\d+/.exec(text) ?? [];
      if (url !== undefined && text.includes("sign-in")) resolve(url);
    });
    void exited.then(() => reject(new Error(`ended before it listened:\n${text}`)));
  });
}
