import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { TelemetryAnswer } from "../../src/contracts/telemetry.ts";
import { programPath } from "../support/programs.ts";
import { ServiceClient } from "../support/service-client.ts";
import { tempDir } from "../support/temp-dir.ts";
import { startZcp } from "../support/zcp-process.ts";

const prlimitPath = programPath("prlimit");
const patienceMs = 60_000;
const token = "0123456789abcdef0123456789abcdef";
const hourMs = 3_600_000;
const startMs = Math.floor(Date.now() / hourMs) * hourMs - 4 * hourMs;
const quarterMs = hourMs / 4;

const park = `
id: north
name: { zh: 北园, en: North }
location: { latitude: 29.65, longitude: 91.1, altitudeM: 3650 }
gateways: [{ id: gw-1 }]
meters: [{ id: m1, gatewayId: gw-1, kind: electricity-meter }]
`;

/** From now on every write to a file fails, or none does: as on a full disk that is cleared again. */
function setDiskFull(pid: number, isFull: boolean): void {
  const limit = isFull ? "0:unlimited" : "unlimited:unlimited";
  execFileSync(prlimitPath ?? "", ["--pid", String(pid), `--fsize=${limit}`]);
}

describe.skipIf(prlimitPath === null)("a service whose disk is full", () => {
  it("acknowledges nothing, is not ready, and goes on when there is room again", {
    timeout: 300_000,
  }, async () => {
    const dir = tempDir();
    writeFileSync(join(dir, "park.yaml"), park);
    // The signal would end the process before a write could answer that the file is too large.
    const through = ["sh", "-c", 'trap "" XFSZ; exec "$@"', "sh"];
    const environment = {
      ...{ ZCP_DATA_DIR: join(dir, "data"), ZCP_PARK: join(dir, "park.yaml") },
      ...{ ZCP_HTTP_PORT: "0", ZCP_MQTT_LISTEN_PORT: "0", ZCP_BOOTSTRAP_TOKEN: token },
    };
    const service = await startZcp(["start"], environment, through);
    const client = new ServiceClient(service.httpUrl, token);
    const send = (quarter: number) =>
      client.post(
        "/telemetry",
        {
          ...{ gateway: "gw-1", device: "m1", ts: startMs + quarter * quarterMs },
          values: { importKwh: 100 + quarter },
        },
        TelemetryAnswer,
      );
    expect(await send(0)).toEqual({ accepted: 1, quarantined: [] });

    setDiskFull(service.pid, true);
    await expect(send(1)).rejects.toThrow(/503.*journal_failed/);
    expect(await client.ready()).toMatchObject({
      status: 503,
      failing: [expect.stringContaining("the journal could not be written")],
    });
    await expect(send(1)).rejects.toThrow(/503.*journal_failed/);

    setDiskFull(service.pid, false);
    // Nobody sends anything to a service that is not ready, so it finds out by itself.
    await client.until("readiness", patienceMs, async () => {
      return (await client.ready()).status === 200;
    });
    for (const quarter of [1, 2, 3, 4]) {
      expect(await send(quarter)).toEqual({ accepted: 1, quarantined: [] });
    }
    await client.settled(patienceMs);
    const { slots, total } = await client.energy("m1", startMs, startMs + hourMs);
    expect(slots.map(({ importKwh }) => importKwh)).toEqual([1, 1, 1, 1]);
    expect(total).toMatchObject({ importKwh: 4, missingSlots: 0 });
    expect(await service.end("SIGTERM")).toBe(0);
  });
});
