import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  hasPostgres,
  type PostgresServer,
  startPostgresServer,
} from "../../support/postgres-server.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { tinyPark } from "../../support/tiny-park.ts";
import { startZcp, zcp } from "../../support/zcp-process.ts";

describe.skipIf(!hasPostgres)("commands on a state in PostgreSQL", () => {
  let server: PostgresServer | null = null;
  afterAll(async () => server?.stop());

  it("list the migrations, make a link and say what a backup leaves out", {
    timeout: 120_000,
  }, async () => {
    server = await startPostgresServer();
    const folder = tempDir();
    writeFileSync(join(folder, "park.yaml"), tinyPark);
    const environment = {
      ZCP_PARK: join(folder, "park.yaml"),
      ZCP_DATA_DIR: join(folder, "data"),
      ZCP_HTTP_PORT: "0",
      ZCP_MQTT_LISTEN_PORT: "0",
      ZCP_LOG_LEVEL: "warn",
      ZCP_DATABASE_URL: await server.createDatabase(),
    };
    const fresh = zcp(["migrate", "status"], environment);
    expect(fresh.out).toMatch(/^0001-first-light {2}pending$/m);
    expect(zcp(["migrate", "up"], environment).out).not.toContain("pending");

    const service = await startZcp(["start"], environment);
    const link = zcp(["user", "link"], environment).out.trim();
    const token = new URL(link).searchParams.get("token");
    const signedIn = await fetch(`${service.httpUrl}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: service.httpUrl },
      body: JSON.stringify({ token }),
    });
    expect(signedIn.ok).toBe(true);
    await service.end("SIGTERM");

    const backup = zcp(["backup", join(folder, "backup")], environment);
    expect(backup.code).toBe(0);
    expect(backup.err).toContain("pg_dump");
  });

  it("name the database that cannot be reached, without its password", () => {
    const folder = tempDir();
    writeFileSync(join(folder, "park.yaml"), tinyPark);
    const { code, err } = zcp(["migrate", "status"], {
      ZCP_PARK: join(folder, "park.yaml"),
      ZCP_DATA_DIR: join(folder, "data"),
      ZCP_DATABASE_URL: "postgres://zcp:hunter2@127.0.0.1:1/zcp",
    });
    expect(code).toBe(1);
    expect(err).toContain("ZCP_DATABASE_URL");
    expect(err).not.toContain("hunter2");
    expect(err).not.toMatch(/^ +at /m);
  });
});
