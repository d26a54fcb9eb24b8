import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InfluxConnection } from "../../../src/adapters/influx/influx-connection.ts";
import { InfluxTelemetryStore } from "../../../src/adapters/influx/influx-telemetry-store.ts";
import { lineOf } from "../../../src/adapters/influx/line-protocol.ts";
import { UnavailableError } from "../../../src/app/ports.ts";
import type { Reading } from "../../../src/domain/telemetry/reading.ts";
import { minuteMs } from "../../../src/domain/time.ts";
import { type FakeInflux, startFakeInflux } from "../../support/fake-influx.ts";

const startMs = Date.UTC(2026, 10, 22);
const tags = { park: "p", enterprise: "e1", gateway: "g" };

function reading(minute: number, importKwh = minute): Reading {
  const tsMs = startMs + minute * minuteMs;
  return {
    deviceId: "m1",
    kind: "electricity-meter",
    tsMs,
    receivedAtMs: tsMs,
    values: { importKwh },
  };
}

let fake: FakeInflux;
beforeEach(async () => {
  fake = await startFakeInflux();
});
afterEach(() => fake.stop());

function open(timeoutMs = 5000) {
  const refused: { readonly tsMs: number; readonly reason: string }[] = [];
  const moves: number[] = [];
  const store = new InfluxTelemetryStore({
    connection: new InfluxConnection({
      url: fake.url,
      token: "secret-token",
      org: "park",
      bucket: "zcp",
      timeoutMs,
    }),
    cursor: {
      read: async () => moves.at(-1) ?? 0,
      write: async (seq) => {
        moves.push(seq);
      },
    },
    tagsOf: () => tags,
    onRefused: async ({ tsMs }, reason) => {
      refused.push({ tsMs, reason });
    },
  });
  return { store, refused, moves };
}

const eight = [0, 1, 2, 3, 4, 5, 6, 7].map((minute) => reading(minute));
const batches = [{ seq: 5, readings: eight, quarantined: [] }];

async function failureOf(work: Promise<unknown>): Promise<UnavailableError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UnavailableError)) throw new Error(`expected an outage, got ${error}`);
  return error;
}

describe("a write to InfluxDB", () => {
  it("moves the cursor after a 204", async () => {
    const { store, moves, refused } = open();
    await store.append(batches);
    expect(moves).toEqual([5]);
    expect(refused).toEqual([]);
    expect(fake.writes).toEqual([eight.map((each) => lineOf(each, tags))]);
  });

  it.each([
    [400, "partial write: field type conflict dropped=1"],
    [422, "points beyond retention policy dropped=1"],
  ])("halves a refused batch (%i) until the line at fault stands alone", async (status, body) => {
    const { store, moves, refused } = open();
    const fault = lineOf(reading(6), tags);
    const judge = (lines: readonly string[]) =>
      lines.includes(fault) ? { status, body } : { status: 204 };
    fake.answers.push(...Array.from({ length: 20 }, () => judge));
    await store.append(batches);
    expect(refused).toEqual([{ tsMs: startMs + 6 * minuteMs, reason: body }]);
    expect(moves).toEqual([5]);
    const stored = new Set(fake.writes.filter((lines) => !lines.includes(fault)).flat());
    expect(stored.size, "the seven others were taken").toBe(7);
    expect(fake.writes.length, "2 x log2(8) + 1 requests at most").toBeLessThanOrEqual(7);
  });

  it("takes the 201 of version 3 for the partial write that it is", async () => {
    const { store, refused } = open();
    const body = '{"error":"partial write of line protocol occurred"}';
    fake.answers.push(
      ...Array.from(
        { length: 20 },
        () => (lines: readonly string[]) =>
          lines.includes(lineOf(reading(0), tags)) ? { status: 201, body } : { status: 204 },
      ),
    );
    await store.append(batches);
    expect(refused.map(({ tsMs }) => tsMs)).toEqual([startMs]);
  });

  it("halves what is too large (413) and stores all of it", async () => {
    const { store, moves, refused } = open();
    fake.answers.push(
      ...Array.from({ length: 20 }, () => (lines: readonly string[]) => ({
        status: lines.length > 2 ? 413 : 204,
      })),
    );
    await store.append(batches);
    expect(refused).toEqual([]);
    expect(moves).toEqual([5]);
    expect(fake.writes.filter((lines) => lines.length <= 2).flat()).toHaveLength(8);
  });

  it.each([
    [401, "unauthorized access", /answered 401: unauthorized access; check that ZCP_INFLUX_TOKEN/],
    [403, "forbidden", /ZCP_INFLUX_TOKEN may read and write bucket zcp of organisation park/],
    [404, "bucket not found", /influx bucket create --org park --name zcp/],
  ])("keeps everything and says what to do on %i", async (status, body, wanted) => {
    const { store, moves, refused } = open();
    fake.answers.push({ status, body });
    const failure = await failureOf(store.append(batches));
    expect(failure.code).toBe("influx_access");
    expect(failure.message).toMatch(wanted);
    expect(failure.message).not.toContain("secret-token");
    expect({ moves, refused }).toEqual({ moves: [], refused: [] });
  });

  it("says how to map the bucket where InfluxQL does not find it, also on an answer that is 200", async () => {
    const { store } = open();
    fake.answers.push(
      { status: 204, headers: { "X-Influxdb-Version": "v2.7.12" } },
      {
        status: 200,
        body: '{"results":[{"statement_id":0,"error":"database not found: zcp"}]}',
      },
    );
    const failure = await failureOf(store.state());
    expect(failure.code).toBe("influx_access");
    expect(failure.message).toMatch(/ZCP_INFLUX_TOKEN may read bucket zcp/);
    expect(failure.message).toContain(
      "influx v1 dbrp create --org park --db zcp --rp autogen --default --bucket-id",
    );
  });

  it("keeps everything on 429 and hands on how long to wait", async () => {
    const { store, moves } = open();
    fake.answers.push({ status: 429, headers: { "Retry-After": "7" } });
    const failure = await failureOf(store.append(batches));
    expect(failure.code).toBe("influx_busy");
    expect(failure.retryAfterMs).toBe(7000);
    expect(moves).toEqual([]);
  });

  it("keeps everything on 503 without a wish", async () => {
    const { store, moves } = open();
    fake.answers.push({ status: 503 });
    const failure = await failureOf(store.append(batches));
    expect(failure.code).toBe("influx_busy");
    expect(failure.retryAfterMs).toBeNull();
    expect(moves).toEqual([]);
  });

  it.each(["lose-answer", "half-answer", "silence"] as const)(
    "sends the same lines again after %s",
    async (fault) => {
      const { store, moves } = open(300);
      fake.answers.push(fault);
      const failure = await failureOf(store.append(batches));
      expect(failure.code).toBe("influx_lost");
      expect(moves).toEqual([]);
      await store.append(batches);
      expect(moves).toEqual([5]);
      expect(fake.writes[1], "identical points fall onto themselves").toEqual(fake.writes[0]);
    },
  );

  it("keeps everything while nobody listens", async () => {
    const { store, moves } = open();
    await fake.stop();
    expect((await failureOf(store.append(batches))).code).toBe("influx_lost");
    expect(moves).toEqual([]);
    fake = await startFakeInflux();
  });
});

describe("a line", () => {
  it("has the same timestamp for the same content, whenever it arrived", () => {
    const sent = reading(1);
    const again = { ...sent, receivedAtMs: sent.receivedAtMs + 99 };
    const timeOf = (line: string) => line.split(" ").at(-1);
    expect(timeOf(lineOf(again, tags))).toBe(timeOf(lineOf(sent, tags)));
    expect(timeOf(lineOf(reading(1, 2), tags))).not.toBe(timeOf(lineOf(sent, tags)));
    expect(timeOf(lineOf(sent, tags))).toMatch(new RegExp(`^${sent.tsMs}\\d{6}$`));
  });

  it("keeps a register that is called bad under another name", () => {
    const line = lineOf({ ...reading(1), doubts: { importKwh: "bad" } }, tags);
    expect(line).toContain("bad_importKwh=1");
    expect(line).not.toMatch(/[ ,]importKwh=/);
  });
});
