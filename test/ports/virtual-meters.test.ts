import { expect, it } from "vitest";
import { SqlVirtualMeterStore } from "../../src/adapters/sql/sql-virtual-meter-store.ts";
import { testNote } from "../support/audit-notes.ts";
import { onBothDatabases } from "../support/state-databases.ts";

onBothDatabases("the store of virtual meters", (open) => {
  it("gives back what was added, and takes an id once", async () => {
    const store = new SqlVirtualMeterStore(await open());
    const meter = {
      ...{ id: "v1", name: { zh: "虚拟", en: "virtual" }, enterpriseId: null },
      ...{ formula: '"m1.importKwh" * 2', origin: "api" as const },
    };
    const note = testNote("test.change");
    await store.add(meter, note);
    await store.add({ ...meter, id: "v0", enterpriseId: "acme" }, note);
    expect(await store.all()).toEqual([{ ...meter, id: "v0", enterpriseId: "acme" }, meter]);
    await expect(store.add(meter, note)).rejects.toMatchObject({ code: "id_taken" });
  });
});
