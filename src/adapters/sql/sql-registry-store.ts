import type { Kysely, Transaction } from "kysely";
import type { RegistryStore } from "../../app/ports.ts";
import type { Carrier, DeviceKind } from "../../contracts/device-kinds.ts";
import type { AuditNote } from "../../domain/audit/audit-entry.ts";
import { ConflictError } from "../../domain/errors.ts";
import type { Enterprise, Gateway, LocalName, Meter, Role } from "../../domain/park.ts";
import type { MeterEvent } from "../../domain/telemetry/meter-event.ts";
import type { Touch } from "../../domain/telemetry/touch.ts";
import { audited } from "./audit-chain.ts";
import type { EnterpriseRow, MeterRow, StateSchema } from "./schema.ts";
import { addMeterEvent, readMeterEvents } from "./sql-meter-events.ts";
import type { StateDatabase } from "./state-database.ts";

const fromParkFile = "park-file";

/** Enterprises, gateways and meters in the state database. */
export class SqlRegistryStore implements RegistryStore {
  readonly #state: StateDatabase;

  constructor(state: StateDatabase) {
    this.#state = state;
  }

  async enterprises(): Promise<readonly Enterprise[]> {
    const rows = await this.#state.read
      .selectFrom("enterprise")
      .selectAll()
      .orderBy("id")
      .execute();
    return rows.map((row) => ({
      id: row.id,
      name: nameOf(row),
      industry: row.industry,
      creditCode: row.credit_code,
    }));
  }

  async gateways(): Promise<readonly Gateway[]> {
    const rows = await this.#state.read.selectFrom("gateway").selectAll().orderBy("id").execute();
    return rows.map((row) => ({
      id: row.id,
      name: nameOf(row),
      simulated: row.simulated === 1,
      hasCredentials: row.password_sha256 !== null,
    }));
  }

  async meters(): Promise<readonly Meter[]> {
    const rows = await this.#state.read.selectFrom("meter").selectAll().orderBy("id").execute();
    return rows.map(meterOf);
  }

  meterEvents(): Promise<readonly MeterEvent[]> {
    return readMeterEvents(this.#state);
  }

  addMeterEvent(event: MeterEvent, touches: readonly Touch[], note: AuditNote): Promise<void> {
    return addMeterEvent(this.#state, event, { touches, note });
  }

  async addEnterprise(enterprise: Enterprise, note: AuditNote): Promise<void> {
    await this.#insertOnce("enterprise", enterprise.id, note, (database) =>
      database.insertInto("enterprise").values(enterpriseRow(enterprise, "api")),
    );
  }

  async addGateway(
    gateway: Gateway,
    passwordSha256: string | null,
    note: AuditNote,
  ): Promise<void> {
    await this.#insertOnce("gateway", gateway.id, note, (database) =>
      database.insertInto("gateway").values({
        id: gateway.id,
        name_zh: gateway.name.zh,
        name_en: gateway.name.en,
        simulated: gateway.simulated ? 1 : 0,
        password_sha256: passwordSha256,
        origin: "api",
      }),
    );
  }

  async setGatewayCredentials(
    gatewayId: string,
    credentials: { readonly passwordSha256: string; readonly simulated: boolean },
    note: AuditNote,
  ): Promise<void> {
    const { passwordSha256, simulated } = credentials;
    await audited(this.#state, note, (transaction) =>
      transaction
        .updateTable("gateway")
        .set({ password_sha256: passwordSha256, simulated: simulated ? 1 : 0 })
        .where("id", "=", gatewayId)
        .execute(),
    );
  }

  async gatewayPasswords(): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#state.read
      .selectFrom("gateway")
      .select(["id", "password_sha256"])
      .execute();
    return new Map(
      rows.flatMap((row) =>
        row.password_sha256 === null ? [] : [[row.id, row.password_sha256] as const],
      ),
    );
  }

  async addMeter(meter: Meter, note: AuditNote): Promise<void> {
    await this.#insertOnce("meter", meter.id, note, (database) =>
      database.insertInto("meter").values(meterRow(meter)),
    );
  }

  async syncParkFile(content: {
    readonly enterprises: readonly Enterprise[];
    readonly gateways: readonly { readonly id: string; readonly name: LocalName }[];
    readonly meters: readonly Meter[];
  }): Promise<void> {
    await this.#state.write.transaction().execute(async (transaction) => {
      await syncEnterprises(transaction, content.enterprises);
      await syncGateways(transaction, content.gateways);
      await syncMeters(transaction, content.meters);
    });
  }

  async #insertOnce(
    table: "enterprise" | "gateway" | "meter",
    id: string,
    note: AuditNote,
    insert: (database: Kysely<StateSchema>) => { execute(): Promise<unknown> },
  ): Promise<void> {
    const taken = (cause?: unknown): ConflictError =>
      new ConflictError("id_taken", `there is already a ${table} ${id}`, {
        cause,
        remedy: `choose another id, or look at the ${table} that has it`,
      });
    await audited(this.#state, note, async (transaction) => {
      const known = await transaction
        .selectFrom(table)
        .select("id")
        .where("id", "=", id)
        .executeTakeFirst();
      if (known !== undefined) throw taken();
      try {
        await insert(transaction).execute();
      } catch (error) {
        // In PostgreSQL somebody else may have come between the look and the insertion.
        throw isUniqueViolation(error) ? taken(error) : error;
      }
    });
  }
}

const uniqueViolation = "23505";

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === uniqueViolation;
}

async function syncEnterprises(
  transaction: Transaction<StateSchema>,
  enterprises: readonly Enterprise[],
): Promise<void> {
  const ids = enterprises.map(({ id }) => id);
  await transaction
    .deleteFrom("enterprise")
    .where("origin", "=", fromParkFile)
    .$if(ids.length > 0, (query) => query.where("id", "not in", ids))
    .execute();
  for (const enterprise of enterprises) {
    const row = enterpriseRow(enterprise, fromParkFile);
    await transaction
      .insertInto("enterprise")
      .values(row)
      .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
      .execute();
  }
}

/** Gateways keep their credentials; one that left the file but has them stays as an API entry would. */
async function syncGateways(
  transaction: Transaction<StateSchema>,
  gateways: readonly { readonly id: string; readonly name: LocalName }[],
): Promise<void> {
  const ids = gateways.map(({ id }) => id);
  await transaction
    .deleteFrom("gateway")
    .where("origin", "=", fromParkFile)
    .where("password_sha256", "is", null)
    .$if(ids.length > 0, (query) => query.where("id", "not in", ids))
    .execute();
  for (const { id, name } of gateways) {
    const names = { name_zh: name.zh, name_en: name.en, origin: fromParkFile };
    await transaction
      .insertInto("gateway")
      .values({ id, ...names, simulated: 0, password_sha256: null })
      .onConflict((conflict) => conflict.column("id").doUpdateSet(names))
      .execute();
  }
}

async function syncMeters(
  transaction: Transaction<StateSchema>,
  meters: readonly Meter[],
): Promise<void> {
  await transaction.deleteFrom("meter").where("origin", "=", fromParkFile).execute();
  for (const meter of meters) {
    const row = meterRow(meter);
    await transaction
      .insertInto("meter")
      .values(row)
      .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
      .execute();
  }
}

function nameOf(row: { name_zh: string; name_en: string }): LocalName {
  return { zh: row.name_zh, en: row.name_en };
}

function enterpriseRow(enterprise: Enterprise, origin: string): EnterpriseRow {
  return {
    id: enterprise.id,
    name_zh: enterprise.name.zh,
    name_en: enterprise.name.en,
    industry: enterprise.industry,
    credit_code: enterprise.creditCode,
    origin,
  };
}

function meterRow(meter: Meter): MeterRow {
  return {
    id: meter.id,
    gateway_id: meter.gatewayId,
    kind: meter.kind,
    carrier: meter.carrier,
    name_zh: meter.name.zh,
    name_en: meter.name.en,
    enterprise_id: meter.enterpriseId,
    parent_id: meter.parentId,
    role: meter.role,
    load_group_id: meter.loadGroupId,
    multiplier: meter.multiplier,
    register_digits: meter.registerDigits,
    rated_max_kw: meter.ratedMaxKw,
    capacity_kwh: meter.capacityKwh,
    accuracy_class: meter.accuracyClass,
    interval_s: meter.intervalS,
    valid_from_ms: meter.validFromMs,
    origin: meter.origin,
  };
}

function meterOf(row: MeterRow): Meter {
  return {
    id: row.id,
    gatewayId: row.gateway_id,
    kind: row.kind as DeviceKind,
    carrier: row.carrier as Carrier,
    name: nameOf(row),
    enterpriseId: row.enterprise_id,
    parentId: row.parent_id,
    role: row.role as Role,
    loadGroupId: row.load_group_id,
    multiplier: row.multiplier,
    registerDigits: row.register_digits,
    ratedMaxKw: row.rated_max_kw,
    capacityKwh: row.capacity_kwh,
    accuracyClass: row.accuracy_class,
    intervalS: row.interval_s,
    validFromMs: row.valid_from_ms === null ? null : Number(row.valid_from_ms),
    origin: row.origin === fromParkFile ? "park-file" : "api",
  };
}
