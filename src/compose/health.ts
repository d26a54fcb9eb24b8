import type { Clock } from "../app/ports.ts";
import { minuteMs, secondMs } from "../domain/time.ts";
import type { Job } from "../entry/jobs/schedule.ts";
import { type JournalDepth, journalDepth } from "./journal-depth.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Stores } from "./stores.ts";

export interface StoreHealth {
  readonly state: "ok" | "degraded" | "failed";
  readonly reason: string | null;
  readonly [figure: string]: string | number | null;
}

export interface Readiness {
  readonly ready: boolean;
  readonly degraded: string[];
  readonly failing: string[];
}

export interface JobHealth {
  readonly name: string;
  readonly schedule: string;
  readonly lastRunMs: number | null;
  readonly watermarkMs: number | null;
  readonly lastError: string | null;
}

/** What the service says about its parts, for status, readiness and metrics. */
export interface Health {
  stores(): Promise<Record<string, StoreHealth>>;
  jobs(): Promise<JobHealth[]>;
  ready(): Promise<Readiness>;
}

/** From this share of its bound on, the journal is a warning. */
const journalAlmostFull = 0.8;
/** Work is done within seconds; what waits for so long waits for something that is away. */
const oldestAgeSMax = (5 * minuteMs) / secondMs;

export function createHealth(parts: {
  readonly stores: Pick<Stores, "journal" | "telemetry" | "ledger" | "jobs" | "charts">;
  readonly pipeline: Pick<Pipeline, "problems">;
  readonly jobs: readonly Job[];
  readonly clock: Clock;
}): Health {
  const { telemetry, ledger } = parts.stores;

  const asked = async (
    ask: () => Promise<Readonly<Record<string, string | number | null>>>,
    problem: string | null,
    lost: "degraded" | "failed" = "failed",
  ): Promise<StoreHealth> => {
    try {
      const figures = await ask();
      return { ...figures, state: problem === null ? "ok" : "degraded", reason: problem };
    } catch (error) {
      return { state: lost, reason: error instanceof Error ? error.message : String(error) };
    }
  };

  const stores = async (): Promise<Record<string, StoreHealth>> => {
    const problems = parts.pipeline.problems();
    return {
      journal: await journalHealth(parts.stores, parts.clock),
      // A database that is away is carried by the journal; a broken file of our own is not.
      readings: await asked(
        () => telemetry.state(),
        problems["store-writer"] ?? problems["ledger-mirror"],
        parts.stores.charts === null ? "failed" : "degraded",
      ),
      state: await asked(
        async () => ({ cursorSeq: await ledger.cursor() }),
        ledgerProblem(problems),
      ),
    };
  };

  return {
    stores,
    jobs: async () => {
      const states = new Map((await parts.stores.jobs.all()).map((state) => [state.name, state]));
      return parts.jobs.map(({ name, cron }) => {
        const state = states.get(name);
        return {
          name,
          schedule: cron,
          lastRunMs: state?.lastRunMs ?? null,
          watermarkMs: state?.watermarkMs ?? null,
          lastError: state?.lastError ?? null,
        };
      });
    },
    ready: async () => {
      const all = Object.entries(await stores());
      const named = (wanted: StoreHealth["state"]): string[] =>
        all
          .filter(([, { state }]) => state === wanted)
          .map(([name, { reason }]) => `${name}: ${reason ?? wanted}`);
      const failing = named("failed");
      return { ready: failing.length === 0, degraded: named("degraded"), failing };
    },
  };
}

function ledgerProblem(problems: ReturnType<Pipeline["problems"]>): string | null {
  const { restatement } = problems;
  const worked = problems["slot-closer"] ?? problems["journal-trim"];
  return worked ?? problems["day-totals"] ?? restatement;
}

async function journalHealth(
  stores: Pick<Stores, "journal" | "telemetry" | "ledger">,
  clock: Clock,
): Promise<StoreHealth> {
  const { headSeq, floorSeq, bytes, bytesMax, problem } = stores.journal.state();
  const figures = { headSeq, floorSeq, bytes, bytesMax };
  if (problem !== null) return { ...figures, state: "failed", reason: problem };
  let depth: JournalDepth;
  try {
    depth = await journalDepth(stores, clock);
  } catch (error) {
    // A disk that refuses reads too must not keep the service from saying so.
    const reason = error instanceof Error ? error.message : String(error);
    return { ...figures, state: "failed", reason };
  }
  const { readings, oldestAgeS } = depth;
  const known = { ...figures, depthReadings: readings, oldestAgeS };
  if (bytes >= bytesMax) {
    const reason = "the journal is full; readings are not acknowledged until consumers catch up";
    return { ...known, state: "failed", reason };
  }
  const reason = journalWarning(bytes / bytesMax, oldestAgeS ?? 0);
  return { ...known, state: reason === null ? "ok" : "degraded", reason };
}

function journalWarning(fill: number, oldestAgeS: number): string | null {
  if (fill >= journalAlmostFull) {
    return "the journal is almost full; look at the consumers below";
  }
  return oldestAgeS > oldestAgeSMax
    ? `readings wait in the journal, the oldest for ${oldestAgeS} s; look at the consumers below`
    : null;
}
