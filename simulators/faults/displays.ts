import { z } from "zod";
import type { World } from "../field/world.ts";
import type { Register, SimDevice } from "../park/sim-device.ts";
import { uniform } from "../random.ts";
import type { DisplayStart } from "../sampling/sampler.ts";
import type { FaultPlan } from "./fault-plan.ts";

/** A display that began again, as the state file keeps it. */
export const KeptDisplay = z.object({
  deviceId: z.string(),
  register: z.string(),
  /** Readings after this instant come from the new display; null: it has always been so. */
  atMs: z.number().nullable(),
  atCounts: z.number(),
  initialCounts: z.number(),
});
export type KeptDisplay = z.infer<typeof KeptDisplay>;

/** A meter that was replaced, for the event that its gateway sends. */
export interface Replacement {
  readonly device: SimDevice;
  readonly atMs: number;
}

/** Highest fraction of a turn that a new meter may already show. */
const secondHandFraction = 0.02;

/** Knows where displays have begun again, by reset, replacement or because a rollover was wanted. */
export class Displays {
  readonly #plan: FaultPlan;
  readonly #starts = new Map<number, (DisplayStart & { readonly atMs: number | null })[]>();
  #knownMs: number;

  constructor(plan: FaultPlan, fromMs: number) {
    this.#plan = plan;
    this.#knownMs = fromMs;
  }

  /** The start that counts for a reading; readings at the very instant are still those of before. */
  startOf(register: Register, tsMs: number): DisplayStart | undefined {
    return this.#starts.get(register.index)?.findLast(({ atMs }) => atMs === null || atMs < tsMs);
  }

  /**
   * Looks for resets and replacements between the last call and the instant, which the world knows.
   * Answers the replacements.
   */
  advance(world: World, toMs: number): readonly Replacement[] {
    const fromMs = this.#knownMs;
    if (toMs <= fromMs) return [];
    this.#knownMs = toMs;
    return world.park.devices.flatMap((device) => {
      for (const event of this.#plan.within(device.id, "reset", fromMs, toMs)) {
        this.#begin(world, device, { atMs: event.fromMs, fraction: 0 });
      }
      return this.#plan.within(device.id, "replacement", fromMs, toMs).map((event) => {
        const fraction = secondHandFraction * uniform(device.key, event.fromMs);
        this.#begin(world, device, { atMs: event.fromMs, fraction });
        return { device, atMs: event.fromMs };
      });
    });
  }

  /** Sets displays back so that they turn over when the plan wants it, if the world knows the time. */
  prepareRollovers(world: World, toMs: number): void {
    for (const device of world.park.devices) {
      const [event] = this.#plan.within(device.id, "rollover", world.history.fromMs, toMs);
      const [register] = device.registers;
      if (event === undefined || register === undefined) continue;
      if (!Number.isFinite(register.modulusCounts) || this.#starts.has(register.index)) continue;
      const passed = world.countsAt(device, register.index, event.fromMs);
      const initialCounts = Math.max(0, register.modulusCounts - passed);
      this.#starts.set(register.index, [{ atMs: null, atCounts: 0, initialCounts }]);
    }
  }

  kept({ devices }: World["park"]): readonly KeptDisplay[] {
    return devices.flatMap(({ id, registers }) =>
      registers.flatMap(({ index, name }) =>
        (this.#starts.get(index) ?? []).map((start) => ({
          deviceId: id,
          register: name,
          ...start,
        })),
      ),
    );
  }

  restore({ byId }: World["park"], kept: readonly KeptDisplay[]): void {
    for (const { deviceId, register, ...start } of kept) {
      const known = byId.get(deviceId)?.registers.find(({ name }) => name === register);
      if (known === undefined) continue;
      this.#starts.set(known.index, [...(this.#starts.get(known.index) ?? []), start]);
    }
  }

  #begin(
    world: World,
    device: SimDevice,
    { atMs, fraction }: { readonly atMs: number; readonly fraction: number },
  ): void {
    for (const register of device.registers) {
      const turn = Number.isFinite(register.modulusCounts)
        ? register.modulusCounts
        : register.initialCounts;
      const start = {
        atMs,
        atCounts: world.countsAt(device, register.index, atMs),
        initialCounts: Math.floor(turn * fraction),
      };
      this.#starts.set(register.index, [...(this.#starts.get(register.index) ?? []), start]);
    }
  }
}
