import type { AuditNote } from "../domain/audit/audit-entry.ts";
import type { VirtualMeter } from "../domain/energy/virtual-meter.ts";

/** Meters by formula that came over the API; those of the park file are in the park file. */
export interface VirtualMeterStore {
  all(): Promise<readonly VirtualMeter[]>;
  /** @throws {ConflictError} `id_taken`. */
  add(meter: VirtualMeter, note: AuditNote): Promise<void>;
}
