import type { Bench } from "./bench.ts";
import { ingestBenches } from "./ingest.ts";
import { storeBench } from "./store.ts";

/** What `npm run bench` runs, in this order. */
export const benches: readonly Bench[] = [...ingestBenches, storeBench];
