import { createIngest, type Ingest } from "../app/ingest-telemetry.ts";
import { createLiveEvents, type LiveEvents } from "../app/live-events.ts";
import { createLivePicture, type LivePicture } from "../app/live-picture.ts";
import { type Clock, type Log, UnavailableError } from "../app/ports.ts";
import type { Registry } from "../app/registry.ts";
import { createSignIn, type SignIn } from "../app/sign-in.ts";
import type { Config } from "../config.ts";
import type { Reading } from "../domain/telemetry/reading.ts";
import { dayMs } from "../domain/time.ts";
import { createSchedule, type Job, type Schedule } from "../entry/jobs/schedule.ts";
import { type Audit, createAudit } from "./audit.ts";
import { createCompleteness } from "./completeness.ts";
import { createHealth, type Health } from "./health.ts";
import { serviceJobs } from "./jobs.ts";
import { createPipeline, type Pipeline } from "./pipeline.ts";
import { createPlanner, type Planner } from "./planner.ts";
import { createGatewayPresence, type GatewayPresence } from "./presence.ts";
import { restatementNews } from "./restatement-news.ts";
import { serviceFigures } from "./service-figures.ts";
import type { Stores } from "./stores.ts";

/** Everything between the stores and the doors. */
export interface Parts {
  readonly registry: Registry;
  readonly picture: LivePicture;
  readonly events: LiveEvents;
  readonly intake: Ingest;
  readonly pipeline: Pipeline;
  readonly completeness: ReturnType<typeof createCompleteness>;
  readonly jobs: readonly Job[];
  readonly schedule: Schedule;
  readonly presence: GatewayPresence;
  readonly signIn: SignIn;
  readonly health: Health;
  readonly planner: Planner;
  readonly audit: Audit;
}

/** Brings the registry in line with the park file and wires what works on the stores. */
export async function createParts(
  config: Config,
  stores: Stores,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Parts> {
  const { park } = config.parkContent;
  await stores.registryStore.syncParkFile(config.parkContent);
  const { registry } = stores;
  await registry.reload();

  const picture = createLivePicture({ registry, clock });
  picture.restore(await latestReadings(stores, log));
  const events = createLiveEvents({ picture, registry, clock });
  const intake = createIngest({
    registry,
    journal: stores.journal,
    clock,
    onAccepted: (readings) => picture.observe(readings),
    // A reading whose neighbours are gone would be taken for the only one of its time.
    ageMsMax: config.retentionDays * dayMs,
  });
  const pipeline = createPipeline(stores, {
    registry,
    clock,
    log,
    onChanged: (change) => events.slotsChanged(change),
    onRestated: restatementNews({ events, registry }),
    onCaughtUp: (readings) => picture.observe(readings),
  });
  const audit = createAudit(config, stores, { clock, log });
  const figures = () => serviceFigures({ stores, intake, picture, parkId: park.id });
  const { retentionDays } = config;
  const accounting = {
    ...{ periods: stores.periods, timezone: park.timezone, clock, parkId: park.id },
    closeMonthsOnDay: config.parkContent.closeMonthsOnDay,
    onTouched: pipeline.wake,
  };
  const jobs = [
    ...serviceJobs(stores, { clock, retentionDays, figures, accounting }),
    ...audit.jobs,
  ];
  const { timezone } = park;
  return {
    ...{ registry, picture, events, intake, pipeline, jobs, audit },
    completeness: createCompleteness({ registry, ledger: stores.ledger, picture, clock, log }),
    schedule: createSchedule({ jobs, store: stores.jobs, clock, timezone, log }),
    presence: createGatewayPresence(registry, clock),
    signIn: createSignIn({
      sessions: stores.sessions,
      people: stores.people,
      attempts: stores.attempts,
      keys: stores.keys,
      vault: audit.vault,
      clock,
      parkId: park.id,
      bootstrapToken: config.bootstrapToken,
    }),
    health: createHealth({ stores, pipeline, jobs, clock }),
    planner: createPlanner({ clock, log }),
  };
}

/** The newest values from before the start; a store that is away must not keep the doors shut. */
async function latestReadings({ telemetry }: Stores, log: Log): Promise<readonly Reading[]> {
  try {
    return await telemetry.latest();
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    log.warn({ err: error }, "starting without the newest readings");
    return [];
  }
}
