import { attributeFlows } from "./attribute-flows.ts";

/** What the meters at the edges saw of one quarter hour, kWh; every figure is non-negative. */
export interface SupplyQuarter {
  readonly importKwh: number;
  readonly exportKwh: number;
  readonly pvKwh: number;
  readonly directKwh: number;
  readonly chargeKwh: number;
  readonly dischargeKwh: number;
}

export type SupplySource = "grid" | "pv" | "direct" | "storage";
export type SupplyTarget = "use" | "storage" | "export";

/** Where the energy of each source went, kWh. */
export type SupplyFlows = Readonly<Record<SupplySource, Readonly<Record<SupplyTarget, number>>>>;

/**
 * Attributes each quarter hour by itself and adds up: what charged the storage at noon is not what was
 * drawn from the grid at night. Solar and direct line share in proportion to what they gave in the
 * quarter hour. What came in without being used, stored or attributed to the export left through it.
 *
 * @see attributeFlows for the order in which sources serve.
 */
export function supplyFlows(quarters: Iterable<SupplyQuarter>): SupplyFlows {
  const nothing = () => ({ use: 0, storage: 0, export: 0 });
  const flows = { grid: nothing(), pv: nothing(), direct: nothing(), storage: nothing() };
  for (const quarter of quarters) {
    const generationKwh = quarter.pvKwh + quarter.directKwh;
    const went = attributeFlows({ ...quarter, generationKwh });
    flows.grid.use += went.usedGridKwh;
    flows.grid.storage += went.gridToStorageKwh;
    flows.grid.export += quarter.importKwh - went.usedGridKwh - went.gridToStorageKwh;
    flows.storage.use += went.usedStorageKwh;
    flows.storage.export += went.storageToGridKwh;
    for (const source of ["pv", "direct"] as const) {
      const shareKwh = source === "pv" ? quarter.pvKwh : quarter.directKwh;
      const share = generationKwh > 0 ? shareKwh / generationKwh : 0;
      flows[source].use += share * went.usedGenerationKwh;
      flows[source].storage += share * went.generationToStorageKwh;
      const placed = went.usedGenerationKwh + went.generationToStorageKwh;
      flows[source].export += share * (generationKwh - placed);
    }
  }
  return flows;
}
