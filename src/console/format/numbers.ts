import { common } from "../text/common.ts";
import { language, say } from "../text/language.ts";
import { gwhOfKwh, mwhOfKwh, mwOfKw } from "./units.ts";

const formats = new Map<number, Intl.NumberFormat>();

/** A number with a fixed count of decimals, thousands by comma and a true minus sign. */
export function fixed(value: number, decimals: number): string {
  let format = formats.get(decimals);
  if (format === undefined) {
    format = new Intl.NumberFormat("en-US", {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
    formats.set(decimals, format);
  }
  const text = format.format(value);
  // What rounds to zero has no sign.
  if (/^-0(?:\.0*)?$/.test(text)) return text.slice(1);
  return text.replace("-", "−");
}

const exact = new Intl.NumberFormat("en-US", { maximumFractionDigits: 6 });

/** A number with the decimals that it has, as a display shows it: `1,010` or `98,431.2206`. */
export function asItStands(value: number): string {
  return exact.format(value).replace("-", "−");
}

/** A number and its unit apart, because they are set in different sizes. */
export interface Quantity {
  readonly text: string;
  readonly unit: string;
}

/** Park power: MW with one decimal. */
export function megawatts(powerKw: number): Quantity {
  return { text: fixed(mwOfKw(powerKw), 1), unit: "MW" };
}

/** Energy of the park: MWh with one decimal, GWh from 10 GWh on. */
export function megawattHours(energyKwh: number): Quantity {
  if (Math.abs(energyKwh) >= 1e7) return { text: fixed(gwhOfKwh(energyKwh), 1), unit: "GWh" };
  return { text: fixed(mwhOfKwh(energyKwh), 1), unit: "MWh" };
}

/** A share with one decimal in percent. */
export function percent(fraction: number): Quantity {
  return { text: fixed(fraction * 100, 1), unit: "%" };
}

/** A share in running text: `98.7%`, in English with a space. */
export function percentText(fraction: number, decimals = 1): string {
  // What is not whole must not read as whole.
  const shown = fraction < 1 && fraction > 0.9995 && decimals === 1 ? 0.999 : fraction;
  return `${fixed(shown * 100, decimals)}${language.value === "zh" ? "" : " "}%`;
}

/** Units as they are printed: the API writes them without raised digits. */
export function unitText(unit: string): string {
  return unit.replace(/m2\b/, "m²").replace(/m3\b/, "m³");
}

const decimalsOfUnit: Readonly<Record<string, number>> = {
  ...{ kW: 1, kvar: 1, kWh: 1, kvarh: 1, V: 1, A: 1, Hz: 2, "Ω/V": 0 },
  ...{ "m³": 1, "Nm³": 1, "m³/h": 1, "Nm³/h": 1, L: 1, kg: 1, t: 2, GJ: 2 },
  ...{ "°C": 1, "W/m²": 0, "m/s": 1, hPa: 1, kPa: 1, MPa: 3, "mg/L": 1, ppm: 0, "%LEL": 1 },
};

/** A value as a device reports it: as many decimals as its unit deserves. */
export function metricText(value: number | string, unit: string): string {
  if (typeof value === "string") return value;
  const decimals = decimalsOfUnit[unitText(unit)] ?? (Number.isInteger(value) ? 0 : 3);
  return fixed(value, decimals);
}

const decimalsOfTotal: Readonly<Record<string, number>> = {
  ...{ "m³": 0, "Nm³": 0, L: 0, kg: 0, t: 1, GJ: 1 },
};

/** A sum over a day or a month, with the decimals that the tiles have for the same unit. */
export function totalText(amount: number, unit: string): string {
  const decimals = decimalsOfTotal[unitText(unit)];
  return decimals === undefined ? metricText(amount, unit) : fixed(amount, decimals);
}

/** Metrics that are 0 or 1. */
const flags = new Set(["smoke", "occupied", "running"]);

/** One metric of a device: shares in percent, everything else in its unit. */
export function metricQuantity(metric: string, value: number | string, unit: string): Quantity {
  if (typeof value === "number" && metric.endsWith("Fraction")) return percent(value);
  if (flags.has(metric)) return { text: say(value === 0 ? common.no : common.yes), unit: "" };
  return { text: metricText(value, unit), unit: unitText(unit) };
}
