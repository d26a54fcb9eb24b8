import { generate } from "mqtt-packet";
import type { Reading } from "../../src/domain/telemetry/reading.ts";

/** What is sent: devices behind gateways that each report eight metrics every ten seconds. */
export interface FloodShape {
  readonly messages: number;
  readonly samplesPerMessage: number;
  readonly devices: number;
  readonly gateways: number;
}

export const metricsPerSample = 8;
const intervalMs = 10_000;
const packetIdMax = 65_535;

export function gatewayId(index: number): string {
  return `gw${index}`;
}

export function deviceId(index: number): string {
  return `meter${index}`;
}

export function gatewayOf(device: number, { gateways }: FloodShape): number {
  return device % gateways;
}

/** The packets of one gateway's connection, one after the other. */
export interface PacketStream {
  readonly bytes: Buffer;
  /** Where each packet ends. */
  readonly ends: readonly number[];
}

/** Every packet is made before the clock starts, so that the sender costs little while it runs. */
export function packetStreams(shape: FloodShape, parkId: string, endMs: number): PacketStream[] {
  const parts = Array.from({ length: shape.gateways }, (): Buffer[] => []);
  const rounds = Math.ceil(shape.messages / shape.devices);
  const startMs = endMs - rounds * shape.samplesPerMessage * intervalMs;
  for (let message = 0; message < shape.messages; message += 1) {
    const device = message % shape.devices;
    const round = Math.floor(message / shape.devices);
    const gateway = gatewayOf(device, shape);
    const packets = parts[gateway];
    packets?.push(
      generate({
        ...{ cmd: "publish", qos: 1, dup: false, retain: false },
        messageId: (packets.length % packetIdMax) + 1,
        topic: `zcp/v1/${parkId}/${gatewayId(gateway)}/${deviceId(device)}/telemetry`,
        payload: payloadOf(device, round, shape.samplesPerMessage, startMs),
      }),
    );
  }
  return parts.map((packets) => {
    let end = 0;
    const ends = packets.map((packet) => {
      end += packet.length;
      return end;
    });
    return { bytes: Buffer.concat(packets), ends };
  });
}

function payloadOf(device: number, round: number, samples: number, startMs: number): string {
  const first = round * samples;
  if (samples === 1) return sampleOf(device, first, startMs);
  const texts = Array.from({ length: samples }, (_, at) => sampleOf(device, first + at, startMs));
  return `{"samples":[${texts.join(",")}]}`;
}

function sampleOf(device: number, index: number, startMs: number): string {
  const { tsMs, values } = readingOf(device, index, startMs);
  return JSON.stringify({ ts: tsMs, values });
}

/** Plausible figures that change with each sample; a fixed rule, so that runs are alike. */
export function readingOf(device: number, index: number, startMs: number): Reading {
  const powerKw = Number((400 + 200 * Math.sin(device + index / 40)).toFixed(2));
  const tsMs = startMs + index * intervalMs;
  return {
    ...{ deviceId: deviceId(device), kind: "electricity-meter", tsMs, receivedAtMs: tsMs + 200 },
    values: {
      importKwh: Number((180_000 + device * 10 + index * 1.17).toFixed(2)),
      exportKwh: Number((12 + device).toFixed(2)),
      powerKw,
      reactivePowerKvar: Number((powerKw * 0.31).toFixed(2)),
      powerFactor: Number((0.95 + 0.03 * Math.sin(index)).toFixed(3)),
      voltageAV: Number((230 + 3 * Math.cos(index / 7 + device)).toFixed(1)),
      currentAA: Number((powerKw / 0.4).toFixed(1)),
      frequencyHz: Number((50 + 0.02 * Math.sin(index / 11)).toFixed(3)),
    },
  };
}
