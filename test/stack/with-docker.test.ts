import { execFile } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { tempDir } from "../support/temp-dir.ts";

/** Docker and the tests themselves only note how they were called; the server answers as version 2 does. */
it("the script for Docker runs the store's suite on each version, and removes what it started", async () => {
  const server = createServer((request, answer) => {
    answer.writeHead(request.url === "/ping" ? 204 : 200, { "x-influxdb-version": "v2.7.12" });
    answer.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const bin = tempDir();
  const calls = join(bin, "calls");
  const stub = (name: string, lines: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${lines}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  stub(
    "docker",
    `echo "docker $*" | sed 's/[0-9a-f]\\{64\\}/TOKEN/g' >> ${calls}
    case $1 in run) echo c1;; port) echo ${address};; esac`,
  );
  stub("npx", `echo "$ZCP_TEST_INFLUX_URL $ZCP_TEST_INFLUX_ORG npx $*" >> ${calls}`);

  const script = join(import.meta.dirname, "with-docker.sh");
  const env = { PATH: `${bin}:${process.env.PATH}`, ZCP_REGISTRY: "mirror.example/" };
  await promisify(execFile)("bash", [script, "2.7.12", "3-core"], { env });

  const lines = readFileSync(calls, "utf8").trimEnd().split("\n");
  const suite = `http://${address} zcp npx vitest run test/ports/telemetry-store.test.ts --testNamePattern telemetry store influxdb`;
  expect(lines.filter((line) => line === suite)).toHaveLength(2);
  expect(lines.filter((line) => line === "docker rm --force c1")).toHaveLength(2);
  const [second, third] = lines.filter((line) => line.startsWith("docker run"));
  expect(second).toMatch(
    /--publish 127\.0\.0\.1::8086 .*ADMIN_TOKEN=TOKEN .*mirror\.example\/influxdb:2\.7\.12 ?$/,
  );
  expect(third).toMatch(
    /--publish 127\.0\.0\.1::8181 mirror\.example\/influxdb:3-core influxdb3 serve /,
  );
}, 60_000);
