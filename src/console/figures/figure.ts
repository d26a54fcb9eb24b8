import type { Grade } from "../../contracts/energy.ts";
import { percentText, type Quantity } from "../format/numbers.ts";
import { common, gradeWords } from "../text/common.ts";
import { say } from "../text/language.ts";

/** Grade of a figure as it is drawn; what is missing or doubtful has a mark of its own. */
export type Mark = Grade | "missing" | "doubtful";

/** One line of what a figure is made of. */
export interface FigurePart {
  readonly label: string;
  readonly quantity: Quantity | null;
  readonly mark: Mark | null;
}

/** A number as it stands on the screen, with everything that explains it. */
export interface Figure {
  readonly id: string;
  readonly label: string;
  /** In the unit of the API, null when it is not known; never 0 for unknown. */
  readonly value: number | null;
  readonly quantity: Quantity | null;
  readonly mark: Mark | null;
  readonly coverage: number | null;
  readonly estimatedFraction: number | null;
  readonly isStale: boolean;
  /** Why there is no value, or how old a stale one is. */
  readonly reason: string | null;
  /** Instant of a live value, period of an energy. */
  readonly period: string;
  readonly formula: string | null;
  readonly rule: string | null;
  readonly parts: readonly FigurePart[];
  readonly meterIds: readonly string[];
  readonly revision: number | null;
}

export type Figures = Readonly<Record<string, Figure>>;

type Given = Pick<Figure, "id" | "label" | "value" | "period"> & Partial<Figure>;

/** Completes a figure: what nobody has said is not known. */
export function figureOf(given: Given, format: (value: number) => Quantity): Figure {
  const { value } = given;
  return {
    coverage: null,
    estimatedFraction: null,
    isStale: false,
    reason: null,
    formula: null,
    rule: null,
    parts: [],
    meterIds: [],
    revision: null,
    ...given,
    quantity: value === null ? null : format(value),
    mark: value === null ? "missing" : (given.mark ?? null),
  };
}

/** The figure in one line of text, as it is copied and read aloud. */
export function figureText(figure: Figure): string {
  const { label, quantity, mark, coverage, reason, period } = figure;
  const value =
    quantity === null ? say(common.missing) : `${quantity.text} ${quantity.unit}`.trim();
  const parts = [
    `${label} ${value}`,
    mark === null ? null : gradeText(mark),
    coverage === null ? null : `${say(common.coverage)} ${percentText(coverage)}`,
    reason,
    period,
  ];
  return parts.filter((part) => part !== null && part !== "").join(" · ");
}

/** `A 实测`; marks without a letter have words only. */
export function gradeText(mark: Mark): string {
  const words = say(gradeWords[mark]);
  return mark === "missing" || mark === "doubtful" ? words : `${mark} ${words}`;
}
