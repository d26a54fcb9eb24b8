import { kgcePerTce } from "../units.ts";

/** Energy and the value added with it, at the prices of one base year. */
export interface EnergyAndValue {
  readonly energyKgce: number;
  /** 工业增加值 in 10,000 CNY. */
  readonly valueAdded10kCny: number;
}

/** 单位工业增加值能耗, tce per 10,000 CNY; null without value added. */
export function energyPerValueAdded({
  energyKgce,
  valueAdded10kCny,
}: EnergyAndValue): number | null {
  return valueAdded10kCny > 0 ? energyKgce / kgcePerTce / valueAdded10kCny : null;
}

/**
 * 下降率: 1 − e_later / e_base as a fraction; negative when the intensity rose, null when either
 * intensity is unknown. Both values added must be at the prices of the same year.
 */
export function declineFraction(base: EnergyAndValue, later: EnergyAndValue): number | null {
  const [before, after] = [energyPerValueAdded(base), energyPerValueAdded(later)];
  return before === null || before === 0 || after === null ? null : 1 - after / before;
}

/** Most energy with which the later period reaches a decline, kgce; null without a base. */
export function energyForDeclineKgce(
  base: EnergyAndValue,
  laterValueAdded10kCny: number,
  targetFraction: number,
): number | null {
  const before = energyPerValueAdded(base);
  return before === null
    ? null
    : before * (1 - targetFraction) * laterValueAdded10kCny * kgcePerTce;
}

/** 单位产品综合能耗, kgce per unit of product; null without product. */
export function energyPerProduct(energyKgce: number, productCount: number): number | null {
  return productCount > 0 ? energyKgce / productCount : null;
}
