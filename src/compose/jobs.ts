import { closeDuePeriods, type PeriodDependencies } from "../app/manage-periods.ts";
import type { Clock } from "../app/ports.ts";
import { servicePrincipal } from "../domain/principal.ts";
import { dayMs } from "../domain/time.ts";
import type { Job } from "../entry/jobs/schedule.ts";
import type { Stores } from "./stores.ts";

/** Groups of refused messages that are kept; a device gone mad must not fill the disk. */
const quarantineGroupsMax = 5000;

/** Restatements that can be read; what the slots said stays in their revisions. */
const restatementsMax = 200_000;

/** Kept longer than a reading may be old: a slot is derived from what lies around its readings. */
const neighboursMs = 2 * dayMs;

/** How months are closed; the day is null where people do it. */
export interface Accounting extends PeriodDependencies {
  readonly parkId: string;
  readonly closeMonthsOnDay: number | null;
}

/** What the service does on a calendar, whether anybody asks or not. */
export function serviceJobs(
  stores: Stores,
  parts: {
    readonly clock: Clock;
    readonly retentionDays: number;
    readonly figures: () => Promise<Readonly<Record<string, number>>>;
    readonly accounting: Accounting;
  },
): readonly Job[] {
  return [
    ...chartJobs(stores, parts.figures),
    ...accountingJobs(parts.accounting),
    {
      name: "retention",
      cron: "20 3 * * *",
      describe: "deletes raw readings that are older than the retention time; slots stay",
      run: async ({ toMs, log }) => {
        const keptMs = parts.retentionDays * dayMs + neighboursMs;
        const deleted = await stores.telemetry.retain(toMs - keptMs);
        if (deleted > 0) log.info({ deleted }, "raw readings beyond their retention deleted");
      },
    },
    {
      name: "restatement-trim",
      cron: "47 3 * * *",
      describe: "forgets the oldest restatements beyond 200,000; revisions stay",
      run: async ({ log }) => {
        const dropped = await stores.restatements.trim(restatementsMax);
        if (dropped > 0) log.info({ dropped }, "old restatements forgotten");
      },
    },
    {
      name: "session-sweep",
      cron: "7 * * * *",
      describe: "forgets sessions and sign-in links that have expired",
      run: async ({ log }) => {
        const nowMs = parts.clock.nowMs();
        const swept = await stores.sessions.sweep(nowMs);
        await stores.attempts.sweep(nowMs - dayMs);
        if (swept > 0) log.debug({ swept }, "expired sessions forgotten");
      },
    },
    {
      name: "quarantine-trim",
      cron: "37 * * * *",
      describe: "drops the groups of refused messages that have been quiet longest, beyond 5,000",
      run: async ({ log }) => {
        const dropped = await stores.quarantine.trimGroups(quarantineGroupsMax);
        if (dropped > 0) log.warn({ dropped }, "quarantine was over its bound");
      },
    },
  ];
}

/** Only where charts read from InfluxDB. */
function chartJobs(
  { charts }: Pick<Stores, "charts">,
  figures: () => Promise<Readonly<Record<string, number>>>,
): readonly Job[] {
  if (charts === null) return [];
  return [
    {
      name: "service-log",
      cron: "* * * * *",
      describe: "writes the service's own figures where charts read them",
      run: async ({ toMs }) => charts.serviceLog.write(await figures(), toMs),
    },
  ];
}

/** Only where the park file says when months close. */
function accountingJobs({ closeMonthsOnDay: day, parkId, ...periods }: Accounting): readonly Job[] {
  if (day === null) return [];
  const name = "period-close";
  return [
    {
      name,
      cron: "40 4 * * *",
      describe: `closes each month on day ${day} of the month after it`,
      run: ({ log }) => closeDuePeriods(periods, servicePrincipal(parkId, name), { day, log }),
    },
  ];
}
