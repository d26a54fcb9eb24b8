import type { Grant, Session, SessionStore } from "../../app/access-ports.ts";
import type { JobState, JobStore } from "../../app/ports.ts";
import type { AuditNote } from "../../domain/audit/audit-entry.ts";
import type { SignInLinkRow } from "./access-schema.ts";
import { audited } from "./audit-chain.ts";
import type { StateDatabase } from "./state-database.ts";

/** Sessions and one-time sign-in links; only digests of tokens are kept. */
export class SqlSessionStore implements SessionStore {
  readonly #state: StateDatabase;

  constructor(state: StateDatabase) {
    this.#state = state;
  }

  async addLink(
    tokenSha256: string,
    grant: Grant,
    expiresAtMs: number,
    note: AuditNote,
  ): Promise<void> {
    const row = rowOf(tokenSha256, grant, expiresAtMs);
    await audited(this.#state, note, (transaction) =>
      transaction.insertInto("sign_in_link").values(row).execute(),
    );
  }

  async redeemLink(tokenSha256: string, nowMs: number): Promise<Grant | null> {
    return this.#state.write.transaction().execute(async (transaction) => {
      const row = await transaction
        .selectFrom("sign_in_link")
        .selectAll()
        .where("token_sha256", "=", tokenSha256)
        .where("expires_at_ms", ">", nowMs)
        .executeTakeFirst();
      if (row === undefined) return null;
      // Two who redeem at once both read the row; only one of them deletes it.
      const { numDeletedRows } = await transaction
        .deleteFrom("sign_in_link")
        .where("token_sha256", "=", tokenSha256)
        .executeTakeFirst();
      return numDeletedRows === 1n ? grantOf(row) : null;
    });
  }

  async add(session: Session, note: AuditNote): Promise<void> {
    const { tokenSha256, expiresAtMs, endsAtMs = null, isByLink = false } = session;
    const row = {
      ...rowOf(tokenSha256, session, expiresAtMs),
      ...{ ends_at_ms: endsAtMs, is_by_link: isByLink ? 1 : 0 },
    };
    await audited(this.#state, note, (transaction) =>
      transaction.insertInto("session").values(row).execute(),
    );
  }

  async find(tokenSha256: string, nowMs: number): Promise<Session | null> {
    const row = await this.#state.read
      .selectFrom("session")
      .selectAll()
      .where("token_sha256", "=", tokenSha256)
      .where("expires_at_ms", ">", nowMs)
      .executeTakeFirst();
    if (row === undefined) return null;
    return {
      ...grantOf(row),
      ...{ tokenSha256, expiresAtMs: Number(row.expires_at_ms), isByLink: row.is_by_link === 1 },
      endsAtMs: row.ends_at_ms === null ? null : Number(row.ends_at_ms),
    };
  }

  async extend(tokenSha256: string, expiresAtMs: number): Promise<void> {
    await this.#state.write
      .updateTable("session")
      .set({ expires_at_ms: expiresAtMs })
      .where("token_sha256", "=", tokenSha256)
      .execute();
  }

  async remove(tokenSha256: string, note: AuditNote): Promise<void> {
    await audited(this.#state, note, (transaction) =>
      transaction.deleteFrom("session").where("token_sha256", "=", tokenSha256).execute(),
    );
  }

  async sweep(nowMs: number): Promise<number> {
    const links = await this.#state.write
      .deleteFrom("sign_in_link")
      .where("expires_at_ms", "<=", nowMs)
      .executeTakeFirst();
    const sessions = await this.#state.write
      .deleteFrom("session")
      .where("expires_at_ms", "<=", nowMs)
      .executeTakeFirst();
    return Number(links.numDeletedRows + sessions.numDeletedRows);
  }
}

function rowOf(tokenSha256: string, grant: Grant, expiresAtMs: number): SignInLinkRow {
  return {
    token_sha256: tokenSha256,
    user_id: grant.userId,
    name: grant.name,
    roles: JSON.stringify(grant.roles),
    enterprise_id: grant.enterpriseId,
    expires_at_ms: expiresAtMs,
  };
}

function grantOf(row: SignInLinkRow): Grant {
  return {
    userId: row.user_id,
    name: row.name,
    roles: JSON.parse(row.roles) as string[],
    enterpriseId: row.enterprise_id,
  };
}

/** Watermarks of the scheduled jobs. */
export class SqlJobStore implements JobStore {
  readonly #state: StateDatabase;

  constructor(state: StateDatabase) {
    this.#state = state;
  }

  async all(): Promise<readonly JobState[]> {
    const rows = await this.#state.read.selectFrom("job").selectAll().orderBy("name").execute();
    return rows.map((row) => ({
      name: row.name,
      watermarkMs: row.watermark_ms === null ? null : Number(row.watermark_ms),
      lastRunMs: row.last_run_ms === null ? null : Number(row.last_run_ms),
      lastError: row.last_error,
    }));
  }

  async get(name: string): Promise<JobState | null> {
    return (await this.all()).find((job) => job.name === name) ?? null;
  }

  async save(job: JobState): Promise<void> {
    const row = {
      watermark_ms: job.watermarkMs,
      last_run_ms: job.lastRunMs,
      last_error: job.lastError,
    };
    await this.#state.write
      .insertInto("job")
      .values({ name: job.name, ...row })
      .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
      .execute();
  }
}
