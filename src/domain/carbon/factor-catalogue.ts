import type { FactorKind, Purpose } from "../../contracts/carbon-vocabulary.ts";
import { DomainError } from "../errors.ts";
import type { Factor, UsableFactor } from "./factor.ts";

/** Which factor is wanted, and for what. */
export interface FactorAsk {
  readonly kind: FactorKind;
  readonly subject: string;
  readonly purpose: Purpose;
  /** Sets to look in, first choice first; absent: the factor belongs to no set. */
  readonly sets?: readonly string[];
  /** Absent: a national or global factor. */
  readonly region?: string;
  /**
   * Year of the account; only factors that describe a year look at it. null: the figure is prescribed
   * or chosen, whatever year it describes, so that it stands in for nothing.
   */
  readonly year: number | null;
  /** Day on which the account is made: what is not yet or no longer valid then is not taken. */
  readonly onDate: string;
  /** Place in the request, for the error. */
  readonly pointer?: string;
}

export interface FoundFactor {
  readonly factor: UsableFactor;
  /** The factor describes an earlier year than the account. Every answer has to say so. */
  readonly isFallbackYear: boolean;
}

/** Every factor of every version; the newest version of an id is the current one. */
export interface FactorCatalogue {
  readonly current: readonly Factor[];
  /** A factor as one version had it; absent version: as it is now. */
  get(id: string, version?: number): Factor | undefined;
  /** Names of the sets that hold current factors of the kind. */
  sets(kind: FactorKind): readonly string[];
  /**
   * The factor for a purpose, or a refusal; never a neighbour in its place.
   *
   * A factor that describes a year serves its own year and, with `isFallbackYear`, later years for
   * which nothing is published; it never serves an earlier one, because that would rewrite history
   * whenever a new figure appears.
   *
   * @throws {DomainError} `factor_missing` when nothing is published, `factor_purpose_mismatch` when
   * what exists is bound to other purposes.
   */
  find(ask: FactorAsk): FoundFactor;
}

const broadRegions: readonly string[] = ["CN", "global"];

export function createFactorCatalogue(factors: readonly Factor[]): FactorCatalogue {
  const byId = new Map<string, Factor>();
  const byVersion = new Map<string, Factor>();
  for (const factor of factors) {
    byVersion.set(`${factor.id}@${factor.version}`, factor);
    const known = byId.get(factor.id);
    if (known === undefined || known.version < factor.version) byId.set(factor.id, factor);
  }
  const bySubject = new Map<string, Factor[]>();
  for (const factor of byId.values()) {
    const key = `${factor.kind}/${factor.subject}`;
    bySubject.set(key, [...(bySubject.get(key) ?? []), factor]);
  }

  return {
    current: [...byId.values()],
    get: (id, version) =>
      version === undefined ? byId.get(id) : byVersion.get(`${id}@${version}`),
    sets: (kind) => {
      const names = [...byId.values()].flatMap((factor) =>
        factor.kind === kind && factor.set !== null ? [factor.set] : [],
      );
      return [...new Set(names)];
    },
    find: (ask) => choose(bySubject.get(`${ask.kind}/${ask.subject}`) ?? [], ask),
  };
}

function choose(ofSubject: readonly Factor[], ask: FactorAsk): FoundFactor {
  const inForce = ofSubject.filter((factor) => isInForce(factor, ask.onDate));
  const inSet = firstSet(inForce, ask.sets);
  const regional = inSet.filter(({ region }) =>
    ask.region === undefined ? broadRegions.includes(region) : region === ask.region,
  );
  if (regional.length === 0) throw missing(ask, "none is in the catalogue");
  const bound = regional.filter(({ purposes }) => purposes.includes(ask.purpose));
  if (bound.length === 0) throw mismatch(ask, regional);
  const usable = bound.filter((factor): factor is UsableFactor => factor.value !== null);
  if (usable.length === 0) throw missing(ask, "none has been published");
  return ofYear(usable, ask);
}

function isInForce({ validFrom, validTo }: Factor, onDate: string): boolean {
  return (validFrom === null || validFrom <= onDate) && (validTo === null || onDate <= validTo);
}

function firstSet(
  factors: readonly Factor[],
  sets: readonly string[] | undefined,
): readonly Factor[] {
  if (sets === undefined) return factors.filter(({ set }) => set === null);
  for (const name of sets) {
    const inSet = factors.filter(({ set }) => set === name);
    if (inSet.length > 0) return inSet;
  }
  return [];
}

function ofYear(usable: readonly UsableFactor[], ask: FactorAsk): FoundFactor {
  const year = ask.year ?? Number.POSITIVE_INFINITY;
  let best: UsableFactor | undefined;
  for (const factor of usable) {
    if (factor.dataYear !== null && factor.dataYear > year) continue;
    if (best === undefined || (factor.dataYear ?? 0) > (best.dataYear ?? 0)) best = factor;
  }
  if (best === undefined) throw missing(ask, `none describes ${ask.year} or an earlier year`);
  const isEarlier = best.dataYear !== null && best.dataYear < year;
  return { factor: best, isFallbackYear: ask.year !== null && isEarlier };
}

function missing(ask: FactorAsk, reason: string): DomainError {
  const inSets = ask.sets === undefined ? "" : ` in ${ask.sets.join(" or ")}`;
  const inRegion = ask.region === undefined ? "" : ` of ${ask.region}`;
  return new DomainError(
    "factor_missing",
    `there is no ${ask.kind} factor for ${ask.subject}${inSets}${inRegion} that serves ${ask.purpose}: ${reason}`,
    {
      remedy:
        "GET /api/v1/factors lists what there is; add a sourced factor in a catalogue file, or enter measured values",
      ...pointerOf(ask),
    },
  );
}

function mismatch(ask: FactorAsk, found: readonly Factor[]): DomainError {
  const other = [...new Set(found.flatMap(({ purposes }) => purposes))].join(", ");
  return new DomainError(
    "factor_purpose_mismatch",
    `${found.map(({ id }) => id).join(", ")} serves ${other} and must not be used for ${ask.purpose}`,
    { remedy: "choose a factor that is bound to this purpose", ...pointerOf(ask) },
  );
}

function pointerOf({ pointer }: FactorAsk): { readonly pointer?: string } {
  return pointer === undefined ? {} : { pointer };
}
