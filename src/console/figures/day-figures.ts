import type { EnergyBody } from "../../contracts/energy.ts";
import type { MeterBody, ParkBody } from "../../contracts/registry.ts";
import {
  fixed,
  megawattHours,
  megawatts,
  percent,
  percentText,
  type Quantity,
} from "../format/numbers.ts";
import { clock, clockEnd, periodText } from "../format/park-time.ts";
import { kwOfQuarterKwh, quarterHourMs } from "../format/units.ts";
import { common } from "../text/common.ts";
import { say } from "../text/language.ts";
import { overview, rules, tiles } from "../text/overview.ts";
import { type Figure, type Figures, figureOf } from "./figure.ts";

export interface DayInputs {
  readonly park: ParkBody;
  readonly fromMs: number;
  readonly toMs: number;
  readonly electricity: EnergyBody | null;
  readonly water: EnergyBody | null;
  readonly effluent: EnergyBody | null;
  readonly heat: EnergyBody | null;
  readonly meters: readonly MeterBody[];
}

/** Where electricity comes from, in the order in which sources are stacked. */
export const sources = [
  { id: "grid", register: "importKwh", role: "grid", words: overview.gridBought },
  { id: "direct", register: "deliveredKwh", role: "direct", words: overview.direct },
  { id: "pv", register: "generationKwh", role: "pv", words: overview.pv },
  { id: "dis", register: "dischargeKwh", role: "storage", words: overview.discharge },
] as const;

export type SourceId = (typeof sources)[number]["id"];

type Totals = EnergyBody["total"] | null;

/** A figure of a total, or null where the park has no meter of it. */
const amount = (total: Totals, register: string): number | null => total?.[register] ?? null;

/** Sum of what is known to exist; null as soon as one of the parts is not known. */
export function supplyKwh(totals: Readonly<Record<string, number | null | string>>): number | null {
  let sum: number | null = null;
  for (const { register } of sources) {
    const value = totals[register];
    if (value === undefined) continue;
    if (typeof value !== "number") return null;
    sum = (sum ?? 0) + value;
  }
  return sum;
}

/** Share of energy from PV and the direct line in what came in; discharge is not a source. */
export function greenFraction(
  totals: Readonly<Record<string, number | null | string>>,
): number | null {
  const terms = ["importKwh", "generationKwh", "deliveredKwh"].filter((name) => name in totals);
  const values = terms.map((name) => totals[name]);
  if (values.length === 0 || values.some((value) => typeof value !== "number")) return null;
  const inflow = values.reduce<number>((sum, value) => sum + Number(value), 0);
  if (inflow <= 0) return null;
  return 1 - Number(totals.importKwh ?? 0) / inflow;
}

/** Today's figures out of the ledger. */
export function dayFigures(inputs: DayInputs): Figures {
  const figures = [
    ...electricityFigures(inputs),
    ...sourceFigures(inputs),
    ...otherFigures(inputs),
  ];
  return Object.fromEntries(figures.map((figure) => [figure.id, figure]));
}

/** An answer of the ledger, with its steps or, in a list of many scopes, without. */
type LedgerTotals = Pick<EnergyBody, "total" | "registers" | "meters"> &
  Partial<Pick<EnergyBody, "slots">> & { readonly revision?: number };

/**
 * What a figure inherits from the answer that it comes from. A figure of one register is as good as
 * that register; one of several is as good as the whole answer.
 */
export function fromLedger(
  body: LedgerTotals | null,
  { fromMs, toMs, park }: Pick<DayInputs, "fromMs" | "toMs" | "park">,
  register?: string,
) {
  const quality = (register === undefined ? null : body?.registers[register]) ?? body?.total;
  return {
    // A sum with a large part missing is a lower bound and has no grade.
    mark: quality === undefined || isIncomplete(quality) ? ("missing" as const) : quality.grade,
    coverage: quality?.coverage ?? null,
    estimatedFraction: quality?.estimatedFraction ?? null,
    meterIds: body?.meters ?? [],
    revision: newestRevision(body),
    period: periodText(fromMs, toMs, park.timezone),
    reason: body === null ? say(tiles.notClosed) : null,
    rule: say(rules.ledger),
  };
}

function newestRevision(body: LedgerTotals | null): number {
  if (body?.revision !== undefined) return body.revision;
  return (body?.slots ?? []).reduce((newest, { revision }) => Math.max(newest, revision), 0);
}

/** Measured share below which a figure is not judged, unless estimates fill all that is missing. */
const coverageMin = 0.9;

function isIncomplete({
  coverage,
  missingSlots,
}: {
  readonly coverage: number;
  readonly missingSlots: number;
}): boolean {
  return coverage < coverageMin && missingSlots > 0;
}

/**
 * A figure in which parts are taken from each other: when much of it is missing it could be wrong
 * either way, so it is missing as a whole and says why.
 */
export function judged(body: EnergyBody | null, value: number | null) {
  if (body === null || !isIncomplete(body.total)) return { value };
  const [found, needed] = [body.total.coverage, coverageMin].map((share) => percentText(share, 0));
  return { value: null, reason: `${say(common.coverage)} ${found} < ${needed}` };
}

function electricityFigures(inputs: DayInputs): Figure[] {
  const { electricity } = inputs;
  const total = electricity?.total ?? null;
  const base = fromLedger(electricity, inputs);
  const parts = partsOf(electricity);
  const green = total === null ? null : greenFraction(total);
  return [
    figureOf(
      {
        ...{ ...base, id: "day.consumption", label: say(tiles.consumption) },
        ...judged(electricity, amount(total, "consumptionKwh")),
        ...{ parts: [...parts, ...takenOf(electricity)] },
        rule: say(rules.consumption),
      },
      megawattHours,
    ),
    figureOf(
      {
        ...{ ...base, id: "day.green", label: say(tiles.green) },
        ...judged(electricity, green),
        ...{ rule: say(rules.green), parts: parts.slice(0, 3) },
      },
      percent,
    ),
    demandFigure(inputs),
    ...(["exportKwh", "chargeKwh"] as const).map((register) =>
      figureOf(
        {
          ...fromLedger(electricity, inputs, register),
          ...{ id: `day.${register}`, value: amount(total, register) },
          meterIds: metersOf(inputs, register === "exportKwh" ? "grid" : "storage"),
          label: say(register === "exportKwh" ? overview.exported : overview.charge),
        },
        megawattHours,
      ),
    ),
    figureOf(
      {
        ...{ ...base, id: "day.supply", label: say(common.total), parts },
        ...{ value: total === null ? null : supplyKwh(total), rule: say(rules.supply) },
      },
      megawattHours,
    ),
  ];
}

/** What the park does not use of its supply: it is taken off, so the parts add up to the figure. */
const taken = [
  { register: "chargeKwh", words: overview.charge },
  { register: "exportKwh", words: overview.exported },
] as const;

function partsOf(body: EnergyBody | null) {
  return linesOf(body, sources, 1);
}

function takenOf(body: EnergyBody | null) {
  return linesOf(body, taken, -1);
}

function linesOf(
  body: EnergyBody | null,
  lines: readonly Pick<(typeof sources | typeof taken)[number], "register" | "words">[],
  sign: 1 | -1,
) {
  const total = body?.total ?? null;
  return lines
    .filter(({ register }) => total !== null && register in total)
    .map(({ register, words }) => {
      const value = amount(total, register);
      return {
        label: say(words),
        quantity: value === null ? null : megawattHours(sign * value),
        mark: value === null ? ("missing" as const) : (body?.registers[register]?.grade ?? null),
      };
    });
}

function sourceFigures(inputs: DayInputs): Figure[] {
  const { electricity } = inputs;
  const total = electricity?.total ?? null;
  const supply = total === null ? null : supplyKwh(total);
  return sources.map(({ id, register, role, words }) => {
    const value = amount(total, register);
    const share = value === null || supply === null || supply <= 0 ? null : value / supply;
    return figureOf(
      {
        ...fromLedger(electricity, inputs, register),
        ...{ id: `day.${id}`, label: say(words), value, meterIds: metersOf(inputs, role) },
        formula: share === null ? null : say(tiles.ofSupply)(percentText(share)),
      },
      megawattHours,
    );
  });
}

/** Largest quarter-hour mean of the import, and when it was. */
export function largestDemand(
  body: EnergyBody | null,
): { readonly powerKw: number; readonly startMs: number } | null {
  let largest: { powerKw: number; startMs: number } | null = null;
  for (const { start, importKwh } of body?.slots ?? []) {
    if (typeof importKwh !== "number") continue;
    const powerKw = kwOfQuarterKwh(importKwh);
    if (largest === null || powerKw > largest.powerKw) {
      largest = { powerKw, startMs: Date.parse(start) };
    }
  }
  return largest;
}

/** The meters that a register of the park is summed from. */
function metersOf({ meters }: DayInputs, role: MeterBody["role"]): readonly string[] {
  return meters
    .filter((meter) => meter.carrier === "electricity" && meter.role === role)
    .map(({ id }) => id);
}

function demandFigure(inputs: DayInputs): Figure {
  const { timezone } = inputs.park;
  const largest = largestDemand(inputs.electricity);
  const slot =
    largest === null
      ? null
      : `${clock(largest.startMs, timezone)}–${clockEnd(largest.startMs + quarterHourMs, timezone)}`;
  return figureOf(
    {
      ...fromLedger(inputs.electricity, inputs, "importKwh"),
      ...{ id: "day.demand", label: say(tiles.demand), value: largest?.powerKw ?? null },
      ...{ formula: slot, rule: say(rules.demand), meterIds: metersOf(inputs, "grid") },
    },
    megawatts,
  );
}

function otherFigures(inputs: DayInputs): Figure[] {
  const cubic = (value: number): Quantity => ({ text: fixed(value, 0), unit: "m³" });
  const gigajoule = (value: number): Quantity => ({ text: fixed(value, 1), unit: "GJ" });
  const { water, effluent, heat } = inputs;
  const rows = [
    ["day.water", tiles.water, water, "volumeM3", cubic],
    ["day.effluent", overview.effluent, effluent, "volumeM3", cubic],
    ["day.heat", overview.heat, heat, "heatGj", gigajoule],
  ] as const;
  return rows.map(([id, words, body, register, format]) =>
    figureOf(
      {
        ...{ ...fromLedger(body, inputs, register), id, label: say(words) },
        value: amount(body?.total ?? null, register),
      },
      format,
    ),
  );
}
