import { type Kysely, type Migration, Migrator } from "kysely";
import { firstLight } from "./migrations/0001-first-light.ts";
import { ledgerMirror } from "./migrations/0002-ledger-mirror.ts";
import { meterLife } from "./migrations/0003-meter-life.ts";
import { tariffs } from "./migrations/0004-tariffs.ts";
import { ledgerDays } from "./migrations/0006-ledger-days.ts";
import { accountingPeriods } from "./migrations/0007-accounting-periods.ts";
import { audit } from "./migrations/0007-audit.ts";
import { restatements } from "./migrations/0008-restatements.ts";
import { people } from "./migrations/0009-people.ts";
import type { StateSchema } from "./schema.ts";
import type { StateEngine } from "./state-database.ts";

/** The state database cannot be used by this version. */
export class SchemaError extends Error {
  override readonly name = "SchemaError";
}

/** Forward only, in order; a migration that has shipped is never edited. */
function migrationsFor(engine: StateEngine): Record<string, Migration> {
  return {
    "0001-first-light": firstLight(engine),
    "0002-ledger-mirror": ledgerMirror,
    "0003-meter-life": meterLife,
    "0004-tariffs": tariffs,
    "0006-ledger-days": ledgerDays(engine),
    "0007-accounting-periods": accountingPeriods,
    "0007-audit": audit,
    "0008-restatements": restatements,
    "0009-people": people,
  };
}

/**
 * Brings the schema up to date.
 *
 * @throws {SchemaError} when a newer version has written the database, or a migration failed.
 */
export async function migrateToLatest(
  database: Kysely<StateSchema>,
  engine: StateEngine,
): Promise<readonly string[]> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => migrationsFor(engine) },
    // Steps are written side by side and each stands alone, so one may come in between.
    allowUnorderedMigrations: true,
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SchemaError(
      `the state database could not be brought up to date (${reason}); if a newer version has used this data folder, start that version again`,
      { cause: error },
    );
  }
  return (results ?? []).map(({ migrationName }) => migrationName);
}

/** Which migrations there are and when each was carried out. */
export async function migrationStatus(
  database: Kysely<StateSchema>,
  engine: StateEngine,
): Promise<readonly { readonly name: string; readonly executedAt: Date | undefined }[]> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => migrationsFor(engine) },
  });
  return (await migrator.getMigrations()).map(({ name, executedAt }) => ({ name, executedAt }));
}
