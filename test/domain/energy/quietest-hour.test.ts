import { expect, it } from "vitest";
import { quietestHour } from "../../../src/domain/energy/quietest-hour.ts";
import { hourMs, quarterHourMs } from "../../../src/domain/time.ts";

const quarters = (amounts: readonly (number | null)[]) =>
  amounts.flatMap((amount, index) =>
    amount === null ? [] : [{ startMs: index * quarterHourMs, amount }],
  );

it("the quietest hour may begin at any quarter and is the first of equals", () => {
  const hour = quietestHour(quarters([5, 1, 1, 1, 1, 1, 9]));
  expect(hour).toEqual({ startMs: quarterHourMs, endMs: quarterHourMs + hourMs });
});

it("an hour with a hole is no hour", () => {
  expect(quietestHour(quarters([1, 1, null, 1, 1, 1]))).toBeNull();
  expect(quietestHour([])).toBeNull();
});
