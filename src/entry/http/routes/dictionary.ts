import { deviceKindNames, type MetricSpec, metricsOf } from "../../../contracts/device-kinds.ts";
import { DictionaryBody } from "../../../contracts/dictionary.ts";
import { metricNames } from "../../../contracts/metric-names.ts";
import { pageOf } from "../../../contracts/registry.ts";
import { resultTerms } from "../../../contracts/result-terms.ts";
import { anyRole } from "../access.ts";
import type { Routes } from "../http-services.ts";

/** The vocabulary does not change while the service runs. */
const items: readonly DictionaryBody[] = [...metricItems(), ...resultItems()].sort((a, b) =>
  a.id < b.id ? -1 : 1,
);

export const dictionaryRoutes: Routes = async (server) => {
  server.get(
    "/dictionary",
    {
      config: { access: anyRole },
      schema: {
        tags: ["registry"],
        summary: "Every quantity, its unit, formula and source: the published data standard",
        description: "Made from the tables that devices and answers are checked with.",
        response: { 200: pageOf(DictionaryBody) },
      },
    },
    async () => ({ items: [...items], next: null }),
  );
};

function metricItems(): readonly DictionaryBody[] {
  return Object.entries(metricNames).map(([id, [zh, en]]) => {
    const kinds = deviceKindNames.filter((kind) => id in metricsOf(kind));
    const specs = kinds.flatMap((kind) => metricsOf(kind)[id] ?? []);
    return { id, name: { zh, en }, deviceKinds: [...kinds], ...specOf(specs) };
  });
}

/** What the kinds say of a metric; its bounds are the widest of them. */
function specOf(
  specs: readonly MetricSpec[],
): Pick<DictionaryBody, "type" | "unit" | "min" | "max" | "formula" | "source"> {
  const [first] = specs;
  const bound = (of: (spec: MetricSpec) => number | undefined, pick: typeof Math.min) => {
    const known = specs.flatMap((spec) => of(spec) ?? []);
    return known.length < specs.length || known.length === 0 ? null : pick(...known);
  };
  const type = first?.type ?? "gauge";
  return {
    ...{ type, unit: first?.unit ?? "" },
    min: bound(({ min }) => min, Math.min),
    max: bound(({ max }) => max, Math.max),
    formula:
      type === "register"
        ? "energy of a slot = (register at its end − at its start) × multiplier"
        : null,
    source: type === "register" ? "docs/decisions/0023-how-a-register-is-read.md" : null,
  };
}

function resultItems(): readonly DictionaryBody[] {
  return Object.entries(resultTerms).map(([id, { zh, en, unit, formula, source }]) => ({
    ...{ id, type: "result" as const, name: { zh, en }, unit, formula, source },
    ...{ min: null, max: null, deviceKinds: [] },
  }));
}
