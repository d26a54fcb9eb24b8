/**
 * Energy discharged between two anchors: moments at which the SOC is known without counting, such as a
 * full charge with tapered current, an empty cell, or a long rest outside of the flat part of the curve.
 */
export interface CapacitySegment {
  readonly socFromFraction: number;
  readonly socToFraction: number;
  /** DC, at reference temperature and power. */
  readonly energyKwh: number;
  readonly endedMs: number;
}

export interface SegmentErrors {
  /** Standard error of the SOC at one anchor. */
  readonly anchorSocFraction: number;
  /** Standard error of a segment's energy. */
  readonly segmentEnergyKwh: number;
}

/** Usable energy between empty and full, and how sure it is. */
export interface CapacityEstimate {
  readonly capacityKwh: number;
  readonly standardErrorKwh: number;
  readonly segmentCount: number;
  /** End of the newest segment: an old estimate says little about today. */
  readonly newestMs: number;
}

/** From this swing on, one segment may speak for itself. */
const singleSwingFraction = 0.4;

/** Energy ÷ swing of one segment; null when the swing is so small that anchor errors prevail. */
export function singleCapacityKwh(segment: CapacitySegment): number | null {
  const swing = swingOf(segment);
  return swing < singleSwingFraction ? null : segment.energyKwh / swing;
}

/**
 * Capacity by total least squares through the origin: both the swing x and the energy y of a segment are
 * uncertain, so that Q minimises
 *
 *     Σ (y − Q x)² / (σ_y² + Q² σ_x²),   σ_x = √2 × anchor error
 *
 * Small swings count for little by themselves. The standard error is that of the linearised problem,
 * (Σ x² / (σ_y² + Q² σ_x²))^−½. null without a segment that has a swing.
 *
 * @see Balasingam et al., Journal of Power Sources 269 (2014), for total least squares of capacity.
 */
export function capacityEstimate(
  segments: readonly CapacitySegment[],
  errors: SegmentErrors,
): CapacityEstimate | null {
  const usable = segments.filter((segment) => swingOf(segment) > 0);
  if (usable.length === 0) return null;
  const singles = usable.map((segment) => segment.energyKwh / swingOf(segment));
  const misfit = (capacityKwh: number): number =>
    usable.reduce((sum, segment) => {
      const rest = segment.energyKwh - capacityKwh * swingOf(segment);
      return sum + rest ** 2 / variance(capacityKwh, errors);
    }, 0);
  const capacityKwh = goldenMinimum(misfit, Math.min(...singles), Math.max(...singles));
  const information = usable.reduce(
    (sum, segment) => sum + swingOf(segment) ** 2 / variance(capacityKwh, errors),
    0,
  );
  return {
    capacityKwh,
    standardErrorKwh: 1 / Math.sqrt(information),
    segmentCount: usable.length,
    newestMs: Math.max(...usable.map(({ endedMs }) => endedMs)),
  };
}

/** State of health by energy: what the battery holds of what it is rated for. */
export function sohFraction(capacityKwh: number, ratedCapacityKwh: number): number {
  return capacityKwh / ratedCapacityKwh;
}

/**
 * A station is worth what its clusters hold together; null when a cluster is unknown, because leaving it
 * out would count it as empty and guessing it as healthy.
 */
export function stationSohFraction(
  clusters: readonly { readonly capacityKwh: number | null }[],
  ratedCapacityKwh: number,
): number | null {
  let totalKwh = 0;
  for (const { capacityKwh } of clusters) {
    if (capacityKwh === null) return null;
    totalKwh += capacityKwh;
  }
  return clusters.length === 0 ? null : totalKwh / ratedCapacityKwh;
}

function swingOf({ socFromFraction, socToFraction }: CapacitySegment): number {
  return Math.abs(socToFraction - socFromFraction);
}

function variance(capacityKwh: number, errors: SegmentErrors): number {
  const swingVariance = 2 * errors.anchorSocFraction ** 2;
  return errors.segmentEnergyKwh ** 2 + capacityKwh ** 2 * swingVariance;
}

const goldenFraction = (Math.sqrt(5) - 1) / 2;
const stepsMax = 200;

/** Minimum of a function with a single valley between two ends. */
function goldenMinimum(value: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let step = 0; step < stepsMax && high - low > 1e-12 * Math.abs(high); step += 1) {
    const span = goldenFraction * (high - low);
    const [left, right] = [high - span, low + span];
    if (value(left) <= value(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}
