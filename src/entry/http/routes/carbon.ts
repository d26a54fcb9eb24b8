import { calculateCarbonTrial } from "../../../app/calculate-carbon.ts";
import { CarbonCalculationBody, CarbonCalculationPost } from "../../../contracts/carbon.ts";
import { principalOf, readers } from "../access.ts";
import { carbonBody, carbonTrial } from "../carbon-bodies.ts";
import type { Routes } from "../http-services.ts";

export const carbonRoutes: Routes = async (server, { carbon }) => {
  server.post(
    "/carbon/calculations",
    {
      config: { access: readers },
      schema: {
        tags: ["carbon"],
        summary: "Energy and carbon of entered activity data, for every purpose side by side",
        description:
          "Nothing is stored; the code is that of the real accounts. Every line names its factor, and `notes` say what is assumed or unconfirmed.",
        body: CarbonCalculationPost,
        response: { 200: CarbonCalculationBody },
      },
    },
    async (request) =>
      carbonBody(calculateCarbonTrial(carbon, principalOf(request), carbonTrial(request.body))),
  );
};
