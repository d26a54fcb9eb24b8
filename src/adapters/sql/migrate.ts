import { type Kysely, type Migration, Migrator } from "kysely";
import { firstLight } from "./migrations/0001-first-light.ts";
import type { StateSchema } from "./schema.ts";

/** Forward only, in order; a migration that has shipped is never edited. */
const migrations: Record<string, Migration> = {
  "0001-first-light": firstLight,
};

/** Brings the schema up to date; refuses a database that a newer version has written. */
export async function migrateToLatest(database: Kysely<StateSchema>): Promise<readonly string[]> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => migrations },
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) {
    throw new Error(
      "the state database could not be brought up to date; if a newer version has used this data folder, start that version again",
      { cause: error },
    );
  }
  return (results ?? []).map(({ migrationName }) => migrationName);
}

/** Which migrations there are and when each was carried out. */
export async function migrationStatus(
  database: Kysely<StateSchema>,
): Promise<readonly { readonly name: string; readonly executedAt: Date | undefined }[]> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => migrations },
  });
  return (await migrator.getMigrations()).map(({ name, executedAt }) => ({ name, executedAt }));
}
