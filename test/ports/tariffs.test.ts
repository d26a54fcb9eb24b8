import { expect, it } from "vitest";
import { SqlTariffStore } from "../../src/adapters/sql/sql-tariff-store.ts";
import { testNote } from "../support/audit-notes.ts";
import { onBothDatabases } from "../support/state-databases.ts";
import { priced, recordOf, tariffOf, zone } from "../support/tariffs.ts";

const note = testNote("test.change");

onBothDatabases("the tariff store", (open) => {
  const whole = tariffOf({
    energy: priced(0.5, [zone("22:00-06:00", 0.2, { months: [1], dayTypes: ["weekday"] })]),
    basic: { basis: "maximum-demand", microCny: 38_000_000, floorKw: 400 },
    powerFactor: [{ atLeast: 0, sharePpm: -7500 }],
    tiers: [{ fromKwh: 0, microCny: 1 }],
    holidays: ["2026-10-01"],
  });

  it("gives back what was entered, with every revision", async () => {
    const store = new SqlTariffStore(await open());
    const first = recordOf(whole, { recordedAtMs: 1_795_000_000_000 });
    const second = recordOf(whole, { revision: 2, correction: "misread" });
    const other = recordOf(tariffOf({ validFrom: "2025-01-01" }));
    for (const record of [second, first, other]) await store.add(record, note);
    expect(await store.all()).toEqual([other, first, second]);
  });

  it("takes a revision of a tariff and day once, also when two try at the same time", async () => {
    const store = new SqlTariffStore(await open());
    const both = await Promise.allSettled([
      store.add(recordOf(whole), note),
      store.add(recordOf(whole), note),
    ]);
    const outcomes = both.map((one) => (one.status === "rejected" ? one.reason.code : "added"));
    expect(outcomes.sort()).toEqual(["added", "tariff_exists"]);
    expect(await store.all()).toHaveLength(1);
  });
});
