import type { Kysely, Migration } from "kysely";

/** Local accounts, failed attempts, keys of programs, and sessions that live as they are used. */
export const people: Migration = {
  up: async (database: Kysely<unknown>) => {
    await database.schema
      .createTable("person")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("username", "text", (column) => column.notNull().unique())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("roles", "text", (column) => column.notNull())
      .addColumn("enterprise_id", "text")
      .addColumn("password_hash", "text")
      .addColumn("totp_sealed", "text")
      .addColumn("is_totp_on", "integer", (column) => column.notNull())
      .addColumn("totp_step", "bigint", (column) => column.notNull())
      .addColumn("recovery_sha256", "text", (column) => column.notNull())
      .addColumn("is_disabled", "integer", (column) => column.notNull())
      .addColumn("created_at_ms", "bigint", (column) => column.notNull())
      .execute();
    await database.schema
      .createTable("sign_in_failure")
      .addColumn("key", "text", (column) => column.primaryKey())
      .addColumn("failures", "integer", (column) => column.notNull())
      .addColumn("last_at_ms", "bigint", (column) => column.notNull())
      .addColumn("locked_until_ms", "bigint")
      .execute();
    await database.schema
      .createTable("api_key")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("roles", "text", (column) => column.notNull())
      .addColumn("enterprise_id", "text")
      .addColumn("may_write", "integer", (column) => column.notNull())
      .addColumn("secret_sha256", "text", (column) => column.notNull())
      .addColumn("created_at_ms", "bigint", (column) => column.notNull())
      .addColumn("created_by", "text", (column) => column.notNull())
      .addColumn("expires_at_ms", "bigint", (column) => column.notNull())
      .addColumn("revoked_at_ms", "bigint")
      .addColumn("last_used_at_ms", "bigint")
      .execute();
    await database.schema.alterTable("session").addColumn("ends_at_ms", "bigint").execute();
    await database.schema.alterTable("session").addColumn("is_by_link", "integer").execute();
  },
};
