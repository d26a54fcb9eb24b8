import type { Evidence, FactorKind, Purpose } from "../../contracts/carbon-vocabulary.ts";
import type { LocalName } from "../park.ts";

/** Where a figure stands, precise enough for an auditor to find it. */
export interface FactorSource {
  readonly id: string;
  readonly document: string;
  readonly number: string | null;
  readonly date: string | null;
  readonly url: string | null;
  /** What was read instead, when it was not the document itself. */
  readonly readIn: LocalName | null;
}

/** What the value of a fuel factor or a coal equivalent was calculated from. */
export interface FactorInputs {
  /** Net calorific value, in the unit beside it. */
  readonly ncv: number;
  readonly ncvUnit: "GJ/t" | "GJ/10^4Nm3" | "kJ/kg" | "kJ/m3" | "kJ/kWh";
  readonly carbonTPerGj: number | null;
  readonly oxidationFraction: number | null;
}

/** One published figure, bound to the purposes that it may serve. */
export interface Factor {
  /** Stays the same for ever; a corrected value is the same id in a higher catalogue version. */
  readonly id: string;
  readonly catalogue: string;
  readonly version: number;
  readonly kind: FactorKind;
  /** What it is a factor of: a fuel, a material, a gas, a kind of electricity. */
  readonly subject: string;
  /** Set that it belongs to where several sets exist side by side, such as prov2025 or AR5. */
  readonly set: string | null;
  readonly purposes: readonly Purpose[];
  readonly region: string;
  /** Year that the figure describes; null where it does not depend on one. */
  readonly dataYear: number | null;
  /** First and last day on which it may be taken up, `YYYY-MM-DD`; null: open. */
  readonly validFrom: string | null;
  readonly validTo: string | null;
  /** null: it is known that nothing is published. It is neither zero nor replaced by a neighbour. */
  readonly value: number | null;
  readonly unit: string;
  readonly inputs: FactorInputs | null;
  readonly name: LocalName;
  readonly note: LocalName | null;
  readonly source: FactorSource;
  readonly evidence: Evidence;
  readonly confirmed: boolean;
}

/** A factor that has a value. */
export type UsableFactor = Factor & { readonly value: number };
