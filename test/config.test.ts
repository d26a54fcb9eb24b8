import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, parseConfig } from "../src/config.ts";
import {
  fileKeyOf,
  flagOf,
  Settings,
  secretNames,
  settingNames,
} from "../src/contracts/settings.ts";
import { makeCertificates } from "./support/certificates.ts";
import { tinyPark } from "./support/tiny-park.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "zcp-config-"));
  write("park.yaml", tinyPark);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function parse(environment: Record<string, string> = {}, flags: Record<string, string> = {}) {
  return parseConfig({
    environment: { ZCP_PARK: "park.yaml", ...environment },
    flags,
    workingDir: folder,
  });
}

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    parse(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("the configuration", () => {
  it("has the defaults of the contract when nothing is set", () => {
    const config = parse();
    expect(config).toMatchObject({
      dataDir: join(folder, "data"),
      http: { host: "127.0.0.1", port: 8080 },
      mqtt: { url: null, listenHost: "127.0.0.1", listenPort: 1883 },
      roles: ["ingest", "api", "worker"],
      bootstrapToken: null,
      logLevel: "info",
      journalBytesMax: 4_294_967_296, // 4 GiB = 4 x 2^30
      duckdbMemory: "256MB",
      retentionDays: 400,
    });
    expect(config.parkContent.park.id).toBe("tiny");
  });

  it("lets a flag win over a variable, a variable over the file, the file over the default", () => {
    const file = write("zcp.yaml", "httpPort: 1001\nlogLevel: warn\nmqttListenPort: 1002\n");
    const config = parse(
      { ZCP_CONFIG: file, ZCP_HTTP_PORT: "1003", ZCP_LOG_LEVEL: "error" },
      { ZCP_LOG_LEVEL: "debug" },
    );
    expect(config.mqtt.listenPort).toBe(1002);
    expect(config.http.port).toBe(1003);
    expect(config.logLevel).toBe("debug");
    const origins = Object.fromEntries(config.settings.map((s) => [s.name, s.origin]));
    expect(origins).toMatchObject({
      ZCP_MQTT_LISTEN_PORT: "file",
      ZCP_HTTP_PORT: "environment",
      ZCP_LOG_LEVEL: "flag",
      ZCP_RETENTION_DAYS: "default",
    });
  });

  it("reports every problem at once, with a suggestion for slips", () => {
    const file = write("zcp.yaml", "httpPort: 99999\nlogLevle: warn\n");
    write("park.yaml", tinyPark.replace("gatewayId: gw-1", "gatewayId: gw-2"));
    const problems = problemsOf({
      ZCP_CONFIG: file,
      ZCP_HTPP_HOST: "x",
      ZCP_MQTT_LISTEN_PORT: "abc",
      ZCP_BOOTSTRAP_TOKEN: "too short",
      ZCP_DATABASE_URL: "mysql://localhost/zcp",
    });
    expect(problems).toHaveLength(7);
    expect(problems.join("\n")).toContain(':2 logLevle: unknown key (did you mean "logLevel"?)');
    expect(problems.join("\n")).toContain(
      'ZCP_HTPP_HOST: unknown variable (did you mean "ZCP_HTTP_HOST"?)',
    );
    expect(problems.join("\n")).toContain(":1 httpPort: must be a whole number from 0 to 65535");
    expect(problems.join("\n")).toContain("ZCP_MQTT_LISTEN_PORT: must be a whole number");
    expect(problems.join("\n")).toContain("ZCP_BOOTSTRAP_TOKEN: must have 32 characters");
    expect(problems.join("\n")).toContain("ZCP_DATABASE_URL: must be a postgres:// address");
    expect(problems.join("\n")).toMatch(/park\.yaml:7 meters\[0\]\.gatewayId: .*"gw-2"/);
  });

  it("wants the address beside what belongs to it", () => {
    const problems = problemsOf({
      ZCP_INFLUX_BUCKET: "zcp",
      ZCP_MQTT_ACCOUNTS: "mosquitto",
    });
    expect(problems).toEqual([
      "ZCP_INFLUX_BUCKET: belongs to InfluxDB; set ZCP_INFLUX_URL too",
      "ZCP_MQTT_ACCOUNTS: the service needs ZCP_MQTT_URL and ZCP_MQTT_USERNAME to make accounts there",
    ]);
  });

  it("looks at the files of a TLS connection before anything is connected", () => {
    makeCertificates(folder, ["zcp-service", "other"]);
    const url = { ZCP_MQTT_URL: "mqtts://broker.example:8883" };
    const { tls } = parse({
      ...url,
      ZCP_MQTT_CA_FILE: "ca.crt",
      ZCP_MQTT_CERT_FILE: "zcp-service.crt",
      ZCP_MQTT_KEY_FILE: "zcp-service.key",
    }).mqtt;
    expect([tls.ca, tls.cert, tls.key]).toEqual(
      ["ca.crt", "zcp-service.crt", "zcp-service.key"].map((name) =>
        readFileSync(join(folder, name), "utf8"),
      ),
    );
    expect(
      problemsOf({
        ZCP_MQTT_URL: "mqtt://broker.example",
        ZCP_MQTT_CA_FILE: "gone.crt",
        ZCP_MQTT_KEY_FILE: "ca.crt",
      }),
    ).toEqual([
      "ZCP_MQTT_CA_FILE: belongs to TLS; set ZCP_MQTT_URL to an mqtts:// address",
      "ZCP_MQTT_KEY_FILE: belongs to TLS; set ZCP_MQTT_URL to an mqtts:// address",
      "ZCP_MQTT_KEY_FILE: a key needs its certificate; set ZCP_MQTT_CERT_FILE too",
      `ZCP_MQTT_CA_FILE: the file ${join(folder, "gone.crt")} cannot be read`,
      `ZCP_MQTT_KEY_FILE: ${join(folder, "ca.crt")} holds no private key in PEM form`,
    ]);
    expect(
      problemsOf({
        ...url,
        ZCP_MQTT_CERT_FILE: "zcp-service.crt",
        ZCP_MQTT_KEY_FILE: "other.key",
      }),
    ).toEqual([
      "ZCP_MQTT_KEY_FILE: the key does not belong to the certificate of ZCP_MQTT_CERT_FILE",
    ]);
    expect(problemsOf({ ...url, ZCP_MQTT_CERT_FILE: "zcp-service.crt" })).toEqual([
      "ZCP_MQTT_CERT_FILE: a certificate needs its key; set ZCP_MQTT_KEY_FILE too",
    ]);
  });

  it("names a park file that is not there", () => {
    expect(problemsOf({ ZCP_PARK: "nowhere.yaml" }).join()).toContain("nowhere.yaml");
  });

  it("takes a secret from a file and drops the line end", () => {
    const token = "0123456789abcdef0123456789abcdef";
    write("token", `${token}\n`);
    expect(parse({ ZCP_BOOTSTRAP_TOKEN_FILE: "token" }).bootstrapToken).toBe(token);
    const both = problemsOf({ ZCP_BOOTSTRAP_TOKEN_FILE: "token", ZCP_BOOTSTRAP_TOKEN: token });
    expect(both).toEqual(["ZCP_BOOTSTRAP_TOKEN: set this or ZCP_BOOTSTRAP_TOKEN_FILE, not both"]);
    expect(problemsOf({ ZCP_BOOTSTRAP_TOKEN_FILE: "gone" }).join()).toContain(
      "gone cannot be read",
    );
  });

  it("prints neither secrets nor sign-ins in addresses", () => {
    const config = parse({
      ZCP_BOOTSTRAP_TOKEN: "0123456789abcdef0123456789abcdef",
      ZCP_MQTT_URL: "mqtt://park:hunter2@broker.example:1883",
    });
    const printed = JSON.stringify(config.settings);
    expect(printed).not.toContain("0123456789abcdef");
    expect(printed).not.toContain("hunter2");
    expect(printed).toContain("broker.example");
  });

  it("reads sizes with their unit and refuses those without sense", () => {
    expect(parse({ ZCP_JOURNAL_MAX_BYTES: "512MB" }).journalBytesMax).toBe(512_000_000);
    expect(parse({ ZCP_JOURNAL_MAX_BYTES: "2 GiB" }).journalBytesMax).toBe(2_147_483_648);
    expect(problemsOf({ ZCP_JOURNAL_MAX_BYTES: "much" }).join()).toContain("must be a size");
    expect(problemsOf({ ZCP_JOURNAL_MAX_BYTES: "5" }).join()).toContain("must be a size");
  });

  it("treats an empty variable as not set and leaves other programs' variables alone", () => {
    expect(
      parse({ ZCP_MQTT_URL: "", ZCP_TEST_REQUIRE: "all", HTTP_PORT: "x" }).mqtt.url,
    ).toBeNull();
  });

  it("refuses roles that this version cannot split", () => {
    expect(parse({ ZCP_ROLES: "worker, api,ingest" }).roles).toEqual(["worker", "api", "ingest"]);
    expect(problemsOf({ ZCP_ROLES: "api" }).join()).toContain("ZCP_ROLES: must name");
  });

  it("resolves paths of the file from the folder of the file", () => {
    const file = write("zcp.yaml", "dataDir: ./state\n");
    const config = parseConfig({
      environment: { ZCP_CONFIG: file, ZCP_PARK: join(folder, "park.yaml") },
      workingDir: tmpdir(),
    });
    expect(config.dataDir).toBe(join(folder, "state"));
  });
});

describe("the names of settings", () => {
  it("follow one rule in variables, file and flags", () => {
    expect(fileKeyOf("ZCP_MQTT_LISTEN_PORT")).toBe("mqttListenPort");
    expect(flagOf("ZCP_MQTT_LISTEN_PORT")).toBe("--mqtt-listen-port");
  });

  it.each(["README.md", "README.zh-CN.md"])(
    "all stand in the table of %s with their default",
    (page) => {
      const rows = readFileSync(join(import.meta.dirname, "..", page), "utf8")
        .split("\n")
        .filter((line) => line.startsWith("| `ZCP_"))
        .map((line) => line.split("|").map((cell) => cell.trim().replaceAll("`", "")));
      const written = Object.fromEntries(rows.map(([, name = "", value = ""]) => [name, value]));
      const defaults: Readonly<Record<string, unknown>> = Settings.parse({});
      const expected = Object.fromEntries(
        settingNames.map((name) => [name, shown(name, defaults[name])]),
      );
      expect(written).toEqual(expected);
      expect(secretNames.size).toBeGreaterThan(0);
    },
  );
});

function shown(name: string, value: unknown): string {
  if (value === undefined) return "–";
  return name === "ZCP_JOURNAL_MAX_BYTES" && value === 4_294_967_296 ? "4GiB" : String(value);
}
