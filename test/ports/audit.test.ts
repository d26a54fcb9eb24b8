import { generateKeyPairSync, sign, verify } from "node:crypto";
import { expect, it } from "vitest";
import { audited } from "../../src/adapters/sql/audit-chain.ts";
import { sqlAuditStore } from "../../src/adapters/sql/sql-audit-store.ts";
import type { StateDatabase } from "../../src/adapters/sql/state-database.ts";
import type { AuditStore } from "../../src/app/audit-ports.ts";
import { pruneAudit, publishHead, sealDay } from "../../src/app/publish-heads.ts";
import { verifyAudit } from "../../src/app/verify-audit.ts";
import type { SignedHead } from "../../src/domain/audit/signed-head.ts";
import { dayMs, hourMs } from "../../src/domain/time.ts";
import { testNote } from "../support/audit-notes.ts";
import { onBothDatabases } from "../support/state-databases.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const isSigned = (text: string, signature: string): boolean =>
  verify(null, Buffer.from(text), publicKey, Buffer.from(signature, "base64"));

const startMs = Date.UTC(2026, 10, 22, 6);

/** A chain of six entries with a head after the fourth, and the head as it went outside. */
async function sixEntries(state: StateDatabase) {
  const audit = sqlAuditStore(state);
  const published: SignedHead[] = [];
  const clock = { nowMs: startMs };
  const publishing = {
    audit,
    signer: {
      keyId: "k",
      publicKey: "",
      sign: (text: string) => sign(null, Buffer.from(text), privateKey).toString("base64"),
    },
    sinks: [{ name: "outside", send: async (head: SignedHead) => void published.push(head) }],
    clock: { nowMs: () => clock.nowMs },
    parkId: "north",
    timezone: "Asia/Shanghai",
  };
  for (let n = 1; n <= 6; n += 1) {
    const more = { object: `meter:m${n}`, after: { n }, detail: { n }, requestId: `r${n}` };
    await audit.append([testNote("meter.add", { ...more, enterpriseId: "acme" })]);
    if (n === 4) await publishHead(publishing);
  }
  return { audit, published, publishing, clock };
}

function verdict(audit: AuditStore, published: readonly SignedHead[] = []) {
  return verifyAudit({ audit, published, isSigned });
}

/** For each column something that it is not in the second entry, one byte away where it can be. */
const otherValues: Readonly<Record<string, readonly (string | number | null)[]>> = {
  at_ms: [startMs + 1],
  actor: ["job:tesT"],
  park_id: ["nortH"],
  enterprise_id: [null, ""],
  action: ["meter.adD"],
  object: ["meter:m2 ", null],
  before_digest: ["00"],
  after_digest: ["00"],
  result: ["refused"],
  request_id: ["r1"],
  detail: ['{"n": 2}', '{"n":3}'],
  digest: ["sm3", "md5000"],
  hash: ["0".repeat(64)],
};

onBothDatabases("the audit chain", (open) => {
  it("is whole as it was written, whoever wrote at the same time", async () => {
    const state = await open();
    const audit = sqlAuditStore(state);
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => audit.append([testNote("a.b", { detail: { n } })])),
    );
    const { seq, hash } = await audit.end();
    expect(seq).toBe(20);
    expect(await verdict(audit)).toMatchObject({
      ...{ ok: true, entries: 20, firstSeq: 1, lastSeq: 20, lastHash: hash },
    });
  });

  it("gets the entry of a change with the change, or neither", async () => {
    const state = await open();
    const audit = sqlAuditStore(state);
    const change = (name: string) =>
      audited(state, testNote("cursor.add"), (transaction) =>
        transaction.insertInto("cursor").values({ name, seq: 1 }).execute(),
      );
    await change("a");
    await expect(change("a"), "the name is taken").rejects.toThrow();
    const failing = audited(state, testNote("x.y", { detail: { n: Number.NaN } }), (transaction) =>
      transaction.insertInto("cursor").values({ name: "b", seq: 1 }).execute(),
    );
    await expect(failing, "the entry has no canonical form").rejects.toThrow();
    expect((await audit.end()).seq).toBe(1);
    const rows = await state.read.selectFrom("cursor").select("name").execute();
    expect(rows).toEqual([{ name: "a" }]);
  });

  it("shows when any column of an entry is changed", async () => {
    const state = await open();
    const { audit } = await sixEntries(state);
    const whole = await state.read
      .selectFrom("audit_entry")
      .selectAll()
      .where("seq", "=", 2)
      .executeTakeFirstOrThrow();
    expect(Object.keys(whole).sort()).toEqual(["seq", ...Object.keys(otherValues)].sort());
    const write = (values: object) =>
      state.write.updateTable("audit_entry").set(values).where("seq", "=", 2).execute();
    for (const [column, values] of Object.entries(otherValues)) {
      for (const value of values) {
        await write({ [column]: value });
        const { faults } = await verdict(audit);
        expect([column, value, faults[0]]).toEqual([column, value, { kind: "changed", seq: 2 }]);
        await write(whole);
      }
    }
    expect((await verdict(audit)).ok).toBe(true);
  });

  it.each([
    ["the first", 1, "start"],
    ["one in the middle", 3, "missing"],
    ["the last", 6, "cut"],
  ] as const)("shows when %s entry is deleted", async (_which, seq, kind) => {
    const state = await open();
    const { audit } = await sixEntries(state);
    await state.write.deleteFrom("audit_entry").where("seq", "=", seq).execute();
    const { ok, faults } = await verdict(audit);
    expect(ok).toBe(false);
    expect(faults).toContainEqual({ kind, seq: kind === "start" ? 2 : seq });
  });

  it("shows when somebody rewrites all of it, behind a head that went outside", async () => {
    const state = await open();
    const { published } = await sixEntries(state);
    // Whoever owns the database can make a chain that is whole in itself …
    for (const table of ["audit_entry", "audit_chain", "audit_head"] as const) {
      await state.write.deleteFrom(table).execute();
    }
    const forged = sqlAuditStore(state);
    for (let n = 1; n <= 6; n += 1) await forged.append([testNote("meter.add")]);
    expect((await verdict(forged)).ok).toBe(true);
    // … but not one that agrees with what was published.
    expect((await verdict(forged, published)).faults).toEqual([{ kind: "rewritten", seq: 4 }]);
  });

  it("shows when it was cut back behind a head, its end and its heads with it", async () => {
    const state = await open();
    const { audit, published } = await sixEntries(state);
    const [third] = await audit.after(2, 1);
    await state.write.deleteFrom("audit_entry").where("seq", ">", 3).execute();
    await state.write.deleteFrom("audit_head").execute();
    await state.write.updateTable("audit_chain").set({ seq: 3, hash: third?.hash }).execute();
    expect((await verdict(audit)).ok).toBe(true);
    expect((await verdict(audit, published)).faults).toEqual([{ kind: "cut", seq: 4 }]);
  });

  it("does not take a head that somebody else has signed", async () => {
    const { audit, published } = await sixEntries(await open());
    const [head] = published;
    if (head === undefined) throw new Error("no head went outside");
    const { faults } = await verdict(audit, [{ ...head, seq: 5 }]);
    expect(faults).toEqual([{ kind: "signature", seq: 5 }]);
  });

  it("puts a day under one root, and loses old days without losing its proof", async () => {
    const state = await open();
    const { audit, publishing, published, clock } = await sixEntries(state);
    clock.nowMs = startMs + dayMs;
    await audit.append([testNote("later.entry", { atMs: clock.nowMs })]);
    await sealDay(publishing);
    expect(published.at(-1)?.tree).toMatchObject({ day: "2026-11-22", firstSeq: 1, lastSeq: 6 });
    expect(await audit.dayOf(6)).toMatchObject({ day: "2026-11-22" });
    expect(await audit.dayOf(7)).toBeNull();
    expect((await verdict(audit, published)).ok).toBe(true);
    expect(await pruneAudit(publishing, 184), "too young").toBe(0);
    clock.nowMs += 184 * dayMs + hourMs;
    expect(await pruneAudit(publishing, 184)).toBe(6);
    expect(await pruneAudit(publishing, 184), "once").toBe(0);
    expect(await verdict(audit, published)).toMatchObject({ ok: true, firstSeq: 7, lastSeq: 8 });
    // Whoever deletes one more cannot call it pruning.
    await state.write.deleteFrom("audit_entry").where("seq", "=", 7).execute();
    expect((await verdict(audit, published)).faults).toContainEqual({ kind: "start", seq: 8 });
  });

  it("shows when a day's root is not that of its entries", async () => {
    const state = await open();
    const { audit, publishing, clock } = await sixEntries(state);
    clock.nowMs = startMs + dayMs;
    await sealDay(publishing);
    await state.write
      .updateTable("audit_head")
      .set({ tree_root: "0".repeat(64) })
      .execute();
    expect((await verdict(audit)).faults).toContainEqual({ kind: "signature", seq: 6 });
  });
});
