import { isMap, isNode, isScalar, LineCounter, type Pair, parseDocument } from "yaml";
import type { z } from "zod";
import { didYouMean } from "./did-you-mean.ts";

/** Deepest nesting and most aliases that a hand-written file needs. */
const aliasesMax = 100;

/** A YAML text that can say on which line each of its values stands. */
export interface YamlSource {
  readonly value: unknown;
  /** Syntax errors, each with its line; the value is of no use when there are any. */
  readonly problems: readonly string[];
  /** `file:line path` of the value, or of the nearest enclosing value that the file has. */
  place(path: readonly PropertyKey[]): string;
}

/** Parses YAML 1.2; duplicate keys and unresolved aliases are problems, not surprises. */
export function yamlSource(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  const problems = document.errors.map((error) => {
    const line = error.linePos?.[0].line ?? 1;
    return `${file}:${line}: ${error.message.split("\n")[0] ?? "not valid YAML"}`;
  });
  const lineAt = (offset: number | undefined): number | null =>
    offset === undefined ? null : lines.linePos(offset).line;

  return {
    value: problems.length > 0 ? null : document.toJS({ maxAliasCount: aliasesMax }),
    problems,
    place: (path) => {
      const shown = pathText(path);
      for (let length = path.length; length >= 0; length -= 1) {
        const line = lineAt(offsetOf(document.contents, path.slice(0, length)));
        if (line !== null) return `${file}:${line}${shown === "" ? "" : ` ${shown}`}`;
      }
      return `${file}${shown === "" ? "" : ` ${shown}`}`;
    },
  };
}

/** What zod found wrong, one sentence each, with the place in the file and a suggestion for slips. */
export function issueTexts(
  source: YamlSource,
  issues: readonly z.core.$ZodIssue[],
  keysAt: (path: readonly PropertyKey[]) => readonly string[],
): readonly string[] {
  return issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map(
          (key) =>
            `${source.place([...issue.path, key])}: unknown key${didYouMean(key, keysAt(issue.path))}`,
        )
      : [`${source.place(issue.path)}: ${issue.message}`],
  );
}

/** `meters[3].gatewayId`, as a person would write it. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`,
    )
    .join("");
}

/** Offset of a value, or of its key where the value itself is a plain text or number. */
function offsetOf(root: unknown, path: readonly PropertyKey[]): number | undefined {
  let node: unknown = root;
  let offset = isNode(node) ? node.range?.[0] : undefined;
  for (const part of path) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(
        ({ key }) => isScalar(key) && String(key.value) === String(part),
      );
      if (pair === undefined) return undefined;
      offset = isNode(pair.key) ? pair.key.range?.[0] : undefined;
      node = pair.value;
    } else {
      node = itemOf(node, part);
      if (!isNode(node)) return undefined;
      offset = node.range?.[0];
    }
  }
  return offset;
}

function itemOf(node: unknown, part: PropertyKey): unknown {
  if (typeof node !== "object" || node === null || !("items" in node)) return undefined;
  const { items } = node;
  return Array.isArray(items) && typeof part === "number" ? items[part] : undefined;
}
