import type { Factor } from "../../domain/carbon/factor.ts";
import { kjPerMj, mjPerKgce } from "../../domain/units.ts";

/** Fuel factors are printed with six digits behind the point, coal equivalents with four. */
const fuelSlipMax = 1e-6;
/** The norm rounds 3,600 kJ to 0.1229 kgce and gives natural gas as a range, so it is less exact. */
const coalEquivalentSlipFraction = 0.002;
const co2PerCarbon = 44 / 12;

/**
 * What no single field of a factor can show: a value that its own inputs contradict is a slip in one
 * of them, and a factor nobody may use by chance is worse than a missing one.
 */
export function factorProblems(factor: Factor): readonly string[] {
  const { id, value, inputs, kind } = factor;
  const problems: string[] = [];
  if (value === null && factor.note === null) {
    problems.push(`${id} has no value; say in a note why`);
  }
  if (factor.validFrom !== null && factor.validTo !== null && factor.validTo < factor.validFrom) {
    problems.push(`${id} ends on ${factor.validTo}, before it begins on ${factor.validFrom}`);
  }
  if (value === null || inputs === null) return problems;
  if (kind === "fuel") {
    const calculated =
      inputs.ncv * (inputs.carbonTPerGj ?? 0) * (inputs.oxidationFraction ?? 0) * co2PerCarbon;
    if (Math.abs(calculated - value) > fuelSlipMax) {
      problems.push(`${id} is ${value}, but its inputs give ${calculated.toFixed(6)}`);
    }
  }
  if (kind === "coal-equivalent") {
    const calculated = inputs.ncv / kjPerMj / mjPerKgce;
    if (Math.abs(calculated - value) > coalEquivalentSlipFraction * value) {
      problems.push(`${id} is ${value}, but its calorific value gives ${calculated.toFixed(4)}`);
    }
  }
  return problems;
}

/** One id, one place: within a version, and across catalogues, which cannot correct each other. */
export function repeatedFactors(factors: readonly Factor[]): readonly string[] {
  const first = new Map<string, Factor>();
  const versions = new Set<string>();
  return factors.flatMap((factor) => {
    const { id, catalogue, version } = factor;
    const known = first.get(id);
    const key = `${id}@${version}`;
    first.set(id, known ?? factor);
    if (known !== undefined && known.catalogue !== catalogue) {
      return [
        `${id} is in the catalogues ${known.catalogue} and ${catalogue}; one has to give way`,
      ];
    }
    if (versions.has(key)) return [`${id} is twice in version ${version} of ${catalogue}`];
    versions.add(key);
    return [];
  });
}
