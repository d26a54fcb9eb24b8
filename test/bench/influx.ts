import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type InfluxServer, startInfluxServer } from "../support/influx-server.ts";
import type { Bench, BenchContext, Figure } from "./bench.ts";
import { metricsPerSample } from "./flood-messages.ts";
import type { InfluxOrder, InfluxReport } from "./influx-program.ts";
import { startProgram } from "./programs.ts";

const devices = 2000;
const short = { rounds: 75, turns: 3 };
const full = { rounds: 300, turns: 5 };
/** What the ingest bench promises: 25,000 messages a second are 200,000 values. */
const readingsPerS = 25_000;

export const influxBench: Bench = {
  name: "influx",
  describe:
    "ingest to InfluxDB: journal to /api/v2/write, against bare writes of the same lines, and at the pace of the ingest bench",
  needs: ["influxd"],
  run: async (context) => {
    const server = await startInfluxServer();
    try {
      return await measured(context, server);
    } finally {
      await server.stop();
    }
  },
};

async function measured(context: BenchContext, server: InfluxServer): Promise<Figure[]> {
  const { rounds, turns } = context.isFull ? full : short;
  const runs: Record<"bare" | "drain", InfluxReport[]> = { bare: [], drain: [] };
  for (let turn = 1; turn <= turns; turn += 1) {
    for (const what of ["bare", "drain"] as const) {
      const report = await written(context, server, { what, turn, rounds });
      context.say(
        `${what.padEnd(5)} ${turn}: ${Math.round(rateOf(report))} readings/s, ${Math.round((1000 * report.cpuMs) / report.readings)} µs CPU a reading`,
      );
      runs[what].push(report);
    }
  }
  const pace = await written(context, server, { what: "pace", turn: 1, rounds });
  const [bare, drain] = [median(runs.bare), median(runs.drain)];
  return [
    { name: "bare writes of the same lines", value: bare * metricsPerSample, unit: "values/s" },
    {
      name: "from the journal",
      value: drain * metricsPerSample,
      unit: "values/s",
      atLeast: 200_000,
    },
    { name: "share of the bare writes", value: (100 * drain) / bare, unit: "%" },
    { name: "pace", value: readingsPerS * metricsPerSample, unit: "values/s" },
    { name: "journal depth at most", value: pace.depthMax, unit: "readings" },
    {
      name: "journal depth when the last was appended",
      value: pace.depthAtEnd,
      unit: "readings",
      // Flat: what a second brings, not more the longer it lasts.
      atMost: readingsPerS,
    },
    { name: "journal depth afterwards", value: pace.depthAfter, unit: "readings", atMost: 0 },
  ];
}

async function written(
  { dir, profileDir }: BenchContext,
  server: InfluxServer,
  run: { readonly what: InfluxOrder["what"]; readonly turn: number; readonly rounds: number },
): Promise<InfluxReport> {
  const { what, turn, rounds } = run;
  const bucket = `${what}${turn}`;
  const folder = join(dir, bucket);
  mkdirSync(folder);
  await server.createBucket(bucket);
  const program = startProgram("influx-program.ts", what === "bare" ? null : profileDir);
  const order: InfluxOrder = {
    ...{ what, bucket, devices, rounds, readingsPerS },
    ...{ url: server.url, dir: folder },
  };
  const report = await program.ask<InfluxReport>(order);
  await program.ended();
  if (report.kept !== report.readings) {
    throw new Error(`of ${report.readings} readings InfluxDB has ${report.kept}`);
  }
  return report;
}

function rateOf({ readings, seconds }: InfluxReport): number {
  return readings / seconds;
}

function median(runs: readonly InfluxReport[]): number {
  const rates = runs.map(rateOf).sort((a, b) => a - b);
  return rates[Math.floor(rates.length / 2)] ?? Number.NaN;
}
