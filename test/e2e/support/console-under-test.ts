import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import { pino } from "pino";
import type { Browser, BrowserContext } from "playwright-core";
import { compose, type Service } from "../../../src/compose.ts";
import { parseConfig } from "../../../src/config.ts";
import { ServiceClient } from "../../support/service-client.ts";
import type { Shape } from "../../support/shapes.ts";
import { type Look, launchChromium, openPage, type WatchedPage } from "./chromium.ts";
import { trialDevices, trialParkFile, trialParkId, trialSamples } from "./trial-park.ts";

const token = "0123456789abcdef0123456789abcdef";
const root = join(import.meta.dirname, "../../..");

/** The real service with the trial park in it, and a browser in front of it. */
export interface ConsoleUnderTest {
  readonly baseUrl: string;
  readonly client: ServiceClient;
  readonly service: Service;
  readonly browser: Browser;
  /** Answer of the API to the bootstrap token. */
  api<Body>(path: string): Promise<Body>;
  /** Over MQTT, as the gateway does; resolves when the service has acknowledged it. */
  send(gateway: string, device: string, samples: readonly object[]): Promise<void>;
  /** A page that is signed in as the administrator. */
  page(look: Look): Promise<WatchedPage>;
  close(): Promise<void>;
}

export interface ConsoleOptions {
  readonly shape: Shape;
  /** Devices that fell silent so many milliseconds ago. */
  readonly silentForMs?: Readonly<Record<string, number>>;
}

export async function startConsole(options: ConsoleOptions): Promise<ConsoleUnderTest> {
  if (!existsSync(join(root, "dist/console/index.html"))) {
    throw new Error("the console is not built: run `npm run build:console`");
  }
  const dir = mkdtempSync(join(tmpdir(), "zcp-e2e-"));
  const nowMs = Date.now();
  writeFileSync(join(dir, "park.yaml"), trialParkFile(nowMs));
  const servers = await options.shape.open();
  const config = parseConfig({
    environment: {
      ...{ ZCP_PARK: "park.yaml", ZCP_HTTP_PORT: "0", ZCP_BOOTSTRAP_TOKEN: token },
      ...(await servers.environment()),
    },
    workingDir: dir,
  });
  const service = await compose(config, { log: pino({ level: "silent" }), onPortTaken: "fail" });
  const { httpUrl: baseUrl, mqttUrl } = await service.start();
  const client = new ServiceClient(baseUrl, token);
  await client.until("the broker to be joined", 30_000, async () => {
    return (await client.ready()).degraded.length === 0;
  });
  const field = new Field(client);
  for (const [id, password] of Object.entries(await service.provisionSimulatedGateways())) {
    await servers.letIn(trialParkId, id, password);
    await field.signIn(mqttUrl ?? servers.brokerUrl ?? "", id, password);
  }
  for (const device of trialDevices) {
    const silentForMs = options.silentForMs?.[device.id] ?? 0;
    const samples = trialSamples(device, nowMs, nowMs - silentForMs);
    await field.send(device.gatewayId, device.id, samples);
  }
  await client.settled();
  const browser = await launchChromium();
  const cookies = await signedIn(browser, await service.createSignInLink());
  return {
    ...{ baseUrl, client, service, browser },
    api: (path) => answered(baseUrl, path),
    send: (gateway, device, samples) => field.send(gateway, device, samples),
    page: (look) => openPage(browser, baseUrl, look, cookies),
    close: async () => {
      await browser.close();
      await field.end();
      await service.stop();
      await servers.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The gateways of the trial park. */
class Field {
  readonly #gateways = new Map<string, MqttClient>();
  readonly #client: ServiceClient;

  constructor(client: ServiceClient) {
    this.#client = client;
  }

  async signIn(url: string, id: string, password: string): Promise<void> {
    this.#gateways.set(id, await connectAsync(url, { username: id, clientId: id, password }));
  }

  async send(gateway: string, device: string, samples: readonly object[]): Promise<void> {
    const acked = async (): Promise<number> => (await this.#client.status()).ingest.ackedTotal;
    const before = await acked();
    const topic = `zcp/v1/${trialParkId}/${gateway}/${device}/telemetry`;
    const payload = JSON.stringify({ samples });
    await this.#gateways.get(gateway)?.publishAsync(topic, payload, { qos: 1 });
    // A broker outside acknowledges before the service has anything.
    await this.#client.until("the message to be taken", 30_000, async () => {
      return (await acked()) > before;
    });
  }

  async end(): Promise<void> {
    for (const client of this.#gateways.values()) await client.endAsync(true);
  }
}

/** What the API answers to the bootstrap token. */
async function answered<Body>(baseUrl: string, path: string): Promise<Body> {
  const response = await fetch(`${baseUrl}/api/v1${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as Body;
}

/** Opens the one-time link as a person does, with its button. */
async function signedIn(
  browser: Browser,
  link: string,
): Promise<Awaited<ReturnType<BrowserContext["cookies"]>>> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole("button").first().click();
  await page.waitForURL((url) => url.pathname === "/overview");
  const cookies = await context.cookies();
  await context.close();
  return cookies;
}
