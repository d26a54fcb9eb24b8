import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import type { TextFile } from "./project-files.ts";

/** `page -> target` of every link, picture and file name in a page whose target is not there. */
export function deadReferences(
  root: string,
  page: TextFile,
  pages: readonly TextFile[],
): readonly string[] {
  const links = linksOf(page.text)
    .map((link) => (link.startsWith("#") ? `${page.path}${link}` : fromPage(page.path, link)))
    .filter((target) => !leadsSomewhere(root, target, pages));
  const files = namedFiles(page.text).filter(
    (name) => !existsSync(join(root, name)) && !existsSync(join(root, dirname(page.path), name)),
  );
  return [...links, ...files].map((target) => `${page.path} -> ${target}`);
}

/** Pages of the documentation that a comment or a text in code names, such as a decision record. */
export function pagesNamedIn({ text }: TextFile): readonly string[] {
  return [...text.matchAll(/\bdocs\/[\w./-]+\.md\b/g)].map(([name]) => name);
}

/** Headings as the levels of their marks: two languages of a page have the same. */
export function outlineOf(page: string): readonly number[] {
  return headingLines(page).map((line) => line.indexOf(" "));
}

/** What both languages share: code blocks but for their comments, and the code in first cells. */
export function sharedPartsOf(page: string): readonly string[] {
  const blocks = [...page.matchAll(/^```[\s\S]*?^```$/gm)].map(([block]) =>
    block.replace(/ +#.*$/gm, ""),
  );
  const rows = [...page.matchAll(/^\| *(`[^`|]+`)/gm)].map(([, cell = ""]) => cell);
  return [...blocks, ...rows];
}

function linksOf(page: string): readonly string[] {
  const inline = [...withoutCode(page).matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)];
  const tags = [...withoutCode(page).matchAll(/\b(?:src|href|srcset)="([^"]+)"/g)];
  return [...inline, ...tags]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/i.test(target));
}

function fromPage(page: string, link: string): string {
  return normalize(join(dirname(page), link));
}

function leadsSomewhere(root: string, target: string, pages: readonly TextFile[]): boolean {
  const [path = "", anchor] = target.split("#");
  if (!existsSync(join(root, path))) return false;
  if (anchor === undefined) return true;
  const page = pages.find((candidate) => candidate.path === path);
  return page !== undefined && headingLines(page.text).some((line) => slugOf(line) === anchor);
}

/** The anchor that a heading gets: lower case, without punctuation, dashes for spaces. */
function slugOf(heading: string): string {
  return heading
    .replace(/^#+ /, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

/** Names in code marks that are paths of the repository; patterns and what runs make are not. */
function namedFiles(page: string): readonly string[] {
  return [...page.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/`([^`\n]+)`/g)]
    .map(([, name = ""]) => name)
    .filter((name) =>
      /^(?:src|test|docs|bin|parks|simulators|dashboards|\.ci)\/[\w./@-]*$/.test(name),
    );
}

function headingLines(page: string): readonly string[] {
  return page
    .replace(/^```[\s\S]*?^```$/gm, "")
    .split("\n")
    .filter((line) => /^#{1,6} /.test(line));
}

function withoutCode(page: string): string {
  return page.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]+`/g, "");
}
