import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { tempDir } from "../../support/temp-dir.ts";
import { tinyPark } from "../../support/tiny-park.ts";
import { startZcp, zcp } from "../../support/zcp-process.ts";

const deadlineMs = 120_000;
const token = "0123456789abcdef0123456789abcdef";

/** Settings of a service of its own: its folder, its ports, the tiny park. */
function surroundings() {
  const folder = tempDir();
  writeFileSync(join(folder, "park.yaml"), tinyPark);
  return {
    folder,
    environment: {
      ZCP_PARK: join(folder, "park.yaml"),
      ZCP_DATA_DIR: join(folder, "data"),
      ZCP_HTTP_PORT: "0",
      ZCP_MQTT_LISTEN_PORT: "0",
      ZCP_BOOTSTRAP_TOKEN: token,
      ZCP_LOG_LEVEL: "warn",
    },
  };
}

async function api(url: string, path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(new URL(path, url), {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.status, body: await response.json() };
}

async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Four quarter hours of yesterday, each of 2.5 kWh. */
function recording(folder: string): { path: string; from: string; to: string } {
  const startMs = Math.floor(Date.now() / 86_400_000 - 1) * 86_400_000;
  const lines = [0, 1, 2, 3, 4].map((quarter) => ({
    gateway: "gw-1",
    device: "m1",
    ts: startMs + quarter * 900_000,
    values: { importKwh: 100 + 2.5 * quarter },
  }));
  const path = join(folder, "recording.ndjson");
  writeFileSync(path, lines.map((line) => JSON.stringify(line)).join("\n"));
  const text = (ms: number) => new Date(ms).toISOString();
  return { path, from: text(startMs), to: text(startMs + 3_600_000) };
}

async function workedThrough(url: string): Promise<void> {
  await expect
    .poll(
      async () => {
        const { body } = await api(url, "/api/v1/status");
        const { ingest, ledger } = body as {
          ingest: { backlogReadings: number };
          ledger: { touchedSlots: number };
        };
        return ingest.backlogReadings + ledger.touchedSlots;
      },
      { timeout: 30_000, interval: 100 },
    )
    .toBe(0);
}

describe("zcp start", () => {
  it("prints its addresses, answers, and leaves nothing behind when it is asked to stop", {
    timeout: deadlineMs,
  }, async () => {
    const { environment } = surroundings();
    const service = await startZcp(["start"], environment);
    expect((await fetch(`${service.httpUrl}/livez`)).status).toBe(200);
    expect((await fetch(`${service.httpUrl}/readyz`)).status).toBe(200);
    expect(existsSync(join(environment.ZCP_DATA_DIR, "service.lock"))).toBe(true);
    expect(await service.end("SIGTERM")).toBe(0);
    expect(existsSync(join(environment.ZCP_DATA_DIR, "service.lock"))).toBe(false);
    expect(existsSync(join(environment.ZCP_DATA_DIR, "addresses.json"))).toBe(false);
  });

  it("ends with 78 and names the holder when a port is taken", {
    timeout: deadlineMs,
  }, async () => {
    const { environment } = surroundings();
    const port = await takenPort();
    for (const variable of ["ZCP_HTTP_PORT", "ZCP_MQTT_LISTEN_PORT"]) {
      const { code, err } = zcp(["start"], { ...environment, [variable]: String(port) });
      expect(code).toBe(78);
      expect(err).toContain(`port ${port} is taken`);
      expect(err).toContain(variable);
      expect(err).not.toMatch(/^ +at /m);
    }
  });

  it("keeps a second service off its folder, and takes the folder over from a killed one", {
    timeout: deadlineMs,
  }, async () => {
    const { environment } = surroundings();
    const first = await startZcp(["start"], environment);
    const second = zcp(["start"], environment);
    expect(second.code).toBe(1);
    expect(second.err).toContain(`in use by process ${first.pid}`);
    expect((await fetch(`${first.httpUrl}/livez`)).status).toBe(200);
    await first.end("SIGKILL");
    expect(existsSync(join(environment.ZCP_DATA_DIR, "service.lock"))).toBe(true);
    const third = await startZcp(["start"], environment);
    expect((await fetch(`${third.httpUrl}/readyz`)).status).toBe(200);
    expect(await third.end("SIGINT")).toBe(0);
  });

  it("refuses a database that a newer version has written", { timeout: deadlineMs }, async () => {
    const { environment } = surroundings();
    const service = await startZcp(["start"], environment);
    await service.end("SIGTERM");
    const { default: Database } = await import("libsql");
    const database = new Database(join(environment.ZCP_DATA_DIR, "state.sqlite"));
    database.exec(
      "INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-tomorrow', '2126-01-01')",
    );
    database.close();
    const { code, err } = zcp(["start"], environment);
    expect(code).toBe(1);
    expect(err).toContain("9999-tomorrow");
    expect(err).toContain("start that version again");
    expect(err).not.toMatch(/^ +at /m);
  });
});

it.each(["state.sqlite", "journal.sqlite", "readings.duckdb"])(
  "a damaged %s ends the start with a sentence and is left as it is",
  { timeout: deadlineMs },
  (file) => {
    const { environment } = surroundings();
    const path = join(environment.ZCP_DATA_DIR, file);
    mkdirSync(environment.ZCP_DATA_DIR);
    writeFileSync(path, "this is no database ".repeat(1000));
    const { code, err } = zcp(["start"], environment);
    expect(code).toBe(1);
    expect(err).toContain(`${path} cannot be opened`);
    expect(err).toContain("restore a backup");
    expect(err).not.toMatch(/^ +at /m);
    expect(readFileSync(path, "utf8")).toBe("this is no database ".repeat(1000));
    expect(existsSync(join(environment.ZCP_DATA_DIR, "service.lock"))).toBe(false);
  },
);

describe("work on the data folder", () => {
  it("brings everything back: replay, backup, restore, the same energy", {
    timeout: deadlineMs,
  }, async () => {
    const { folder, environment } = surroundings();
    const { path, from, to } = recording(folder);
    const query = `/api/v1/energy?scope=meter:m1&carrier=electricity&step=15m&from=${from}&to=${to}`;
    const service = await startZcp(["start"], environment);
    const replayed = zcp(["replay", path, "--url", service.httpUrl], environment);
    expect(replayed.out).toContain("5 messages sent: 5 accepted, 0 quarantined");
    await workedThrough(service.httpUrl);
    const before = await api(service.httpUrl, query);
    expect(before.body).toMatchObject({ total: { importKwh: 10, missingSlots: 0 } });

    const target = join(folder, "backup");
    const early = zcp(["backup", target], environment);
    expect(early.code).toBe(1);
    expect(early.err).toContain(`in use by process ${service.pid}`);
    expect(zcp(["restore", target], environment).code).toBe(1);
    await service.end("SIGTERM");

    expect(zcp(["backup", target], environment).out).toMatch(/^\d+ files, \d+ bytes are in /);
    expect(zcp(["backup", target], environment).err).toContain("is not empty");
    const elsewhere = { ...environment, ZCP_DATA_DIR: join(folder, "elsewhere/data") };
    mkdirSync(join(folder, "elsewhere/data"), { recursive: true });
    writeFileSync(join(folder, "elsewhere/data/state.sqlite"), "what was there before");
    const restored = zcp(["restore", target], elsewhere);
    expect(restored.code).toBe(0);
    const aside = /what was there before is in (\S+)/.exec(restored.out)?.[1] ?? "";
    expect(readFileSync(join(aside, "state.sqlite"), "utf8")).toBe("what was there before");

    const again = await startZcp(["start"], elsewhere);
    expect(await api(again.httpUrl, query)).toEqual(before);
    await again.end("SIGTERM");
  });

  it("shows which migrations were carried out and when", { timeout: deadlineMs }, async () => {
    const { environment } = surroundings();
    const service = await startZcp(["start"], environment);
    await service.end("SIGTERM");
    const status = zcp(["migrate", "status"], environment);
    expect(status.code).toBe(0);
    expect(status.out).toMatch(/^0001-first-light {2}\d{4}-\d\d-\d\dT/);
    expect(status.out).not.toContain("pending");
    expect(zcp(["migrate"], environment).out).toBe(status.out);
  });

  it("makes sign-in links that work once, beside the running service too", {
    timeout: deadlineMs,
  }, async () => {
    const { environment } = surroundings();
    const service = await startZcp(["start"], environment);
    const link = zcp(["user", "link"], environment).out.trim();
    expect(link.startsWith(`${service.httpUrl}/sign-in?token=`)).toBe(true);
    expect(link).not.toBe(service.signInUrl);
    const linkToken = new URL(link).searchParams.get("token");
    const redeem = () =>
      fetch(`${service.httpUrl}/api/v1/session`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: service.httpUrl },
        body: JSON.stringify({ token: linkToken }),
      });
    const signedIn = await redeem();
    expect(signedIn.status).toBeLessThan(300);
    expect(signedIn.headers.get("set-cookie")).toContain("HttpOnly");
    expect((await redeem()).status).toBeGreaterThanOrEqual(400);
    await service.end("SIGTERM");
  });
});
