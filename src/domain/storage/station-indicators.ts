/** Energies of a station in a period, each from its own meters; null: not known for the whole period. */
export interface StationEnergies {
  /** Delivered to the grid at the station meter (上网电量). */
  readonly gridExportKwh: number | null;
  /** Taken from the grid at the station meter (下网电量). */
  readonly gridImportKwh: number | null;
  /** Sum over the converters, AC side. */
  readonly chargeKwh: number | null;
  readonly dischargeKwh: number | null;
  /** Sum over the battery clusters, DC side. */
  readonly chargeDcKwh: number | null;
  readonly dischargeDcKwh: number | null;
  /** Own consumption, when it has a meter of its own. */
  readonly auxiliaryKwh: number | null;
}

export interface StationPeriod {
  readonly hours: number;
  readonly ratedPowerKw: number;
  readonly ratedCapacityKwh: number;
  readonly energies: StationEnergies;
  readonly outages: {
    readonly plannedHours: number | null;
    readonly unplannedHours: number | null;
  };
  /** Energy in the storage at the end less that at the beginning; null: unknown. */
  readonly storedRiseKwh: number | null;
  /** Delivered at the meter per kWh drawn from the battery, for the energy that is still in store. */
  readonly dischargeEfficiency: number;
}

export type MeterSet = "station" | "converters" | "clusters" | "auxiliary" | "outage-log";

/** Which formulas the figures follow; a change of any of them is a new version. */
const formulaVersion = "GB/T 36549-2018 family, version 1";

/** Why an indicator has no value; `assessed` has one. */
export type IndicatorState = "assessed" | "missing" | "not-assessable";

export interface StationIndicator {
  readonly id: StationIndicatorId;
  readonly value: number | null;
  readonly unit: "fraction" | "kWh" | "h" | "cycles";
  readonly state: IndicatorState;
  readonly formula: string;
  readonly formulaVersion: string;
  readonly meters: readonly MeterSet[];
  /** Quoted by others from the standard, or customary; its clauses were not read. */
  readonly evidence: "quoted" | "customary";
}

export type StationIndicatorId =
  | "overallEfficiency"
  | "conversionEfficiency"
  | "conversionEfficiencyDc"
  | "storageLossFraction"
  | "auxiliaryKwh"
  | "auxiliaryFraction"
  | "transformationLossFraction"
  | "utilisationFraction"
  | "equivalentHours"
  | "cyclesByDischarge"
  | "cyclesByThroughput"
  | "availabilityFraction"
  | "plannedOutageFraction"
  | "unplannedOutageFraction";

/** Less than this many cycles say nothing about efficiency: what is in store outweighs what flowed. */
const cyclesMin = 0.3;

interface Definition {
  readonly id: StationIndicatorId;
  readonly unit: StationIndicator["unit"];
  readonly formula: string;
  readonly meters: readonly MeterSet[];
  readonly evidence: StationIndicator["evidence"];
  /** Efficiencies need some throughput before they mean anything. */
  readonly needsCycles?: true;
  readonly value: (known: Known) => number | null;
}

/** Energies with what the storage has gained or lost taken into account. */
interface Known extends StationEnergies {
  readonly period: StationPeriod;
}

/**
 * Indicators of a storage station after GB/T 36549-2018: formulas as reports and a station's own tool
 * quote them; the clauses were not read, so that each says how sure it is.
 *
 * A period that ends with more or less in store than it began is corrected: what the difference would
 * deliver at the meter counts as delivered, E′ = E + ηd × rise, at the station meter and at the
 * converters alike. With all of them,
 *
 *     overall efficiency = 1 − storage loss − auxiliary fraction
 *
 * holds exactly; `stationFindings` looks for meters that contradict each other.
 */
export function stationIndicators(period: StationPeriod): readonly StationIndicator[] {
  const { energies, storedRiseKwh, dischargeEfficiency } = period;
  const riseKwh = (storedRiseKwh ?? 0) * dischargeEfficiency;
  const known: Known = {
    ...energies,
    gridExportKwh: map(energies.gridExportKwh, (kwh) => kwh + riseKwh),
    dischargeKwh: map(energies.dischargeKwh, (kwh) => kwh + riseKwh),
    dischargeDcKwh: map(energies.dischargeDcKwh, (kwh) => kwh + (storedRiseKwh ?? 0)),
    period,
  };
  const cycles = throughputCycles(period);
  return definitions.map(({ needsCycles, value, ...definition }): StationIndicator => {
    if (needsCycles === true && cycles !== null && cycles < cyclesMin) {
      return { ...definition, formulaVersion, value: null, state: "not-assessable" };
    }
    const found = value(known);
    const state = found === null ? "missing" : "assessed";
    return { ...definition, formulaVersion, value: found, state };
  });
}

/** Cycles by which it is judged whether efficiencies mean anything: DC side, else AC side. */
function throughputCycles({ energies, ratedCapacityKwh }: StationPeriod): number | null {
  const { chargeDcKwh, dischargeDcKwh, chargeKwh, dischargeKwh } = energies;
  const throughputKwh = plus(chargeDcKwh, dischargeDcKwh) ?? plus(chargeKwh, dischargeKwh);
  return map(throughputKwh, (kwh) => kwh / (2 * ratedCapacityKwh));
}

const definitions: readonly Definition[] = [
  {
    id: "overallEfficiency",
    unit: "fraction",
    formula: "E_on / E_off",
    meters: ["station"],
    evidence: "quoted",
    needsCycles: true,
    value: ({ gridExportKwh, gridImportKwh }) => ratio(gridExportKwh, gridImportKwh),
  },
  {
    id: "conversionEfficiency",
    unit: "fraction",
    formula: "E_D / E_C",
    meters: ["converters"],
    evidence: "quoted",
    needsCycles: true,
    value: ({ dischargeKwh, chargeKwh }) => ratio(dischargeKwh, chargeKwh),
  },
  {
    id: "conversionEfficiencyDc",
    unit: "fraction",
    formula: "E_D,dc / E_C,dc",
    meters: ["clusters"],
    evidence: "quoted",
    needsCycles: true,
    value: ({ dischargeDcKwh, chargeDcKwh }) => ratio(dischargeDcKwh, chargeDcKwh),
  },
  {
    id: "storageLossFraction",
    unit: "fraction",
    formula: "(E_C − E_D) / E_off",
    meters: ["converters", "station"],
    evidence: "quoted",
    needsCycles: true,
    value: ({ chargeKwh, dischargeKwh, gridImportKwh }) =>
      ratio(minus(chargeKwh, dischargeKwh), gridImportKwh),
  },
  {
    id: "auxiliaryKwh",
    unit: "kWh",
    formula: "(E_off − E_C) + (E_D − E_on)",
    meters: ["station", "converters"],
    evidence: "quoted",
    value: derivedAuxiliaryKwh,
  },
  {
    id: "auxiliaryFraction",
    unit: "fraction",
    formula: "((E_off − E_C) + (E_D − E_on)) / E_off",
    meters: ["station", "converters"],
    evidence: "quoted",
    needsCycles: true,
    value: (known) => ratio(derivedAuxiliaryKwh(known), known.gridImportKwh),
  },
  {
    id: "transformationLossFraction",
    unit: "fraction",
    formula: "(E_off − E_on − (E_C − E_D) − E_S) / E_off",
    meters: ["station", "converters", "auxiliary"],
    evidence: "customary",
    needsCycles: true,
    value: (known) =>
      ratio(minus(derivedAuxiliaryKwh(known), known.auxiliaryKwh), known.gridImportKwh),
  },
  {
    id: "utilisationFraction",
    unit: "fraction",
    formula: "(E_C + E_D) / (P_N × H)",
    meters: ["converters"],
    evidence: "quoted",
    value: ({ period }) =>
      ratio(
        plus(period.energies.chargeKwh, period.energies.dischargeKwh),
        period.ratedPowerKw * period.hours,
      ),
  },
  {
    id: "equivalentHours",
    unit: "h",
    formula: "(E_C + E_D) / P_N",
    meters: ["converters"],
    evidence: "quoted",
    value: ({ period }) =>
      ratio(plus(period.energies.chargeKwh, period.energies.dischargeKwh), period.ratedPowerKw),
  },
  {
    id: "cyclesByDischarge",
    unit: "cycles",
    formula: "E_D,dc / E_N",
    meters: ["clusters"],
    evidence: "customary",
    value: ({ period }) => ratio(period.energies.dischargeDcKwh, period.ratedCapacityKwh),
  },
  {
    id: "cyclesByThroughput",
    unit: "cycles",
    formula: "(E_C,dc + E_D,dc) / (2 E_N)",
    meters: ["clusters"],
    evidence: "customary",
    value: ({ period }) =>
      ratio(
        plus(period.energies.chargeDcKwh, period.energies.dischargeDcKwh),
        2 * period.ratedCapacityKwh,
      ),
  },
  ...outageDefinitions(),
];

function outageDefinitions(): readonly Definition[] {
  const common = { unit: "fraction", meters: ["outage-log"], evidence: "customary" } as const;
  return [
    {
      ...common,
      id: "availabilityFraction",
      formula: "(H − H_planned − H_unplanned) / H",
      value: ({ period: { hours, outages } }) =>
        map(plus(outages.plannedHours, outages.unplannedHours), (out) => (hours - out) / hours),
    },
    {
      ...common,
      id: "plannedOutageFraction",
      formula: "H_planned / H",
      value: ({ period }) => ratio(period.outages.plannedHours, period.hours),
    },
    {
      ...common,
      id: "unplannedOutageFraction",
      formula: "H_unplanned / H",
      value: ({ period }) => ratio(period.outages.unplannedHours, period.hours),
    },
  ];
}

function derivedAuxiliaryKwh(known: StationEnergies): number | null {
  return plus(
    minus(known.gridImportKwh, known.chargeKwh),
    minus(known.dischargeKwh, known.gridExportKwh),
  );
}

function map(value: number | null, change: (value: number) => number): number | null {
  return value === null ? null : change(value);
}

function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

function minus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b;
}

function ratio(a: number | null, b: number | null): number | null {
  return a === null || b === null || b === 0 ? null : a / b;
}
