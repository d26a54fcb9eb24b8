import type { Certificate } from "./activity.ts";

export type CertificateRefusal = "not_cancelled" | "other_year" | "year_unknown";

export interface CertificateRecognition {
  /** Cancelled certificates of the year. */
  readonly eligibleKwh: number;
  /** Counted: the eligible ones, as far as the off-take reaches. */
  readonly recognisedKwh: number;
  /** Eligible, but beyond the off-take. */
  readonly unusedKwh: number;
  /** Certificates that cannot count, by their place in the list. */
  readonly refused: readonly {
    readonly index: number;
    readonly kwh: number;
    readonly reason: CertificateRefusal;
  }[];
}

/**
 * How much of a user's single certificates counts:
 *
 *     recognisedKwh = min(Σ eligible kWh, ceilingKwh)
 *     unusedKwh     = Σ eligible kWh − recognisedKwh
 *
 * A certificate is eligible when it is cancelled (核销) and its electricity was generated in `year`.
 * `ceilingKwh` is the off-take less green-power trade, because trade and certificates together must
 * not exceed the off-take (认定上限). Energy in kWh; all quantities are non-negative.
 *
 * @see 发改能源〔2026〕622号, annex 3: users; counting of cancelled certificates by generation year.
 */
export function recogniseCertificates(
  certificates: readonly Certificate[],
  { year, ceilingKwh }: { readonly year: number; readonly ceilingKwh: number },
): CertificateRecognition {
  let eligibleKwh = 0;
  const refused: CertificateRecognition["refused"][number][] = [];
  for (const [index, certificate] of certificates.entries()) {
    const reason = refusal(certificate, year);
    if (reason === null) eligibleKwh += certificate.kwh;
    else if (certificate.kwh > 0) refused.push({ index, kwh: certificate.kwh, reason });
  }
  const recognisedKwh = Math.min(eligibleKwh, ceilingKwh);
  return { eligibleKwh, recognisedKwh, unusedKwh: eligibleKwh - recognisedKwh, refused };
}

function refusal(certificate: Certificate, year: number): CertificateRefusal | null {
  if (!certificate.isCancelled) return "not_cancelled";
  if (certificate.generationYear === null) return "year_unknown";
  return certificate.generationYear === year ? null : "other_year";
}
