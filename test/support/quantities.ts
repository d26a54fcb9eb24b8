import ts from "typescript";
import { scriptOf } from "./imports.ts";
import type { TextFile } from "./project-files.ts";

/** Words that make a numeric name a quantity, so that its unit has to follow. */
const quantityWords = new Set(
  [
    "altitude area capacity charge consumption cost cooling delay demand discharge distance duration",
    "emission emissions energy export flow frequency generation heat import interval irradiance",
    "latency power pressure price revenue share speed temperature timeout uptime voltage volume",
  ].flatMap((line) => line.split(" ")),
);

const unit =
  "(?:Kw|Mw|W|Kwh|Mwh|Gwh|Wh|Kvar|Kvarh|Kva|Kv|V|A|Ah|Ohm|Hz|KgCo2e?|GCo2e?|TCo2e?|Kgce|Tce|Kg|G|T|" +
  "Nm3|M3|M2|Km|Mm|M|L|Gj|Mj|Kj|Celsius|Kelvin|Degrees|Pa|Hpa|Kpa|Mpa|Ms|S|Min|H|Minutes|Hours|Days|" +
  "Months|Years|Fen|Cny|Bytes|Mib|Gib|Ppm|Mg|Units)";
/** Endings that say "no unit": shares of one, counts, positions and names of things. */
const unitless =
  "(?:Fraction|Percent|Factor|Efficiency|Ratio|Tolerance|Weight|Count|Index|Row|Rows|Column|Columns|" +
  "Length|Digits|Level|Code|Class|Rank|Seq|Year|Revision|Version|Slots|Steps|Points|Id)";
const qualifier =
  "(?:Min|Max|Default|Assumed|Mean|Median|Sum|Total|Limit|Soft|Hard|Low|High|Before|After|Strict|" +
  "Discharged|With[A-Z]\\w*|Of[A-Z]\\w*)";
const unitLast = new RegExp(
  `(?:^|[a-z0-9][ABC]?)(?:${unit}(?:Per${unit})*|${unitless})${qualifier}*$`,
);
/** A name that is only a unit, such as `kwh` beside a quantity that its object names. */
const bareUnit = new RegExp(`^${unit}(?:Per${unit})*$`, "i");

/** `place name` of every numeric name that contains a quantity and does not end in its unit. */
export function unitlessNames({ path, text }: TextFile): readonly string[] {
  const found: string[] = [];
  visitAll({ path, text }, (node, lineOf) => {
    const name = numericName(node);
    if (name !== null && isUnitless(name)) found.push(`${path}:${lineOf(node)} ${name}`);
  });
  return found;
}

function isUnitless(written: string): boolean {
  // Columns and constants have the same words, in snake case.
  const name =
    written.toLowerCase() === written || written.toUpperCase() === written
      ? written.toLowerCase().replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase())
      : written;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(" ");
  return (
    words.some((word) => quantityWords.has(word)) && !unitLast.test(name) && !bareUnit.test(name)
  );
}

/** The name that a node declares as a number, by its type, its zod schema or its literal. */
function numericName(node: ts.Node): string | null {
  if (ts.isPropertyAssignment(node)) {
    const named = ts.isIdentifier(node.name) || ts.isStringLiteral(node.name);
    return named && isZodNumber(node.initializer) ? node.name.text : null;
  }
  if (!isDeclaration(node)) return null;
  if (!ts.isIdentifier(node.name) && !ts.isPrivateIdentifier(node.name)) return null;
  const value = ts.isPropertySignature(node) ? undefined : node.initializer;
  const numeric = isNumberType(node.type) || (node.type === undefined && isNumberValue(value));
  return numeric ? node.name.text.replace("#", "") : null;
}

function isDeclaration(node: ts.Node) {
  return (
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isVariableDeclaration(node)
  );
}

function isNumberType(type: ts.TypeNode | undefined): boolean {
  if (type === undefined) return false;
  if (ts.isUnionTypeNode(type)) {
    const given = type.types.filter((part) => !/^(?:null|undefined)$/.test(part.getText()));
    return given.length > 0 && given.every(isNumberType);
  }
  if (ts.isArrayTypeNode(type)) return isNumberType(type.elementType);
  if (ts.isTypeOperatorNode(type)) return isNumberType(type.type);
  return type.kind === ts.SyntaxKind.NumberKeyword;
}

/** A literal, or arithmetic on one. */
function isNumberValue(value: ts.Expression | undefined): boolean {
  if (value === undefined) return false;
  if (ts.isNumericLiteral(value)) return true;
  if (ts.isParenthesizedExpression(value)) return isNumberValue(value.expression);
  if (ts.isPrefixUnaryExpression(value)) return isNumberValue(value.operand);
  if (!ts.isBinaryExpression(value)) return false;
  const arithmetic = /^(?:\*|\/|-|\*\*)$/.test(value.operatorToken.getText());
  return arithmetic || (isNumberValue(value.left) && isNumberValue(value.right));
}

const zodNumber = /^z\s*\.\s*(?:coerce\s*\.\s*)?(?:number|int|float64|int32)\(/;

function isZodNumber(value: ts.Expression): boolean {
  return zodNumber.test(value.getText());
}

/** Factors that turn one unit of time, energy, mass or money into another. */
const conversionFactors = new Set([
  24, 60, 1_000, 3_600, 86_400, 900, 60_000, 900_000, 3_600_000, 86_400_000, 1e6, 1e9, 3.6, 1e-3,
  1e-6, 273.15, 29.3076, 7_000,
]);

/** `place expression` of every product, quotient or offset with a factor between units. */
export function conversions({ path, text }: TextFile): readonly string[] {
  const found: string[] = [];
  visitAll({ path, text }, (node, lineOf) => {
    if (!ts.isBinaryExpression(node) || !/^[*/+-]=?$/.test(node.operatorToken.getText())) return;
    const offset = /^[+-]/.test(node.operatorToken.getText());
    const factor = [node.left, node.right]
      .filter(ts.isNumericLiteral)
      .map((side) => Number(side.text.replaceAll("_", "")))
      .find((value) => (offset ? value === 273.15 : conversionFactors.has(value)));
    if (factor !== undefined) found.push(`${path}:${lineOf(node)} ${node.getText()}`);
  });
  return found;
}

function visitAll(
  { path, text }: TextFile,
  see: (node: ts.Node, lineOf: (node: ts.Node) => number) => void,
): void {
  const script = scriptOf(path, text);
  const source = ts.createSourceFile(`${path}.ts`, script, ts.ScriptTarget.Latest, true);
  const lineOf = (node: ts.Node): number =>
    source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  const visit = (node: ts.Node): void => {
    see(node, lineOf);
    ts.forEachChild(node, visit);
  };
  visit(source);
}
