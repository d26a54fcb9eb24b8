import { vi } from "vitest";

/** Long, because other work may hold the machine up; it costs nothing when all is well. */
const patienceMs = 15_000;

/** Tries again and again until nothing is thrown any more; answers what the attempt answered. */
export function eventually<T>(attempt: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(attempt, { timeout: patienceMs, interval: 20 });
}
