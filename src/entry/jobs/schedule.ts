import { createTask, type ScheduledTask, validateDetailed } from "node-cron";
import type { Clock, JobState, JobStore, Log } from "../../app/ports.ts";
import { dayMs, minuteMs } from "../../domain/time.ts";

/** The work of a job since it last succeeded; both ends are instants of its calendar. */
export interface JobRun {
  readonly fromMs: number;
  readonly toMs: number;
  readonly log: Log;
}

export interface Job {
  readonly name: string;
  /** Five fields, minute to weekday, in park time; monthly is the rarest. */
  readonly cron: string;
  /** What it does, in one sentence, for people who operate the service. */
  readonly describe: string;
  /** Must bear being called again for the same span: a failed run is repeated at the next slot. */
  run(run: JobRun): Promise<void>;
}

export interface Schedule {
  /** Starts the clockwork; a job that missed a slot while the service was down runs at once. */
  start(): Promise<void>;
  /** Lets no further run begin and waits for those under way. */
  stop(): Promise<void>;
}

export interface ScheduleParts {
  readonly jobs: readonly Job[];
  readonly store: JobStore;
  readonly clock: Clock;
  readonly timezone: string;
  readonly log: Log;
}

interface Worker {
  readonly job: Job;
  readonly task: ScheduledTask;
  /** Ends when the run under way, if any, has ended. */
  running: Promise<void>;
  busy: boolean;
}

/** Longest distance between two slots; a calendar that names months is refused. */
const lookBackMs = 32 * dayMs;

/**
 * Runs jobs by the calendar of the park, each once per slot.
 *
 * The watermark of a job is the last slot it finished. Downtime, a blocked event loop or a failure
 * only make the next run longer: it covers everything from the watermark to the newest slot.
 *
 * @throws {Error} when two jobs share a name or a calendar cannot be read: both are mistakes of ours.
 */
export function createSchedule(parts: ScheduleParts): Schedule {
  checkJobs(parts.jobs);
  const workers = parts.jobs.map((job): Worker => {
    const task = createTask(job.cron, () => wake(worker, parts), {
      timezone: parts.timezone,
      name: job.name,
      noOverlap: true,
      suppressMissedWarning: true,
      logger: cronLogger(job.name, parts.log),
    });
    const worker: Worker = { job, task, running: Promise.resolve(), busy: false };
    return worker;
  });

  return {
    start: async () => {
      for (const worker of workers) {
        await worker.task.start();
        void wake(worker, parts);
      }
    },
    stop: async () => {
      await Promise.all(workers.map(({ task }) => task.destroy()));
      await Promise.all(workers.map(({ running }) => running));
    },
  };
}

function checkJobs(jobs: readonly Job[]): void {
  const names = new Set<string>();
  for (const { name, cron } of jobs) {
    if (names.has(name))
      throw new Error(`two jobs are named "${name}"; a watermark needs one name`);
    names.add(name);
    const { valid, errors } = validateDetailed(cron);
    const reason = errors.map(({ message }) => message).join("; ");
    if (!valid) throw new Error(`job "${name}" has the calendar "${cron}": ${reason}`);
    if (cron.trim().split(/\s+/).length !== 5) {
      throw new Error(
        `job "${name}" has the calendar "${cron}": write five fields, without seconds`,
      );
    }
  }
}

/** node-cron speaks of skipped and missed ticks, which the watermark makes up for. */
function cronLogger(job: string, log: Log) {
  const note = (message: string | Error): void => log.debug({ job }, String(message));
  return { info: note, warn: note, error: note, debug: note };
}

/** A wake-up during a run is dropped: the slot it stood for is covered by the run after it. */
function wake(worker: Worker, parts: ScheduleParts): Promise<void> {
  if (worker.busy) return worker.running;
  worker.busy = true;
  worker.running = runIfDue(worker, parts)
    .catch((error: unknown) => {
      parts.log.error({ job: worker.job.name, err: error }, "job state could not be kept");
    })
    .finally(() => {
      worker.busy = false;
    });
  return worker.running;
}

async function runIfDue({ job, task }: Worker, parts: ScheduleParts): Promise<void> {
  const { store, clock, log } = parts;
  const nowMs = clock.nowMs();
  const state = await store.get(job.name);
  const watermarkMs = state?.watermarkMs ?? null;
  const toMs = newestSlotMs(task, nowMs, watermarkMs ?? nowMs - lookBackMs);
  if (toMs === null) return;
  if (watermarkMs === null) {
    // A job that has never run owes nothing to the past; its first span begins here.
    await store.save({ name: job.name, watermarkMs: toMs, lastRunMs: null, lastError: null });
    return;
  }
  const failure = await attempt(job, { fromMs: watermarkMs, toMs, log });
  const done: JobState = {
    name: job.name,
    watermarkMs: failure === null ? toMs : watermarkMs,
    lastRunMs: nowMs,
    lastError: failure,
  };
  await store.save(done);
}

async function attempt(job: Job, run: JobRun): Promise<string | null> {
  try {
    await job.run(run);
    run.log.debug({ job: job.name, fromMs: run.fromMs, toMs: run.toMs }, "job done");
    return null;
  } catch (error) {
    run.log.error({ job: job.name, fromMs: run.fromMs, toMs: run.toMs, err: error }, "job failed");
    return error instanceof Error ? error.message : String(error);
  }
}

/** Newest instant of the calendar in `(afterMs, nowMs]`; node-cron can only look ahead. */
function newestSlotMs(task: ScheduledTask, nowMs: number, afterMs: number): number | null {
  const floorMs = Math.max(afterMs, nowMs - lookBackMs);
  for (let ms = Math.floor(nowMs / minuteMs) * minuteMs; ms > floorMs; ms -= minuteMs) {
    if (task.match(new Date(ms))) return ms;
  }
  return null;
}
