import { type Carrier, type DeviceKind, deviceKinds } from "../contracts/device-kinds.ts";
import type { LocalName, Meter, Role } from "./park.ts";

type Optional<T> = T | null | undefined;

/** A device as a person registers it, in the park file or over the API: most fields may be left out. */
export interface MeterEntry {
  readonly id: string;
  readonly gatewayId: string;
  readonly kind: DeviceKind;
  readonly name?: Optional<LocalName>;
  readonly enterpriseId?: Optional<string>;
  readonly parentId?: Optional<string>;
  readonly role?: Optional<Role>;
  readonly carrier?: Optional<Carrier>;
  /** The carrier of a gas meter by the name that gas meters have for it. */
  readonly medium?: Optional<Carrier>;
  readonly loadGroupId?: Optional<string>;
  readonly multiplier?: Optional<number>;
  readonly registerDigits?: Optional<number>;
  readonly ratedMaxKw?: Optional<number>;
  readonly capacityKwh?: Optional<number>;
  readonly accuracyClass?: Optional<number>;
  readonly intervalS?: Optional<number>;
  readonly validFromMs?: Optional<number>;
}

const roleOfKind: Readonly<Partial<Record<DeviceKind, Role>>> = {
  "pv-inverter": "pv",
  "direct-line": "direct",
  "storage-pcs": "storage",
  "storage-bms": "check",
};

/**
 * The role of a device whose entry names none.
 *
 * Sources take the role of their kind; a battery cluster is a `check` beside its PCS, because its
 * direct-current energy is inside the PCS's figures already. A device that counts no carrier, and
 * every meter below a load or sub meter, is `sub`, so that nothing is counted twice. Whatever is
 * left counts its enterprise or facility: `load`.
 */
function defaultRole(kind: DeviceKind, parentRole: Role | null): Role {
  const own = roleOfKind[kind];
  if (own !== undefined) return own;
  if (deviceKinds[kind].carrier === "none") return "sub";
  return parentRole === "load" || parentRole === "sub" ? "sub" : "load";
}

/**
 * The whole registration: multiplier 1, the carrier of the kind, the id as name, and the default
 * role where the entry is silent.
 */
export function meterWithDefaults(
  entry: MeterEntry,
  parentRole: Role | null,
  origin: Meter["origin"],
): Meter {
  return {
    id: entry.id,
    gatewayId: entry.gatewayId,
    kind: entry.kind,
    carrier: entry.carrier ?? entry.medium ?? deviceKinds[entry.kind].carrier,
    name: entry.name ?? { zh: entry.id, en: entry.id },
    enterpriseId: entry.enterpriseId ?? null,
    parentId: entry.parentId ?? null,
    role: entry.role ?? defaultRole(entry.kind, parentRole),
    loadGroupId: entry.loadGroupId ?? null,
    multiplier: entry.multiplier ?? 1,
    registerDigits: entry.registerDigits ?? null,
    ratedMaxKw: entry.ratedMaxKw ?? null,
    capacityKwh: entry.capacityKwh ?? null,
    accuracyClass: entry.accuracyClass ?? null,
    intervalS: entry.intervalS ?? null,
    validFromMs: entry.validFromMs ?? null,
    origin,
  };
}
