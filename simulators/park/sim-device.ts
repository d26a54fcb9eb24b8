import type { Carrier, DeviceKind } from "../../src/contracts/device-kinds.ts";
import type { MeterRole } from "../../src/contracts/park-file.ts";

/**
 * A cumulative register of a device. The simulators count in whole small parts of a unit (Wh, litres
 * of water …), so that sums are exact; `countsPerUnit` such parts move the display by one.
 */
export interface Register {
  /** Place in the arrays of counts. */
  readonly index: number;
  readonly name: string;
  /** Counts in one unit of what is measured, e.g. 1,000 (Wh) in a kWh. */
  readonly countsPerReal: number;
  /** Counts in one unit of the display: the same times the multiplier. */
  readonly countsPerUnit: number;
  /** Counts after which the display shows zero again; infinite when it never does. */
  readonly modulusCounts: number;
  /** What the display shows beyond the energy since the simulation began. */
  readonly initialCounts: number;
}

/** A device of the park file with its defaults filled in and its place in the metering tree. */
export interface SimDevice {
  readonly index: number;
  readonly id: string;
  readonly key: number;
  readonly gatewayId: string;
  readonly kind: DeviceKind;
  readonly carrier: Carrier;
  readonly role: MeterRole;
  readonly nameEn: string;
  readonly enterpriseId: string | null;
  readonly parent: SimDevice | null;
  readonly children: SimDevice[];
  /** Most that flows in an hour, in the unit of the registers: kW for electricity, GJ/h for heat. */
  readonly ratedPerH: number;
  readonly capacityKwh: number;
  readonly intervalS: number;
  readonly accuracyClass: number;
  readonly multiplier: number;
  readonly registerDigits: number | null;
  registers: readonly Register[];
}

/** All devices below one, at any depth, itself included. */
function subtree(device: SimDevice): readonly SimDevice[] {
  return [device, ...device.children.flatMap(subtree)];
}

/** Whether charging and discharging is part of what the device measures. */
export function holdsStorage(device: SimDevice): boolean {
  return subtree(device).some(({ kind }) => kind === "storage-pcs");
}

/** A check meter that measures the same flow as the meter above it. */
export function isMirror(device: SimDevice): boolean {
  return (
    device.role === "check" &&
    device.parent !== null &&
    device.children.length === 0 &&
    device.kind !== "storage-bms"
  );
}
