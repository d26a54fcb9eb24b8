import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { JobState, JobStore, Log } from "../../../src/app/ports.ts";
import { createSchedule, type Job, type JobRun } from "../../../src/entry/jobs/schedule.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const timezone = "Asia/Shanghai";
// 2026-11-22T10:07:30+08:00, half a minute past a full minute so that no slot falls on the start.
const startMs = Date.parse("2026-11-22T02:07:30Z");

let states: Map<string, JobState>;
let store: JobStore;
let errors: object[];
let log: Log;

beforeEach(() => {
  vi.useFakeTimers({ now: startMs });
  states = new Map();
  store = {
    all: async () => [...states.values()],
    get: async (name) => states.get(name) ?? null,
    save: async (state) => {
      states.set(state.name, state);
    },
  };
  errors = [];
  const quiet = () => undefined;
  log = { debug: quiet, info: quiet, warn: quiet, error: (fields) => void errors.push(fields) };
});
afterEach(() => vi.useRealTimers());

function scheduleOf(job: Partial<Job> & Pick<Job, "run">) {
  return createSchedule({
    jobs: [{ name: "j", cron: "*/15 * * * *", describe: "a test", ...job }],
    store,
    clock: { nowMs: () => Date.now() },
    timezone,
    log,
  });
}

const span = ({ fromMs, toMs }: JobRun) =>
  [fromMs, toMs].map((ms) => new Date(ms).toISOString().slice(11, 16)).join("-");

describe("a scheduled job", () => {
  it("runs once at each slot of its calendar and covers the time since the slot before", async () => {
    const runs: string[] = [];
    const schedule = scheduleOf({ run: async (run) => void runs.push(span(run)) });
    await schedule.start();
    await vi.advanceTimersByTimeAsync(40 * minuteMs);
    await schedule.stop();
    expect(runs).toEqual(["02:00-02:15", "02:15-02:30", "02:30-02:45"]);
    expect(states.get("j")?.watermarkMs).toBe(Date.parse("2026-11-22T02:45:00Z"));
  });

  it("follows the calendar of the park: a daily job runs at park midnight", async () => {
    const runs: string[] = [];
    const schedule = scheduleOf({
      cron: "0 0 * * *",
      run: async ({ toMs }) => void runs.push(new Date(toMs).toISOString()),
    });
    await schedule.start();
    await vi.advanceTimersByTimeAsync(24 * hourMs);
    await schedule.stop();
    expect(runs).toEqual(["2026-11-22T16:00:00.000Z"]); // 00:00 on the 23rd at UTC+8
  });

  it("catches up after downtime with one run over the whole gap", async () => {
    states.set("j", {
      name: "j",
      watermarkMs: Date.parse("2026-11-21T22:30:00Z"),
      lastRunMs: null,
      lastError: null,
    });
    const runs: string[] = [];
    const schedule = scheduleOf({ run: async (run) => void runs.push(span(run)) });
    await schedule.start();
    await vi.advanceTimersByTimeAsync(minuteMs);
    expect(runs).toEqual(["22:30-02:00"]);
    await schedule.stop();
  });

  it("does not repeat a slot when the service restarts within it", async () => {
    const runs: string[] = [];
    for (let restart = 0; restart < 3; restart += 1) {
      const schedule = scheduleOf({ run: async (run) => void runs.push(span(run)) });
      await schedule.start();
      await vi.advanceTimersByTimeAsync(5 * minuteMs);
      await schedule.stop();
    }
    // 10:07:30 + 3 x 5 min = 10:22:30, with one boundary (10:15 park time, 02:15 UTC) on the way.
    expect(runs).toEqual(["02:00-02:15"]);
  });

  it("keeps the watermark when it fails, says why, and covers the failed span the next time", async () => {
    const runs: string[] = [];
    const schedule = scheduleOf({
      run: async (run) => {
        runs.push(span(run));
        if (runs.length === 1) throw new Error("the store is away");
      },
    });
    await schedule.start();
    await vi.advanceTimersByTimeAsync(10 * minuteMs);
    expect(states.get("j")).toMatchObject({
      watermarkMs: Date.parse("2026-11-22T02:00:00Z"),
      lastError: "the store is away",
    });
    expect(errors).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(15 * minuteMs);
    await schedule.stop();
    expect(runs).toEqual(["02:00-02:15", "02:00-02:30"]);
    expect(states.get("j")).toMatchObject({ lastError: null });
  });

  it("never overlaps with itself; a slow run is followed by one that covers what it missed", async () => {
    const runs: string[] = [];
    let active = 0;
    let activeMax = 0;
    const schedule = scheduleOf({
      run: async (run) => {
        runs.push(span(run));
        activeMax = Math.max(activeMax, ++active);
        if (runs.length === 1) await new Promise((done) => setTimeout(done, 35 * minuteMs));
        active -= 1;
      },
    });
    await schedule.start();
    await vi.advanceTimersByTimeAsync(60 * minuteMs);
    await schedule.stop();
    expect(activeMax).toBe(1);
    expect(runs).toEqual(["02:00-02:15", "02:15-03:00"]);
  });

  it("waits for the run under way when it stops", async () => {
    let ended = false;
    const schedule = scheduleOf({
      run: async () => {
        await new Promise((done) => setTimeout(done, 5 * minuteMs));
        ended = true;
      },
    });
    await schedule.start();
    await vi.advanceTimersByTimeAsync(8 * minuteMs); // 10:15:30: the run has begun
    const stopped = schedule.stop();
    expect(ended).toBe(false);
    await vi.advanceTimersByTimeAsync(5 * minuteMs);
    await stopped;
    expect(ended).toBe(true);
  });

  it("finds the last slot of a monthly calendar without holding up the start", async () => {
    vi.useRealTimers();
    const begin = performance.now();
    const schedule = scheduleOf({ cron: "0 0 1 * *", run: async () => undefined });
    await schedule.start();
    await schedule.stop();
    const slot = states.get("j")?.watermarkMs ?? 0;
    expect(new Date(slot + 8 * hourMs).toISOString()).toMatch(/-01T00:00/);
    expect(performance.now() - begin).toBeLessThan(2_000);
  });

  it("refuses calendars that it cannot keep and names that are taken", () => {
    expect(() => scheduleOf({ cron: "61 * * * *", run: async () => undefined })).toThrow(/"j".*61/);
    expect(() => scheduleOf({ cron: "0 0 * * * *", run: async () => undefined })).toThrow(
      /seconds/,
    );
    const job: Job = { name: "j", cron: "* * * * *", describe: "", run: async () => undefined };
    const parts = { store, clock: { nowMs: () => 0 }, timezone, log };
    expect(() => createSchedule({ ...parts, jobs: [job, job] })).toThrow(/two jobs/);
  });
});
