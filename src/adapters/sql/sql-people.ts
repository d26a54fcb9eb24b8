import type {
  ApiKey,
  AttemptStore,
  KeyStore,
  PeopleStore,
  Person,
} from "../../app/access-ports.ts";
import type { AuditNote } from "../../domain/audit/audit-entry.ts";
import { ConflictError } from "../../domain/errors.ts";
import type { ApiKeyRow, PersonRow } from "./access-schema.ts";
import { appendAudit, audited } from "./audit-chain.ts";
import type { StateDatabase } from "./state-database.ts";

/** Local accounts. */
export function sqlPeople(state: StateDatabase): PeopleStore {
  const people = () => state.read.selectFrom("person").selectAll();
  return {
    list: async () => (await people().orderBy("username").execute()).map(personOf),
    find: async (id) => personOrNull(await people().where("id", "=", id).executeTakeFirst()),
    findByUsername: async (username) =>
      personOrNull(await people().where("username", "=", username).executeTakeFirst()),
    add: (person, note) =>
      audited(state, note, async (transaction) => {
        const row = personRow(person);
        const { numInsertedOrUpdatedRows } = await transaction
          .insertInto("person")
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
        if (numInsertedOrUpdatedRows === 1n) return;
        throw new ConflictError("username_taken", `there is already a user ${person.username}`, {
          remedy: "choose another user name",
          pointer: "/username",
        });
      }),
    save: (person, note, options) =>
      audited(state, note, async (transaction) => {
        const { id, ...row } = personRow(person);
        await transaction.updateTable("person").set(row).where("id", "=", id).execute();
        if (options?.endsSessions !== true) return;
        await transaction
          .deleteFrom("session")
          .where("user_id", "=", id)
          .where("token_sha256", "<>", options.keptSha256 ?? "")
          .execute();
        await transaction.deleteFrom("sign_in_link").where("user_id", "=", id).execute();
      }),
    useTotpStep: async (id, step) => {
      const { numUpdatedRows } = await state.write
        .updateTable("person")
        .set({ totp_step: step })
        .where("id", "=", id)
        .where("totp_step", "<", step)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}

/** Failed attempts to sign in. */
export function sqlAttempts(state: StateDatabase): AttemptStore {
  return {
    lockedUntilMs: async (key, nowMs) => {
      const row = await state.read
        .selectFrom("sign_in_failure")
        .select("locked_until_ms")
        .where("key", "=", key)
        .where("locked_until_ms", ">", nowMs)
        .executeTakeFirst();
      return row?.locked_until_ms == null ? null : Number(row.locked_until_ms);
    },
    fail: (key, { max, windowMs }, note) =>
      state.write.transaction().execute(async (transaction) => {
        const nowMs = note.atMs;
        const known = await transaction
          .selectFrom("sign_in_failure")
          .selectAll()
          .where("key", "=", key)
          .executeTakeFirst();
        const isRecent = known !== undefined && Number(known.last_at_ms) > nowMs - windowMs;
        const failures = isRecent ? known.failures + 1 : 1;
        const row = {
          ...{ failures, last_at_ms: nowMs },
          locked_until_ms: failures >= max ? nowMs + windowMs : null,
        };
        await transaction
          .insertInto("sign_in_failure")
          .values({ key, ...row })
          .onConflict((conflict) => conflict.column("key").doUpdateSet(row))
          .execute();
        await appendAudit(transaction, state, [withCount(note, failures)]);
      }),
    clear: async (key) => {
      await state.write.deleteFrom("sign_in_failure").where("key", "=", key).execute();
    },
    sweep: async (beforeMs) => {
      await state.write.deleteFrom("sign_in_failure").where("last_at_ms", "<", beforeMs).execute();
    },
  };
}

function withCount(note: AuditNote, failures: number): AuditNote {
  return { ...note, detail: { ...note.detail, failures } };
}

/** Keys of programs. */
export function sqlKeys(state: StateDatabase): KeyStore {
  const keys = () => state.read.selectFrom("api_key").selectAll();
  return {
    list: async () => (await keys().orderBy("created_at_ms").orderBy("id").execute()).map(keyOf),
    find: async (id) => {
      const row = await keys().where("id", "=", id).executeTakeFirst();
      return row === undefined ? null : keyOf(row);
    },
    add: async (key, note) => {
      await audited(state, note, (transaction) =>
        transaction.insertInto("api_key").values(keyRow(key)).execute(),
      );
    },
    revoke: async (id, atMs, note) => {
      await audited(state, note, (transaction) =>
        transaction
          .updateTable("api_key")
          .set({ revoked_at_ms: atMs })
          .where("id", "=", id)
          .execute(),
      );
    },
    used: async (id, atMs) => {
      await state.write
        .updateTable("api_key")
        .set({ last_used_at_ms: atMs })
        .where("id", "=", id)
        .execute();
    },
  };
}

function personOrNull(row: PersonRow | undefined): Person | null {
  return row === undefined ? null : personOf(row);
}

function personOf(row: PersonRow): Person {
  return {
    ...{ id: row.id, username: row.username, name: row.name, enterpriseId: row.enterprise_id },
    roles: JSON.parse(row.roles) as string[],
    passwordHash: row.password_hash,
    totpSealed: row.totp_sealed,
    isTotpOn: row.is_totp_on === 1,
    totpStep: Number(row.totp_step),
    recoverySha256: JSON.parse(row.recovery_sha256) as string[],
    isDisabled: row.is_disabled === 1,
    createdAtMs: Number(row.created_at_ms),
  };
}

function personRow(person: Person): PersonRow {
  return {
    ...{ id: person.id, username: person.username, name: person.name },
    roles: JSON.stringify(person.roles),
    enterprise_id: person.enterpriseId,
    password_hash: person.passwordHash,
    totp_sealed: person.totpSealed,
    is_totp_on: person.isTotpOn ? 1 : 0,
    totp_step: person.totpStep,
    recovery_sha256: JSON.stringify(person.recoverySha256),
    is_disabled: person.isDisabled ? 1 : 0,
    created_at_ms: person.createdAtMs,
  };
}

function keyOf(row: ApiKeyRow): ApiKey {
  return {
    ...{ id: row.id, name: row.name, enterpriseId: row.enterprise_id, createdBy: row.created_by },
    roles: JSON.parse(row.roles) as string[],
    mayWrite: row.may_write === 1,
    secretSha256: row.secret_sha256,
    createdAtMs: Number(row.created_at_ms),
    expiresAtMs: Number(row.expires_at_ms),
    revokedAtMs: row.revoked_at_ms === null ? null : Number(row.revoked_at_ms),
    lastUsedAtMs: row.last_used_at_ms === null ? null : Number(row.last_used_at_ms),
  };
}

function keyRow(key: ApiKey): ApiKeyRow {
  return {
    ...{ id: key.id, name: key.name, enterprise_id: key.enterpriseId, created_by: key.createdBy },
    roles: JSON.stringify(key.roles),
    may_write: key.mayWrite ? 1 : 0,
    secret_sha256: key.secretSha256,
    created_at_ms: key.createdAtMs,
    expires_at_ms: key.expiresAtMs,
    revoked_at_ms: key.revokedAtMs,
    last_used_at_ms: key.lastUsedAtMs,
  };
}
