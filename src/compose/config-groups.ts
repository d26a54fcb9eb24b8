import { getHashes } from "node:crypto";
import type { TlsContent } from "../adapters/files/load-tls.ts";
import type { Settings } from "../contracts/settings.ts";
import type { AuditDigest } from "../domain/audit/audit-entry.ts";

export interface MqttConfig {
  /** External broker; null: the embedded broker runs. */
  readonly url: string | null;
  readonly username: string | null;
  readonly password: string | null;
  /** Authorities and own certificate for the connection to an external broker. */
  readonly tls: TlsContent;
  /** Whether accounts of gateways at an external broker are made by the service. */
  readonly accounts: "none" | "mosquitto";
  readonly listenHost: string;
  readonly listenPort: number;
}

export function mqttOf(settings: Settings, tls: TlsContent): MqttConfig {
  return {
    url: settings.ZCP_MQTT_URL ?? null,
    username: settings.ZCP_MQTT_USERNAME ?? null,
    password: settings.ZCP_MQTT_PASSWORD ?? null,
    tls,
    accounts: settings.ZCP_MQTT_ACCOUNTS,
    listenHost: settings.ZCP_MQTT_LISTEN_HOST,
    listenPort: settings.ZCP_MQTT_LISTEN_PORT,
  };
}

/** Null: readings stay in DuckDB. */
export type InfluxConfig = {
  readonly url: string;
  readonly token: string | null;
  readonly org: string;
  readonly bucket: string;
} | null;

export function influxOf(settings: Settings): InfluxConfig {
  const { ZCP_INFLUX_URL: url, ZCP_INFLUX_ORG: org, ZCP_INFLUX_BUCKET: bucket } = settings;
  return url === undefined ? null : { url, token: settings.ZCP_INFLUX_TOKEN ?? null, org, bucket };
}

export interface AuditConfig {
  readonly digest: AuditDigest;
  readonly retentionDays: number;
  /** Where signed heads go beside the database; null: nowhere. */
  readonly headsDir: string | null;
  readonly headsUrl: string | null;
}

export function auditOf(settings: Settings, headsDir: string): AuditConfig {
  return {
    digest: settings.ZCP_AUDIT_DIGEST,
    retentionDays: settings.ZCP_AUDIT_RETENTION_DAYS,
    headsDir: headsDir === "" ? null : headsDir,
    headsUrl: settings.ZCP_AUDIT_HEADS_URL ?? null,
  };
}

/** What this machine cannot do of what is wished, in words. */
export function auditProblems(
  wish: { readonly value: unknown; readonly source: string } | undefined,
): readonly string[] {
  if (wish?.value !== "sm3" || getHashes().includes("sm3")) return [];
  return [
    `${wish.source}: the OpenSSL of this Node has no SM3; run a Node whose OpenSSL has it, or use sha256`,
  ];
}
