import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  evaluate,
  expandFormula,
  type Formula,
  formulaUnit,
  parseFormula,
  registersIn,
} from "../../../src/domain/energy/formula.ts";

const values: Readonly<Record<string, number | null>> = { a: 10, b: 4, zero: 0, gone: null };
const known = (meterId: string): number | null => values[meterId] ?? null;
const codeOf = (act: () => unknown): string | null => {
  try {
    act();
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("a formula", () => {
  it.each([
    ['"a.importKwh" + "b.importKwh"', 14],
    ['"a.importKwh" - 2 * "b.importKwh"', 2],
    ['("a.importKwh" - 2) * "b.importKwh"', 32],
    ['-"b.importKwh" + "a.importKwh"', 6],
    ['"a.importKwh" * ("b.importKwh" / ("a.importKwh" + "b.importKwh"))', 10 * (4 / 14)],
    ['"a.importKwh" - "b.importKwh" - 1', 5],
  ])("%s is worked out with the usual precedence", (text, wanted) => {
    expect(evaluate(parseFormula(text), known)).toBeCloseTo(wanted, 12);
  });

  it("is not known when an operand is not, nor when it divides by zero", () => {
    expect(evaluate(parseFormula('"a.importKwh" + "gone.importKwh"'), known)).toBeNull();
    expect(evaluate(parseFormula('0 * "gone.importKwh"'), known)).toBeNull();
    expect(evaluate(parseFormula('"a.importKwh" / "zero.importKwh"'), known)).toBeNull();
  });

  it.each([
    ["a name", "a"],
    ["a call", 'constructor("return process")()'],
    ["a member", '"a.importKwh".constructor'],
    ["an index", '"a.importKwh"[0]'],
    ["a comparison", "1 < 2"],
    ["a condition", "1 ? 2 : 3"],
    ["a power", "2 ** 3"],
    ["a list", "[1, 2]"],
    ["two expressions", "1; 2"],
    ["nothing", ""],
    ["half a sum", '"a.importKwh" +'],
    ["a text that is no reference", '"hello"'],
    ["a prototype", '"__proto__"'],
    ["a deep nest", `${"-(".repeat(60)}1${")".repeat(60)}`],
    ["a long text", "1+".repeat(1500)],
  ])("with %s is refused", (_name, text) => {
    expect(codeOf(() => parseFormula(text))).toBe("invalid_formula");
  });

  it("takes no text apart from what it knows, whatever is typed", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        expect([null, "invalid_formula"]).toContain(codeOf(() => parseFormula(text)));
      }),
    );
  });

  it("names each register that it needs once", () => {
    const formula = parseFormula('"a.importKwh" + "b.importKwh" + "a.importKwh"');
    expect(registersIn(formula).map(({ meterId }) => meterId)).toEqual(["a", "b"]);
  });
});

describe("units of a formula", () => {
  const units: Readonly<Record<string, string>> = { importKwh: "kWh", volumeM3: "m3" };
  const unitOf = (text: string): string =>
    formulaUnit(parseFormula(text), (_meterId, register) => units[register]);

  it("are one in a sum, and are left over in a share of an amount", () => {
    expect(unitOf('"a.importKwh" - "b.importKwh"')).toBe("kWh");
    expect(unitOf('-"a.importKwh"')).toBe("kWh");
    expect(unitOf('0.5 * "a.importKwh" / 2')).toBe("kWh");
    expect(unitOf('"a.importKwh" * ("b.volumeM3" / "c.volumeM3")')).toBe("kWh");
    expect(unitOf('"a.importKwh" / "b.importKwh"')).toBe("");
  });

  it.each([
    ['"a.importKwh" + "b.volumeM3"', "unit_mismatch"],
    ['"a.importKwh" + 5', "unit_mismatch"],
    ['"a.importKwh" * "b.importKwh"', "unit_mismatch"],
    ['"a.importKwh" / "b.volumeM3"', "unit_mismatch"],
    ['"a.heatGj"', "unknown_reference"],
  ])("%s is refused as %s", (text, code) => {
    expect(codeOf(() => unitOf(text))).toBe(code);
  });
});

describe("virtual meters in formulas", () => {
  const formulas = new Map<string, Formula>([
    ["halls", parseFormula('"a.importKwh" + "b.importKwh"')],
    ["rest", parseFormula('"a.importKwh" - "virtual:halls"')],
    ["left", parseFormula('"virtual:right" + 1')],
    ["right", parseFormula('"virtual:left" + 1')],
  ]);
  const expand = (id: string): Formula =>
    expandFormula({ kind: "virtual", id }, (one) => formulas.get(one));

  it("stand for what they are made of", () => {
    expect(evaluate(expand("rest"), known)).toBe(-4);
  });

  it("may not need themselves, nor one that does not exist", () => {
    expect(codeOf(() => expand("left"))).toBe("formula_cycle");
    expect(codeOf(() => expand("nobody"))).toBe("unknown_reference");
  });

  it("do not grow without bound", () => {
    for (let level = 0; level < 12; level += 1) {
      const below = level === 0 ? "halls" : `big${level - 1}`;
      formulas.set(`big${level}`, parseFormula(`"virtual:${below}" + "virtual:${below}"`));
    }
    expect(codeOf(() => expand("big11"))).toBe("invalid_formula");
  });
});
