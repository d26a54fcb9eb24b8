import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Config, ConfigError } from "../../config.ts";
import { secondMs } from "../../domain/time.ts";
import { keepSimulatorRunning } from "./simulator-process.ts";
import {
  logFor,
  type RunningService,
  signalled,
  signInLine,
  startService,
  stopInTime,
} from "./start.ts";

/** Days that the simulators fill in behind the present. */
const demoDays = 30;

/** `zcp demo`, which is `npm start`: the service and a simulated park, until it is asked to stop. */
export async function demo(config: Config, days = demoDays): Promise<number> {
  if (config.mqtt.url !== null) {
    throw new ConfigError([
      "ZCP_MQTT_URL: the demo runs on the embedded broker; use `zcp start` and `zcp simulate` with an external one",
    ]);
  }
  const running = await startService(config, {
    log: logFor(config, demoLevel(config)),
    onPortTaken: "free",
  });
  const gateways = await running.service.provisionSimulatedGateways();
  const credentials = writeCredentials(config.dataDir, {
    mqttUrl: running.addresses.mqttUrl,
    gateways,
  });
  process.stderr.write(await banner(config, running, Object.keys(gateways), days));
  const simulator = keepSimulatorRunning(
    ["--credentials", credentials, "--park", config.parkPath, "--days", String(days), "--realtime"],
    (code, againInMs) => {
      process.stderr.write(
        `the simulators ended (exit code ${code}); starting them again in ${againInMs / secondMs} s\n`,
      );
    },
  );
  await signalled();
  process.stderr.write("正在停止 stopping …\n");
  return stopInTime(config, async () => {
    await simulator.stop();
    await running.service.stop();
  });
}

/** Someone trying the demo reads the banner, not the log, unless they ask for it. */
function demoLevel(config: Config): Config["logLevel"] {
  const asked = config.settings.find(({ name }) => name === "ZCP_LOG_LEVEL")?.origin !== "default";
  return asked ? config.logLevel : "warn";
}

function writeCredentials(dataDir: string, content: object): string {
  const path = join(dataDir, "simulator-credentials.json");
  mkdirSync(dataDir, { recursive: true });
  // The mode of an existing file would stay, so the new file takes its place.
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
  return path;
}

async function banner(
  config: Config,
  { service, addresses }: RunningService,
  gatewayIds: readonly string[],
  days: number,
): Promise<string> {
  const { park, meters } = config.parkContent;
  const moved = movedPorts(config, addresses);
  const gateways = gatewayIds.length;
  const devices = meters.filter(({ gatewayId }) => gatewayIds.includes(gatewayId)).length;
  return [
    "",
    `  ${park.name.zh} · ${park.name.en}`,
    "",
    `  控制台 Console        ${addresses.httpUrl}`,
    `  ${await signInLine(service)}`,
    `  MQTT                  ${addresses.mqttUrl}`,
    `  数据目录 Data         ${config.dataDir}`,
    ...moved.map((text) => `  ${text}`),
    "",
    `  模拟数据：${gateways} 个网关、${devices} 台设备；过去 ${days} 天的历史正在后台补录。`,
    `  Simulated: ${gateways} gateways with ${devices} devices; ${days} days of history are being filled in.`,
    "  按 Ctrl+C 停止 · Ctrl+C stops everything",
    "",
    "",
  ].join("\n");
}

function movedPorts(config: Config, addresses: RunningService["addresses"]): readonly string[] {
  return [
    { wanted: config.http.port, url: addresses.httpUrl },
    { wanted: config.mqtt.listenPort, url: addresses.mqttUrl },
  ].flatMap(({ wanted, url }) => {
    const port = url === null ? wanted : Number(new URL(url).port);
    if (wanted === 0 || port === wanted) return [];
    return [`端口 ${wanted} 已被占用，改用 ${port} · port ${wanted} is taken, using ${port}`];
  });
}
