import { expect, it } from "vitest";
import { ProgramBuilder } from "../../../src/domain/dispatch/linear-program.ts";

it("a program keeps its entries by column, in the order in which rows were added", () => {
  const builder = new ProgramBuilder();
  const [a, b, c] = [builder.column(1, 0, 5), builder.column(2, -1, 6), builder.binary()];
  const [first, second] = [builder.row(0, 10), builder.row(3, Number.POSITIVE_INFINITY)];
  builder.entry(second, a, 7);
  builder.entry(first, c, 9);
  builder.entry(first, a, 4);
  builder.entry(second, b, 0);
  expect(builder.build()).toEqual({
    costs: Float64Array.of(1, 2, 0),
    columnMin: Float64Array.of(0, -1, 0),
    columnMax: Float64Array.of(5, 6, 1),
    rowMin: Float64Array.of(0, 3),
    rowMax: Float64Array.of(10, Number.POSITIVE_INFINITY),
    // Column a: rows 1 and 0; column b: its only entry is zero; column c: row 0.
    matrix: {
      starts: Int32Array.of(0, 2, 2, 3),
      rows: Int32Array.of(1, 0, 0),
      values: Float64Array.of(7, 4, 9),
    },
    binaryColumns: Int32Array.of(2),
  });
});
