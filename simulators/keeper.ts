import type { Displays } from "./faults/displays.ts";
import type { World } from "./field/world.ts";
import type { WorldState } from "./field/world-state.ts";
import type { DeliveryBook } from "./sending/delivery-book.ts";
import { detailMs } from "./simulation.ts";
import { writeState } from "./state-file.ts";
import type { ReceivedCommand } from "./storage/command-desk.ts";
import { quarterStartMs, secondMs, tickMs } from "./units.ts";

export interface KeeperOptions {
  /** Null: nothing is kept. */
  readonly path: string | null;
  readonly seed: number;
  readonly world: World;
  readonly displays: Displays;
  readonly book: DeliveryBook;
  readonly origin: WorldState;
}

const everyMs = 10 * secondMs;

/**
 * Keeps what a restart needs. The origin moves on as soon as everything before it is delivered, so that
 * a restart works out hours, not months; what is behind it is forgotten.
 */
export class Keeper {
  readonly #options: KeeperOptions;
  #origin: WorldState;
  #commands: ReceivedCommand[] = [];
  #savedAtMs = 0;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#origin = options.origin;
  }

  /** A command is on disk before it is acknowledged, or a restart would know nothing of it. */
  accepted(command: ReceivedCommand): void {
    this.#commands.push(command);
    this.save();
  }

  /** Moves on and saves when it is time to. */
  tend(nowMs: number): void {
    if (nowMs - this.#savedAtMs < everyMs) return;
    this.#savedAtMs = nowMs;
    const { world, book } = this.#options;
    const state = world.state();
    if (state.atMs > this.#origin.atMs && book.neededFromMs >= state.atMs) {
      this.#origin = state;
      // The state was taken with the last tick before its instant; what came in since is kept twice
      // rather than lost, and a command that is known already changes nothing.
      const sinceMs = state.atMs - 2 * tickMs;
      this.#commands = this.#commands.filter(({ receivedAtMs }) => receivedAtMs >= sinceMs);
    }
    const detailFromMs = quarterStartMs(nowMs - detailMs);
    world.history.forget(Math.min(quarterStartMs(book.neededFromMs), detailFromMs), detailFromMs);
    this.save();
  }

  save(): void {
    const { path, seed, world, displays, book } = this.#options;
    if (path === null) return;
    writeState(path, {
      version: 1,
      parkId: world.park.id,
      seed,
      origin: { ...this.#origin, commands: [...this.#origin.commands, ...this.#commands] },
      gateways: book.entries(),
      displays: [...displays.kept(world.park)],
    });
  }
}
