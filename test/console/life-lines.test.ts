import { expect, it } from "vitest";
import { lifeFacts, lifeLines, multiplierInForce } from "../../src/console/figures/life-lines.ts";
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

it("knows the multiplier of an instant, whatever was withdrawn or comes later", () => {
  const events = [
    given({ id: "a", at: at("01:00"), value: 40 }),
    given({ id: "b", type: "replacement", at: at("02:00"), multiplier: 60 }),
    given({ id: "c", type: "replacement", at: at("03:00"), multiplier: null }),
    given({ id: "d", at: at("03:30"), value: 999, inForce: false }),
  ];
  const known = (clock: string) =>
    multiplierInForce({ multiplier: 1 }, events, Date.parse(at(clock)));
  expect([known("00:59"), known("01:00"), known("02:30"), known("04:00")]).toEqual([1, 40, 60, 60]);
});
