import type { Principal } from "../domain/principal.ts";
import { requireParkWide } from "../domain/principal.ts";
import type { IngestCounters } from "./ingest-telemetry.ts";
import type { Journal, Ledger, TelemetryStore } from "./ports.ts";
import type { Registry, SimulatedShare } from "./registry.ts";

export interface PartState {
  readonly state: "ok" | "degraded" | "failed";
  readonly reason: string | null;
  readonly [figure: string]: string | number | null;
}

export interface JobReport {
  readonly name: string;
  readonly schedule: string;
  readonly lastRunMs: number | null;
  readonly watermarkMs: number | null;
  readonly lastError: string | null;
}

export interface ReadStatusDependencies {
  readonly registry: Pick<Registry, "simulated">;
  readonly journal: Pick<Journal, "readingsAfter">;
  readonly telemetry: Pick<TelemetryStore, "cursor">;
  readonly ledger: Pick<Ledger, "cursor" | "touchedSlotCount" | "closedThroughMs">;
  readonly version: string;
  readonly startedAtMs: number;
  readonly counters: Readonly<IngestCounters>;
  readonly stores: () => Promise<Readonly<Record<string, PartState>>>;
  readonly jobs: () => Promise<readonly JobReport[]>;
}

export interface Status {
  readonly version: string;
  readonly startedAtMs: number;
  readonly simulated: SimulatedShare;
  readonly ingest: IngestCounters & { readonly backlogReadings: number };
  readonly ledger: { readonly touchedSlots: number; readonly closedThroughMs: number | null };
  readonly stores: Readonly<Record<string, PartState>>;
  readonly jobs: readonly JobReport[];
}

/**
 * What the service has done and what it still has to do.
 *
 * A reading moves from the backlog to the touched slots in one transaction. The two are asked one
 * after the other, so the backlog comes first: work that left it in between is then among the
 * touched slots, and is seen twice at worst, but never not at all.
 */
export async function readStatus(
  dependencies: ReadStatusDependencies,
  principal: Principal,
): Promise<Status> {
  requireParkWide(principal);
  const { registry, journal, telemetry, ledger, version, startedAtMs } = dependencies;
  const counters = { ...dependencies.counters };
  const [storedSeq, followedSeq] = await Promise.all([telemetry.cursor(), ledger.cursor()]);
  const backlogReadings = await journal.readingsAfter(Math.min(storedSeq, followedSeq));
  const touchedSlots = await ledger.touchedSlotCount();
  const [closedThroughMs, stores, jobs] = await Promise.all([
    ledger.closedThroughMs(),
    dependencies.stores(),
    dependencies.jobs(),
  ]);
  return {
    version,
    startedAtMs,
    simulated: registry.simulated(),
    ingest: { ...counters, backlogReadings },
    ledger: { touchedSlots, closedThroughMs },
    stores,
    jobs,
  };
}
