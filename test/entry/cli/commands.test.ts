import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tempDir } from "../../support/temp-dir.ts";
import { tinyPark } from "../../support/tiny-park.ts";
import { zcp } from "../../support/zcp-process.ts";

function parkIn(folder: string, text = tinyPark): string {
  const path = join(folder, "park.yaml");
  writeFileSync(path, text);
  return path;
}

describe("the command line", () => {
  it("refuses an option that it does not know and names the nearest", () => {
    const { code, out, err } = zcp(["start", "--http-prot", "1"]);
    expect(code).toBe(64);
    expect(out).toBe("");
    expect(err).toContain("--http-prot");
    expect(err).toContain("--http-port");
    expect(err).not.toContain("at ");
  });

  it.each(["start", "demo", "check", "doctor", "replay", "migrate", "backup", "restore"])(
    "%s explains itself",
    (command) => {
      const { code, out } = zcp([command, "--help"]);
      expect(code).toBe(0);
      expect(out).toContain(`zcp ${command}`);
    },
  );

  it("ends with 78 and lists every problem of settings and park file at once", () => {
    const folder = tempDir();
    const file = join(folder, "zcp.yaml");
    writeFileSync(file, "httpPrt: 1\nretentionDays: -1\n");
    const park = parkIn(
      folder,
      tinyPark.replace("kind: electricity-meter", "kind: electric-meter"),
    );
    const { code, out, err } = zcp(["start", "--log-level", "loud"], {
      ZCP_CONFIG: file,
      ZCP_PARK: park,
      ZCP_MQTT_LISTN_PORT: "1",
    });
    expect(code).toBe(78);
    expect(out).toBe("");
    expect(err).toContain("5 problem(s)");
    expect(err).toContain('zcp.yaml:1 httpPrt: unknown key (did you mean "httpPort"?)');
    expect(err).toContain("zcp.yaml:2 retentionDays");
    expect(err).toContain('(did you mean "ZCP_MQTT_LISTEN_PORT"?)');
    expect(err).toContain("--log-level: must be one of");
    expect(err).toMatch(/park\.yaml:\d+ meters\[0\]\.kind/);
  });

  it("takes no secret as an option", () => {
    expect(zcp(["start", "--bootstrap-token", "x".repeat(32)]).code).toBe(64);
  });

  it("checks a park file and says what it understood", () => {
    const { code, out } = zcp(["check"], { ZCP_PARK: parkIn(tempDir()) });
    expect(code).toBe(0);
    expect(out).toContain("tiny: 小园区 / Tiny park");
  });

  it("prints each setting with the place it came from, and no secret", () => {
    const folder = tempDir();
    const token = "0123456789abcdef0123456789abcdef";
    writeFileSync(join(folder, "token"), `${token}\n`);
    const file = join(folder, "zcp.yaml");
    writeFileSync(file, "httpPort: 1001\nbootstrapTokenFile: token\nlogLevel: warn\n");
    const { code, out } = zcp(["config", "print", "--mqtt-listen-port", "1002"], {
      ZCP_CONFIG: file,
      ZCP_PARK: parkIn(folder),
      ZCP_LOG_LEVEL: "error",
    });
    expect(code).toBe(0);
    expect(out).toMatch(/ZCP_HTTP_PORT +1001 +file .*zcp\.yaml:1/);
    expect(out).toMatch(/ZCP_LOG_LEVEL +error +environment/);
    expect(out).toMatch(/ZCP_MQTT_LISTEN_PORT +1002 +flag --mqtt-listen-port/);
    expect(out).toMatch(/ZCP_BOOTSTRAP_TOKEN +\*{8} +file/);
    expect(out).toMatch(/ZCP_RETENTION_DAYS +400 +default/);
    expect(out).not.toContain(token);
  });

  it("says that there is nothing to migrate, back up or sign in to yet", () => {
    const folder = tempDir();
    const environment = { ZCP_PARK: parkIn(folder), ZCP_DATA_DIR: join(folder, "data") };
    for (const args of [
      ["migrate", "status"],
      ["backup", join(folder, "b")],
      ["user", "link"],
    ]) {
      const { code, err } = zcp(args, environment);
      expect([args[0], code]).toEqual([args[0], 1]);
      expect(err).toMatch(/^zcp: .*(?:holds no data yet|does not exist)/);
      expect(err).not.toContain("at ");
    }
  });

  it("restores nothing from a folder that is no complete backup", () => {
    const folder = tempDir();
    const data = join(folder, "data");
    mkdirSync(data);
    writeFileSync(join(data, "state.sqlite"), "precious");
    const { code, err } = zcp(["restore", folder], {
      ZCP_PARK: parkIn(folder),
      ZCP_DATA_DIR: data,
    });
    expect(code).toBe(1);
    expect(err).toContain("is no complete backup");
  });

  it("needs a data folder that can be written, and says so before anything else", () => {
    const folder = tempDir();
    writeFileSync(join(folder, "file"), "");
    const { code, err } = zcp(["start", "--data-dir", join(folder, "file/data")], {
      ZCP_PARK: parkIn(folder),
    });
    expect(code).toBe(78);
    expect(err).toContain("ZCP_DATA_DIR");
    expect(err).not.toContain("at ");
  });
});
