import type { Bench } from "./bench.ts";
import { closeBench } from "./close.ts";
import { forecastBench } from "./forecast.ts";
import { healthBench } from "./health.ts";
import { influxBench } from "./influx.ts";
import { ingestBenches } from "./ingest.ts";
import { planBench } from "./plan.ts";
import { queriesBench } from "./queries.ts";
import { storeBench } from "./store.ts";

/** What `npm run bench` runs, in this order. */
export const benches: readonly Bench[] = [
  ...ingestBenches,
  influxBench,
  storeBench,
  closeBench,
  queriesBench,
  planBench,
  forecastBench,
  healthBench,
];
