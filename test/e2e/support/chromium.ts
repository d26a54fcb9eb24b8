import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { programPath } from "../../support/programs.ts";

/** Where Chromium is, or null: tests that need it are then skipped, by name. */
export const chromiumPath = programPath("chromium");

/** The machine may be busy with other tests; a browser that takes long is no fault of the page. */
const patienceMs = 60_000;

const switches = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath ?? "", args: switches });
}

export interface Look {
  readonly width: number;
  readonly height: number;
  readonly language: "zh" | "en";
  readonly theme?: "light" | "dark" | "system";
  readonly reducedMotion?: "reduce" | "no-preference";
}

/** A page with everything that it has complained about and every address it has asked elsewhere. */
export interface WatchedPage {
  readonly page: Page;
  readonly complaints: string[];
  readonly foreignRequests: string[];
  close(): Promise<void>;
}

/** Opens an empty page that looks as wanted and is signed in by the given cookies. */
export async function openPage(
  browser: Browser,
  baseUrl: string,
  look: Look,
  cookies: Awaited<ReturnType<BrowserContext["cookies"]>> = [],
): Promise<WatchedPage> {
  const { width, height, language, theme = "light", reducedMotion = "no-preference" } = look;
  const context = await browser.newContext({
    ...{ baseURL: baseUrl, viewport: { width, height }, reducedMotion },
    locale: language === "zh" ? "zh-CN" : "en-GB",
  });
  await context.addCookies(cookies);
  const kept = JSON.stringify(JSON.stringify({ language, theme }));
  // Kept only where nothing is: what a person chooses in the test must survive a reload.
  await context.addInitScript(
    `if (localStorage.getItem("zcp.preferences") === null) localStorage.setItem("zcp.preferences", ${kept});`,
  );
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  const complaints: string[] = [];
  const foreignRequests: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${baseUrl}/`)) foreignRequests.push(request.url());
  });
  return { page, complaints, foreignRequests, close: () => context.close() };
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface AxeViolation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe finds that keeps people out, with the first place of each finding. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const violations = await page.evaluate<readonly AxeViolation[]>(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary} (${nodes.length})`,
    );
}
