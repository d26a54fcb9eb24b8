import type { DaySum } from "../../app/ledger-ports.ts";
import type { ParkDays } from "../../domain/energy/park-days.ts";
import { type SlotMarks, slotMarks } from "../../domain/energy/slot-marks.ts";
import { worse } from "../../domain/telemetry/close-slots.ts";
import type { Grade, LedgerSlot } from "../../domain/telemetry/slot.ts";
import { quarterHourMs } from "../../domain/time.ts";

/** Day sums of slots that are ascending by meter, register and start. */
export function daySums(slots: readonly LedgerSlot[], days: ParkDays): readonly DaySum[] {
  const sums = new Map<string, DaySum>();
  for (const ofSeries of seriesDays(slots, days).values()) {
    const [first] = ofSeries;
    if (first === undefined) continue;
    const day = days.of(first.startMs);
    const key = `${first.register}/${day.startMs}`;
    const known = sums.get(key);
    sums.set(key, withSeries(known ?? emptySum(first.register, day), ofSeries));
  }
  return [...sums.values()].sort((a, b) =>
    a.register === b.register
      ? a.day.startMs - b.day.startMs
      : Number(a.register > b.register) - Number(a.register < b.register),
  );
}

function seriesDays(slots: readonly LedgerSlot[], days: ParkDays): Map<string, LedgerSlot[]> {
  const groups = new Map<string, LedgerSlot[]>();
  for (const slot of slots) {
    if (slot.amount === null) continue;
    const key = `${slot.meterId}/${slot.register}/${days.of(slot.startMs).startMs}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [slot]);
    else known.push(slot);
  }
  return groups;
}

function emptySum(register: string, day: DaySum["day"]): DaySum {
  return {
    ...{ register, day, amount: 0, estimatedAmount: 0, worstGrade: "A", coverageSum: 0 },
    ...{ wholeCount: 0, partial: [], revisionMax: 0 },
  };
}

function withSeries(sum: DaySum, slots: readonly LedgerSlot[]): DaySum {
  let { amount, estimatedAmount, coverageSum, revisionMax } = emptySum(sum.register, sum.day);
  let worstGrade: Grade = sum.worstGrade;
  for (const slot of slots) {
    amount += slot.amount ?? 0;
    estimatedAmount += (slot.amount ?? 0) * slot.estimatedFraction;
    coverageSum += slot.coverage;
    revisionMax = Math.max(revisionMax, slot.revision);
    worstGrade = worse(worstGrade, slot.grade ?? "X");
  }
  const { startMs, endMs } = sum.day;
  const isWhole = slots.length === (endMs - startMs) / quarterHourMs;
  const marks: SlotMarks = slotMarks(slots.map((slot) => (slot.startMs - startMs) / quarterHourMs));
  return {
    ...sum,
    amount: sum.amount + amount,
    estimatedAmount: sum.estimatedAmount + estimatedAmount,
    worstGrade,
    coverageSum: sum.coverageSum + coverageSum,
    wholeCount: sum.wholeCount + Number(isWhole),
    partial: isWhole ? sum.partial : [...sum.partial, marks],
    revisionMax: Math.max(sum.revisionMax, revisionMax),
  };
}
