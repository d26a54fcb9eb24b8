import { describe, expect, it } from "vitest";
import { type ReadStatusDependencies, readStatus } from "../../src/app/read-status.ts";
import { servicePrincipal } from "../../src/domain/principal.ts";

const principal = servicePrincipal("north", "test");

/**
 * One reading on its way from the journal over the touched slots to the ledger. It moves one step on
 * at the `moveAt`th and `thenAt`th question that the status asks.
 */
function movingReading(moveAt: number, thenAt: number): ReadStatusDependencies {
  let asked = 0;
  let place: "journal" | "touched" | "ledger" = "journal";
  const ask = async <T>(answer: () => T): Promise<T> => {
    asked += 1;
    if (asked === moveAt) place = "touched";
    if (asked === thenAt) place = "ledger";
    return answer();
  };
  const cursor = () => ask(() => (place === "journal" ? 0 : 1));
  return {
    registry: { simulated: () => "none" },
    journal: { readingsAfter: (seq) => ask(() => (seq < 1 ? 1 : 0)) },
    telemetry: { cursor: () => ask(() => 1) },
    ledger: {
      cursor,
      touchedSlotCount: () => ask(() => (place === "touched" ? 1 : 0)),
      closedThroughMs: () => ask(() => null),
    },
    version: "1",
    startedAtMs: 0,
    counters: {
      messagesTotal: 1,
      readingsTotal: 1,
      quarantinedTotal: 0,
      duplicatesTotal: 0,
      ackedTotal: 1,
    },
    stores: async () => ({}),
    jobs: async () => [],
  };
}

describe("the status", () => {
  it("never says that all is done while a reading moves on between its questions", async () => {
    const outcomes: string[] = [];
    for (let moveAt = 1; moveAt <= 6; moveAt += 1) {
      const { ingest, ledger } = await readStatus(movingReading(moveAt, 99), principal);
      outcomes.push(`${ingest.backlogReadings}/${ledger.touchedSlots}`);
    }
    expect(outcomes).not.toContain("0/0");
    expect(outcomes).toContain("1/0");
    expect(outcomes).toContain("0/1");
  });

  it("says that all is done when it is", async () => {
    const { ingest, ledger } = await readStatus(movingReading(1, 1), principal);
    expect([ingest.backlogReadings, ledger.touchedSlots]).toEqual([0, 0]);
  });

  it("is not for people of one enterprise", async () => {
    const ofAcme = { ...principal, enterpriseId: "acme" };
    await expect(readStatus(movingReading(1, 1), ofAcme)).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});
