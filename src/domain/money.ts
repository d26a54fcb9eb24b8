/**
 * Money is whole fen in `bigint`; prices are whole micro-yuan per unit and quantities whole
 * thousandths of a unit (Wh, W, VA), so that products are exact and only the last division rounds.
 */

/** Micro-yuan in a fen. */
const microCnyPerFen = 10_000n;
const milliPerUnit = 1000n;
const ppmPerUnit = 1_000_000n;

/**
 * Quotient rounded to a whole number, halves away from zero (四舍五入): 0.5 becomes 1, −0.5 becomes −1.
 *
 * @param denominator above 0.
 */
export function roundedQuotient(numerator: bigint, denominator: bigint): bigint {
  const magnitude = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * magnitude + denominator) / (2n * denominator);
  return numerator < 0n ? -rounded : rounded;
}

/**
 * Amount of one bill line, rounded once:
 *
 *     fen = quantity × price × factor          quantity in units, price in yuan a unit
 *
 * @param quantity kWh, kW or kVA; thousandths of it count.
 */
export function lineFen(
  quantity: number,
  price: { readonly microCny: number; readonly factorPpm: number },
): bigint {
  const milli = BigInt(Math.round(quantity * Number(milliPerUnit)));
  const product = milli * BigInt(price.microCny) * BigInt(price.factorPpm);
  return roundedQuotient(product, milliPerUnit * ppmPerUnit * microCnyPerFen);
}

/** A share of an amount, rounded once; the share in parts per million. */
export function shareFen(amountFen: bigint, sharePpm: number): bigint {
  return roundedQuotient(amountFen * BigInt(sharePpm), ppmPerUnit);
}

/** Whole millionths of a decimal number: micro-yuan of yuan, parts per million of a factor. */
export function millionths(value: number): number {
  return Math.round(value * Number(ppmPerUnit));
}

/** The decimal number of whole millionths. */
export function fromMillionths(value: number): number {
  return value / Number(ppmPerUnit);
}
