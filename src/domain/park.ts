import type { Carrier, DeviceKind } from "../contracts/device-kinds.ts";

/** A text in Chinese and English. */
export interface LocalName {
  readonly zh: string;
  readonly en: string;
}

export interface Location {
  readonly latitude: number;
  readonly longitude: number;
  readonly altitudeM: number;
}

export interface StorageStation {
  readonly id: string;
  readonly name: LocalName;
  readonly powerMaxKw: number;
  readonly capacityKwh: number;
  readonly socMinFraction: number;
  readonly socMaxFraction: number;
}

export interface LoadGroup {
  readonly id: string;
  readonly name: LocalName;
  readonly icon: string;
}

/** What a park is, apart from the things registered in it. */
export interface Park {
  readonly id: string;
  readonly name: LocalName;
  readonly shortName: LocalName;
  readonly timezone: string;
  readonly location: Location;
  readonly grid: {
    readonly voltageKv: number;
    readonly importLimitKw: number;
    readonly exportLimitKw: number;
  } | null;
  readonly storage: readonly StorageStation[];
  readonly loadGroups: readonly LoadGroup[];
}

export interface Enterprise {
  readonly id: string;
  readonly name: LocalName;
  readonly industry: string | null;
  readonly creditCode: string | null;
}

export interface Gateway {
  readonly id: string;
  readonly name: LocalName;
  readonly simulated: boolean;
  readonly hasCredentials: boolean;
}

export type Role = "grid" | "pv" | "direct" | "storage" | "load" | "sub" | "check";

/**
 * A registered device. Powers are positive for consumption or import, except that a PV inverter and
 * a direct line report what they deliver and a storage unit reports charging as positive.
 */
export interface Meter {
  readonly id: string;
  readonly gatewayId: string;
  readonly kind: DeviceKind;
  readonly carrier: Carrier;
  readonly name: LocalName;
  readonly enterpriseId: string | null;
  readonly parentId: string | null;
  readonly role: Role;
  readonly loadGroupId: string | null;
  readonly multiplier: number;
  readonly registerDigits: number | null;
  readonly ratedMaxKw: number | null;
  readonly capacityKwh: number | null;
  readonly accuracyClass: number | null;
  readonly intervalS: number | null;
  readonly validFromMs: number | null;
  readonly origin: "park-file" | "api";
}
