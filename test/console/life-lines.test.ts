import { expect, it } from "vitest";
import { lifeFacts, lifeLines } from "../../src/console/figures/life-lines.ts";
import type { MeterEventBody } from "../../src/contracts/meter-events.ts";

const at = (clock: string): string => `2026-11-22T${clock}:00.000Z`;
const given = (fields: Partial<MeterEventBody>): MeterEventBody => ({
  ...{ id: "e-1", meterId: "m-1", type: "multiplier", at: at("04:00"), reason: null },
  ...{ recordedAt: at("05:00"), recordedBy: "lead", inForce: true },
  ...fields,
});

it("puts the newest date first and a withdrawal beside what it withdraws", () => {
  const events = [
    given({ id: "old", at: at("01:00"), inForce: false }),
    given({ id: "new", at: at("03:00") }),
    given({ id: "gone", type: "withdrawal", eventId: "old", at: at("06:00") }),
  ];
  const lines = lifeLines(events).map(({ event, withdrawal }) => [event.id, withdrawal?.id]);
  expect(lines).toEqual([
    ["new", undefined],
    ["old", "gone"],
  ]);
});

it("says that a stand is unknown instead of leaving it out or calling it zero", () => {
  const event = given({ type: "replacement", oldFinal: { importKwh: 1014.25 }, newInitial: {} });
  const meter = { kind: "electricity-meter", registers: ["importKwh", "exportKwh"] };
  expect(lifeFacts(event, meter, "Asia/Shanghai")).toEqual([
    ["旧表止码 · 正向有功电量", "1,014.25 kWh"],
    ["新表起码", "未知"],
  ]);
});
