import { z } from "zod";
import { Instant } from "./registry.ts";

/** A hundred times the largest station or tariff there is: beyond it a unit was mixed up. */
const powerKwMax = 1e8;
const energyKwhMax = 1e9;
const priceCnyPerKwhMax = 1e4;

const Power = z.number("a power in kW is needed here").min(0).max(powerKwMax);
const Energy = z.number("an energy in kWh is needed here").min(0).max(energyKwhMax);
const Price = z
  .number("a price in CNY/kWh is needed here; a hole in a tariff is not filled in")
  .min(-priceCnyPerKwhMax)
  .max(priceCnyPerKwhMax);
const Rate = z.number().min(0).max(priceCnyPerKwhMax);
const Efficiency = z.number().min(0.05).max(1);
const PowerPerStep = z.union([Power, z.array(Power)]);

const StoragePost = z.strictObject({
  capacityKwh: Energy,
  minKwh: Energy.describe("hard"),
  maxKwh: Energy.describe("hard"),
  initialKwh: Energy,
  terminalMinKwh: Energy.nullish().describe("soft; energy at the end of the last step"),
  chargeMaxKw: PowerPerStep.describe("AC, hard"),
  dischargeMaxKw: PowerPerStep.describe("AC, hard"),
  chargeEfficiency: Efficiency.describe("stored per kWh charged"),
  dischargeEfficiency: Efficiency.describe("delivered per kWh drawn"),
  wearCnyPerKwhDischarged: Rate.nullish(),
});

const DemandPost = z.strictObject({
  priceCnyPerKw: z.number().min(0).max(priceCnyPerKwhMax).nullish(),
  peakSoFarKw: Power.nullish().describe("billed already in this month"),
  floorKw: Power.nullish().describe("a peak that is planned for anyway"),
});

/** `POST /dispatch/solutions`: what is optional counts as none, 0 or unlimited when absent or null. */
export const DispatchProblemPost = z.strictObject({
  start: z.iso.datetime({ offset: true }),
  stepMinutes: z.int().min(1).max(1440),
  loadKw: z.array(Power).describe("one value for each step, 1 to 2976 steps"),
  pvKw: z.array(Power).nullish(),
  directKw: z.array(Power).nullish().describe("energy of a direct line"),
  importPriceCnyPerKwh: z.array(Price),
  exportPriceCnyPerKwh: z.array(Price).nullish(),
  gridKgCo2PerKwh: z.array(z.number().min(0).max(10)).nullish(),
  carbonPriceCnyPerKg: Rate.nullish(),
  emissionsCapKgCo2: z.number().min(0).nullish().describe("soft"),
  importLimitKw: PowerPerStep.nullish().describe("soft; unlimited without"),
  exportLimitKw: PowerPerStep.nullish().describe("soft; unlimited without"),
  exportFromStorage: z
    .boolean()
    .nullish()
    .describe("without it exportKw ≤ pv + direct − curtailed in every step"),
  curtailmentPenaltyCnyPerKwh: Rate.nullish(),
  demand: DemandPost.nullish(),
  storage: StoragePost,
});
export type DispatchProblemPost = z.infer<typeof DispatchProblemPost>;

const DispatchSlot = z.object({
  start: Instant,
  chargeKw: z.number().describe("AC side; mean of the step, as all powers"),
  dischargeKw: z.number().describe("AC side"),
  storedKwh: z.number().describe("at the end of the step"),
  importKw: z.number(),
  exportKw: z.number(),
  curtailKw: z.number().describe("of PV and direct energy together"),
  unservedKw: z.number().describe("always 0: import has only soft limits, so load is served"),
  marginalCnyPerKwh: z
    .number()
    .describe("what one more kWh of load in this step would cost; breaches have no price in it"),
  storedValueCnyPerKwh: z
    .number()
    .describe("what one more kWh in the storage at the end of the step would save"),
});

const Breach = z.object({
  limit: z.enum(["importLimitKw", "exportLimitKw", "terminalMinKwh", "emissionsCapKgCo2"]),
  start: Instant.describe(
    "the step of a grid limit, the last step for terminal energy, the first for emissions",
  ),
  amount: z.number(),
  unit: z.enum(["kW", "kWh", "kgCO2"]),
});

const Costs = z.object({
  energyCny: z.number(),
  exportCny: z.number().describe("negative: income"),
  demandCny: z.number().describe("price × rise of the peak over max(peakSoFarKw, floorKw)"),
  carbonCny: z.number(),
  wearCny: z.number(),
  curtailmentCny: z.number(),
});

export const DispatchSolutionBody = z.object({
  status: z
    .enum(["optimal", "degraded", "infeasible"])
    .describe(
      "degraded: some soft limits cannot be kept; the total breach is the least possible and the plan the cheapest with it",
    ),
  objectiveCny: z.number().nullable().describe("sum of the costs, without penalties"),
  costs: Costs.nullable(),
  emissionsKgCo2: z.number().nullable().describe("of imported energy; 0 without grid factors"),
  peakKw: z.number().nullable().describe("highest import of the plan"),
  slots: z.array(DispatchSlot),
  breaches: z.array(Breach),
  limitValues: z
    .object({
      peakCnyPerKw: z.number().describe("what one kW less of the free peak would cost"),
      emissionsCnyPerKg: z.number().describe("what one kg less of the cap would cost"),
    })
    .nullable(),
  check: z
    .object({
      ok: z.boolean(),
      findings: z.array(
        z.object({ rule: z.string(), start: Instant.nullable(), detail: z.string() }),
      ),
    })
    .describe("an independent recount of the plan; it shares no code with the planner"),
  solveMs: z.number(),
  reason: z.string().optional().describe("why no plan exists"),
  remedy: z.string().optional(),
});
export type DispatchSolutionBody = z.infer<typeof DispatchSolutionBody>;
