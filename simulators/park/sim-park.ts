import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { type Carrier, deviceKinds } from "../../src/contracts/device-kinds.ts";
import { type MeterFields, type MeterRole, ParkFile } from "../../src/contracts/park-file.ts";
import { exitConfig, reasonOf, SimulatorError } from "../errors.ts";
import { keyOf } from "../random.ts";
import { gjFromKwh } from "../units.ts";
import { withRegisters } from "./registers.ts";
import type { Register, SimDevice } from "./sim-device.ts";

/** What the simulators know of a park: nothing but its file. */
export interface SimPark {
  readonly id: string;
  readonly file: ParkFile;
  readonly devices: readonly SimDevice[];
  readonly byId: ReadonlyMap<string, SimDevice>;
  /** Every register of every device, by its index. */
  readonly registers: readonly Register[];
  readonly gatewayIds: readonly string[];
}

/**
 * Reads a park file.
 *
 * @throws {SimulatorError} with the first problems; `zcp check` says all of them, with their lines.
 */
export function readPark(path: string, seed: number): SimPark {
  let value: unknown;
  try {
    value = parse(readFileSync(path, "utf8"), { merge: true });
  } catch (error) {
    throw new SimulatorError(`${path}: ${reasonOf(error)}`, exitConfig);
  }
  const parsed = ParkFile.safeParse(value);
  if (parsed.success) return simPark(parsed.data, seed);
  const [issue] = parsed.error.issues;
  const place = issue?.path.map(String).join(".") ?? "";
  throw new SimulatorError(
    `${path}: ${place}: ${issue?.message ?? "not a park file"}; run "zcp check" for all problems`,
    exitConfig,
  );
}

export function simPark(file: ParkFile, seed: number): SimPark {
  const entries = new Map(file.meters.map((entry) => [entry.id, entry]));
  const byId = new Map<string, SimDevice>();
  const build = (entry: MeterFields, above: readonly string[]): SimDevice => {
    const known = byId.get(entry.id);
    if (known !== undefined) return known;
    if (above.includes(entry.id)) {
      const circle = [...above, entry.id].join(" → ");
      throw new SimulatorError(`the metering tree runs in a circle: ${circle}`, exitConfig);
    }
    const parentEntry = entries.get(entry.parentId ?? "");
    const parent = parentEntry === undefined ? null : build(parentEntry, [...above, entry.id]);
    const device = deviceOf(entry, parent, { index: byId.size, seed });
    byId.set(device.id, device);
    parent?.children.push(device);
    return device;
  };
  for (const entry of file.meters) build(entry, []);
  const devices = [...byId.values()];
  const registers = withRegisters(devices);
  return {
    id: file.id,
    file,
    devices,
    byId,
    registers,
    gatewayIds: file.gateways.map(({ id }) => id),
  };
}

const intervalSDefault = 60;
const ratedPerHDefault = 100;

function deviceOf(
  entry: MeterFields,
  parent: SimDevice | null,
  { index, seed }: { readonly index: number; readonly seed: number },
): SimDevice {
  const carrier: Carrier = entry.carrier ?? deviceKinds[entry.kind].carrier;
  return {
    index,
    id: entry.id,
    key: keyOf(seed, entry.id),
    gatewayId: entry.gatewayId,
    kind: entry.kind,
    carrier,
    role: entry.role ?? defaultRole(entry.kind, parent?.role ?? null),
    nameEn: entry.name?.en ?? entry.id,
    enterpriseId: entry.enterpriseId ?? null,
    parent,
    children: [],
    ratedPerH: ratedPerHOf(entry),
    capacityKwh: entry.capacityKwh ?? 0,
    intervalS: entry.intervalS ?? intervalSDefault,
    accuracyClass: entry.accuracyClass ?? 1,
    multiplier: entry.multiplier ?? 1,
    registerDigits: entry.registerDigits ?? null,
    registers: [],
  };
}

/** Most that flows in an hour, in the unit of the registers; the file says kW for every energy. */
function ratedPerHOf({ kind, ratedMaxKw }: MeterFields): number {
  const rated = ratedMaxKw ?? ratedPerHDefault;
  return kind === "heat-meter" || kind === "cooling-meter" ? gjFromKwh(rated) : rated;
}

/** The role that the platform gives a device whose entry names none. */
function defaultRole(kind: MeterFields["kind"], parentRole: MeterRole | null): MeterRole {
  if (kind === "pv-inverter") return "pv";
  if (kind === "direct-line") return "direct";
  if (kind === "storage-pcs") return "storage";
  if (kind === "storage-bms") return "check";
  if (deviceKinds[kind].carrier === "none") return "sub";
  return parentRole === "load" || parentRole === "sub" ? "sub" : "load";
}
