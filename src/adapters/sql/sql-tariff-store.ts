import type { TariffStore } from "../../app/tariff-ports.ts";
import type { AuditNote } from "../../domain/audit/audit-entry.ts";
import type { Tariff, TariffRecord } from "../../domain/energy/tariff.ts";
import { ConflictError } from "../../domain/errors.ts";
import { audited } from "./audit-chain.ts";
import type { StateDatabase } from "./state-database.ts";

/** Tariffs in the state database. */
export class SqlTariffStore implements TariffStore {
  readonly #state: StateDatabase;

  constructor(state: StateDatabase) {
    this.#state = state;
  }

  async all(): Promise<readonly TariffRecord[]> {
    const rows = await this.#state.read
      .selectFrom("tariff")
      .selectAll()
      .orderBy("id")
      .orderBy("valid_from")
      .orderBy("revision")
      .execute();
    return rows.map((row) => ({
      tariff: JSON.parse(row.body) as Tariff,
      revision: row.revision,
      recordedAtMs: Number(row.recorded_at_ms),
      recordedBy: row.recorded_by,
      correction: row.correction,
    }));
  }

  async add(record: TariffRecord, note: AuditNote): Promise<void> {
    const { tariff, revision, recordedAtMs, recordedBy, correction } = record;
    const { id, validFrom } = tariff;
    await audited(this.#state, note, async (transaction) => {
      const inserted = await transaction
        .insertInto("tariff")
        .values({
          ...{ id, valid_from: validFrom, revision, body: JSON.stringify(tariff) },
          ...{ recorded_at_ms: recordedAtMs, recorded_by: recordedBy, correction },
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (Number(inserted.numInsertedOrUpdatedRows ?? 0) > 0) return;
      throw new ConflictError(
        "tariff_exists",
        `revision ${revision} of ${id} from ${validFrom} exists`,
        { remedy: "read the tariffs again, then send the correction once more" },
      );
    });
  }
}
