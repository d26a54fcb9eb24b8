/** One number that a bench saw; a promise has a target, orientation has none. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface BenchContext {
  /** The shape of the promise itself; otherwise one that takes a minute or so. */
  readonly isFull: boolean;
  /** Where measured series lie; see `needsFiles`. */
  readonly dataDir: string;
  /** A folder of its own, removed afterwards. */
  readonly dir: string;
  /** Where the program under test writes its CPU profile; null without `--cpu-prof`. */
  readonly profileDir: string | null;
  readonly say: (text: string) => void;
}

/** A promise about speed, printed and not tested: tests do not fail on time. */
export interface Bench {
  readonly name: string;
  readonly describe: string;
  /** Programs that have to be on the PATH. */
  readonly needs: readonly string[];
  /** Files that have to be in the folder of `--data`: measured series, which are not ours to ship. */
  readonly needsFiles?: readonly string[];
  run(context: BenchContext): Promise<readonly Figure[]>;
}

export type Verdict = "holds" | "missed" | "";

export function verdictOf({ value, atLeast, atMost }: Figure): Verdict {
  if (atLeast === undefined && atMost === undefined) return "";
  const holds = value >= (atLeast ?? value) && value <= (atMost ?? value);
  return holds ? "holds" : "missed";
}
