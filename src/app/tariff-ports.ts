import type { AuditNote } from "../domain/audit/audit-entry.ts";
import type { TariffRecord } from "../domain/energy/tariff.ts";

/** Tariffs as they were entered; nothing in it is overwritten. */
export interface TariffStore {
  /** Every revision, ascending by id, first day and revision. */
  all(): Promise<readonly TariffRecord[]>;
  /** @throws {ConflictError} `tariff_exists` when the revision of that tariff and day is taken. */
  add(record: TariffRecord, note: AuditNote): Promise<void>;
}
