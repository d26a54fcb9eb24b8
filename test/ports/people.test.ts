import { expect, it } from "vitest";
import { SqlSessionStore } from "../../src/adapters/sql/sql-access-stores.ts";
import { sqlAuditStore } from "../../src/adapters/sql/sql-audit-store.ts";
import { sqlAttempts, sqlKeys, sqlPeople } from "../../src/adapters/sql/sql-people.ts";
import type { ApiKey, Person } from "../../src/app/access-ports.ts";
import { testNote } from "../support/audit-notes.ts";
import { onBothDatabases } from "../support/state-databases.ts";

const note = testNote("test.change");
const person: Person = {
  ...{ id: "user:1", username: "tashi", name: "扎西", roles: ["manager"], enterpriseId: null },
  ...{ passwordHash: null, totpSealed: null, isTotpOn: false, totpStep: 0, recoverySha256: ["a"] },
  ...{ isDisabled: false, createdAtMs: 7 },
};

onBothDatabases("the people store", (open) => {
  it("gives back who was added, and refuses a user name that is taken", async () => {
    const state = await open();
    const people = sqlPeople(state);
    await people.add(person, note);
    expect(await people.list()).toEqual([person]);
    expect(await people.findByUsername("tashi")).toEqual(person);
    await expect(people.add({ ...person, id: "user:2" }, note)).rejects.toMatchObject({
      code: "username_taken",
    });
    // What was refused has left no entry either.
    expect((await sqlAuditStore(state).end()).seq).toBe(1);
  });

  it("ends the sessions of somebody whose rights change, and of nobody else", async () => {
    const state = await open();
    const [people, sessions] = [sqlPeople(state), new SqlSessionStore(state)];
    await people.add(person, note);
    for (const userId of ["user:1", "user:2"]) {
      const session = { ...person, userId, tokenSha256: `s-${userId}`, expiresAtMs: 100 };
      await sessions.add(session, note);
      await sessions.addLink(`l-${userId}`, { ...person, userId }, 100, note);
    }
    const changed = { ...person, roles: ["auditor"], isDisabled: true };
    await people.save(changed, note, { endsSessions: true });
    expect(await people.find("user:1")).toEqual(changed);
    expect(await sessions.find("s-user:1", 1)).toBeNull();
    expect(await sessions.redeemLink("l-user:1", 1)).toBeNull();
    expect(await sessions.find("s-user:2", 1)).not.toBeNull();
  });

  it("ends all sessions but the one that asks for it", async () => {
    const state = await open();
    const [people, sessions] = [sqlPeople(state), new SqlSessionStore(state)];
    await people.add(person, note);
    for (const tokenSha256 of ["here", "elsewhere"]) {
      const session = { ...person, userId: person.id, tokenSha256, expiresAtMs: 100 };
      await sessions.add(session, note);
    }
    await people.save(person, note, { endsSessions: true, keptSha256: "here" });
    expect(await sessions.find("here", 1)).not.toBeNull();
    expect(await sessions.find("elsewhere", 1)).toBeNull();
  });

  it("lets a code be used once, also by two at the same time", async () => {
    const people = sqlPeople(await open());
    await people.add(person, note);
    const both = await Promise.all([
      people.useTotpStep("user:1", 5),
      people.useTotpStep("user:1", 5),
    ]);
    expect(both.sort()).toEqual([false, true]);
    expect(await people.useTotpStep("user:1", 4)).toBe(false);
    expect(await people.useTotpStep("user:1", 6)).toBe(true);
  });
});

onBothDatabases("the attempt store", (open) => {
  it("locks after so many failures in a row, for as long, and forgets old ones", async () => {
    const attempts = sqlAttempts(await open());
    const limit = { max: 3, windowMs: 100 };
    const fail = (atMs: number) => attempts.fail("k", limit, testNote("session.refuse", { atMs }));
    await fail(0);
    await fail(200);
    await fail(210);
    expect(await attempts.lockedUntilMs("k", 211), "the first was long ago").toBeNull();
    await fail(220);
    expect(await attempts.lockedUntilMs("k", 221)).toBe(320);
    expect(await attempts.lockedUntilMs("other", 221)).toBeNull();
    expect(await attempts.lockedUntilMs("k", 320)).toBeNull();
    await attempts.clear("k");
    expect(await attempts.lockedUntilMs("k", 221)).toBeNull();
  });
});

onBothDatabases("the key store", (open) => {
  it("keeps a key, when it was used, and that it was revoked", async () => {
    const keys = sqlKeys(await open());
    const key: ApiKey = {
      ...{ id: "0a", name: "scada", roles: ["manager"], enterpriseId: null, mayWrite: true },
      ...{ secretSha256: "d", createdAtMs: 1, createdBy: "user:1", expiresAtMs: 99 },
      ...{ revokedAtMs: null, lastUsedAtMs: null },
    };
    await keys.add(key, note);
    await keys.used("0a", 5);
    await keys.revoke("0a", 6, note);
    expect(await keys.find("0a")).toEqual({ ...key, lastUsedAtMs: 5, revokedAtMs: 6 });
    expect(await keys.list()).toHaveLength(1);
    expect(await keys.find("nope")).toBeNull();
  });
});
