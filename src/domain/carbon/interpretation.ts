import type { LocalName } from "../park.ts";

/** How a park reads the rules where they leave a choice. Values of a park override the defaults. */
export interface CarbonParameters {
  /** D1: the factor of the electricity that nothing covers. */
  readonly residualFactor: "park-residual" | "fossil-power";
  /** D2: equivalent value of electricity; null: the proxy in the factor catalogue. */
  readonly equivalentKgcePerKwh: number | null;
  /** D3: limit against which a park below the smallest printed tier is judged for the time being. */
  readonly provisionalLimitTCo2PerTce: number;
  /** D5: own generation that is used on site counts as direct supply. */
  readonly isSelfUseDirectSupply: boolean;
  /** D8: provincial allocation coefficient of the non-fossil view; null: none published. */
  readonly provincialAllocation: number | null;
  /** D10: feedstock energy is part of the comprehensive energy of the park. */
  readonly isFeedstockCounted: boolean;
  /** Fuel factor sets, first choice first. */
  readonly fuelFactorSets: readonly string[];
}

/** A value that counts from a day on, and what it rests on. */
export type ParameterChange = {
  readonly [Name in keyof CarbonParameters]: {
    readonly parameter: Name;
    readonly value: CarbonParameters[Name];
    /** First day, `YYYY-MM-DD`. */
    readonly validFrom: string;
    readonly source: string;
  };
}[keyof CarbonParameters];

/** One open question of the rules, the answer that counts unless the park says otherwise, and why. */
export interface Interpretation {
  readonly id: string;
  readonly question: LocalName;
  readonly answer: LocalName;
  readonly source: string;
  readonly validFrom: string;
  /** Parameters that carry the answer; none: it is built into the method. */
  readonly parameters: readonly (keyof CarbonParameters)[];
}

/** What counts where a park has decided nothing; periods before the park method are read alike. */
export const defaultParameters: CarbonParameters = {
  residualFactor: "park-residual",
  equivalentKgcePerKwh: null,
  provisionalLimitTCo2PerTce: 0.2,
  isSelfUseDirectSupply: true,
  provincialAllocation: null,
  isFeedstockCounted: true,
  fuelFactorSets: ["prov2025", "ndrc24"],
};

/**
 * The parameters on a day: the defaults, over them each change that has begun, in order of its day.
 * Of two changes on one day the later in the list counts.
 */
export function parametersAt(
  changes: readonly ParameterChange[],
  onDate: string,
): CarbonParameters {
  return Object.assign(
    { ...defaultParameters },
    ...begun(changes, onDate).map(({ parameter, value }) => ({ [parameter]: value })),
  );
}

/** The decision of the park that set a parameter on a day; null: the default counts. */
export function changeInForce(
  changes: readonly ParameterChange[],
  parameter: keyof CarbonParameters,
  onDate: string,
): ParameterChange | null {
  return begun(changes, onDate).findLast((change) => change.parameter === parameter) ?? null;
}

/** Changes that have begun, oldest first; those of one day stay in their order. */
function begun(changes: readonly ParameterChange[], onDate: string): readonly ParameterChange[] {
  return changes
    .filter(({ validFrom }) => validFrom <= onDate)
    .sort((a, b) => (a.validFrom < b.validFrom ? -1 : a.validFrom > b.validFrom ? 1 : 0));
}

/**
 * The sets to look in when `first` is chosen: it, and what the park's own order names behind it. A set
 * that the order does not name stands alone, so that nobody gets figures of a set that nobody chose.
 */
export function factorSetOrder(first: string, order: readonly string[]): readonly string[] {
  const place = order.indexOf(first);
  return place < 0 ? [first] : order.slice(place);
}
