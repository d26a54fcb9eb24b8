import {
  type CarbonParameters,
  changeInForce,
  type Interpretation,
  type ParameterChange,
  parametersAt,
} from "../domain/carbon/interpretation.ts";
import { interpretations } from "../domain/carbon/interpretations.ts";
import { type Principal, requireRole } from "../domain/principal.ts";
import { localDate } from "../domain/time.ts";
import type { Clock } from "./ports.ts";

/** A parameter as it counts on a day, and the park's decision that set it, if there is one. */
export interface ParameterInForce {
  readonly parameter: keyof CarbonParameters;
  readonly value: CarbonParameters[keyof CarbonParameters];
  readonly change: ParameterChange | null;
}

export interface InterpretationInForce extends Interpretation {
  readonly values: readonly ParameterInForce[];
}

export interface QueryParametersDependencies {
  readonly parameterChanges: readonly ParameterChange[];
  readonly timezone: string;
  readonly clock: Clock;
}

/** How the open questions of the rules are read on a day, with the values that count. */
export function queryParameters(
  { parameterChanges, timezone, clock }: QueryParametersDependencies,
  principal: Principal,
  onDate: string | null,
): readonly InterpretationInForce[] {
  requireRole(principal, "manager", "enterprise", "regulator", "auditor", "sysadmin", "secadmin");
  const day = onDate ?? localDate(clock.nowMs(), timezone);
  const inForce = parametersAt(parameterChanges, day);
  return interpretations.map((interpretation) => ({
    ...interpretation,
    values: interpretation.parameters.map((parameter) => ({
      parameter,
      value: inForce[parameter],
      change: changeInForce(parameterChanges, parameter, day),
    })),
  }));
}
