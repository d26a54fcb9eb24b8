import type {
  Ingested,
  IngestTelemetry,
  QuarantineMessage,
  Refusal,
} from "../app/ingest-telemetry.ts";
import type { Principal } from "../domain/principal.ts";
import type { ReadTelemetry, TelemetryRead } from "./telemetry-payload.ts";

/** The two ways into the journal: what can be judged, and what cannot even be read. */
export interface TelemetryUseCases {
  readonly ingest: IngestTelemetry;
  readonly quarantine: QuarantineMessage;
}

export interface TelemetryMessage {
  readonly gatewayId: string;
  readonly deviceId: string;
  /** The MQTT topic, or the HTTP route. */
  readonly topic: string;
  /** The payload as it came. */
  readonly payload: Uint8Array;
  readonly read: TelemetryRead;
}

/**
 * Takes a telemetry message in, through whichever door it came. What could be read is judged and
 * kept; what could not is set aside; nothing is answered before both are on disk.
 *
 * @throws {UnavailableError} the journal does not take it; it must not be acknowledged.
 */
export async function takeTelemetry(
  { ingest, quarantine }: TelemetryUseCases,
  principal: Principal,
  message: TelemetryMessage,
): Promise<Ingested> {
  const { gatewayId, deviceId, topic, payload, read } = message;
  const place = { gatewayId, deviceId, topic };
  if (!read.ok) {
    const { code, detail } = read;
    await quarantine(principal, { ...place, payload, code, detail });
    return { accepted: 0, quarantined: [{ index: 0, code, detail }] };
  }
  const [ingested] = await Promise.all([
    read.samples.length === 0
      ? nothingIngested
      : ingest(principal, {
          ...place,
          payloadText: () => new TextDecoder().decode(payload),
          ...(read.messageId === undefined ? {} : { messageId: read.messageId }),
          samples: read.samples,
        }),
    ...firstOfKind(read).map(({ code, index, detail }) =>
      quarantine(principal, { ...place, payload, code, detail: `sample ${index}: ${detail}` }),
    ),
  ]);
  return read.faults.length === 0 ? ingested : merged(ingested, read);
}

const nothingIngested: Ingested = { accepted: 0, quarantined: [] };

/** One entry for each kind of fault, so that a thousand bad samples leave one trace. */
function firstOfKind({ faults }: ReadTelemetry): ReadTelemetry["faults"] {
  return faults.filter(
    ({ code, metric }, at) =>
      faults.findIndex((other) => other.code === code && other.metric === metric) === at,
  );
}

function merged(ingested: Ingested, { indexes, faults }: ReadTelemetry): Ingested {
  const judged = ingested.quarantined.map((refusal): Refusal => {
    return { ...refusal, index: indexes[refusal.index] ?? refusal.index };
  });
  const quarantined = [...judged, ...faults].sort((a, b) => a.index - b.index);
  return { accepted: ingested.accepted, quarantined };
}
