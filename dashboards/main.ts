import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type DashboardSpec, dashboardOf } from "./dashboard-spec.ts";
import { dataQuality } from "./data-quality.ts";
import { enterprise } from "./enterprise.ts";
import { overview } from "./overview.ts";
import { pvStorage } from "./pv-storage.ts";
import { serviceHealth } from "./service-health.ts";
import { languages } from "./text.ts";

/** Every dashboard of the platform; each answers one question. */
export const dashboardSpecs: readonly DashboardSpec[] = [
  overview,
  enterprise,
  pvStorage,
  dataQuality,
  serviceHealth,
];

/** The generated files by their path below `dashboards/grafana/dashboards`. */
export function dashboardFiles(): ReadonlyMap<string, string> {
  return new Map(
    languages.flatMap((language) =>
      dashboardSpecs.map((spec) => [
        `${language}/${spec.id}.json`,
        `${JSON.stringify(dashboardOf(spec, language), null, 2)}\n`,
      ]),
    ),
  );
}

/** Writes them; files of dashboards that are gone go too. */
export function writeDashboards(folder: string): void {
  for (const language of languages) {
    const into = `${folder}/${language}`;
    mkdirSync(into, { recursive: true });
    for (const name of readdirSync(into)) rmSync(`${into}/${name}`);
  }
  for (const [path, content] of dashboardFiles()) writeFileSync(`${folder}/${path}`, content);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeDashboards(fileURLToPath(new URL("grafana/dashboards", import.meta.url)));
}
