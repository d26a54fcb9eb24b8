import { defineConfig } from "vitest/config";

/** A virtual clock makes most tests instant; those that start processes get their own deadline. */
const unitTimeoutMs = 20_000;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Tests open worker threads and native databases of their own, which need a process of their own.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: unitTimeoutMs,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    passWithNoTests: false,
    env: { TZ: "UTC" },
    coverage: { include: ["src/**/*.ts", "simulators/**/*.ts"], exclude: ["src/console/**"] },
  },
});
