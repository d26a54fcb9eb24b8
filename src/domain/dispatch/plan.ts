/** One step of a plan; powers are means over the step and never negative. */
export interface PlanSlot {
  readonly startMs: number;
  readonly chargeKw: number;
  readonly dischargeKw: number;
  /** Energy in the storage at the end of the step. */
  readonly storedKwh: number;
  readonly importKw: number;
  readonly exportKw: number;
  readonly curtailKw: number;
  readonly unservedKw: number;
  /** What one more kWh of load in this step would cost: the dual of the step's power balance. */
  readonly marginalCnyPerKwh: number;
  /** What one more kWh in the storage at the end of this step would save. */
  readonly storedValueCnyPerKwh: number;
}

/** Parts of the objective; what is earned is negative. */
export interface PlanCosts {
  readonly energyCny: number;
  readonly exportCny: number;
  readonly demandCny: number;
  readonly carbonCny: number;
  readonly wearCny: number;
  readonly curtailmentCny: number;
}

export type SoftLimit = "importLimitKw" | "exportLimitKw" | "terminalMinKwh" | "emissionsCapKgCo2";

/** A soft limit that could not be kept and by how much. */
export interface Breach {
  readonly limit: SoftLimit;
  /** The step of a grid limit, the last step for terminal energy, the first for emissions. */
  readonly startMs: number;
  readonly amount: number;
  readonly unit: "kW" | "kWh" | "kgCO2";
}

/** What one more unit of a limit of the whole horizon would save; 0 when the limit does not bind. */
export interface LimitValues {
  readonly peakCnyPerKw: number;
  readonly emissionsCnyPerKg: number;
}

export interface DispatchPlan {
  readonly status: "optimal" | "degraded";
  /** Sum of the costs; holds no penalty. */
  readonly objectiveCny: number;
  readonly costs: PlanCosts;
  readonly emissionsKgCo2: number;
  /** Highest import of the plan. */
  readonly peakKw: number;
  readonly slots: readonly PlanSlot[];
  readonly breaches: readonly Breach[];
  readonly limitValues: LimitValues;
}
