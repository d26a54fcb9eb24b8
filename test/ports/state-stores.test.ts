import { expect, it } from "vitest";
import { SqlJobStore, SqlSessionStore } from "../../src/adapters/sql/sql-access-stores.ts";
import { SqlDropTasks } from "../../src/adapters/sql/sql-drop-tasks.ts";
import { SqlLedger } from "../../src/adapters/sql/sql-ledger.ts";
import { SqlMirrorQueue } from "../../src/adapters/sql/sql-mirror-queue.ts";
import { SqlQuarantineStore } from "../../src/adapters/sql/sql-quarantine-store.ts";
import { SqlRegistryStore } from "../../src/adapters/sql/sql-registry-store.ts";
import { ConflictError } from "../../src/domain/errors.ts";
import type { MeterEvent } from "../../src/domain/telemetry/meter-event.ts";
import type { Quarantined } from "../../src/domain/telemetry/reading.ts";
import type { Slot } from "../../src/domain/telemetry/slot.ts";
import { dayMs, quarterHourMs } from "../../src/domain/time.ts";
import { testNote } from "../support/audit-notes.ts";
import { onBothDatabases } from "../support/state-databases.ts";
import { electricityMeter } from "../support/trial-park.ts";

const note = testNote("test.change");
const startMs = Date.UTC(2026, 10, 22);

function slot(index: number, amount: number): Slot {
  return {
    meterId: "m1",
    register: "importKwh",
    startMs: startMs + index * quarterHourMs,
    amount,
    grade: "A",
    coverage: 1,
    estimatedFraction: 0,
  };
}

function refused(more: Partial<Quarantined> = {}): Quarantined {
  return {
    gatewayId: "g1",
    deviceId: "d1",
    code: "unknown_device",
    metric: null,
    detail: "nobody knows it",
    topic: "zcp/v1/p/g1/d1/telemetry",
    payloadExcerpt: "{}",
    payloadBytes: 2,
    receivedAtMs: startMs,
    ...more,
  };
}

onBothDatabases("the quarantine", (open) => {
  it("groups what is refused for the same reason and keeps whole payloads", async () => {
    const state = await open();
    const [ledger, quarantine] = [
      new SqlLedger(state, { timezone: "Asia/Shanghai" }),
      new SqlQuarantineStore(state),
    ];
    await ledger.touch(
      1,
      [],
      [
        refused(),
        refused({ receivedAtMs: startMs + 5, payloadExcerpt: '{"a":1}', payloadBytes: 7 }),
        refused({ code: "clock", metric: "powerKw" }),
      ],
    );
    const groups = await quarantine.list({ after: null, limit: 10 });
    expect(groups).toHaveLength(2);
    expect(groups.find(({ code }) => code === "unknown_device")).toMatchObject({
      count: 2,
      firstAtMs: startMs,
      lastAtMs: startMs + 5,
      payloadExcerpt: '{"a":1}',
    });
    expect(await quarantine.total()).toBe(3);
    expect((await quarantine.payloadsOf("g1", "d1")).map(({ payload }) => payload)).toEqual([
      "{}",
      '{"a":1}',
    ]);
    await quarantine.dismissDevice("g1", "d1");
    expect(await quarantine.total()).toBe(1);
    expect(await quarantine.dismiss("nobody", testNote("quarantine.dismiss"))).toBe(false);
  });

  it("takes a payload with a NUL in it without holding up the ledger", async () => {
    const state = await open();
    const ledger = new SqlLedger(state, { timezone: "Asia/Shanghai" });
    await ledger.touch(7, [], [refused({ payloadExcerpt: "a\0b", payloadBytes: 3 })]);
    expect(await ledger.cursor()).toBe(7);
    expect(await new SqlQuarantineStore(state).total()).toBe(1);
  });

  it("drops the groups that have been quiet longest", async () => {
    const state = await open();
    const entries = [1, 2, 3].map((n) => refused({ deviceId: `d${n}`, receivedAtMs: startMs + n }));
    await new SqlLedger(state, { timezone: "Asia/Shanghai" }).touch(1, [], entries);
    const quarantine = new SqlQuarantineStore(state);
    expect(await quarantine.trimGroups(2)).toBe(1);
    const left = await quarantine.list({ after: null, limit: 10 });
    expect(left.map(({ deviceId }) => deviceId).sort()).toEqual(["d2", "d3"]);
  });
});

onBothDatabases("a statement", (open) => {
  it("answers what it returns, and otherwise how many rows it has changed", async () => {
    const { write } = await open();
    const row = { name: "a", seq: 1 };
    const inserted = await write.insertInto("cursor").values(row).returningAll().execute();
    expect(inserted.map(({ name, seq }) => [name, Number(seq)])).toEqual([["a", 1]]);
    const updated = await write.updateTable("cursor").set({ seq: 2 }).executeTakeFirst();
    expect(updated.numUpdatedRows).toBe(1n);
    const removed = await write.deleteFrom("cursor").returning("seq").execute();
    expect(removed.map(({ seq }) => Number(seq))).toEqual([2]);
  });
});

onBothDatabases("the registry store", (open) => {
  const gateway = {
    id: "g9",
    name: { zh: "网关", en: "gateway" },
    simulated: false,
    hasCredentials: true,
  };

  it("gives back what was registered and refuses an id that is taken", async () => {
    const store = new SqlRegistryStore(await open());
    const meter = { ...electricityMeter("m1", "g9"), multiplier: 40, validFromMs: startMs };
    await store.addGateway(gateway, "digest", note);
    await store.addMeter(meter, note);
    expect(await store.meters()).toEqual([meter]);
    expect(await store.gateways()).toEqual([gateway]);
    expect(await store.gatewayPasswords()).toEqual(new Map([["g9", "digest"]]));
    await expect(store.addMeter(meter, note)).rejects.toBeInstanceOf(ConflictError);
    const both = Promise.allSettled([
      store.addGateway({ ...gateway, id: "g10" }, null, note),
      store.addGateway({ ...gateway, id: "g10" }, null, note),
    ]);
    const outcomes = (await both).map((one) =>
      one.status === "rejected" ? one.reason.constructor.name : "added",
    );
    expect(outcomes.sort()).toEqual(["ConflictError", "added"]);
  });

  it("follows the park file and leaves alone what came over the API", async () => {
    const store = new SqlRegistryStore(await open());
    const fromFile = { ...electricityMeter("file1", "g1"), origin: "park-file" as const };
    const gateways = [{ id: "g1", name: { zh: "一", en: "one" } }];
    await store.syncParkFile({ enterprises: [], gateways, meters: [fromFile] });
    await store.addMeter(electricityMeter("api1", "g1"), note);
    await store.syncParkFile({ enterprises: [], gateways, meters: [{ ...fromFile, id: "file2" }] });
    expect((await store.meters()).map(({ id }) => id)).toEqual(["api1", "file2"]);
  });
});

onBothDatabases("sessions, links and jobs", (open) => {
  const grant = { userId: "user:a", name: "A", roles: ["manager"], enterpriseId: null };

  it("redeems a link once, also when two try at the same time", async () => {
    const sessions = new SqlSessionStore(await open());
    await sessions.addLink("t1", grant, 100, note);
    const both = await Promise.all([sessions.redeemLink("t1", 50), sessions.redeemLink("t1", 50)]);
    expect(both.filter((one) => one !== null)).toEqual([grant]);
    await sessions.addLink("t2", grant, 100, note);
    expect(await sessions.redeemLink("t2", 100), "expired").toBeNull();
  });

  it("finds a session until it expires", async () => {
    const sessions = new SqlSessionStore(await open());
    const ends = { expiresAtMs: 100, endsAtMs: 300, isByLink: true };
    const session = { ...grant, tokenSha256: "s1", ...ends };
    await sessions.add(session, note);
    expect(await sessions.find("s1", 99)).toEqual(session);
    expect(await sessions.find("s1", 100)).toBeNull();
    await sessions.extend("s1", 200);
    expect(await sessions.find("s1", 199)).toEqual({ ...session, expiresAtMs: 200 });
    expect(await sessions.sweep(200)).toBe(1);
  });

  it("remembers the watermark of a job", async () => {
    const jobs = new SqlJobStore(await open());
    expect(await jobs.get("retention")).toBeNull();
    const job = {
      name: "retention",
      watermarkMs: startMs,
      lastRunMs: startMs + 1,
      lastError: null,
    };
    await jobs.save({ ...job, lastError: "no disk" });
    await jobs.save(job);
    expect(await jobs.get("retention")).toEqual(job);
    expect(await jobs.all()).toEqual([job]);
  });
});

onBothDatabases("the mirror queue", (open) => {
  const day = Math.floor(startMs / dayMs) * dayMs;

  it("marks the days of changed slots and forgets them when they are copied", async () => {
    const state = await open();
    const ledger = new SqlLedger(state, { timezone: "Asia/Shanghai", mirrors: true });
    const queue = new SqlMirrorQueue(state);
    const slots = [slot(0, 1), slot(95, 1), slot(96, 2)];
    await ledger.record([{ slots, reason: "first", knownAtMs: 10 }], []);
    const due = await queue.due(10);
    expect(due.map(({ dayStartMs }) => dayStartMs)).toEqual([day + dayMs, day]);
    // Between the reading and the copying the second day changes again.
    await ledger.record([{ slots: [slot(96, 5)], reason: "late", knownAtMs: 20 }], []);
    await queue.done(due);
    expect((await queue.due(10)).map(({ dayStartMs }) => dayStartMs)).toEqual([day + dayMs]);
    expect(await queue.count()).toBe(1);
  });

  it("starts with the whole ledger, once", async () => {
    const state = await open();
    await new SqlLedger(state, { timezone: "Asia/Shanghai" }).record(
      [{ slots: [slot(0, 1)], reason: "first", knownAtMs: 1 }],
      [],
    );
    const queue = new SqlMirrorQueue(state);
    await queue.seed();
    const due = await queue.due(10);
    expect(due).toHaveLength(1);
    await queue.done(due);
    await queue.seed();
    expect(await queue.count()).toBe(0);
  });
});

onBothDatabases("the life of meters", (open) => {
  const event: MeterEvent = {
    ...{ id: "e1", meterId: "m1", type: "replacement", atMs: startMs, reason: "worn" },
    ...{ oldFinal: { importKwh: 1014.25 }, newInitial: {}, multiplier: 40 },
    ...{ recordedAtMs: startMs + 1, recordedBy: "user:ann" },
  };
  const interval = { startMs, endMs: startMs + dayMs };
  const fall = { fromMs: startMs, before: 10, atMs: startMs + quarterHourMs, after: 3 };
  const span = { meterId: "m1", register: "importKwh", interval };

  it("keeps an event and what it touches in one transaction", async () => {
    const state = await open();
    const store = new SqlRegistryStore(state);
    const touch = {
      ...{ meterId: "m1", fromMs: startMs, toMs: startMs + dayMs },
      ...{ reason: "replacement", kind: "event" as const },
    };
    await store.addMeterEvent(event, [touch], note);
    expect(await store.meterEvents()).toEqual([event]);
    expect(await new SqlLedger(state, { timezone: "Asia/Shanghai" }).touched("event", 10)).toEqual([
      { ...touch, stamp: 1 },
    ]);
    await expect(store.addMeterEvent(event, [touch], note)).rejects.toThrow();
    expect(await new SqlLedger(state, { timezone: "Asia/Shanghai" }).touched("event", 10)).toEqual([
      { ...touch, stamp: 1 },
    ]);
  });

  it("opens a task for a fall, closes it when it is explained and opens it again", async () => {
    const state = await open();
    const [ledger, tasks] = [
      new SqlLedger(state, { timezone: "Asia/Shanghai" }),
      new SqlDropTasks(state),
    ];
    const judge = (knownAtMs: number, drops: readonly (typeof fall)[]) =>
      ledger.record([{ slots: [], judged: [{ ...span, drops }], reason: "x", knownAtMs }], []);
    await judge(5, [fall]);
    await judge(6, [fall]);
    const [open1] = await tasks.dropTasks({ isOpen: true });
    expect(open1).toMatchObject({ ...fall, meterId: "m1", openedAtMs: 5, closedAtMs: null });
    await judge(7, []);
    expect(await tasks.dropTasks({ isOpen: true })).toEqual([]);
    expect(await tasks.dropTasks({ isOpen: false })).toMatchObject([{ closedAtMs: 7 }]);
    await judge(8, [fall]);
    expect(await tasks.dropTasks({ meterIds: ["m1"] })).toMatchObject([
      { openedAtMs: 8, closedAtMs: null },
    ]);
    expect(await tasks.dropTasks({ meterIds: ["m2"] })).toEqual([]);
  });

  it("leaves tasks outside of what was judged alone", async () => {
    const state = await open();
    const [ledger, tasks] = [
      new SqlLedger(state, { timezone: "Asia/Shanghai" }),
      new SqlDropTasks(state),
    ];
    const judged = [{ ...span, drops: [fall] }];
    await ledger.record([{ slots: [], judged, reason: "x", knownAtMs: 5 }], []);
    const later = { startMs: startMs + quarterHourMs, endMs: startMs + dayMs };
    const other = [
      { ...span, interval: later, drops: [] },
      { ...span, register: "exportKwh", drops: [] },
    ];
    await ledger.record([{ slots: [], judged: other, reason: "x", knownAtMs: 6 }], []);
    expect(await tasks.dropTasks({ isOpen: true })).toHaveLength(1);
  });
});
