import { samplesMax } from "../../src/contracts/telemetry.ts";
import { type MessageKind, payloadBytesMax } from "../../src/contracts/topics.ts";
import type { Sample } from "../sampling/sampler.ts";

/** A message on its way from a gateway to the platform. */
export interface OutMessage {
  readonly gatewayId: string;
  readonly deviceId: string;
  readonly kind: MessageKind;
  readonly payload: string;
  /** Samples in it; 0 for what is no telemetry. */
  readonly sampleCount: number;
  readonly retain?: boolean;
}

/** Where messages go. */
export interface Sink {
  /** Resolves when whoever receives it has acknowledged it. */
  publish(message: OutMessage): Promise<void>;
}

/** Room for what a broker or proxy adds around a payload. */
const bytesMax = payloadBytesMax - 4096;

/** Packs the samples of a device into as few messages as the contract allows. */
export function telemetryMessages(
  device: { readonly id: string; readonly gatewayId: string },
  samples: readonly Sample[],
): readonly OutMessage[] {
  if (samples.length === 0) return [];
  if (samples.length > samplesMax) return halves(device, samples);
  const [only] = samples;
  const payload = JSON.stringify(samples.length === 1 ? only : { samples });
  if (samples.length > 1 && Buffer.byteLength(payload) > bytesMax) return halves(device, samples);
  return [
    {
      ...{ gatewayId: device.gatewayId, deviceId: device.id, kind: "telemetry", payload },
      sampleCount: samples.length,
    },
  ];
}

function halves(
  device: { readonly id: string; readonly gatewayId: string },
  samples: readonly Sample[],
): readonly OutMessage[] {
  const middle = Math.ceil(samples.length / 2);
  return [
    ...telemetryMessages(device, samples.slice(0, middle)),
    ...telemetryMessages(device, samples.slice(middle)),
  ];
}

/** A message of the other kinds. */
export function plainMessage(
  place: Pick<OutMessage, "gatewayId" | "deviceId" | "kind">,
  body: object,
): OutMessage {
  return { ...place, payload: JSON.stringify(body), sampleCount: 0 };
}
