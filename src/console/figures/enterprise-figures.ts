import type { EnergyBody, EnterpriseEnergyBody } from "../../contracts/energy.ts";
import type { EnterpriseFields } from "../../contracts/park-file.ts";
import type { ParkBody } from "../../contracts/registry.ts";
import { megawattHours, percentText } from "../format/numbers.ts";
import { nameOf, say } from "../text/language.ts";
import { rules } from "../text/overview.ts";
import { fromLedger } from "./day-figures.ts";
import { type Figure, figureOf } from "./figure.ts";

export interface EnterpriseUse {
  readonly enterprise: EnterpriseFields;
  readonly span: { readonly fromMs: number; readonly toMs: number };
  readonly body: EnterpriseEnergyBody | null;
}

export interface RankedEnterprise {
  readonly id: string;
  readonly name: string;
  readonly figure: Figure;
  /** Share of what the park used; null when either is not known. */
  readonly shareFraction: number | null;
}

/** Registers that count what an enterprise draws: its meters, and chargers that deliver to cars. */
const drawn = ["importKwh", "deliveredKwh"] as const;

/** What an enterprise drew, or null where a register that it has is not known. */
export function drawnKwh(body: Pick<EnergyBody, "total"> | null): number | null {
  if (body === null) return null;
  let sumKwh: number | null = null;
  for (const register of drawn) {
    const value = body.total[register];
    if (value === undefined) continue;
    if (value === null) return null;
    sumKwh = (sumKwh ?? 0) + value;
  }
  return sumKwh;
}

/** Enterprises by what they drew, the largest first; those without data last. */
export function enterpriseFigures(
  uses: readonly EnterpriseUse[],
  { park, totalKwh }: { readonly park: ParkBody; readonly totalKwh: number | null },
): readonly RankedEnterprise[] {
  return uses
    .map(({ enterprise, span, body }) => {
      const value = drawnKwh(body);
      const shareFraction =
        value === null || totalKwh === null || totalKwh <= 0 ? null : value / totalKwh;
      const figure = figureOf(
        {
          ...fromLedger(body, { ...span, park }, "importKwh"),
          ...{ id: `enterprise.${enterprise.id}`, label: nameOf(enterprise.name), value },
          formula: shareFraction === null ? null : say(rules.ofPark)(percentText(shareFraction)),
          rule: say(rules.enterprise),
        },
        megawattHours,
      );
      return { id: enterprise.id, name: nameOf(enterprise.name), figure, shareFraction };
    })
    .sort((a, b) => (b.figure.value ?? -1) - (a.figure.value ?? -1));
}
