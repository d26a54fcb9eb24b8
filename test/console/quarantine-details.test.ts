import { afterEach, describe, expect, it } from "vitest";
import { language } from "../../src/console/text/language.ts";
import { quarantineDetail } from "../../src/console/text/quarantine-details.ts";
import { judgeSample } from "../../src/domain/telemetry/judge-sample.ts";
import type { MetricValue } from "../../src/domain/telemetry/reading.ts";
import { dayMs, hourMs } from "../../src/domain/time.ts";
import { readTelemetry, readTelemetryValue } from "../../src/entry/telemetry-payload.ts";
import { meterOf } from "../support/meters.ts";

const nowMs = Date.UTC(2026, 10, 25, 4);
const m1 = meterOf({ ratedMaxKw: 100 });

/** What the service says about these values. */
function judged(
  values: Record<string, MetricValue>,
  {
    tsMs = nowMs,
    meter = m1,
    gatewayId = "g1",
  }: { tsMs?: number; meter?: typeof m1 | null; gatewayId?: string } = {},
): readonly string[] {
  const question = { gatewayId, sample: { tsMs, values }, nowMs, oldestMs: nowMs - 400 * dayMs };
  const { refusals } = judgeSample({ ...question, meter: meter ?? undefined });
  return refusals.map(({ detail }) => detail);
}

/** What the service says about this payload. */
function read(payload: unknown): readonly string[] {
  const result =
    typeof payload === "string" || payload instanceof Uint8Array
      ? readTelemetry(Buffer.from(payload))
      : readTelemetryValue(payload);
  return result.ok ? result.faults.map(({ detail }) => detail) : [result.detail];
}

const sample = (values: object) => ({ ts: nowMs, values });

/** One of each sentence that the service writes, from the code that writes it. */
const written = [
  ...judged({ importKwh: 1 }, { meter: null }),
  ...judged({ importKwh: 1 }, { gatewayId: "g2" }),
  ...judged({ importKwh: 1 }, { tsMs: nowMs + hourMs }),
  ...judged({ importKwh: 1 }, { tsMs: Number.MAX_VALUE }),
  ...judged({ importKwh: 1 }, { tsMs: nowMs - 500 * dayMs }),
  ...judged({}),
  ...judged({ fooBar: 1 }),
  ...judged({ importKwh: "NaN" }),
  ...judged({ mode: "a\nb" }, { meter: meterOf({ kind: "storage-pcs" }) }),
  ...judged({ powerKw: -9999 }),
  ...judged({ powerKw: 1_000 }),
  ...judged({ powerFactor: 7 }),
  ...read(" ".repeat(300_000)),
  ...read(new Uint8Array([0x7b, 0xff, 0x7d])),
  ...read("[".repeat(60_000)),
  ...read('{"ts":1,"values":{"importKwh":NaN}}'),
  ...read('{"ts":1,"__proto__":{},"values":{}}'),
  ...read([1]),
  ...read({ samples: [] }),
  ...read({ samples: Array(1_001).fill(sample({ importKwh: 1 })) }),
  ...read('{"ts":1,"values":{"importKwh":1e999,"powerKw":1}}'),
  ...read(sample({ importKwh: 1, a: null, b: true, c: [], d: {}, e: "x".repeat(65) })),
  ...read({ ts: [1], values: "x" }),
  ...read({ ...sample({ importKwh: 1 }), unit: "kWh" }),
  ...read({ ...sample({ importKwh: 1 }), q: { importKwh: "fine" } }),
  ...read({ ...sample({ importKwh: 1 }), id: "" }),
  ...read({ ...sample({ importKwh: 1 }), id: "x".repeat(65) }),
  ...read(sample(Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`m${index}`, 1])))),
];

afterEach(() => {
  language.value = "zh";
});

describe("the detail of what was set aside", () => {
  it("is told in Chinese for every sentence that the service writes", () => {
    expect(written).toHaveLength(32);
    for (const detail of [...written, `sample 3: ${written[0]}`]) {
      const zh = quarantineDetail(detail);
      expect(zh, detail).toMatch(/[\u4e00-\u9fff]/);
      // Of the English sentence only names, figures and what the parser says may be left.
      expect(zh, detail).not.toMatch(/; |\b(?:send|leave|check|set the|expected|received|adopt)\b/);
    }
  });

  it("keeps names and figures", () => {
    const [wrongGateway = ""] = judged({ importKwh: 1 }, { gatewayId: "g2" });
    expect(quarantineDetail(wrongGateway)).toBe(
      `${m1.id} 属于网关 g1，不属于 g2；请通过它自己的网关发布，或修改登记`,
    );
    expect(quarantineDetail("sample 3: the payload is not a JSON object")).toBe(
      "第 4 个采样：报文不是 JSON 对象",
    );
  });

  it("stays as it is in English, and where nobody knows the sentence", () => {
    expect(quarantineDetail("something new")).toBe("something new");
    language.value = "en";
    for (const detail of written) expect(quarantineDetail(detail)).toBe(detail);
  });
});
