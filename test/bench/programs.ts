import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A program of a bench in a process of its own, spoken to by messages. */
export interface BenchProgram {
  /** Sends a message and waits for the next one that comes back. */
  ask<Answer>(message: unknown): Promise<Answer>;
  next<Answer>(): Promise<Answer>;
  /** Every message from now on; answers how to stop listening. */
  listen(heard: (message: object) => void): () => void;
  tell(message: unknown): void;
  /** Hangs up, which tells the program that nothing more will come. */
  leave(): void;
  ended(): Promise<void>;
}

export function startProgram(file: string, profileDir: string | null = null): BenchProgram {
  const profile = profileDir === null ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileDir}`];
  const child = fork(join(import.meta.dirname, file), {
    execArgv: ["--import", "tsx", ...profile],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  const next = <Answer>(): Promise<Answer> => nextMessage<Answer>(child, file);
  return {
    next,
    listen: (heard) => {
      child.on("message", heard);
      return () => child.off("message", heard);
    },
    tell: (message) => {
      child.send(message as object);
    },
    leave: () => child.disconnect(),
    ask: async <Answer>(message: unknown) => {
      const answer = next<Answer>();
      child.send(message as object);
      return answer;
    },
    ended: async () => {
      await exited;
    },
  };
}

function nextMessage<Answer>(child: ChildProcess, file: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const died = (code: number | null): void => reject(new Error(`${file} ended with ${code}`));
    child.once("exit", died);
    child.once("message", (message) => {
      child.off("exit", died);
      resolve(message as Answer);
    });
  });
}
