import { Worker } from "node:worker_threads";
import type { SolveAnswer, SolveRequest } from "./solver-protocol.ts";

export interface SolverThreadEvents {
  readonly onAnswer: (answer: SolveAnswer) => void;
  /** The thread ended without being asked to. */
  readonly onDeath: (cause: Error) => void;
}

/** One solver in a thread of its own; requests are carried out in order. */
export interface SolverThread {
  send(request: SolveRequest): void;
  /** Ends the thread, in the middle of a solve if need be; no event comes after that. */
  end(): Promise<void>;
}

export function startSolverThread({ onAnswer, onDeath }: SolverThreadEvents): SolverThread {
  const worker = startWorker();
  let isEnded = false;
  const die = (cause: Error): void => {
    if (isEnded) return;
    isEnded = true;
    onDeath(cause);
  };
  worker.on("message", (answer: SolveAnswer) => {
    if (!isEnded) onAnswer(answer);
  });
  worker.on("error", die);
  worker.on("exit", (code) => die(new Error(`the solver thread ended with code ${code}`)));
  // A service that has nothing else to do may end; whoever waits for an answer holds it open.
  worker.unref();
  return {
    send: (request) => worker.postMessage(request),
    end: async () => {
      isEnded = true;
      await worker.terminate();
    },
  };
}

/**
 * Starts the worker program. Where the sources run as TypeScript, as under the test runner, the
 * thread needs a loader of its own, because Node gives it none.
 */
function startWorker(): Worker {
  const isSource = import.meta.url.endsWith(".ts");
  const file = new URL(`./highs-worker.${isSource ? "ts" : "js"}`, import.meta.url);
  if (!isSource) return new Worker(file);
  const program = `import("tsx/esm/api").then(({ register }) => {
    register();
    return import(${JSON.stringify(file.href)});
  });`;
  return new Worker(program, { eval: true });
}
