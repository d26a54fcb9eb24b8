import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";
import ts from "typescript";

/** One reference from a file to another file or package, however it is written. */
export interface Reference {
  readonly file: string;
  readonly line: number;
  readonly how: "import" | "type import" | "export from" | "dynamic import" | "require" | "url";
  /** Path in the repository for relative references, else the specifier as written. */
  readonly target: string;
}

/** Everything that the TypeScript and Vue files below a folder (or one file) refer to. */
export function referencesIn(root: string, place: string): readonly Reference[] {
  return sourceFiles(root, place).flatMap((file) => referencesOf(root, file));
}

/** Paths in the repository of the TypeScript and Vue files at a place, sorted. */
export function sourceFiles(root: string, place: string): readonly string[] {
  const path = join(root, place);
  if (!existsSync(path)) return [];
  if (/\.(?:ts|vue)$/.test(place)) return [place];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|vue)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** The TypeScript of a Vue file stands in its script blocks; blank lines keep line numbers right. */
export function scriptOf(file: string, text: string): string {
  if (!file.endsWith(".vue")) return text;
  let script = "";
  for (const match of text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)) {
    const start = match.index + match[0].indexOf(">") + 1;
    script += text.slice(script.length, start).replace(/[^\n]/g, " ") + (match[1] ?? "");
  }
  return script;
}

function referencesOf(root: string, file: string): readonly Reference[] {
  const text = scriptOf(file, readFileSync(join(root, file), "utf8"));
  const source = ts.createSourceFile(`${file}.ts`, text, ts.ScriptTarget.Latest, true);
  const found: Reference[] = [];
  const visit = (node: ts.Node): void => {
    const reference = referenceOf(node);
    if (reference !== null) {
      const { how, specifier } = reference;
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push({ file, line, how, target: targetOf(file, specifier) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function targetOf(file: string, specifier: string): string {
  return specifier.startsWith(".") ? normalize(join(dirname(file), specifier)) : specifier;
}

function referenceOf(node: ts.Node): { how: Reference["how"]; specifier: string } | null {
  if (ts.isImportDeclaration(node)) {
    return {
      how: isTypeOnly(node) ? "type import" : "import",
      specifier: textOf(node.moduleSpecifier),
    };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return { how: "export from", specifier: textOf(node.moduleSpecifier) };
  }
  if (ts.isImportTypeNode(node)) {
    return { how: "type import", specifier: node.argument.getText().slice(1, -1) };
  }
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
    return { how: "require", specifier: textOf(node.moduleReference.expression) };
  }
  if (ts.isCallExpression(node)) return callReference(node);
  if (ts.isNewExpression(node)) return urlReference(node);
  return null;
}

function callReference(node: ts.CallExpression) {
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { how: "dynamic import", specifier: textOf(node.arguments[0]) } as const;
  }
  const called = node.expression.getText();
  if (called === "require" || called === "require.resolve") {
    return { how: "require", specifier: textOf(node.arguments[0]) } as const;
  }
  return null;
}

/** `new URL("./worker.ts", import.meta.url)` is how worker threads are loaded. */
function urlReference(node: ts.NewExpression) {
  const [path, base] = node.arguments ?? [];
  if (node.expression.getText() !== "URL" || base?.getText() !== "import.meta.url") return null;
  if (path === undefined || !ts.isStringLiteralLike(path) || !/\.[jt]s$/.test(path.text))
    return null;
  return {
    how: "url",
    specifier: path.text.startsWith(".") ? path.text : `./${path.text}`,
  } as const;
}

function isTypeOnly(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { namedBindings, name } = clause;
  return (
    name === undefined &&
    namedBindings !== undefined &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.length > 0 &&
    namedBindings.elements.every(({ isTypeOnly: only }) => only)
  );
}

/** A computed specifier cannot be checked, so it is never on a list of what may be imported. */
function textOf(node: ts.Node | undefined): string {
  if (node !== undefined && ts.isStringLiteralLike(node)) return node.text;
  return `(computed) ${node?.getText() ?? ""}`;
}
