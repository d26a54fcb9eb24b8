import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import type { Clock } from "./app/ports.ts";
import { createDoors } from "./compose/doors.ts";
import { serviceMetrics } from "./compose/metrics.ts";
import { createParts } from "./compose/parts.ts";
import { provisionSimulatedGateways } from "./compose/simulated-gateways.ts";
import { openStores, type Stores } from "./compose/stores.ts";
import type { Config } from "./config.ts";
import { servicePrincipal } from "./domain/principal.ts";

export interface Addresses {
  readonly httpUrl: string;
  /** Null when an external broker is used. */
  readonly mqttUrl: string | null;
}

export interface Service {
  /** Opens the doors; rejects with an error that carries `code` and `port` when a port is taken. */
  start(): Promise<Addresses>;
  /** Closes the doors, lets the work under way finish and closes the stores; may be called twice. */
  stop(): Promise<void>;
  createSignInLink(): Promise<string>;
  /** Whether somebody can sign in with a password, so that no link has to be printed. */
  hasAccounts(): Promise<boolean>;
  /** Fresh credentials for the simulators, by gateway id. */
  provisionSimulatedGateways(): Promise<Record<string, string>>;
}

export interface ComposeOptions {
  readonly log: Logger;
  /** Whether a taken port ends the start or is replaced by a free one. */
  readonly onPortTaken: "fail" | "free";
}

const systemClock: Clock = { nowMs: () => Date.now() };

/** Wires the service by hand, from the stores outwards to the doors. */
export async function compose(config: Config, options: ComposeOptions): Promise<Service> {
  const stores = await openStores(config, options.log);
  try {
    return await wire(config, stores, options);
  } catch (error) {
    await stores.close();
    throw error;
  }
}

async function wire(config: Config, stores: Stores, options: ComposeOptions): Promise<Service> {
  const clock = systemClock;
  const parts = await createParts(config, stores, { clock, log: options.log });
  const { registry, events, intake, pipeline, completeness, schedule, signIn, planner, audit } =
    parts;
  const metrics = serviceMetrics({ stores, intake, events, clock });
  const doors = createDoors({
    ...parts,
    ...{ config, options, stores, metrics, clock, consoleDir: consoleDir() },
  });

  let addresses: Addresses | null = null;
  let stopping: Promise<void> | null = null;
  return {
    start: async () => {
      pipeline.start();
      await audit.begin();
      addresses = await doors.open();
      await schedule.start();
      completeness.start();
      planner.start();
      return addresses;
    },
    stop: () => {
      // Doors first, so that nothing new comes in; then what was let in is worked through.
      stopping ??= (async () => {
        completeness.stop();
        await schedule.stop();
        events.stop();
        await doors.close();
        await planner.close();
        await pipeline.stop();
        await audit.end();
        await stores.close();
      })();
      return stopping;
    },
    createSignInLink: async () => {
      const token = await signIn.createLink(servicePrincipal(registry.park.id, "start"));
      return `${addresses?.httpUrl ?? ""}/sign-in?token=${token}`;
    },
    hasAccounts: async () =>
      (await stores.people.list()).some(
        ({ passwordHash, isDisabled, roles }) =>
          passwordHash !== null && !isDisabled && roles.includes("sysadmin"),
      ),
    provisionSimulatedGateways: () =>
      provisionSimulatedGateways(registry, stores.registryStore, clock),
  };
}

/** The built console beside the built or the source service; null when nobody has built it. */
function consoleDir(): string | null {
  const candidates = ["../dist/console", "../console"];
  const found = candidates
    .map((path) => fileURLToPath(new URL(`${path}/`, import.meta.url)))
    .find((path) => existsSync(`${path}index.html`));
  return found ?? null;
}
