import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Korean steel plant (UCI Steel Industry Energy Consumption), first half of 2018, kWh a quarter hour. */
export const steelFile = "steel_industry_kr_2018H1_15min.csv";
/** Chinese PV station of 50 MW (State Grid forecasting competition), 2019, MW. */
export const pvFile = "pv_china_site1_50MW_2019_15min.csv";
export const pvNameplateKw = 50_000;

export const slotsOfDay = 96;
const slotsPerHour = 4;

/** Mean power of each quarter hour, by day. The labels repeat at midnight, so the order of rows counts. */
export function steelLoadKw(dataDir: string): number[][] {
  return byDay(columnOf(join(dataDir, steelFile), 1).map((kwh) => kwh * slotsPerHour));
}

/** Power of each quarter hour, by day. At night the meter shows a little less or more than zero. */
export function pvPowerKw(dataDir: string): number[][] {
  return byDay(columnOf(join(dataDir, pvFile), 6).map((mw) => Math.max(0, mw) * 1000));
}

/** The date of a day counted from the first of January. */
export function dateOf(year: number, day: number): string {
  return new Date(Date.UTC(year, 0, 1 + day)).toISOString().slice(0, 10);
}

function columnOf(path: string, column: number): number[] {
  const lines = readFileSync(path, "utf8").split(/\r?\n/).slice(1);
  return lines.filter((line) => line !== "").map((line) => Number(line.split(",")[column]));
}

function byDay(values: readonly number[]): number[][] {
  const days = Math.floor(values.length / slotsOfDay);
  return [...new Array(days).keys()].map((day) =>
    values.slice(day * slotsOfDay, (day + 1) * slotsOfDay),
  );
}
