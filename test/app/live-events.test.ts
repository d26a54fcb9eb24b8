import { describe, expect, it, onTestFinished } from "vitest";
import { createLiveEvents, type LiveSink } from "../../src/app/live-events.ts";
import type { LiveNews } from "../../src/app/live-news.ts";
import type { LivePicture, LiveView } from "../../src/app/live-picture.ts";
import type { Registry } from "../../src/app/registry.ts";
import { type Principal, servicePrincipal } from "../../src/domain/principal.ts";

const manager = servicePrincipal("north", "test");
const ofAcme = { ...manager, enterpriseId: "acme" };
const owners: Readonly<Record<string, string | null>> = { "m-1": null, "m-acme": "acme" };

interface Heard extends LiveSink {
  pendingBytes: number;
  readonly heard: { id: string; news: LiveNews }[];
  ended: boolean;
}

function sink(): Heard {
  const heard: Heard["heard"] = [];
  const made: Heard = {
    pendingBytes: 0,
    heard,
    ended: false,
    send: (id, news) => heard.push({ id, news }),
    end: () => {
      made.ended = true;
    },
  };
  return made;
}

function open() {
  const clock = { ms: 1_000_000 };
  const changed = new Set<string>();
  const mayList = (principal: Principal, id: string): boolean =>
    principal.enterpriseId === null || owners[id] === principal.enterpriseId;
  let views = 0;
  const picture = {
    view: (): LiveView => {
      views += 1;
      return { atMs: clock.ms } as LiveView;
    },
    devices: (principal: Principal, ids?: ReadonlySet<string>) =>
      Object.keys(owners)
        .filter((id) => mayList(principal, id) && (ids === undefined || ids.has(id)))
        .map((id) => ({ id })),
    takeChanges: () => {
      const taken = new Set(changed);
      changed.clear();
      return taken;
    },
  } as unknown as LivePicture;
  const registry = {
    meter: (id: string) => (id in owners ? { id, enterpriseId: owners[id] } : undefined),
  } as unknown as Registry;
  const events = createLiveEvents({ picture, registry, clock: { nowMs: () => clock.ms } });
  onTestFinished(() => events.stop());
  const tick = (...ids: string[]): void => {
    for (const id of ids) changed.add(id);
    clock.ms += 1000;
    events.tick();
  };
  return { events, clock, tick, viewCount: () => views };
}

function devicesOf({ news }: { news: LiveNews }): string[] {
  return news.kind === "reading" ? news.devices.map(({ id }) => id) : [news.kind];
}

const slots = { meterIds: ["m-1"], fromMs: 0, toMs: 900_000, written: 4, revised: 1 };

describe("the live stream", () => {
  it("begins with everything, then tells what changes, once a second", () => {
    const { events, tick } = open();
    const client = sink();
    events.subscribe(manager, client, null);
    expect(client.heard.map(devicesOf)).toEqual([["m-1", "m-acme"]]);
    tick();
    expect(client.heard).toHaveLength(1);
    tick("m-1");
    tick("m-1", "m-acme");
    expect(client.heard.map(devicesOf).slice(1)).toEqual([["m-1"], ["m-1", "m-acme"]]);
  });

  it("tells ages and staleness at least every ten seconds", () => {
    const { events, tick } = open();
    const client = sink();
    events.subscribe(manager, client, null);
    for (let second = 0; second < 10; second += 1) tick();
    expect(client.heard.map(devicesOf)).toEqual([["m-1", "m-acme"], []]);
  });

  it("goes on after the last event that a returning client had, without a gap", () => {
    const { events, tick } = open();
    const client = sink();
    const leave = events.subscribe(manager, client, null);
    tick("m-1");
    const lastId = client.heard.at(-1)?.id ?? "";
    leave();
    tick("m-acme");
    events.slotsChanged(slots);
    tick();
    const again = sink();
    events.subscribe(manager, again, lastId);
    expect(again.heard).toEqual([]);
    tick();
    expect(again.heard.map(({ news }) => news.kind)).toEqual(["slot", "reading"]);
    expect(devicesOf(again.heard[1] ?? expect.fail())).toEqual(["m-acme"]);
  });

  it("goes on after a snapshot without a gap", () => {
    const { events, tick } = open();
    tick("m-1");
    const place = events.position();
    tick("m-acme");
    const client = sink();
    events.subscribe(manager, client, place);
    tick();
    expect(client.heard.map(devicesOf)).toEqual([["m-acme"]]);
  });

  it.each([
    ["of an earlier start", "AAAAAAAA.1"],
    ["that is nonsense", "x"],
    ["of the future", null],
  ])("begins anew, and says so, for an id %s", (_case, id) => {
    const { events } = open();
    const run = events.position().split(".")[0];
    const client = sink();
    events.subscribe(manager, client, id ?? `${run}.99`);
    expect(client.heard.map(devicesOf)).toEqual([["resync"], ["m-1", "m-acme"]]);
  });

  it("says so when a client was away for more than can be made up for", () => {
    const { events, tick } = open();
    const place = events.position();
    for (let index = 0; index < 501; index += 1) {
      events.publish({ kind: "status", body: {} }, "everyone");
    }
    const client = sink();
    events.subscribe(manager, client, place);
    tick();
    expect(client.heard.map(devicesOf)).toEqual([["resync"], ["m-1", "m-acme"]]);
  });

  it("tells slots of one second together", () => {
    const { events, tick } = open();
    const client = sink();
    events.subscribe(manager, client, events.position());
    events.slotsChanged(slots);
    events.slotsChanged({ ...slots, meterIds: ["m-acme", "m-1"], toMs: 1_800_000, written: 2 });
    tick();
    expect(client.heard.map(({ news }) => news)).toEqual([
      {
        kind: "slot",
        meterIds: ["m-1", "m-acme"],
        fromMs: 0,
        toMs: 1_800_000,
        slots: 6,
        revised: 2,
      },
    ]);
  });
});

describe("a tenant's stream", () => {
  it("has nothing of others, and no counts that would speak of them", () => {
    const { events, tick } = open();
    const client = sink();
    events.subscribe(ofAcme, client, events.position());
    events.slotsChanged(slots);
    events.publish({ kind: "status", body: {} }, "park");
    events.publish({ kind: "alert", body: { id: "other" } }, { enterpriseId: "beta" });
    tick("m-1");
    expect(client.heard).toEqual([]);
    events.slotsChanged({ ...slots, meterIds: ["m-1", "m-acme"] });
    events.publish({ kind: "alert", body: { id: "own" } }, { enterpriseId: "acme" });
    tick("m-acme", "m-1");
    expect(client.heard.map(({ news }) => news)).toMatchObject([
      { kind: "alert", body: { id: "own" } },
      { kind: "slot", meterIds: ["m-acme"], slots: null, revised: null },
      { kind: "reading", devices: [{ id: "m-acme" }] },
    ]);
  });

  it("is told its slots with their counts when they are all its own", () => {
    const { events, tick } = open();
    const client = sink();
    events.subscribe(ofAcme, client, events.position());
    events.slotsChanged({ ...slots, meterIds: ["m-acme"] });
    tick();
    expect(client.heard[0]?.news).toMatchObject({ slots: 4, revised: 1 });
  });
});

describe("a slow reader", () => {
  it("gets nothing more while it has not taken what it was sent, then the newest of all", () => {
    const { events, tick } = open();
    const client = sink();
    events.subscribe(manager, client, events.position());
    client.pendingBytes = 10;
    tick("m-1");
    tick("m-acme");
    tick("m-1");
    expect(client.heard).toEqual([]);
    client.pendingBytes = 0;
    tick();
    expect(client.heard.map(devicesOf)).toEqual([["m-1", "m-acme"]]);
  });

  it("is let go when it takes nothing for twenty seconds", () => {
    const { events, tick } = open();
    const client = sink();
    events.subscribe(manager, client, null);
    client.pendingBytes = 10;
    for (let second = 0; second <= 20; second += 1) tick("m-1");
    expect(client.ended).toBe(false);
    tick("m-1");
    expect(client.ended).toBe(true);
    expect(events.subscribers).toBe(0);
    expect(client.heard).toHaveLength(1);
  });

  it("is let go at the second look when more than a mebibyte waits for it", () => {
    const { events, tick } = open();
    const client = sink();
    events.subscribe(manager, client, null);
    client.pendingBytes = 1024 * 1024 + 1;
    tick();
    expect(client.ended).toBe(false);
    tick();
    expect(client.ended).toBe(true);
  });
});

describe("many readers", () => {
  it("share one view of a second, and the same news", () => {
    const { events, tick, viewCount } = open();
    const clients = Array.from({ length: 50 }, sink);
    for (const client of clients) events.subscribe(manager, client, events.position());
    const before = viewCount();
    tick("m-1");
    expect(viewCount() - before).toBe(1);
    expect(new Set(clients.map(({ heard }) => heard[0]?.news)).size).toBe(1);
  });

  it("end when the service stops, and nobody gets in afterwards", () => {
    const { events } = open();
    const clients = [sink(), sink()];
    for (const client of clients) events.subscribe(manager, client, null);
    events.stop();
    const late = sink();
    events.subscribe(manager, late, null);
    expect([...clients, late].map(({ ended }) => ended)).toEqual([true, true, true]);
    expect(events.subscribers).toBe(0);
  });
});
