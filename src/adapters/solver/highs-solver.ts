import { UnavailableError } from "../../app/ports.ts";
import type { LinearSolver, SolveOptions } from "../../app/solver-ports.ts";
import type { LinearProgram, LinearSolution } from "../../domain/dispatch/linear-program.ts";
import { secondMs } from "../../domain/time.ts";
import type { SolveAnswer } from "./solver-protocol.ts";
import { type SolverThread, startSolverThread } from "./solver-thread.ts";

export interface HighsSolverOptions {
  /** Most programs that wait while one is being solved; further ones are refused. */
  readonly waitingMax?: number;
  /** The thread is replaced when its memory, which never shrinks, has grown beyond this. */
  readonly memoryBytesMax?: number;
  /** Solved once when a thread starts, so that the first caller finds compiled code. */
  readonly warmUp?: readonly LinearProgram[];
  /** Injected so that tests can let threads die. */
  readonly startThread?: typeof startSolverThread;
}

interface Job {
  readonly program: LinearProgram;
  readonly options: SolveOptions;
  readonly dueMs: number;
  readonly settle: (outcome: { solution: LinearSolution } | { error: unknown }) => void;
  threadsTried: number;
}

interface Running {
  readonly id: number;
  readonly job: Job;
  readonly watchdog: NodeJS.Timeout;
}

/** What the solver may overrun its own time limit by before its thread is ended. */
const graceMs = 2000;
/** A program whose thread died gets a fresh one; when that dies too, it is the program. */
const threadsTriedMax = 2;
const warmUpId = 0;
const warmUpS = 10;

/**
 * HiGHS in a worker thread of its own, one program at a time in the order they came. A thread that
 * dies, overruns its time or is given up by its caller is replaced; other callers do not notice.
 */
export class HighsSolver implements LinearSolver {
  readonly #waitingMax: number;
  readonly #memoryBytesMax: number;
  readonly #warmUp: readonly LinearProgram[];
  readonly #startThread: typeof startSolverThread;
  readonly #waiting: Job[] = [];
  #thread: SolverThread | null = null;
  #running: Running | null = null;
  #lastId = warmUpId;
  #isClosed = false;

  constructor(options: HighsSolverOptions = {}) {
    this.#waitingMax = options.waitingMax ?? 64;
    this.#memoryBytesMax = options.memoryBytesMax ?? 512 * 2 ** 20;
    this.#warmUp = options.warmUp ?? [];
    this.#startThread = options.startThread ?? startSolverThread;
  }

  /** Starts the thread and warms it up, without anybody waiting for it. */
  start(): void {
    this.#readyThread();
  }

  solve(program: LinearProgram, options: SolveOptions): Promise<LinearSolution> {
    return new Promise((resolve, reject) => {
      const { signal } = options;
      const abort = (): void => this.#abandon(job);
      const job: Job = {
        ...{ program, options, threadsTried: 0 },
        dueMs: performance.now() + options.timeoutMs,
        settle: (outcome) => {
          signal?.removeEventListener("abort", abort);
          if ("error" in outcome) reject(outcome.error);
          else resolve(outcome.solution);
        },
      };
      const refusal = this.#refusal(signal);
      if (refusal !== null) {
        job.settle({ error: refusal });
        return;
      }
      signal?.addEventListener("abort", abort, { once: true });
      this.#waiting.push(job);
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const running = this.#takeRunning();
    const unfinished = [...(running === null ? [] : [running.job]), ...this.#waiting.splice(0)];
    for (const { settle } of unfinished) settle({ error: closed() });
    await this.#dropThread();
  }

  #refusal(signal: AbortSignal | undefined): unknown {
    if (this.#isClosed) return closed();
    if (signal?.aborted === true) return signal.reason;
    if (this.#waiting.length < this.#waitingMax) return null;
    return new UnavailableError(`${this.#waitingMax} programs wait for the solver already`, {
      code: "solver_busy",
    });
  }

  #next(): void {
    while (this.#running === null) {
      const job = this.#waiting.shift();
      if (job === undefined) return;
      const leftMs = job.dueMs - performance.now();
      if (leftMs > 0) this.#begin(job, leftMs);
      else job.settle({ error: timedOut(job) });
    }
  }

  #begin(job: Job, leftMs: number): void {
    this.#lastId += 1;
    job.threadsTried += 1;
    const watchdog = setTimeout(() => this.#overrun(), leftMs + graceMs);
    this.#running = { id: this.#lastId, job, watchdog };
    const { program, options } = job;
    const request = {
      id: this.#lastId,
      program,
      basis: options.basis,
      timeLimitS: leftMs / secondMs,
    };
    this.#readyThread().send(request);
  }

  #readyThread(): SolverThread {
    if (this.#thread !== null) return this.#thread;
    const thread = this.#startThread({
      onAnswer: (answer) => this.#take(answer),
      onDeath: (cause) => {
        this.#thread = null;
        this.#retry(cause);
      },
    });
    this.#thread = thread;
    for (const program of this.#warmUp) {
      thread.send({ id: warmUpId, program, basis: null, timeLimitS: warmUpS });
    }
    return thread;
  }

  #take(answer: SolveAnswer): void {
    if (answer.id !== this.#running?.id) return;
    if (answer.kind === "failed") {
      void this.#dropThread();
      this.#retry(new Error(answer.message));
      return;
    }
    const { job } = this.#running;
    this.#takeRunning();
    if (answer.memoryBytes > this.#memoryBytesMax) void this.#dropThread();
    if (answer.kind === "solved") job.settle({ solution: answer.solution });
    else job.settle({ error: timedOut(job) });
    this.#next();
  }

  /** Gives the program whose thread has gone a second thread, or gives it up. */
  #retry(cause: Error): void {
    const job = this.#takeRunning()?.job;
    if (job !== undefined && job.threadsTried < threadsTriedMax) this.#waiting.unshift(job);
    else job?.settle({ error: failed(cause) });
    this.#next();
  }

  #overrun(): void {
    const job = this.#takeRunning()?.job;
    void this.#dropThread();
    job?.settle({ error: timedOut(job) });
    this.#next();
  }

  #abandon(job: Job): void {
    const place = this.#waiting.indexOf(job);
    if (place >= 0) this.#waiting.splice(place, 1);
    if (this.#running?.job === job) {
      this.#takeRunning();
      void this.#dropThread();
    }
    job.settle({ error: job.options.signal?.reason });
    this.#next();
  }

  #takeRunning(): Running | null {
    const running = this.#running;
    if (running !== null) clearTimeout(running.watchdog);
    this.#running = null;
    return running;
  }

  async #dropThread(): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    await thread?.end();
  }
}

function closed(): UnavailableError {
  return new UnavailableError("the solver is closed", { code: "solver_closed" });
}

function timedOut({ options }: Job): UnavailableError {
  return new UnavailableError(`the solver found no proven optimum within ${options.timeoutMs} ms`, {
    code: "solver_timeout",
  });
}

function failed(cause: Error): UnavailableError {
  return new UnavailableError("the solver could not solve this program", {
    code: "solver_failed",
    cause,
  });
}
