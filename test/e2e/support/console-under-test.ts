import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { Browser, BrowserContext } from "playwright-core";
import { compose, type Service } from "../../../src/compose.ts";
import { parseConfig } from "../../../src/config.ts";
import { ServiceClient } from "../../support/service-client.ts";
import { type Look, launchChromium, openPage, type WatchedPage } from "./chromium.ts";
import { trialDevices, trialParkFile, trialSamples } from "./trial-park.ts";

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
  send(gateway: string, device: string, samples: readonly object[]): Promise<void>;
  /** A page that is signed in as the administrator. */
  page(look: Look): Promise<WatchedPage>;
  close(): Promise<void>;
}

export interface ConsoleOptions {
  /** Devices that fell silent so many milliseconds ago. */
  readonly silentForMs?: Readonly<Record<string, number>>;
}

export async function startConsole(options: ConsoleOptions = {}): Promise<ConsoleUnderTest> {
  if (!existsSync(join(root, "dist/console/index.html"))) {
    throw new Error("the console is not built: run `npm run build:console`");
  }
  const dir = mkdtempSync(join(tmpdir(), "zcp-e2e-"));
  const nowMs = Date.now();
  writeFileSync(join(dir, "park.yaml"), trialParkFile(nowMs));
  const config = parseConfig({
    environment: {
      ...{ ZCP_PARK: "park.yaml", ZCP_HTTP_PORT: "0", ZCP_MQTT_LISTEN_PORT: "0" },
      ZCP_BOOTSTRAP_TOKEN: token,
    },
    workingDir: dir,
  });
  const service = await compose(config, { log: pino({ level: "silent" }), onPortTaken: "fail" });
  const { httpUrl: baseUrl } = await service.start();
  await service.provisionSimulatedGateways();
  const call = caller(baseUrl);
  const send = async (gateway: string, device: string, samples: readonly object[]) => {
    await call("POST", "/telemetry", { gateway, device, samples });
  };
  for (const device of trialDevices) {
    const silentForMs = options.silentForMs?.[device.id] ?? 0;
    await send(device.gatewayId, device.id, trialSamples(device, nowMs, nowMs - silentForMs));
  }
  const client = new ServiceClient(baseUrl, token);
  await client.settled();
  const browser = await launchChromium();
  const cookies = await signedIn(browser, await service.createSignInLink());
  return {
    ...{ baseUrl, client, service, browser, send },
    api: (path) => call("GET", path),
    page: (look) => openPage(browser, baseUrl, look, cookies),
    close: async () => {
      await browser.close();
      await service.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function caller(baseUrl: string) {
  return async <Body>(method: string, path: string, body?: object): Promise<Body> => {
    const response = await fetch(`${baseUrl}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as Body;
  };
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
