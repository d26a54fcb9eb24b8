import { LRUCache } from "lru-cache";
import type { Clock } from "../../app/ports.ts";

interface Window {
  count: number;
  startMs: number;
}

/** Keys that are remembered; the one heard least recently is forgotten first. */
const keysMax = 10_000;

/** Counts failures per key in windows of fixed length, with bounded memory. */
export class AttemptLimit {
  readonly #windows = new LRUCache<string, Window>({ max: keysMax });
  readonly #clock: Clock;
  readonly #failuresMax: number;
  readonly #windowMs: number;

  constructor(clock: Clock, limit: { readonly failuresMax: number; readonly windowMs: number }) {
    this.#clock = clock;
    this.#failuresMax = limit.failuresMax;
    this.#windowMs = limit.windowMs;
  }

  isExhausted(key: string): boolean {
    return (this.#current(key)?.count ?? 0) >= this.#failuresMax;
  }

  fail(key: string): void {
    const current = this.#current(key);
    if (current !== undefined) current.count += 1;
    else this.#windows.set(key, { count: 1, startMs: this.#clock.nowMs() });
  }

  /** The window of this key that runs now; a clock that was set back ends it too. */
  #current(key: string): Window | undefined {
    const window = this.#windows.get(key);
    if (window === undefined) return undefined;
    const ageMs = this.#clock.nowMs() - window.startMs;
    if (ageMs >= 0 && ageMs < this.#windowMs) return window;
    this.#windows.delete(key);
    return undefined;
  }
}
