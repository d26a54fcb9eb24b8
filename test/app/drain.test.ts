import { describe, expect, it, onTestFinished } from "vitest";
import { createDrain, type DrainOptions } from "../../src/app/drain.ts";
import { UnavailableError } from "../../src/app/ports.ts";
import { quietLog } from "../support/memory-pipeline.ts";

function drain(step: DrainOptions["step"], retryMs: DrainOptions["retryMs"] = [5, 20]) {
  const log = quietLog();
  const created = createDrain({ name: "test", log, step, retryMs });
  onTestFinished(() => created.stop());
  return { drain: created, log };
}

describe("a drain", () => {
  it("goes on until there is no more work, one step at a time", async () => {
    let left = 5;
    let running = 0;
    const { drain: one } = drain(async () => {
      running += 1;
      expect(running).toBe(1);
      await Promise.resolve();
      running -= 1;
      left -= 1;
      return left > 0;
    });
    one.wake();
    one.wake();
    await one.settled();
    expect(left).toBeLessThanOrEqual(0);
  });

  it("does not miss work that comes while its last step runs", async () => {
    let queued = 1;
    let done = 0;
    const { drain: one } = drain(async () => {
      done += queued;
      queued = 0;
      if (done === 1) {
        // Arrives after the step has looked, and wakes a drain that runs already.
        await Promise.resolve();
        queued = 1;
        one.wake();
      }
      return false;
    });
    one.wake();
    await one.settled();
    expect(done).toBe(2);
  });

  it("says what it fails at, tries again and forgets it when it works", async () => {
    let attempts = 0;
    const { drain: one, log } = drain(async () => {
      attempts += 1;
      if (attempts < 3) throw new Error("the disk is away");
      return false;
    });
    one.wake();
    await one.settled();
    expect(one.lastError).toBe("the disk is away");
    await expect.poll(() => one.lastError).toBeNull();
    expect(attempts).toBe(3);
    expect(log.errors).toHaveLength(2);
  });

  it("does not turn an outage into a busy loop, however often it is woken", async () => {
    let attempts = 0;
    const failing = async (): Promise<boolean> => {
      attempts += 1;
      throw new UnavailableError("later", { retryAfterMs: 60_000 });
    };
    const { drain: one } = drain(failing);
    for (let times = 0; times < 100; times += 1) {
      one.wake();
      await one.settled();
    }
    expect(attempts).toBe(1);
  });

  it("lets the step under way finish when it stops, and starts no other", async () => {
    let finish: () => void = () => undefined;
    let steps = 0;
    const { drain: one } = drain(async () => {
      steps += 1;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return true;
    });
    one.wake();
    const stopping = one.stop();
    finish();
    await stopping;
    one.wake();
    expect(steps).toBe(1);
  });
});
