import jsep from "jsep";
import { DomainError } from "../errors.ts";

/** A formula as a tree; leaves are numbers, registers of meters, and other virtual meters. */
export type Formula =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "register"; readonly meterId: string; readonly register: string }
  | { readonly kind: "virtual"; readonly id: string }
  | {
      readonly kind: "operation";
      readonly operator: Operator;
      readonly left: Formula;
      readonly right: Formula;
    };

const operators = ["+", "-", "*", "/"] as const;
type Operator = (typeof operators)[number];

const lengthMax = 2000;
/** Parts that a formula may have once other virtual meters are put in. */
const partsMax = 500;
/** Brackets and signs within each other. */
const depthMax = 50;
const reference = /^(?:virtual:([A-Za-z0-9_-]{1,64})|([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9]{1,64}))$/;

/**
 * Reads a formula. References stand in quotes: `"m-1.importKwh" + 0.5 * "virtual:halls"`. There are
 * numbers, + − × ÷ and brackets, and nothing else: no names, calls or members, so that nothing of the
 * program can be reached. The text is parsed and never run.
 *
 * @throws {DomainError} `invalid_formula`.
 */
export function parseFormula(text: string): Formula {
  if (text.length > lengthMax) throw invalid(`a formula has at most ${lengthMax} characters`);
  let parsed: jsep.Expression;
  try {
    parsed = jsep(text);
  } catch (cause) {
    throw invalid(`it cannot be read: ${cause instanceof Error ? cause.message : "?"}`);
  }
  return formulaOf(parsed, 0);
}

function formulaOf(node: jsep.Expression, depth: number): Formula {
  if (depth > depthMax) throw invalid(`brackets and signs go deeper than ${depthMax}`);
  const inner = (part: unknown): Formula => formulaOf(part as jsep.Expression, depth + 1);
  const { value, left, right, argument } = node;
  switch (node.type) {
    case "Literal":
      return leafOf(value);
    case "UnaryExpression": {
      if (node.operator !== "-" && node.operator !== "+") break;
      const zero = { kind: "number", value: 0 } as const;
      return { kind: "operation", operator: node.operator, left: zero, right: inner(argument) };
    }
    case "BinaryExpression": {
      const operator = operators.find((one) => one === node.operator);
      if (operator === undefined) break;
      return { kind: "operation", operator, left: inner(left), right: inner(right) };
    }
    default:
  }
  throw invalid("it has something else than numbers, references in quotes, + - * / and brackets");
}

function leafOf(value: unknown): Formula {
  if (typeof value === "number" && Number.isFinite(value)) return { kind: "number", value };
  const [, virtualId, meterId, register] = reference.exec(String(value)) ?? [];
  if (typeof value === "string" && virtualId !== undefined) {
    return { kind: "virtual", id: virtualId };
  }
  if (typeof value === "string" && meterId !== undefined && register !== undefined) {
    return { kind: "register", meterId, register };
  }
  throw invalid(`${String(value).slice(0, 80)} is neither a number nor "METER.REGISTER"`);
}

/**
 * The formula with every virtual meter in it replaced by what it stands for.
 *
 * @param formulaOfId the formula of another virtual meter; undefined when there is none.
 * @throws {DomainError} `formula_cycle` when a virtual meter needs itself, `unknown_reference`,
 *   `invalid_formula` when it becomes too long.
 */
export function expandFormula(
  formula: Formula,
  formulaOfId: (id: string) => Formula | undefined,
  above: readonly string[] = [],
): Formula {
  let parts = 0;
  const expand = (one: Formula, path: readonly string[]): Formula => {
    parts += 1;
    if (parts > partsMax) throw invalid(`it has more than ${partsMax} parts`);
    if (one.kind === "operation") {
      return { ...one, left: expand(one.left, path), right: expand(one.right, path) };
    }
    if (one.kind !== "virtual") return one;
    if (path.includes(one.id)) {
      throw new DomainError("formula_cycle", `${[...path, one.id].join(" needs ")}`, {
        pointer: "/formula",
        remedy: "let a virtual meter need meters, or virtual meters that do not need it",
      });
    }
    const other = formulaOfId(one.id);
    if (other === undefined) throw unknownReference(`virtual:${one.id}`);
    return expand(other, [...path, one.id]);
  };
  return expand(formula, above);
}

/**
 * Unit of the value: sums have one unit, a product and a quotient at most one that is left. Empty for
 * a number.
 *
 * @param unitOf unit of a register; undefined when the meter or register does not exist.
 * @throws {DomainError} `unknown_reference`, `unit_mismatch`.
 */
export function formulaUnit(
  formula: Formula,
  unitOf: (meterId: string, register: string) => string | undefined,
): string {
  if (formula.kind === "number" || formula.kind === "virtual") return "";
  if (formula.kind === "register") {
    const unit = unitOf(formula.meterId, formula.register);
    if (unit === undefined) throw unknownReference(`${formula.meterId}.${formula.register}`);
    return unit;
  }
  const { operator, left, right } = formula;
  const units = [formulaUnit(left, unitOf), formulaUnit(right, unitOf)] as const;
  const isSign = left.kind === "number" && left.value === 0;
  const unit = unitAfter(operator, units, isSign);
  if (unit !== null) return unit;
  const [before, after] = units.map((one) => one || "a number");
  throw new DomainError("unit_mismatch", `${before} ${operator} ${after} has no unit`, {
    pointer: "/formula",
    remedy: "add and subtract one unit only; multiply and divide by numbers or by shares",
  });
}

/** Unit after an operation; null when it has none. */
function unitAfter(
  operator: Operator,
  [left, right]: readonly [string, string],
  isSign: boolean,
): string | null {
  switch (operator) {
    case "*":
      return left === "" || right === "" ? left + right : null;
    case "/":
      if (right === "") return left;
      return left === right ? "" : null;
    default:
      return left === right || isSign ? right : null;
  }
}

/** Registers that a formula needs, each once. */
export function registersIn(
  formula: Formula,
): readonly { readonly meterId: string; readonly register: string }[] {
  const found = new Map<string, { readonly meterId: string; readonly register: string }>();
  const visit = (one: Formula): void => {
    if (one.kind === "register") found.set(`${one.meterId}.${one.register}`, one);
    if (one.kind !== "operation") return;
    visit(one.left);
    visit(one.right);
  };
  visit(formula);
  return [...found.values()].map(({ meterId, register }) => ({ meterId, register }));
}

/**
 * Value of a formula. Null when an operand is not known, and for a division by zero: neither is zero.
 *
 * @param known what is known of a register.
 */
export function evaluate(
  formula: Formula,
  known: (meterId: string, register: string) => number | null,
): number | null {
  if (formula.kind === "number") return formula.value;
  if (formula.kind === "virtual") return null;
  if (formula.kind === "register") return known(formula.meterId, formula.register);
  const left = evaluate(formula.left, known);
  const right = evaluate(formula.right, known);
  if (left === null || right === null) return null;
  switch (formula.operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return right === 0 ? null : left / right;
  }
}

function invalid(reason: string): DomainError {
  return new DomainError("invalid_formula", `the formula is refused: ${reason}`, {
    pointer: "/formula",
    remedy: 'write for example "m-1.importKwh" - 0.5 * "m-2.importKwh"',
  });
}

function unknownReference(name: string): DomainError {
  return new DomainError("unknown_reference", `there is no ${name}`, {
    pointer: "/formula",
    remedy: "register the meter first, or correct its id and register",
  });
}
