import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from "fastify";
import { pino } from "pino";
import { afterAll, beforeAll, onTestFinished, vi } from "vitest";
import { readStatus } from "../../src/app/read-status.ts";
import { secretDigest } from "../../src/app/registry.ts";
import { httpServices } from "../../src/compose/http-services.ts";
import { serviceMetrics } from "../../src/compose/metrics.ts";
import { createParts, type Parts } from "../../src/compose/parts.ts";
import { openStores, type Stores } from "../../src/compose/stores.ts";
import { parseConfig } from "../../src/config.ts";
import type { AuditEntry } from "../../src/domain/audit/audit-entry.ts";
import { type RoleName, servicePrincipal } from "../../src/domain/principal.ts";
import { buildServer } from "../../src/entry/http/build-server.ts";
import type { HttpServices } from "../../src/entry/http/http-services.ts";
import { testNote } from "./audit-notes.ts";

/** Two enterprises, so that there is always a foreign one. */
export const smallPark = `
id: north
name: { zh: 北园, en: North }
location: { latitude: 29.65, longitude: 91.1, altitudeM: 3650 }
loadGroups: [{ id: halls, name: { zh: 厂房, en: Halls }, icon: factory }]
enterprises:
  - { id: acme, name: { zh: 甲企, en: Acme Secret Works } }
  - { id: beta, name: { zh: 乙企, en: Beta } }
gateways: [{ id: gw-1 }, { id: gw-2 }]
meters:
  - { id: m-grid, gatewayId: gw-1, kind: electricity-meter, role: grid, intervalS: 60 }
  - { id: m-acme, gatewayId: gw-1, kind: electricity-meter, enterpriseId: acme, loadGroupId: halls, intervalS: 60 }
  - { id: m-beta, gatewayId: gw-2, kind: electricity-meter, enterpriseId: beta, intervalS: 60 }
`;

const bootstrapToken = "0123456789abcdef0123456789abcdef";
export const bearer = { authorization: `Bearer ${bootstrapToken}` };

export interface HttpFixture {
  readonly server: FastifyInstance;
  readonly parts: Parts;
  readonly stores: Stores;
  readonly services: HttpServices;
  /** What was written to the audit, oldest first. */
  audited(): Promise<readonly AuditEntry[]>;
  /** Moves the service's clock; it stands still otherwise. */
  readonly clock: { nowMs: number };
  /** A request with the bootstrap token; a body is sent as JSON. */
  call(method: string, url: string, body?: unknown): Promise<LightMyRequestResponse>;
  inject(options: InjectOptions): Promise<LightMyRequestResponse>;
  /** Headers of somebody who is signed in with these roles. */
  signIn(roles: readonly RoleName[], enterpriseId?: string): Promise<Record<string, string>>;
  /** Resolves when everything that was taken in has been worked through. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface HttpFixtureOptions {
  readonly park?: string;
  readonly consoleFiles?: Readonly<Record<string, string>>;
  readonly services?: (services: HttpServices) => HttpServices;
}

/** The service behind HTTP for one test. */
export async function openHttp(options: HttpFixtureOptions = {}): Promise<HttpFixture> {
  const http = await startHttp(options);
  onTestFinished(() => http.close());
  return http;
}

/** The service behind HTTP for the tests of one `describe`, which none of them changes. */
export function sharedHttp(options: HttpFixtureOptions = {}): () => HttpFixture {
  let http: HttpFixture | null = null;
  beforeAll(async () => {
    http = await startHttp(options);
  });
  afterAll(() => http?.close());
  return () => {
    if (http === null) throw new Error("ask for it in a test");
    return http;
  };
}

/** Real stores in a folder of their own, and no broker. */
async function startHttp(options: HttpFixtureOptions): Promise<HttpFixture> {
  const dir = mkdtempSync(join(tmpdir(), "zcp-http-"));
  writeFileSync(join(dir, "park.yaml"), options.park ?? smallPark);
  const config = parseConfig({
    environment: { ZCP_PARK: "park.yaml", ZCP_BOOTSTRAP_TOKEN: bootstrapToken },
    workingDir: dir,
  });
  const clock = { nowMs: Date.parse("2026-11-22T06:00:00Z") };
  const log = pino({ level: "silent" });
  const stores = await openStores(config, log);
  const movable = { nowMs: () => clock.nowMs };
  const parts = await createParts(config, stores, { clock: movable, log });
  const { intake, events } = parts;
  const metrics = serviceMetrics({ stores, intake, events, clock: movable });
  const consoleDir = writeConsole(dir, options.consoleFiles);
  const composed = httpServices(
    {
      ...parts,
      ...{ config, stores, metrics, clock: movable, consoleDir },
      options: { log, onPortTaken: "fail" },
    },
    () => null,
  );
  const services = (options.services ?? ((same) => same))(composed);
  const server = await buildServer({ log, consoleDir, services });
  await server.ready();
  parts.pipeline.start();
  return {
    close: async () => {
      parts.events.stop();
      await server.close();
      await parts.planner.close();
      await parts.pipeline.stop();
      await parts.audit.tally.stop();
      await stores.close();
      rmSync(dir, { recursive: true, force: true });
    },
    ...{ server, parts, stores, services, clock },
    audited: async () => {
      await parts.audit.tally.flush();
      return stores.audit.after(0, 10_000);
    },
    inject: (request) => server.inject(request),
    call: (method, url, body) =>
      server.inject({
        method: method as "GET",
        url,
        headers: bearer,
        ...(body === undefined ? {} : { payload: body as object }),
      }),
    signIn: async (roles, enterpriseId) => {
      const token = randomBytes(32).toString("base64url");
      const session = {
        tokenSha256: secretDigest(token),
        userId: `user:${roles.join("-")}-${enterpriseId ?? "park"}`,
        name: "somebody",
        roles,
        enterpriseId: enterpriseId ?? null,
        expiresAtMs: clock.nowMs + 3_600_000,
      };
      await stores.sessions.add(session, testNote("session.begin"));
      return { cookie: `zcp_session=${token}`, "sec-fetch-site": "same-origin" };
    },
    settled: () =>
      vi.waitFor(
        async () => {
          const { ingest, ledger } = await readStatusOf(services);
          if (ingest.backlogReadings + ledger.touchedSlots > 0) throw new Error("still at work");
        },
        { timeout: 15_000, interval: 20 },
      ),
  };
}

function readStatusOf(services: HttpServices) {
  return readStatus(services.status, servicePrincipal("north", "test"));
}

function writeConsole(
  dir: string,
  files: Readonly<Record<string, string>> | undefined,
): string | null {
  if (files === undefined) return null;
  const consoleDir = join(dir, "console");
  mkdirSync(join(consoleDir, "assets"), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(consoleDir, name), text);
  return consoleDir;
}
