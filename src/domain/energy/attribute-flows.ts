/** What meters saw of one interval, kWh; every figure is non-negative. */
export interface IntervalFlows {
  readonly importKwh: number;
  readonly exportKwh: number;
  readonly generationKwh: number;
  readonly chargeKwh: number;
  readonly dischargeKwh: number;
}

/** Where each of them went, kWh. */
export interface AttributedFlows {
  readonly gridToStorageKwh: number;
  readonly storageToGridKwh: number;
  readonly generationToStorageKwh: number;
  readonly generationToGridKwh: number;
  readonly usedGenerationKwh: number;
  readonly usedGridKwh: number;
  readonly usedStorageKwh: number;
  readonly usedKwh: number;
}

/**
 * Splits the totals of one interval into where each went. Meters at the edges cannot see this, so it
 * is a rule and not a measurement; it is applied to intervals as short as the meters allow.
 *
 *     used = import + generation + discharge − export − charge        never below 0
 *
 * 1. Import beyond what was used must have gone into the storage.
 * 2. Own generation charges the storage and then feeds the grid.
 * 3. The storage feeds the grid what is still to be explained; import charges it likewise.
 * 4. What is left of generation, storage and import, in this order, was used.
 *
 * What a storage charged out of its own discharge within the interval is in no flow.
 */
export function attributeFlows(flows: IntervalFlows): AttributedFlows {
  const usedKwh = Math.max(
    0,
    flows.importKwh + flows.generationKwh + flows.dischargeKwh - flows.exportKwh - flows.chargeKwh,
  );
  const surplusImportKwh = Math.max(0, Math.min(flows.importKwh - usedKwh, flows.chargeKwh));
  const generationToStorageKwh = Math.min(flows.generationKwh, flows.chargeKwh - surplusImportKwh);
  const generationLeftKwh = flows.generationKwh - generationToStorageKwh;
  const generationToGridKwh = Math.min(generationLeftKwh, flows.exportKwh);
  const storageToGridKwh = Math.min(flows.dischargeKwh, flows.exportKwh - generationToGridKwh);
  const gridToStorageKwh =
    surplusImportKwh +
    Math.min(
      flows.importKwh - surplusImportKwh,
      flows.chargeKwh - surplusImportKwh - generationToStorageKwh,
    );
  const usedGenerationKwh = Math.min(usedKwh, generationLeftKwh - generationToGridKwh);
  const usedStorageKwh = Math.min(
    usedKwh - usedGenerationKwh,
    flows.dischargeKwh - storageToGridKwh,
  );
  const usedGridKwh = Math.min(
    usedKwh - usedGenerationKwh - usedStorageKwh,
    flows.importKwh - gridToStorageKwh,
  );
  return {
    gridToStorageKwh,
    storageToGridKwh,
    generationToStorageKwh,
    generationToGridKwh,
    usedGenerationKwh,
    usedGridKwh,
    usedStorageKwh,
    usedKwh,
  };
}
