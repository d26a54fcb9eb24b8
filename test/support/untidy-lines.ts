import type { TextFile } from "./project-files.ts";

/** Written in two halves, so that this file does not contain what it looks for. */
const patterns: readonly { readonly what: string; readonly found: RegExp }[] = [
  { what: "unfinished", found: new RegExp(`\\b(?:TO${"DO"}|FIX${"ME"}|XX${"X"})\\b`) },
  { what: "chance without a seed", found: new RegExp(`\\bMath\\.ran${"dom"}\\s*\\(`) },
  {
    what: "a path of one machine",
    found: new RegExp(
      `(?<![\\w.])/(?:wor${"k"}|hom${"e"}/\\w|Use${"rs"}/\\w)|[A-Z]:\\\\Use${"rs"}`,
    ),
  },
  { what: "a registry", found: new RegExp(`registry\\.np${"m"}|npm${"mirror"}\\.`) },
];

/** `place what` of every line that does not belong into the project. */
export function untidyLines({ path, text }: TextFile): readonly string[] {
  return text
    .split("\n")
    .flatMap((line, index) =>
      patterns
        .filter(({ found }) => found.test(line))
        .map(({ what }) => `${path}:${index + 1} ${what}`),
    );
}
