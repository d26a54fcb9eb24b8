import type { World } from "../field/world.ts";
import type { Register, SimDevice } from "../park/sim-device.ts";
import { smoothNoise } from "../random.ts";
import { hourMs, kwFromGjPerH, minuteMs, quarterMs, tickMs } from "../units.ts";

/** What a device reports beside its registers. */
export type Gauges = Record<string, number | string>;

/** A device at an instant, with the ways to look at it. */
export interface Moment {
  readonly world: World;
  readonly device: SimDevice;
  readonly tsMs: number;
}

/**
 * Amount that flows through a register, in real units an hour, just before the instant: over the last
 * seconds or minute where they are known, else over the last quarter hour.
 */
export function flowPerH({ world, device, tsMs }: Moment, register: Register | undefined): number {
  if (register === undefined) return 0;
  const windowMs = windowMsAt(world, device, tsMs);
  const endMs = Math.max(Math.ceil(tsMs / windowMs) * windowMs, world.history.fromMs + windowMs);
  const counts =
    world.countsAt(device, register.index, endMs) -
    world.countsAt(device, register.index, endMs - windowMs);
  return (counts / register.countsPerReal) * (hourMs / windowMs);
}

function windowMsAt(world: World, device: SimDevice, tsMs: number): number {
  const record = world.history.before(tsMs) ?? world.history.at(tsMs);
  if (record === undefined || record.ticks === null) return quarterMs;
  return world.isFast(device) ? tickMs : minuteMs;
}

/** Sum of what flows in through some registers less what flows out through others. */
export function netPerH(moment: Moment): number {
  let net = 0;
  for (const register of moment.device.registers) {
    const sign = signs[register.name] ?? 0;
    if (sign !== 0) net += sign * flowPerH(moment, register);
  }
  return net;
}

/** Powers are positive for import and charging, except for what only delivers. */
const signs: Readonly<Record<string, 1 | -1>> = {
  ...{ importKwh: 1, exportKwh: -1, chargeKwh: 1, dischargeKwh: -1 },
  ...{ chargeDcKwh: 1, dischargeDcKwh: -1, generationKwh: 1, deliveredKwh: 1 },
};

/** Thermal power of a flow of heat. */
export function heatKw(moment: Moment): number {
  return kwFromGjPerH(flowPerH(moment, moment.device.registers[0]));
}

export function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}

/** Power as meters print it. */
export function roundKw(powerKw: number): number {
  return round(powerKw, Math.abs(powerKw) >= 100 ? 1 : 2);
}

/** A quantity that wanders around a mean: `swing` over some minutes. */
export function around(
  { device, tsMs }: Moment,
  mean: number,
  {
    swing,
    minutes,
    salt,
  }: { readonly swing: number; readonly minutes: number; readonly salt: number },
): number {
  return mean + swing * smoothNoise(device.key ^ salt, tsMs / (minutes * minuteMs));
}
