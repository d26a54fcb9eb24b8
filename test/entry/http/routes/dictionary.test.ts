import { describe, expect, it } from "vitest";
import { deviceKindNames, metricsOf, registersOf } from "../../../../src/contracts/device-kinds.ts";
import type { DictionaryBody } from "../../../../src/contracts/dictionary.ts";
import { numericFields } from "../../../support/api-fields.ts";
import { sharedHttp } from "../../../support/http-fixture.ts";

/** Parts of the API whose numbers are quantities; the others count messages, entries and pages. */
const quantityTags = ["energy", "tariffs", "carbon", "storage", "dispatch", "live"];
/** Numbers in them that count or order things. */
const bookkeeping = new Set([
  ...["blockMinutes", "blocksExpected", "blocksMeasured", "missingSlots", "revision", "months"],
  ...["slots", "slotsCompared", "slotsEstimated", "slotsExpected", "slotsMeasured", "slotsMissing"],
  ...["slotsShown", "index", "version", "year", "factorYear", "solveMs", "devices", "devicesFresh"],
  ...["devicesNever", "devicesTotal", "silent", "unitsFresh", "unitsTotal"],
]);

describe("GET /dictionary", () => {
  const http = sharedHttp();
  const dictionary = async (): Promise<readonly DictionaryBody[]> =>
    (await http().call("GET", "/api/v1/dictionary")).json().items;

  it("has every metric of every kind of device, with its unit", async () => {
    const byId = new Map((await dictionary()).map((item) => [item.id, item]));
    for (const kind of deviceKindNames) {
      for (const [metric, { unit, type }] of Object.entries(metricsOf(kind))) {
        expect(byId.get(metric), metric).toMatchObject({ unit, type });
        expect(byId.get(metric)?.deviceKinds, metric).toContain(kind);
      }
      for (const register of registersOf(kind)) expect(byId.get(register)?.formula).toBeTruthy();
    }
  });

  it("says each quantity once, in Chinese and English", async () => {
    const items = await dictionary();
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    for (const { id, name } of items) {
      expect(name.zh, id).toMatch(/[\p{Script=Han}A-Z]/u);
      expect(name.en, id).toMatch(/^[\x20-\x7e]+$/);
    }
    const terms = ["electrificationFraction", "reuseFraction", "intensityTCo2PerTce"];
    for (const term of terms) {
      expect(items.find(({ id }) => id === term)).toMatchObject({ formula: expect.any(String) });
    }
  });

  it("has every quantity that the API answers", async () => {
    const document = (await http().call("GET", "/openapi.json")).json();
    const found = numericFields(document, quantityTags);
    expect(found.size).toBeGreaterThan(100);
    const known = new Set((await dictionary()).map(({ id }) => id));
    const unknown = [...found].filter((name) => !known.has(name) && !bookkeeping.has(name)).sort();
    expect(unknown, "add them to src/contracts/result-terms.ts").toEqual([]);
  });
});
