import { FileCursor } from "../adapters/files/file-cursor.ts";
import type { InfluxConnection } from "../adapters/influx/influx-connection.ts";
import {
  InfluxEnergyMirror,
  InfluxServiceLog,
  noEnterprise,
} from "../adapters/influx/influx-mirror.ts";
import { InfluxTelemetryStore } from "../adapters/influx/influx-telemetry-store.ts";
import { SqlMirrorQueue } from "../adapters/sql/sql-mirror-queue.ts";
import type { StateDatabase } from "../adapters/sql/state-database.ts";
import type { LedgerMirror, MirrorQueue, ServiceLog } from "../app/chart-ports.ts";
import type { Journal, Log, TelemetryStore } from "../app/ports.ts";
import type { Registry } from "../app/registry.ts";

/** What charts read besides the raw telemetry. */
export interface Charts {
  readonly queue: MirrorQueue;
  readonly mirror: LedgerMirror;
  readonly serviceLog: ServiceLog;
}

/** Raw readings in InfluxDB; what it refuses for good goes to the quarantine, by way of the journal. */
export function influxTelemetry(
  connection: InfluxConnection,
  parts: {
    readonly cursorPath: string;
    readonly registry: Registry;
    readonly journal: Pick<Journal, "append">;
    readonly log: Log;
  },
): TelemetryStore {
  const { registry, journal, log } = parts;
  return new InfluxTelemetryStore({
    connection,
    cursor: new FileCursor(parts.cursorPath),
    tagsOf: (deviceId) => {
      const meter = registry.meter(deviceId);
      return {
        park: registry.park.id,
        enterprise: meter?.enterpriseId ?? noEnterprise,
        gateway: meter?.gatewayId ?? "none",
      };
    },
    onRefused: async (reading, reason) => {
      const { deviceId, receivedAtMs } = reading;
      log.error({ meterId: deviceId, reason }, "reading refused by InfluxDB");
      const payloadExcerpt = JSON.stringify(reading);
      await journal.append({
        readings: [],
        quarantined: [
          {
            ...{ deviceId, receivedAtMs, payloadExcerpt },
            gatewayId: registry.meter(deviceId)?.gatewayId ?? null,
            code: "store_refused",
            metric: null,
            detail: reason,
            topic: "influxdb",
            payloadBytes: Buffer.byteLength(payloadExcerpt),
          },
        ],
      });
    },
  });
}

/** The ledger's copy and the service's own figures in InfluxDB. */
export function influxCharts(
  connection: InfluxConnection,
  parts: { readonly state: StateDatabase; readonly registry: Registry; readonly log: Log },
): Charts {
  const { state, registry, log } = parts;
  const shared = { connection, parkId: registry.park.id, log };
  return {
    queue: new SqlMirrorQueue(state),
    mirror: new InfluxEnergyMirror({ ...shared, meter: registry.meter }),
    serviceLog: new InfluxServiceLog(shared),
  };
}
