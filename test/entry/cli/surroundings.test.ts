import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Config, parseConfig } from "../../../src/config.ts";
import { settingsTable, understood } from "../../../src/entry/cli/check.ts";
import { examine } from "../../../src/entry/cli/doctor.ts";
import { portHolder } from "../../../src/entry/cli/port-holder.ts";
import { tempDir } from "../../support/temp-dir.ts";

const park = `
id: tiny
name: { zh: 小园区, en: Tiny park }
location: { latitude: 29.65, longitude: 91.1, altitudeM: 3650 }
grid: { voltageKv: 110, importLimitKw: 5000, exportLimitKw: 0 }
gateways: [{ id: gw-1 }]
meters:
  - { id: g, gatewayId: gw-1, kind: electricity-meter, role: grid }
  - { id: m1, gatewayId: gw-1, kind: electricity-meter, parentId: g }
`;

function config(environment: Record<string, string> = {}): Config {
  const workingDir = tempDir();
  writeFileSync(join(workingDir, "park.yaml"), park);
  return parseConfig({ environment: { ZCP_PARK: "park.yaml", ...environment }, workingDir });
}

async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe("zcp check", () => {
  it("says what it understood of the park", () => {
    const said = understood(config());
    expect(said).toContain("tiny: 小园区 / Tiny park, Asia/Shanghai");
    expect(said).toContain("0 enterprises, 1 gateways, 2 devices");
    expect(said).toContain("1 grid, 1 load");
    expect(said).toContain("1 roots, 2 levels");
    expect(said).toContain("110 kV, import to 5000 kW");
  });
});

describe("zcp config print", () => {
  it("shows value and origin of each setting and hides secrets", () => {
    const token = "0123456789abcdef0123456789abcdef";
    const table = settingsTable(config({ ZCP_HTTP_PORT: "8099", ZCP_BOOTSTRAP_TOKEN: token }));
    expect(table).toMatch(/ZCP_HTTP_PORT +8099 +environment\n/);
    expect(table).toMatch(/ZCP_LOG_LEVEL +info +default\n/);
    expect(table).toMatch(/ZCP_BOOTSTRAP_TOKEN +\*{8} +environment\n/);
    expect(table).not.toContain(token);
  });
});

describe("zcp doctor", () => {
  it("looks at Node, memory, clock, disk, fsync and both ports", async () => {
    const findings = await examine(config({ ZCP_HTTP_PORT: "0", ZCP_MQTT_LISTEN_PORT: "0" }));
    const subjects = findings.map(({ subject }) => subject);
    expect(subjects).toEqual(["node", "memory", "clock", "disk", "fsync", "port 0", "port 0"]);
    expect(findings.filter(({ level }) => level === "fail")).toEqual([]);
  });

  it("names a taken port and the variable that chooses another", async () => {
    const port = await takenPort();
    const findings = await examine(
      config({ ZCP_HTTP_PORT: String(port), ZCP_MQTT_LISTEN_PORT: "0" }),
    );
    const finding = findings.find(({ subject }) => subject === `port ${port}`);
    expect(finding?.level).toBe("warn");
    expect(finding?.detail).toContain("ZCP_HTTP_PORT");
  });

  it("fails on a data folder that cannot be made", async () => {
    const file = join(tempDir(), "file");
    writeFileSync(file, "");
    const settings = {
      ZCP_DATA_DIR: join(file, "data"),
      ZCP_HTTP_PORT: "0",
      ZCP_MQTT_LISTEN_PORT: "0",
    };
    const findings = await examine(config(settings));
    expect(findings.find(({ subject }) => subject === "data folder")?.level).toBe("fail");
  });

  it("warns of Mosquitto's queue when an external broker is used", async () => {
    const findings = await examine(
      config({ ZCP_MQTT_URL: "mqtt://127.0.0.1:1", ZCP_HTTP_PORT: "0" }),
    );
    expect(findings.find(({ subject }) => subject === "broker")?.detail).toContain(
      "max_queued_messages",
    );
  });
});

describe("the holder of a port", () => {
  it.runIf(process.platform === "linux")("is named with its pid", async () => {
    expect(portHolder(await takenPort())).toContain(`(pid ${process.pid})`);
  });

  it("is nobody when the port is free", () => {
    expect(portHolder(1)).toBeNull();
  });
});
