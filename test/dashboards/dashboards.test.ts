import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { dashboardFiles, dashboardSpecs } from "../../dashboards/main.ts";
import { loadPark } from "../../src/adapters/files/load-park.ts";
import { InfluxConnection } from "../../src/adapters/influx/influx-connection.ts";
import {
  energyMeasurement,
  InfluxEnergyMirror,
  InfluxServiceLog,
  serviceMeasurement,
} from "../../src/adapters/influx/influx-mirror.ts";
import { lineOf, telemetryMeasurement } from "../../src/adapters/influx/line-protocol.ts";
import {
  type DeviceKind,
  deviceKinds,
  metricsOf,
  registersOf,
} from "../../src/contracts/device-kinds.ts";
import type { Meter } from "../../src/domain/park.ts";
import { minuteMs, quarterHourMs } from "../../src/domain/time.ts";
import { hasInfluxd, type InfluxServer, startInfluxServer } from "../support/influx-server.ts";
import { keptLog } from "../support/intake.ts";

const root = join(import.meta.dirname, "../..");
const grafana = join(root, "dashboards/grafana");

const Panel = z.object({
  id: z.int().positive(),
  type: z.enum(["row", "stat", "bargauge", "timeseries"]),
  title: z.string().min(1),
  description: z.string().optional(),
  gridPos: z.object({ x: z.int(), y: z.int(), w: z.int().min(1).max(24), h: z.int().min(1) }),
  datasource: z.object({ type: z.string(), uid: z.string() }).optional(),
  targets: z
    .array(
      z.object({
        refId: z.string(),
        query: z.string(),
        rawQuery: z.literal(true),
        datasource: z.object({ type: z.string(), uid: z.string() }),
      }),
    )
    .default([]),
});
const Dashboard = z.object({
  uid: z.string().max(40),
  title: z.string(),
  schemaVersion: z.int(),
  timezone: z.literal("Asia/Shanghai"),
  editable: z.literal(false),
  templating: z.object({
    list: z
      .array(z.object({ name: z.string(), type: z.literal("query"), query: z.string() }))
      .default([]),
  }),
  panels: z.array(Panel).min(2),
});
const Sources = z.object({ datasources: z.array(z.object({ uid: z.string(), type: z.string() })) });

const files = [...dashboardFiles()];
const boards = files.map(([path, text]) => ({ path, board: Dashboard.parse(JSON.parse(text)) }));
const panels = boards.flatMap(({ path, board }) => board.panels.map((panel) => ({ path, panel })));

describe("the dashboards in the repository", () => {
  it("are what the source makes of them; run `npm run dashboards` after a change", () => {
    for (const [path, text] of files) {
      expect(readFileSync(join(grafana, "dashboards", path), "utf8"), path).toBe(text);
    }
    const committed = ["zh-CN", "en"].flatMap((language) =>
      readdirSync(join(grafana, "dashboards", language)).map((name) => `${language}/${name}`),
    );
    expect(committed.sort()).toEqual(files.map(([path]) => path).sort());
  });

  it("exist in both languages with the same panels", () => {
    expect(boards).toHaveLength(2 * dashboardSpecs.length);
    const shape = (language: string) =>
      boards
        .filter(({ path }) => path.startsWith(language))
        .map(({ board }) =>
          board.panels.map(({ id, type, targets }) => [id, type, targets.map((t) => t.query)]),
        );
    expect(shape("en")).toEqual(shape("zh-CN"));
    expect(new Set(boards.map(({ board }) => board.uid)).size).toBe(boards.length);
    for (const { path, panel } of panels) {
      if (path.startsWith("zh-CN")) expect(panel.title, path).toMatch(/\p{Script=Han}|SOC|SOH/u);
      else expect(panel.title, path).not.toMatch(/\p{Script=Han}/u);
    }
  });

  it("give each panel an id of its own, a place that overlaps no other, and an explanation", () => {
    for (const { path, board } of boards) {
      const ids = board.panels.map(({ id }) => id);
      expect(new Set(ids).size, path).toBe(ids.length);
      for (const [index, panel] of board.panels.entries()) {
        expect(panel.gridPos.x + panel.gridPos.w, panel.title).toBeLessThanOrEqual(24);
        if (panel.type !== "row") expect(panel.description, panel.title).toBeTruthy();
        for (const other of board.panels.slice(index + 1)) {
          expect(overlaps(panel.gridPos, other.gridPos), `${panel.title} / ${other.title}`).toBe(
            false,
          );
        }
      }
    }
  });

  it("ask only data sources that are provisioned", () => {
    const text = readFileSync(join(grafana, "provisioning/datasources/zcp.yaml"), "utf8");
    const { datasources } = Sources.parse(parse(text));
    const known = datasources.map(({ uid, type }) => `${type}/${uid}`);
    const asked = panels.flatMap(({ panel }) =>
      panel.targets.map(({ datasource }) => `${datasource.type}/${datasource.uid}`),
    );
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.filter((source) => !known.includes(source))).toEqual([]);
  });

  it("name only measurements and fields that the service writes", () => {
    const known: Record<string, ReadonlySet<string>> = {
      [telemetryMeasurement]: new Set(kinds.flatMap((kind) => Object.keys(metricsOf(kind)))),
      [energyMeasurement]: new Set([
        ...kinds.flatMap(registersOf),
        ...["coverage", "estimatedFraction", "gradeRank", "revision"],
      ]),
      [serviceMeasurement]: new Set(Object.keys(serviceFigures)),
    };
    const unknown = panels.flatMap(({ panel }) =>
      panel.targets.flatMap(({ query }) => {
        const measurement = /FROM "(\w+)"/.exec(query)?.[1] ?? "";
        const fields = [...query.matchAll(/\w+\("(\w+)"\)/g)].map(([, field]) => field ?? "");
        expect(fields.length, query).toBeGreaterThan(0);
        return fields
          .filter((field) => !known[measurement]?.has(field))
          .map((field) => `${panel.title}: ${measurement}.${field}`);
      }),
    );
    expect(unknown).toEqual([]);
  });
});

const kinds = Object.keys(deviceKinds) as DeviceKind[];
/** What the job writes each minute (src/compose/service-figures.ts). */
const serviceFigures = {
  messagesTotal: 1,
  ackedTotal: 1,
  quarantinedTotal: 1,
  backlogReadings: 1,
  touchedSlots: 1,
  journalBytes: 1,
  rssBytes: 1,
  devicesFresh: 1,
  devicesTotal: 1,
};

const startMs = Math.floor(Date.now() / quarterHourMs) * quarterHourMs - 4 * quarterHourMs;

describe.skipIf(!hasInfluxd)("the queries of the dashboards", () => {
  let server: InfluxServer;
  let connection: InfluxConnection;
  beforeAll(async () => {
    server = await startInfluxServer();
    await server.createBucket("zcp");
    connection = new InfluxConnection({ url: server.url, token: null, org: "zcp", bucket: "zcp" });
    await fill(connection);
  });
  afterAll(() => server.stop());

  const asked = new Map(
    panels
      .filter(({ path }) => path.startsWith("zh-CN"))
      .flatMap(({ path, panel }) =>
        panel.targets.map(
          ({ query, refId }) => [`${path} ${panel.title} ${refId}`, query] as const,
        ),
      ),
  );

  it.each([...asked])("%s answers a series", async (_name, query) => {
    const [series = []] = await connection.query([expanded(query)]);
    expect(series.length).toBeGreaterThan(0);
    const values = series.flatMap((one) => one.values.map(([, value]) => value));
    expect(values.some((value) => typeof value === "number")).toBe(true);
  });

  it("find the values of their variables", async () => {
    for (const { board } of boards) {
      for (const { query } of board.templating.list) {
        const [series = []] = await connection.query([query]);
        expect(series.flatMap(({ values }) => values).length, query).toBeGreaterThan(0);
      }
    }
  });
});

/** Grafana's macros as it would fill them in for the time of the test data, all values chosen. */
function expanded(query: string): string {
  const to = startMs + 8 * quarterHourMs;
  return query
    .replaceAll("$timeFilter", `time >= ${startMs - quarterHourMs}ms AND time <= ${to}ms`)
    .replaceAll(/\/\^\$\w+\$\//g, "/^.*$/");
}

/** One device of each kind of the Lhasa park, with readings and slots in the last hour. */
async function fill(connection: InfluxConnection): Promise<void> {
  const { meters, park } = loadPark(join(root, "parks/lhasa.yaml"));
  const { log, lines } = keptLog();
  const chosen = meters.filter(
    (meter, index) => meters.findIndex((other) => alike(other, meter)) === index,
  );
  const telemetry = chosen.flatMap((meter) =>
    [0, 1, 2, 3].map((quarter) =>
      lineOf(readingAt(meter, startMs + quarter * quarterHourMs + minuteMs), {
        park: park.id,
        enterprise: meter.enterpriseId ?? "none",
        gateway: meter.gatewayId,
      }),
    ),
  );
  expect(await connection.write(telemetry)).toEqual({ kind: "stored" });
  const byId = new Map(meters.map((meter) => [meter.id, meter]));
  const options = { connection, parkId: park.id, log, meter: (id: string) => byId.get(id) };
  await new InfluxEnergyMirror(options).write(
    chosen.flatMap((meter) =>
      registersOf(meter.kind).flatMap((register) =>
        [0, 1, 2].map((quarter) => ({
          meterId: meter.id,
          register,
          startMs: startMs + quarter * quarterHourMs,
          amount: 1 + quarter,
          grade: "A" as const,
          coverage: 1,
          estimatedFraction: 0,
          revision: 1,
          reason: "first",
          knownAtMs: startMs,
        })),
      ),
    ),
  );
  const service = new InfluxServiceLog(options);
  for (const minute of [0, 1, 2]) await service.write(serviceFigures, startMs + minute * minuteMs);
  expect(lines).toEqual([]);
}

function alike(a: Meter, b: Meter): boolean {
  return a.kind === b.kind && a.role === b.role && a.carrier === b.carrier;
}

function readingAt(meter: Meter, tsMs: number) {
  const values = Object.fromEntries(
    Object.entries(metricsOf(meter.kind)).map(([metric, { type }]) => [
      metric,
      type === "text" ? "ok" : 0.5,
    ]),
  );
  return { deviceId: meter.id, kind: meter.kind, tsMs, receivedAtMs: tsMs, values };
}

type Place = z.infer<typeof Panel>["gridPos"];

function overlaps(a: Place, b: Place): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
