import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { exitConfig, exitUsage, reasonOf, SimulatorError } from "../errors.ts";
import type { SimPark } from "../park/sim-park.ts";
import { instantOf, minuteMs, secondMs } from "../units.ts";
import {
  durationsMs,
  type FaultEvent,
  type FaultKind,
  type FaultRates,
  faultKinds,
  faultLevels,
  spikeFactorDefault,
} from "./fault-kinds.ts";

/**
 * Reads `none`, `light`, `heavy` or a list such as `drop-out=0.1,spike=0.02`, in events for each device
 * and day.
 *
 * @throws {SimulatorError} for what is neither.
 */
export function faultRatesOf(text: string): FaultRates {
  const level = faultLevels[text];
  if (level !== undefined) return level;
  return Object.fromEntries(text.split(",").map((part) => rateOf(part.trim())));
}

function rateOf(part: string): readonly [FaultKind, number] {
  const [name = "", written = "", ...rest] = part.split("=");
  const kind = faultKinds.find((known) => known === name);
  const rate = Number(written);
  if (kind === undefined || rest.length > 0 || written === "" || !(rate >= 0 && rate <= 1)) {
    throw new SimulatorError(
      `--faults ${part}: write none, light, heavy, or kind=rate with a rate from 0 to 1 and a kind out of ${faultKinds.join(", ")}`,
      exitUsage,
    );
  }
  return [kind, rate];
}

const Instant = z.string().refine((text) => !Number.isNaN(instantOf(text)), {
  error: "must be an instant with an offset, such as 2026-11-22T10:00:00+08:00",
});
const ScriptEntry = z
  .strictObject({
    kind: z.enum(faultKinds),
    device: z.string().optional(),
    gateway: z.string().optional(),
    at: Instant,
    minutes: z.number().positive().optional(),
    offsetS: z.number().optional(),
    factor: z.number().positive().optional(),
  })
  .refine(({ device, gateway }) => (device === undefined) !== (gateway === undefined), {
    error: "name either a device or a gateway",
  })
  .refine(({ kind, minutes }) => minutes === undefined || durationsMs[kind][1] > 0, {
    error: "this kind happens at an instant and takes no minutes",
  });
const Script = z.array(ScriptEntry);

/**
 * Reads a schedule of faults, in YAML or JSON.
 *
 * @throws {SimulatorError} with the entry that is wrong.
 */
export function readFaultScript(path: string, park: SimPark): readonly FaultEvent[] {
  let value: unknown;
  try {
    value = parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new SimulatorError(`${path}: ${reasonOf(error)}`, exitConfig);
  }
  const parsed = Script.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.map(String).join(".") ?? "";
    throw new SimulatorError(`${path}: ${place}: ${issue?.message ?? "not a list"}`, exitConfig);
  }
  return parsed.data.flatMap((entry, index) => eventsOf(entry, park, `${path}: ${index}`));
}

function eventsOf(
  entry: z.infer<typeof ScriptEntry>,
  park: SimPark,
  place: string,
): readonly FaultEvent[] {
  const { kind, device, gateway, at, minutes, offsetS, factor } = entry;
  const ids = device === undefined ? idsOfGateway(park, gateway ?? "", kind) : [device];
  const isKnown = device === undefined ? ids.length > 0 : park.byId.has(device);
  if (!isKnown) {
    throw new SimulatorError(`${place}: the park has no ${device ?? gateway}`, exitConfig);
  }
  const fromMs = instantOf(at);
  const toMs = fromMs + (minutes === undefined ? durationsMs[kind][1] : minutes * minuteMs);
  const offsetMs = (offsetS ?? 90) * secondMs;
  return ids.map((deviceId) => ({
    ...{ kind, deviceId, fromMs, toMs, offsetMs },
    factor: factor ?? spikeFactorDefault,
  }));
}

/** An unknown device stands at a gateway, every other fault happens to each of its devices. */
function idsOfGateway(park: SimPark, gatewayId: string, kind: FaultKind): readonly string[] {
  if (kind === "unknown-device") return park.gatewayIds.filter((id) => id === gatewayId);
  return park.devices.filter((one) => one.gatewayId === gatewayId).map(({ id }) => id);
}
