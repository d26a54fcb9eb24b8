import type {
  Ingested,
  IngestTelemetry,
  QuarantineMessage,
  Refusal,
} from "../app/ingest-telemetry.ts";
import type { Principal } from "../domain/principal.ts";
import type { PayloadFault } from "./safe-json.ts";
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
export function takeTelemetry(
  useCases: TelemetryUseCases,
  principal: Principal,
  message: TelemetryMessage,
): Promise<Ingested> {
  const { gatewayId, deviceId, topic, payload, read } = message;
  if (!read.ok) return refuseWhole(useCases, principal, message, read);
  const ingested =
    read.samples.length === 0
      ? Promise.resolve(nothingIngested)
      : useCases.ingest(principal, {
          gatewayId,
          deviceId,
          topic,
          payloadText: () => new TextDecoder().decode(payload),
          messageId: read.messageId ?? undefined,
          samples: read.samples,
        });
  return read.faults.length === 0
    ? ingested
    : withFaults(useCases, principal, message, { read, ingested });
}

const nothingIngested: Ingested = { accepted: 0, quarantined: [] };

async function refuseWhole(
  { quarantine }: TelemetryUseCases,
  principal: Principal,
  { gatewayId, deviceId, topic, payload }: TelemetryMessage,
  { code, detail }: PayloadFault,
): Promise<Ingested> {
  await quarantine(principal, { gatewayId, deviceId, topic, payload, code, detail });
  return { accepted: 0, quarantined: [{ index: 0, code, detail }] };
}

async function withFaults(
  { quarantine }: TelemetryUseCases,
  principal: Principal,
  { gatewayId, deviceId, topic, payload }: TelemetryMessage,
  rest: { readonly read: ReadTelemetry; readonly ingested: Promise<Ingested> },
): Promise<Ingested> {
  const place = { gatewayId, deviceId, topic, payload };
  const [ingested] = await Promise.all([
    rest.ingested,
    ...firstOfKind(rest.read).map(({ code, index, detail }) =>
      quarantine(principal, { ...place, code, detail: `sample ${index}: ${detail}` }),
    ),
  ]);
  return merged(ingested, rest.read);
}

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
