import { describe, expect, it, onTestFinished, vi } from "vitest";
import { HighsSolver, type HighsSolverOptions } from "../../../src/adapters/solver/highs-solver.ts";
import type { SolveAnswer, SolveRequest } from "../../../src/adapters/solver/solver-protocol.ts";
import type { SolverThreadEvents } from "../../../src/adapters/solver/solver-thread.ts";
import {
  type LinearProgram,
  type LinearSolution,
  ProgramBuilder,
} from "../../../src/domain/dispatch/linear-program.ts";

/** Minimise 2x + 3y with x + y ≥ 4, x ≤ 3: x 3, y 1, cost 9; one more unit of demand costs 3. */
function twoColumns(isWhole = false): LinearProgram {
  const builder = new ProgramBuilder();
  const x = builder.column(2, 0, 3);
  const y = builder.column(3, 0, 10);
  const row = builder.row(4, Number.POSITIVE_INFINITY);
  builder.entry(row, x, 1);
  builder.entry(row, y, 1);
  if (isWhole) {
    // A third column that is 0 or 1, costs nothing and gives 1.5: x 2.5.
    builder.entry(row, builder.binary(), 1.5);
  }
  return builder.build();
}

function impossible(): LinearProgram {
  const builder = new ProgramBuilder();
  builder.entry(builder.row(2, 3), builder.column(1, 0, 1), 1);
  return builder.build();
}

/** A market split: four even sums out of forty yes-or-no columns, far beyond what is proven in a second. */
function endless(): LinearProgram {
  const builder = new ProgramBuilder();
  const columns = [...new Array(40).keys()].map(() => builder.binary());
  for (const row of [0, 1, 2, 3]) {
    const weights = columns.map((column) => 1 + ((column * 7919 + row * 104_729 + 13) ** 2 % 97));
    const half = Math.floor(weights.reduce((sum, weight) => sum + weight, 0) / 2);
    const sum = builder.row(half, half);
    for (const [index, column] of columns.entries())
      builder.entry(sum, column, weights[index] ?? 0);
  }
  return builder.build();
}

function open(options: HighsSolverOptions = {}): HighsSolver {
  const solver = new HighsSolver(options);
  onTestFinished(() => solver.close());
  return solver;
}

const patient = { basis: null, timeoutMs: 60_000 };

describe("the solver", () => {
  it("finds the optimum and the value of each row", async () => {
    const solution = await open().solve(twoColumns(), patient);
    if (solution.status !== "optimal") throw new Error(solution.status);
    expect(solution.objective).toBeCloseTo(9, 9);
    expect([...solution.columns]).toEqual([expect.closeTo(3, 9), expect.closeTo(1, 9)]);
    expect(solution.rowDuals?.[0]).toBeCloseTo(3, 9);
  });

  it("chooses yes or no", async () => {
    const solution = await open().solve(twoColumns(true), patient);
    expect(solution).toMatchObject({ objective: expect.closeTo(5, 9), rowDuals: null });
  });

  it("tells an impossible program", async () => {
    expect(await open().solve(impossible(), patient)).toEqual({ status: "infeasible" });
  });

  it("answers the same, whatever it solved before and from wherever it begins", async () => {
    const solver = open({ warmUp: [twoColumns()] });
    const first = await solver.solve(twoColumns(), patient);
    await solver.solve(impossible(), patient);
    await solver.solve(twoColumns(true), patient);
    expect(await solver.solve(twoColumns(), patient)).toEqual(first);
    const { basis } = first as Extract<LinearSolution, { status: "optimal" }>;
    expect(await solver.solve(twoColumns(), { ...patient, basis })).toEqual(first);
  });

  it("gives up when the time is over, and goes on with the next program", async () => {
    const solver = open();
    const late = solver.solve(endless(), { basis: null, timeoutMs: 300 });
    const next = solver.solve(twoColumns(), patient);
    await expect(late).rejects.toMatchObject({ code: "solver_timeout" });
    expect((await next).status).toBe("optimal");
  });

  it("drops a program that its caller gives up, waiting or under way", async () => {
    const solver = open();
    const underWay = new AbortController();
    const waiting = new AbortController();
    const both = [underWay, waiting].map(({ signal }) =>
      solver.solve(endless(), { ...patient, signal }),
    );
    const next = solver.solve(twoColumns(), patient);
    waiting.abort(new Error("not wanted"));
    underWay.abort(new Error("gone"));
    await expect(both[0]).rejects.toThrow("gone");
    await expect(both[1]).rejects.toThrow("not wanted");
    expect((await next).status).toBe("optimal");
  });

  it("refuses a program that it cannot read, and goes on with the next one", async () => {
    const solver = open();
    const broken = { ...twoColumns(), costs: Float64Array.of(Number.NaN, 1) };
    await expect(solver.solve(broken, patient)).rejects.toMatchObject({ code: "solver_failed" });
    expect((await solver.solve(twoColumns(), patient)).status).toBe("optimal");
  });
});

/** Threads that do what the test says. */
function scripted() {
  const threads: { events: SolverThreadEvents; sent: SolveRequest[]; isEnded: boolean }[] = [];
  const startThread = (events: SolverThreadEvents) => {
    const thread = { events, sent: [] as SolveRequest[], isEnded: false };
    threads.push(thread);
    return {
      send: (request: SolveRequest) => void thread.sent.push(request),
      end: async () => {
        thread.isEnded = true;
      },
    };
  };
  const answer = (thread: number, request: number, memoryBytes = 0): void => {
    const { events, sent } = threads[thread] ?? { events: null, sent: [] };
    const solution = { status: "infeasible" } as const;
    const solved: SolveAnswer = {
      id: sent[request]?.id ?? -1,
      memoryBytes,
      kind: "solved",
      solution,
    };
    events?.onAnswer(solved);
  };
  return { threads, startThread, answer };
}

describe("the queue of the solver", () => {
  it("solves one program at a time, in the order they came", async () => {
    const { threads, startThread, answer } = scripted();
    const solver = open({ startThread });
    const solved: string[] = [];
    const first = solver.solve(twoColumns(), patient).then(() => solved.push("first"));
    const second = solver.solve(impossible(), patient).then(() => solved.push("second"));
    expect(threads[0]?.sent).toHaveLength(1);
    answer(0, 0);
    await first;
    expect(threads[0]?.sent).toHaveLength(2);
    answer(0, 1);
    await second;
    expect(solved).toEqual(["first", "second"]);
  });

  it("is bounded", async () => {
    const { startThread, answer } = scripted();
    const solver = open({ startThread, waitingMax: 1 });
    const kept = [solver.solve(twoColumns(), patient), solver.solve(twoColumns(), patient)];
    await expect(solver.solve(twoColumns(), patient)).rejects.toMatchObject({
      code: "solver_busy",
    });
    answer(0, 0);
    await kept[0];
    answer(0, 1);
    await kept[1];
  });

  it("gives a program whose thread died a second thread, but not a third", async () => {
    const { threads, startThread, answer } = scripted();
    const solver = open({ startThread });
    const lucky = solver.solve(twoColumns(), patient);
    threads[0]?.events.onDeath(new Error("out of memory"));
    expect(threads).toHaveLength(2);
    answer(1, 0);
    await expect(lucky).resolves.toEqual({ status: "infeasible" });

    const deadly = solver.solve(twoColumns(), patient);
    threads[1]?.events.onDeath(new Error("out of memory"));
    threads[2]?.events.onDeath(new Error("out of memory"));
    await expect(deadly).rejects.toMatchObject({
      code: "solver_failed",
      cause: { message: "out of memory" },
    });
    expect(threads).toHaveLength(3);
  });

  it("ends a thread that overruns its time by far", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { threads, startThread } = scripted();
    const solver = open({ startThread });
    const stuck = solver.solve(twoColumns(), { basis: null, timeoutMs: 1000 });
    const refused = expect(stuck).rejects.toMatchObject({ code: "solver_timeout" });
    await vi.advanceTimersByTimeAsync(2900);
    expect(threads[0]?.isEnded).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(threads[0]?.isEnded).toBe(true);
    await refused;
  });

  it("lets a program wait no longer than its own time", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { threads, startThread, answer } = scripted();
    const solver = open({ startThread });
    const first = solver.solve(twoColumns(), patient);
    const impatient = solver.solve(twoColumns(), { basis: null, timeoutMs: 10 });
    const refused = expect(impatient).rejects.toMatchObject({ code: "solver_timeout" });
    await vi.advanceTimersByTimeAsync(50);
    answer(0, 0);
    await first;
    await refused;
    expect(threads[0]?.sent).toHaveLength(1);
  });

  it("replaces a thread whose memory has grown too far", async () => {
    const { threads, startThread, answer } = scripted();
    const solver = open({ startThread, memoryBytesMax: 100 });
    const first = solver.solve(twoColumns(), patient);
    answer(0, 0, 101);
    await first;
    expect(threads[0]?.isEnded).toBe(true);
    const second = solver.solve(twoColumns(), patient);
    answer(1, 0);
    await second;
  });

  it("refuses what is open when it closes, and what comes after", async () => {
    const { threads, startThread } = scripted();
    const solver = open({ startThread });
    const unfinished = [solver.solve(twoColumns(), patient), solver.solve(twoColumns(), patient)];
    const refused = unfinished.map((one) =>
      expect(one).rejects.toMatchObject({ code: "solver_closed" }),
    );
    await solver.close();
    await Promise.all(refused);
    await expect(solver.solve(twoColumns(), patient)).rejects.toMatchObject({
      code: "solver_closed",
    });
    expect(threads[0]?.isEnded).toBe(true);
  });

  it("takes the answer of an ended thread for nobody's", async () => {
    const { threads, startThread, answer } = scripted();
    const solver = open({ startThread });
    const controller = new AbortController();
    const gone = solver.solve(twoColumns(), { ...patient, signal: controller.signal });
    controller.abort(new Error("gone"));
    await expect(gone).rejects.toThrow("gone");
    const next = solver.solve(twoColumns(), patient);
    answer(0, 0);
    expect(threads[1]?.sent).toHaveLength(1);
    answer(1, 0);
    await expect(next).resolves.toEqual({ status: "infeasible" });
  });
});
