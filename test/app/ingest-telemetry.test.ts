import { describe, expect, it } from "vitest";
import { MemoryJournal } from "../../src/adapters/memory/memory-journal.ts";
import { createIngest, type Delivery } from "../../src/app/ingest-telemetry.ts";
import { UnavailableError } from "../../src/app/ports.ts";
import type { Registry } from "../../src/app/registry.ts";
import type { Meter } from "../../src/domain/park.ts";
import { gatewayPrincipal, servicePrincipal } from "../../src/domain/principal.ts";
import type { Reading } from "../../src/domain/telemetry/reading.ts";
import { dayMs, minuteMs } from "../../src/domain/time.ts";
import { meterOf } from "../support/meters.ts";

const nowMs = Date.UTC(2026, 10, 22, 4);
const gateway = gatewayPrincipal("tiny", "g1");

function setUp(registered: readonly Meter[] = [meterOf()]) {
  const meters = new Map(registered.map((meter) => [meter.id, meter]));
  const journal = new MemoryJournal();
  const accepted: Reading[] = [];
  const { ingest, quarantine, counters } = createIngest({
    registry: { meter: (id: string) => meters.get(id) } as Registry,
    journal,
    clock: { nowMs: () => nowMs },
    onAccepted: (readings) => accepted.push(...readings),
  });
  const journalled = async () => {
    const batches = await journal.read(0, Number.MAX_SAFE_INTEGER);
    return {
      readings: batches.flatMap((batch) => batch.readings),
      quarantined: batches.flatMap((batch) => batch.quarantined),
    };
  };
  return { ingest, quarantine, counters, journal, meters, accepted, journalled };
}

function delivery(values: Delivery["samples"][number]["values"], more: Partial<Delivery> = {}) {
  const samples = more.samples ?? [{ tsMs: nowMs, values }];
  return {
    gatewayId: "g1",
    deviceId: "m1",
    topic: "zcp/v1/tiny/g1/m1/telemetry",
    payloadText: () => JSON.stringify(samples),
    samples,
    ...more,
  };
}

describe("ingest", () => {
  it("journals what is good and what is refused together, and tells of it after the commit", async () => {
    const { ingest, accepted, journalled, counters } = setUp();
    const samples = [
      { tsMs: nowMs, values: { importKwh: 1 }, doubts: { importKwh: "uncertain" as const } },
      { tsMs: nowMs + 6 * minuteMs, values: { importKwh: 2 } },
      { tsMs: nowMs - 401 * dayMs, values: { importKwh: 3 } },
    ];
    const answer = await ingest(gateway, delivery({}, { samples }));
    expect(answer.accepted).toBe(1);
    expect(answer.quarantined.map(({ index, code }) => [index, code])).toEqual([
      [1, "clock"],
      [2, "too_old"],
    ]);
    const { readings, quarantined } = await journalled();
    expect(readings).toEqual([
      {
        deviceId: "m1",
        kind: "electricity-meter",
        tsMs: nowMs,
        receivedAtMs: nowMs,
        values: { importKwh: 1 },
        doubts: { importKwh: "uncertain" },
      },
    ]);
    expect(accepted).toEqual(readings);
    expect(quarantined.map(({ code, deviceId }) => [code, deviceId])).toEqual([
      ["clock", "m1"],
      ["too_old", "m1"],
    ]);
    expect(counters).toMatchObject({ messagesTotal: 1, readingsTotal: 1, quarantinedTotal: 2 });
  });

  it("leaves one trace in quarantine for each reason of a message", async () => {
    const { ingest, journalled } = setUp();
    const samples = Array.from({ length: 1000 }, (_, index) => ({
      tsMs: nowMs - index,
      values: { importKwh: -1, exportKwh: index },
    }));
    const answer = await ingest(gateway, delivery({}, { samples }));
    expect(answer.accepted).toBe(1000);
    expect(answer.quarantined).toHaveLength(1000);
    expect((await journalled()).quarantined).toHaveLength(1);
  });

  it("recognises a message sent again by its id and its content", async () => {
    const { ingest, journalled, counters } = setUp();
    await ingest(gateway, delivery({ importKwh: 1 }, { messageId: "a" }));
    const again = await ingest(gateway, delivery({ importKwh: 1 }, { messageId: "a" }));
    expect(again).toEqual({ accepted: 1, quarantined: [] });
    await ingest(gateway, delivery({ importKwh: 2 }, { messageId: "a" }));
    await ingest(gateway, delivery({ importKwh: 2 }));
    expect((await journalled()).readings.map(({ values }) => values.importKwh)).toEqual([1, 2, 2]);
    expect(counters).toMatchObject({ messagesTotal: 4, duplicatesTotal: 1, ackedTotal: 4 });
  });

  it("takes a message in when its device is registered after it was refused", async () => {
    const { ingest, meters, journalled } = setUp([]);
    const message = delivery({ importKwh: 1 }, { messageId: "a" });
    expect(await ingest(gateway, message)).toMatchObject({
      accepted: 0,
      quarantined: [{ code: "unknown_device" }],
    });
    meters.set("m1", meterOf());
    expect(await ingest(gateway, message)).toEqual({ accepted: 1, quarantined: [] });
    expect((await journalled()).readings).toHaveLength(1);
  });

  it("does not answer for what the journal did not take, and takes it the next time", async () => {
    const { ingest, journal, accepted, counters } = setUp();
    const append = journal.append.bind(journal);
    journal.append = () => Promise.reject(new UnavailableError("full", { code: "journal_full" }));
    const message = delivery({ importKwh: 1 }, { messageId: "a" });
    await expect(ingest(gateway, message)).rejects.toMatchObject({ code: "journal_full" });
    expect(accepted).toEqual([]);
    expect(counters.ackedTotal).toBe(0);
    journal.append = append;
    expect(await ingest(gateway, message)).toEqual({ accepted: 1, quarantined: [] });
    expect(accepted).toHaveLength(1);
  });

  it("lets a gateway speak for itself only, and a manager for any", async () => {
    const { ingest, quarantine } = setUp();
    const other = gatewayPrincipal("tiny", "g2");
    await expect(ingest(other, delivery({ importKwh: 1 }))).rejects.toMatchObject({
      code: "forbidden",
    });
    const unreadable = { gatewayId: "g1", deviceId: null, topic: "t", code: "json", detail: "" };
    const payload = new Uint8Array();
    await expect(quarantine(other, { ...unreadable, payload })).rejects.toMatchObject({
      code: "forbidden",
    });
    const manager = servicePrincipal("tiny", "test");
    expect(await ingest(manager, delivery({ importKwh: 1 }))).toMatchObject({ accepted: 1 });
  });

  it("sets a message aside that could not be read, with its head", async () => {
    const { quarantine, journalled, counters } = setUp();
    await quarantine(gateway, {
      gatewayId: "g1",
      deviceId: "m1",
      topic: "t".repeat(2000),
      code: "json",
      detail: "not JSON",
      payload: new TextEncoder().encode("x".repeat(300_000)),
    });
    const [entry] = (await journalled()).quarantined;
    expect(entry).toMatchObject({ code: "json", payloadBytes: 300_000, receivedAtMs: nowMs });
    expect(entry?.payloadExcerpt).toHaveLength(16_384);
    expect(entry?.topic).toHaveLength(512);
    expect(counters).toMatchObject({ messagesTotal: 1, quarantinedTotal: 1, ackedTotal: 1 });
  });
});
