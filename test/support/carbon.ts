import { join } from "node:path";
import { loadFactors } from "../../src/adapters/files/load-factors.ts";
import { calculateCarbonTrial } from "../../src/app/calculate-carbon.ts";
import { type CarbonCalculationBody, CarbonCalculationPost } from "../../src/contracts/carbon.ts";
import type { ParameterChange } from "../../src/domain/carbon/interpretation.ts";
import { servicePrincipal } from "../../src/domain/principal.ts";
import { carbonBody, carbonTrial } from "../../src/entry/http/carbon-bodies.ts";

/** The catalogues that come with the program. */
export const shippedFactors = loadFactors([join(import.meta.dirname, "../../factors")]);

export const testDay = "2026-11-25";

/** What the calculation route answers to a body, without the server around it. */
export function calculated(
  body: CarbonCalculationPost,
  parameterChanges: readonly ParameterChange[] = [],
): CarbonCalculationBody {
  const trial = carbonTrial(CarbonCalculationPost.parse(body));
  const dependencies = {
    factors: shippedFactors,
    parameterChanges,
    timezone: "Asia/Shanghai",
    clock: { nowMs: () => Date.parse(`${testDay}T04:00:00Z`) },
  };
  return carbonBody(calculateCarbonTrial(dependencies, servicePrincipal("p", "test"), trial));
}

/** The code of the refusal that a call ends in, with the place in the request. */
export function refusalOf(call: () => unknown): { code?: string; pointer?: string } {
  try {
    call();
  } catch (error) {
    const { code, pointer } = error as { code?: string; pointer?: string };
    return {
      ...(code === undefined ? {} : { code }),
      ...(pointer === undefined ? {} : { pointer }),
    };
  }
  return {};
}
