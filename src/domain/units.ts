/** Conversions between units; no other file holds such a number. */

export const kgPerT = 1000;
export const kwhPerMwh = 1000;
export const mjPerGj = 1000;
export const kjPerMj = 1000;
export const mjPerKwh = 3.6;
/** Factors of gases are published per ten thousand normal cubic metres, in tonnes or gigajoules. */
export const nm3PerTenThousand = 10_000;
/** One kilogram of standard coal is 29,307.6 kJ (GB/T 2589-2020). */
export const mjPerKgce = 29.3076;
/** A tonne of standard coal (tce) is a thousand kilograms of it (kgce). */
export const kgcePerTce = 1000;
