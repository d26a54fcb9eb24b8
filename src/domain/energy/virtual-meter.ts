import { metricOf } from "../../contracts/device-kinds.ts";
import { ConflictError, DomainError } from "../errors.ts";
import type { LocalName, Meter } from "../park.ts";
import { expandFormula, type Formula, formulaUnit, parseFormula } from "./formula.ts";

/** A meter that is no device: its energy is worked out from registers of others. */
export interface VirtualMeter {
  readonly id: string;
  readonly name: LocalName;
  /** Whose figure it is; null: the park's. */
  readonly enterpriseId: string | null;
  readonly formula: string;
  readonly origin: "park-file" | "api";
}

/** A formula that is down to registers, with its unit. */
export interface ResolvedFormula {
  readonly formula: Formula;
  readonly unit: string;
}

/**
 * What a virtual meter is made of.
 *
 * @param others every other virtual meter.
 * @throws {DomainError} `invalid_formula`, `formula_cycle`, `unknown_reference`, `unit_mismatch`, also
 *   when the formula has no unit: a share of something cannot be added up over time.
 */
export function resolveFormula(
  meter: Pick<VirtualMeter, "id" | "formula">,
  others: readonly VirtualMeter[],
  meterOf: (id: string) => Pick<Meter, "kind"> | undefined,
): ResolvedFormula {
  const parsed = parseFormula(meter.formula);
  const formula = expandFormula(
    parsed,
    (id) => {
      const other = others.find((one) => one.id === id);
      return other === undefined ? undefined : parseFormula(other.formula);
    },
    [meter.id],
  );
  const unit = formulaUnit(formula, (meterId, register) => {
    const kind = meterOf(meterId)?.kind;
    const spec = kind === undefined ? undefined : metricOf(kind, register);
    return spec?.type === "register" ? spec.unit.replaceAll("³", "3") : undefined;
  });
  return { formula, unit: requireUnit(unit, meter.id) };
}

function requireUnit(unit: string, id: string): string {
  if (unit !== "") return unit;
  throw new DomainError("unit_mismatch", `${id} would have no unit`, {
    pointer: "/formula",
    remedy: "let the formula be an amount in the unit of a register; shares may be factors in it",
  });
}

/** @throws {ConflictError} `id_taken`. */
export function requireFreeId(id: string, others: readonly VirtualMeter[]): void {
  if (!others.some((other) => other.id === id)) return;
  throw new ConflictError("id_taken", `there is already a virtual meter ${id}`, {
    remedy: "choose another id",
    pointer: "/id",
  });
}
