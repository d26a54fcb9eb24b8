import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { exitConfig, reasonOf, SimulatorError } from "./errors.ts";
import { KeptDisplay } from "./faults/displays.ts";
import { WorldState } from "./field/world-state.ts";
import { Range } from "./sending/ranges.ts";

/** What a restart needs, so that registers go on where they were and nothing is sent twice in full. */
export const SimulatorState = z.object({
  version: z.literal(1),
  parkId: z.string(),
  seed: z.int(),
  /** From here the field is worked out again; the same seed and commands lead to the same present. */
  origin: WorldState,
  gateways: z.record(z.string(), z.object({ throughMs: z.number(), missing: z.array(Range) })),
  displays: z.array(KeptDisplay),
});
export type SimulatorState = z.infer<typeof SimulatorState>;

/**
 * The state that a run before this one left, or null.
 *
 * @throws {SimulatorError} when the file is not such a state: guessing would break the registers.
 */
export function readState(path: string, parkId: string): SimulatorState | null {
  if (!existsSync(path)) return null;
  try {
    const state = SimulatorState.parse(JSON.parse(readFileSync(path, "utf8")));
    if (state.parkId === parkId) return state;
    throw new Error(`it belongs to the park ${state.parkId}, not to ${parkId}`);
  } catch (error) {
    throw new SimulatorError(
      `${path} cannot be used: ${reasonOf(error)}; delete it to begin anew`,
      exitConfig,
    );
  }
}

/** Writes the state so that a crash leaves either the old one or the new one. */
export function writeState(path: string, state: SimulatorState): void {
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  writeFileSync(draft, JSON.stringify(state), { mode: 0o600 });
  renameSync(draft, path);
}
