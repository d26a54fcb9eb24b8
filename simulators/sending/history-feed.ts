import type { SimDevice } from "../park/sim-device.ts";
import type { DeliveryBook, DeliveryTask } from "./delivery-book.ts";
import type { OutMessage, Sink } from "./out-message.ts";
import type { Range } from "./ranges.ts";

export interface HistoryFeedOptions {
  readonly book: DeliveryBook;
  readonly sink: Sink;
  readonly devicesOf: (gatewayId: string) => readonly SimDevice[];
  readonly messagesOf: (device: SimDevice, range: Range) => readonly OutMessage[];
  /** Messages that may be on their way at once. */
  readonly window: number;
  readonly onSent: (sampleCount: number) => void;
  readonly onTaskDone: (task: DeliveryTask) => void;
}

/**
 * Delivers what gateways owe, a bounded number of messages at a time: the next one goes out when one
 * has been acknowledged, so that the receiver sets the pace and live values get through between.
 */
export class HistoryFeed {
  readonly #options: HistoryFeedOptions;
  #running = 0;
  #isStopped = false;
  #failure: unknown = null;
  #onIdle: (() => void)[] = [];

  constructor(options: HistoryFeedOptions) {
    this.#options = options;
  }

  /** There may be something to deliver. */
  wake(): void {
    while (!this.#isStopped && this.#running < this.#options.window) {
      const task = this.#options.book.take();
      if (task === null) break;
      this.#running += 1;
      void this.#work(task);
    }
    if (this.#running === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  /** Resolves when nothing is left to deliver; rejects when the sink has failed for good. */
  async idle(): Promise<void> {
    if (this.#running > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
    if (this.#failure !== null) throw this.#failure;
  }

  stop(): void {
    this.#isStopped = true;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  async #work(task: DeliveryTask): Promise<void> {
    const { book, onTaskDone } = this.#options;
    try {
      const finished = await this.#deliver(task);
      if (finished) {
        book.done(task);
        onTaskDone(task);
      } else book.giveBack(task);
    } catch (error) {
      book.giveBack(task);
      this.#failure ??= error;
      this.#isStopped = true;
    }
    this.#running -= 1;
    this.wake();
  }

  async #deliver({ gatewayId, range }: DeliveryTask): Promise<boolean> {
    const { sink, devicesOf, messagesOf, onSent } = this.#options;
    for (const device of devicesOf(gatewayId)) {
      for (const message of messagesOf(device, range)) {
        if (this.#isStopped) return false;
        await sink.publish(message);
        onSent(message.sampleCount);
      }
    }
    return true;
  }
}
