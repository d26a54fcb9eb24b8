import { join } from "node:path";

/** Where each store lives below the data folder. */
export interface DataFiles {
  readonly journal: string;
  readonly readings: string;
  readonly state: string;
  /** How far the journal has been sent to InfluxDB. */
  readonly influxCursor: string;
}

export function dataFiles(dataDir: string): DataFiles {
  return {
    journal: join(dataDir, "journal.sqlite"),
    readings: join(dataDir, "readings.duckdb"),
    state: join(dataDir, "state.sqlite"),
    influxCursor: join(dataDir, "influx.cursor"),
  };
}
