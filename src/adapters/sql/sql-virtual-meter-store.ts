import type { VirtualMeterStore } from "../../app/virtual-meter-ports.ts";
import type { AuditNote } from "../../domain/audit/audit-entry.ts";
import type { VirtualMeter } from "../../domain/energy/virtual-meter.ts";
import { ConflictError } from "../../domain/errors.ts";
import { audited } from "./audit-chain.ts";
import type { StateDatabase } from "./state-database.ts";

/** Meters by formula in the state database. */
export class SqlVirtualMeterStore implements VirtualMeterStore {
  readonly #state: StateDatabase;

  constructor(state: StateDatabase) {
    this.#state = state;
  }

  async all(): Promise<readonly VirtualMeter[]> {
    const rows = await this.#state.read
      .selectFrom("virtual_meter")
      .selectAll()
      .orderBy("id")
      .execute();
    return rows.map((row) => ({
      ...{ id: row.id, name: { zh: row.name_zh, en: row.name_en }, formula: row.formula },
      ...{ enterpriseId: row.enterprise_id, origin: "api" },
    }));
  }

  async add({ id, name, enterpriseId, formula }: VirtualMeter, note: AuditNote): Promise<void> {
    await audited(this.#state, note, async (transaction) => {
      const inserted = await transaction
        .insertInto("virtual_meter")
        .values({ id, name_zh: name.zh, name_en: name.en, enterprise_id: enterpriseId, formula })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (Number(inserted.numInsertedOrUpdatedRows ?? 0) > 0) return;
      throw new ConflictError("id_taken", `there is already a virtual meter ${id}`, {
        remedy: "choose another id",
      });
    });
  }
}
