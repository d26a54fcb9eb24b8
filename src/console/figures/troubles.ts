import type { LiveDevice } from "../../contracts/live.ts";
import type { MeterBody, QuarantineBody } from "../../contracts/registry.ts";
import { ageText } from "../format/park-time.ts";
import { nameOf, say } from "../text/language.ts";
import { metricWord } from "../text/metrics.ts";
import { quality } from "../text/quality.ts";
import { quarantineWords } from "../text/quarantine-codes.ts";
import type { Mark } from "./figure.ts";

/** Something about the data that a person should look at. */
export interface Trouble {
  readonly key: string;
  readonly mark: Mark;
  readonly title: string;
  readonly detail: string;
  readonly age: string;
  readonly ageMs: number;
  /** Page that shows more. */
  readonly to: string;
}

export interface TroubleInputs {
  readonly meters: readonly MeterBody[];
  readonly devices: ReadonlyMap<string, LiveDevice>;
  readonly quarantine: readonly QuarantineBody[];
  /** Name of the enterprise or, without one, of the gateway behind which a device stands. */
  readonly placeOf: (meter: MeterBody) => string;
  readonly nowMs: number;
}

/** Devices of one gateway that are silent together are one trouble, not many. */
const togetherMin = 3;

/**
 * Everything that is amiss: silence by age first, because figures are missing without it, then what
 * was refused, then doubt.
 */
export function troublesOf(inputs: TroubleInputs): readonly Trouble[] {
  const silent = silentTroubles(inputs).sort((a, b) => b.ageMs - a.ageMs);
  return [...silent, ...quarantineTroubles(inputs), ...doubtTroubles(inputs)];
}

function quarantineTroubles({ quarantine, nowMs }: TroubleInputs): Trouble[] {
  return quarantine
    .map((group) => {
      const ageMs = nowMs - Date.parse(group.lastAt);
      return {
        key: `quarantine-${group.id}`,
        mark: "X" as const,
        title: group.deviceId ?? group.gatewayId ?? group.topic,
        detail: `${say(quarantineWords(group.code).name)} · ${say(quality.quarantined)(String(group.count))}`,
        age: ageText(ageMs),
        ageMs,
        to: "/devices/quarantine",
      };
    })
    .sort((a, b) => a.ageMs - b.ageMs);
}

function silentTroubles({ meters, devices, placeOf, nowMs }: TroubleInputs): Trouble[] {
  const silent = meters.filter(({ id }) => devices.get(id)?.stale ?? true);
  const byGateway = new Map<string, MeterBody[]>();
  for (const meter of silent) {
    byGateway.set(meter.gatewayId, [...(byGateway.get(meter.gatewayId) ?? []), meter]);
  }
  const ageOf = ({ id }: MeterBody): number => {
    const at = devices.get(id)?.at ?? null;
    return at === null ? Number.POSITIVE_INFINITY : nowMs - Date.parse(at);
  };
  const words = (ageMs: number): string =>
    Number.isFinite(ageMs) ? say(quality.silentSince)(ageText(ageMs)) : say(quality.never);
  return [...byGateway].flatMap(([gatewayId, group]) => {
    if (group.length < togetherMin) {
      return group.map((meter) => ({
        key: `silent-${meter.id}`,
        mark: "missing" as const,
        title: nameOf(meter.name),
        detail: placeOf(meter),
        age: words(ageOf(meter)),
        ageMs: ageOf(meter),
        to: `/devices/${meter.id}`,
      }));
    }
    const ageMs = Math.max(...group.map(ageOf));
    const [first] = group;
    return [
      {
        key: `gateway-${gatewayId}`,
        mark: "missing" as const,
        title: say(quality.devicesSilent)(String(group.length)),
        detail: first === undefined ? gatewayId : placeOf(first),
        age: words(ageMs),
        ageMs,
        to: `/devices?gateway=${gatewayId}&state=stale`,
      },
    ];
  });
}

function doubtTroubles({ meters, devices, placeOf, nowMs }: TroubleInputs): Trouble[] {
  return meters.flatMap((meter) => {
    const device = devices.get(meter.id);
    if (device === undefined || device.stale || device.doubtful.length === 0) return [];
    const ageMs = device.at === null ? 0 : nowMs - Date.parse(device.at);
    return [
      {
        key: `doubt-${meter.id}`,
        mark: "doubtful" as const,
        title: nameOf(meter.name),
        detail: placeOf(meter),
        age: say(quality.doubtful)(device.doubtful.map(metricWord).join(" ")),
        ageMs,
        to: `/devices/${meter.id}`,
      },
    ];
  });
}
