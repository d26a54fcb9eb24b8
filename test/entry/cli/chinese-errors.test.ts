import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { backupDataDir } from "../../../src/adapters/files/backup.ts";
import {
  DataDirLockedError,
  DataDirUnusableError,
} from "../../../src/adapters/files/data-dir-lock.ts";
import { ParkFileError, parkFromYaml } from "../../../src/adapters/files/load-park.ts";
import { ConfigError, parseConfig } from "../../../src/config.ts";
import { chineseError, chineseProblem } from "../../../src/entry/cli/chinese-errors.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { tinyPark } from "../../support/tiny-park.ts";
import { zcp } from "../../support/zcp-process.ts";

const environment = {
  ...{ ZCP_HTTP_PORT: "abc", ZCP_MQTT_LISTEN_PORT: "99999", ZCP_BOOTSTRAP_TOKEN: "short" },
  ...{ ZCP_LOG_LEVEL: "loud", ZCP_ROLES: "ingest,foo", ZCP_HTPP_PORT: "1" },
  ...{ ZCP_DATABASE_URL: "mysql://x", ZCP_INFLUX_URL: "ftp://x", ZCP_MQTT_URL: "http://x" },
  ...{ ZCP_DUCKDB_MEMORY: "lots", ZCP_JOURNAL_MAX_BYTES: "much", ZCP_MQTT_ACCOUNTS: "some" },
  ...{ ZCP_PARK: "nowhere.yaml", ZCP_INFLUX_TOKEN_FILE: "nowhere" },
};

/** Problems of the settings, as the service writes them. */
function settingProblems(): readonly string[] {
  try {
    parseConfig({ environment, workingDir: tempDir() });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** Problems of a park file with these texts replaced. */
function parkProblems(...replaced: readonly (readonly [from: string, to: string])[]) {
  const text = replaced.reduce((result, [from, to]) => {
    expect(result).toContain(from);
    return result.replace(from, to);
  }, tinyPark);
  try {
    parkFromYaml("park.yaml", text);
    return [];
  } catch (error) {
    if (error instanceof ParkFileError) return error.problems;
    throw error;
  }
}

describe("errors on a terminal that asks for Chinese", () => {
  it("tell every problem of the settings in Chinese, with place and figures", () => {
    const problems = settingProblems();
    expect(problems.length).toBeGreaterThanOrEqual(13);
    for (const problem of problems) {
      expect(chineseProblem(problem), problem).toMatch(/[\u4e00-\u9fff]/);
      expect(chineseProblem(problem), problem).not.toMatch(/ must |unknown|did you mean/);
    }
    expect(problems.map(chineseProblem)).toContain(
      "ZCP_HTPP_PORT：没有这个变量（是否为 “ZCP_HTTP_PORT”？）",
    );
    expect(problems.map(chineseProblem)).toContain("ZCP_HTTP_PORT：应为 0 至 65535 的整数");
  });

  it("tell the problems of a park file in Chinese, with line and suggestion", () => {
    const problems = [
      ...parkProblems(
        ["kind: electricity-meter", "kind: electricty-meter"],
        ["gatewayId:", "gatwayId:"],
      ),
      ...parkProblems(["location:", "timezone: Asia/Lhassa\nlocation:"]),
      ...parkProblems(["gatewayId: gw-1", "gatewayId: gw-x"]),
    ];
    expect(problems.length).toBeGreaterThanOrEqual(4);
    for (const problem of problems) {
      const zh = chineseProblem(problem);
      expect(zh, problem).toMatch(/^park\.yaml:\d+ .*[\u4e00-\u9fff]/);
    }
  });

  it("tell what keeps a command from its work in Chinese", async () => {
    const full = tempDir();
    writeFileSync(join(full, "x"), "");
    mkdirSync(join(full, "data"));
    const backup = (from: string, to: string): Promise<string> =>
      backupDataDir(from, to).then(
        () => "",
        (error: unknown) => (error instanceof Error ? error.message : ""),
      );
    const messages = [
      new DataDirLockedError("/d", 7).message,
      new DataDirUnusableError("/d", new Error("EACCES")).message,
      await backup(join(full, "nowhere"), join(full, "b")),
      await backup(join(full, "data"), full),
    ];
    for (const message of messages) {
      expect(message).not.toBe("");
      expect(chineseError(message), message).toMatch(/[\u4e00-\u9fff]/);
    }
  });

  it("stay as they are where nobody knows them", () => {
    expect(chineseError("something new")).toBe("something new");
    expect(chineseProblem("a: something new")).toBe("a: something new");
  });

  it("are chosen by the environment", () => {
    const [zh, en] = ["zh_CN.UTF-8", "C.UTF-8"].map((LANG) =>
      zcp(["check"], { ZCP_HTTP_PORT: "abc", LANG }),
    );
    expect(zh?.err).toContain("ZCP_HTTP_PORT：应为 0 至 65535 的整数");
    expect(en?.err).toContain("ZCP_HTTP_PORT: must be a whole number from 0 to 65535");
    expect(zcp(["strat"], { LANG: "zh_CN.UTF-8" }).err).toContain("没有 strat 这个命令");
  });
});
