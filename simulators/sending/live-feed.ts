import type { Displays, Replacement } from "../faults/displays.ts";
import type { FaultPlan } from "../faults/fault-plan.ts";
import type { FaultySampler } from "../faults/faulty-sampler.ts";
import type { World } from "../field/world.ts";
import type { SimDevice } from "../park/sim-device.ts";
import { uniform } from "../random.ts";
import { quarterMs, secondMs } from "../units.ts";
import type { DeliveryBook } from "./delivery-book.ts";
import { nextInstant, type Sampling, type Timing } from "./instants.ts";
import { type OutMessage, plainMessage, type Sink, telemetryMessages } from "./out-message.ts";
import { rangesOf } from "./ranges.ts";
import { strangerMessages } from "./stranger.ts";

export interface LiveFeedOptions {
  readonly world: World;
  readonly sampler: FaultySampler;
  readonly plan: FaultPlan;
  readonly displays: Displays;
  readonly timing: Timing;
  readonly book: DeliveryBook;
  readonly sink: Sink;
  readonly devicesOf: (gatewayId: string) => readonly SimDevice[];
  /** Whether the gateway can send now; what it cannot, it owes. */
  readonly canSend: (gatewayId: string) => boolean;
  readonly onSent: (sampleCount: number) => void;
  /** Something is owed that the history has to deliver. */
  readonly onOwed: () => void;
  /**
   * A gateway that could not send for longer than this fills the time in by the minute instead of
   * sample by sample.
   */
  readonly owedFromMs: number;
}

interface Gateway {
  readonly id: string;
  /** Samples before this instant are taken, or owed. */
  takenMs: number;
  readonly nextMs: Map<SimDevice, number>;
  /** Messages that wait for their time or for their acknowledgement, with the instant of the sample. */
  readonly underWay: Map<OutMessage, number>;
}

interface Waiting {
  readonly dueMs: number;
  readonly gateway: Gateway;
  readonly message: OutMessage;
}

/** Frozen registers are read out within seconds after the quarter hour, not all at once. */
const readOutMs = 10 * secondMs;
const resendAfterMs = 40 * secondMs;
const disorderMsMax = 90 * secondMs;

/** Sends what devices measure now, each at its own pace. */
export class LiveFeed {
  readonly #options: LiveFeedOptions;
  readonly #gateways = new Map<string, Gateway>();
  #waiting: Waiting[] = [];
  #failure: unknown = null;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
  }

  /** From this instant on the gateway's samples are live. */
  begin(gatewayId: string, fromMs: number): void {
    const nextMs = new Map<SimDevice, number>();
    for (const device of this.#options.devicesOf(gatewayId)) {
      nextMs.set(device, nextInstant(device, fromMs, this.#sampling(device)));
    }
    const gateway = { id: gatewayId, takenMs: fromMs, nextMs, underWay: new Map() };
    this.#gateways.set(gatewayId, gateway);
  }

  /** Takes and sends everything that is due before `nowMs`, which the world knows. */
  step(nowMs: number): void {
    if (this.#failure !== null) throw this.#failure;
    const { world, displays, canSend, owedFromMs } = this.#options;
    this.announce(displays.advance(world, nowMs));
    for (const gateway of this.#gateways.values()) {
      if (nowMs <= gateway.takenMs || !canSend(gateway.id)) continue;
      if (nowMs - gateway.takenMs > owedFromMs) this.#owe(gateway, nowMs);
      else this.#take(gateway, nowMs);
      gateway.takenMs = nowMs;
    }
    const due = this.#waiting.filter(({ dueMs }) => dueMs <= nowMs);
    if (due.length > 0) this.#waiting = this.#waiting.filter(({ dueMs }) => dueMs > nowMs);
    for (const { gateway, message } of due) this.#send(gateway, message);
    for (const gateway of this.#gateways.values()) this.#settle(gateway);
  }

  /** Tells the platform of meters that were replaced. */
  announce(replacements: readonly Replacement[]): void {
    for (const { device, atMs } of replacements) {
      const gateway = this.#gateways.get(device.gatewayId);
      if (gateway === undefined || !gateway.nextMs.has(device)) continue;
      const body = { ts: atMs, code: "meter-replaced", message: `${device.id} has a new meter` };
      const place = { gatewayId: device.gatewayId, deviceId: device.id, kind: "event" } as const;
      this.#enqueue(gateway, plainMessage(place, body), atMs);
    }
  }

  #owe(gateway: Gateway, nowMs: number): void {
    const { book, onOwed } = this.#options;
    book.owe(gateway.id, rangesOf(gateway.takenMs, nowMs, nowMs));
    for (const device of gateway.nextMs.keys()) {
      gateway.nextMs.set(device, nextInstant(device, nowMs, this.#sampling(device)));
    }
    onOwed();
  }

  #take(gateway: Gateway, nowMs: number): void {
    for (const [device, firstMs] of gateway.nextMs) {
      let tsMs = firstMs;
      while (tsMs < nowMs) {
        this.#takeSample(gateway, device, tsMs);
        tsMs = nextInstant(device, tsMs + 1, this.#sampling(device));
      }
      if (tsMs !== firstMs) gateway.nextMs.set(device, tsMs);
    }
    const { plan } = this.#options;
    if (plan.isQuiet) return;
    const span = { fromMs: gateway.takenMs, toMs: nowMs };
    for (const message of strangerMessages(plan, gateway.id, span)) {
      this.#enqueue(gateway, message, nowMs);
    }
  }

  #takeSample(gateway: Gateway, device: SimDevice, tsMs: number): void {
    const { sampler, plan } = this.#options;
    const sample = sampler.sample(device, tsMs, device.intervalS * secondMs);
    if (sample === null) return;
    const isFrozen = tsMs % quarterMs === 0;
    const readMs = tsMs + (isFrozen ? Math.floor(uniform(device.key, tsMs) * readOutMs) : 0);
    for (const message of telemetryMessages(device, [sample])) {
      const isLate = plan.at(device.id, "out-of-order", tsMs) !== undefined;
      const lateMs = isLate ? Math.floor(uniform(device.key ^ 13, tsMs) * disorderMsMax) : 0;
      this.#enqueue(gateway, message, tsMs, readMs + lateMs);
      if (plan.at(device.id, "duplicate", tsMs) !== undefined) {
        this.#enqueue(gateway, { ...message }, tsMs, readMs + lateMs);
      }
      if (plan.at(device.id, "resend", tsMs) !== undefined) {
        this.#enqueue(gateway, { ...message }, tsMs, readMs + resendAfterMs);
      }
    }
  }

  #enqueue(gateway: Gateway, message: OutMessage, tsMs: number, dueMs = tsMs): void {
    gateway.underWay.set(message, tsMs);
    this.#waiting.push({ dueMs, gateway, message });
  }

  #send(gateway: Gateway, message: OutMessage): void {
    const { sink, onSent } = this.#options;
    sink.publish(message).then(
      () => {
        gateway.underWay.delete(message);
        onSent(message.sampleCount);
      },
      (error: unknown) => {
        this.#failure ??= error;
      },
    );
  }

  /** Everything before the oldest message that is still on its way is delivered, or owed. */
  #settle({ id, takenMs, underWay }: Gateway): void {
    const account = this.#options.book.account(id);
    if (account === undefined) return;
    account.throughMs = Math.min(takenMs, ...underWay.values());
  }

  #sampling(device: SimDevice): Sampling {
    const { timing } = this.#options;
    return { ...timing, stepMs: device.intervalS * secondMs, aligned: false };
  }
}
