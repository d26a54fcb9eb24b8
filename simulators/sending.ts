import { Keeper } from "./keeper.ts";
import type { Prepared } from "./prepared.ts";
import { CommandDoor } from "./sending/command-door.ts";
import { DeliveryBook, type DeliveryTask } from "./sending/delivery-book.ts";
import { FileSink } from "./sending/file-sink.ts";
import { HistoryFeed } from "./sending/history-feed.ts";
import { historyMessages } from "./sending/history-messages.ts";
import { Links } from "./sending/links.ts";
import { LiveFeed } from "./sending/live-feed.ts";
import type { Sink } from "./sending/out-message.ts";
import { type Range, rangesOf } from "./sending/ranges.ts";
import { dayMs, minuteMs, secondMs } from "./units.ts";

/** Messages of a history on their way at once: few beside live values, more when nothing else waits. */
const gentleWindow = 4;
const fullWindow = 12;
const stepMs = secondMs / 4;
const owedFromMs = minuteMs / 2;

/** Sends what a prepared run has to say: its history, live values, and answers to commands. */
export class Sending {
  readonly #prepared: Prepared;
  readonly #sink: Sink & { close(): void | Promise<void> };
  readonly #links: Links | null;
  readonly #book: DeliveryBook;
  readonly #keeper: Keeper;
  readonly #history: HistoryFeed;
  readonly #live: LiveFeed;
  readonly #door: CommandDoor;
  /** Pieces that a gateway delivers before its live values begin again. */
  readonly #before = new Map<string, { readonly ranges: Set<Range>; readonly fromMs: number }>();
  #sampleCount = 0;
  #tasksTotal = 0;
  #end: (error?: unknown) => void = () => undefined;
  #isStopped = false;

  constructor(prepared: Prepared) {
    this.#prepared = prepared;
    const { options, park, selection, simulation, seed } = prepared;
    const { world } = simulation;
    this.#links = this.#connect();
    this.#sink = this.#links ?? new FileSink(options.outputPath ?? "", park.id);
    this.#book = new DeliveryBook(options.realtime);
    this.#keeper = new Keeper({
      ...{ path: options.statePath, seed, world, displays: simulation.displays, book: this.#book },
      origin: simulation.origin,
    });
    const sent = { book: this.#book, sink: this.#sink, devicesOf: selection.devicesOf };
    this.#history = new HistoryFeed({
      ...sent,
      messagesOf: (device, range) =>
        historyMessages({ ...simulation, newestFirst: options.realtime }, device, range),
      window: options.realtime ? gentleWindow : fullWindow,
      onSent: (count) => this.#count(count),
      onTaskDone: (task) => this.#taskDone(task),
    });
    this.#live = new LiveFeed({
      ...simulation,
      ...sent,
      canSend: (gatewayId) => this.#links?.canSend(gatewayId) ?? true,
      onSent: (count) => this.#count(count),
      onOwed: () => this.#history.wake(),
      owedFromMs: owedFromMs * (options.speedFactor ?? 1),
    });
    this.#door = this.#createDoor();
  }

  /** Resolves when everything is delivered, or after `stop`; live runs end by `stop` only. */
  async run(): Promise<void> {
    const { options } = this.#prepared;
    if (!options.realtime) await this.#links?.connected(options.connectTimeoutMs);
    if (options.speedFactor !== null) await this.#play(options.speedFactor);
    else if (options.realtime) await this.#runLive();
    else await this.#runHistory();
  }

  stop(): void {
    this.#isStopped = true;
    this.#history.stop();
    this.#end();
  }

  async close(): Promise<void> {
    this.#history.stop();
    try {
      if (this.#prepared.options.realtime) this.#keeper.save();
    } finally {
      // Also on a full disk the connections end: an open one would keep a dead run alive for ever.
      await this.#sink.close();
    }
  }

  async #runHistory(): Promise<void> {
    const { options, selection, replacements } = this.#prepared;
    const { fromMs, toMs } = options;
    for (const gatewayId of selection.gatewayIds) {
      this.#live.begin(gatewayId, toMs);
      // The end is a reading of its own: without it the last quarter hour would stay open.
      const missing = rangesOf(fromMs, toMs + 1, toMs);
      this.#book.open(gatewayId, { throughMs: toMs, missing: [...missing] });
    }
    this.#live.announce(replacements);
    await this.#deliverHistory();
  }

  /** Plays a stretch of the past at a multiple of real time, as if it were live. */
  async #play(factor: number): Promise<void> {
    const { options, selection, replacements } = this.#prepared;
    const { fromMs, toMs } = options;
    for (const gatewayId of selection.gatewayIds) {
      this.#book.open(gatewayId, { throughMs: fromMs, missing: [] });
      this.#live.begin(gatewayId, fromMs);
    }
    this.#live.announce(replacements);
    const beganMs = Date.now();
    await this.#every(() => {
      const tsMs = Math.min(toMs, fromMs + (Date.now() - beganMs) * factor);
      this.#live.step(tsMs);
      const isOver = tsMs >= toMs && this.#book.neededFromMs >= toMs;
      if (isOver) this.#end();
    });
  }

  async #runLive(): Promise<void> {
    const { options, selection, replacements, report, simulation } = this.#prepared;
    const nowMs = Date.now();
    simulation.world.advanceTo(nowMs);
    for (const gatewayId of selection.gatewayIds) this.#openLive(gatewayId, nowMs);
    this.#live.announce(replacements);
    const counts = [selection.gatewayIds.length, selection.devices.length] as const;
    report.say("live", { gateways: counts[0], devices: counts[1] }, (said) => said.live(...counts));
    const delivering = this.#deliverHistory().catch((error: unknown) => this.#end(error));
    await this.#every(() => this.#stepLive());
    await (options.realtime ? delivering : undefined);
  }

  /**
   * A gateway that was there before owes the time in between. When that is short it is filled in first,
   * so that the platform need not estimate what it is about to learn; else live values go before.
   */
  #openLive(gatewayId: string, nowMs: number): void {
    const { options, state } = this.#prepared;
    const known = state?.gateways[gatewayId];
    const sinceMs = known?.throughMs ?? options.fromMs;
    const gap = rangesOf(sinceMs, nowMs, nowMs);
    this.#book.open(gatewayId, { throughMs: nowMs, missing: [...(known?.missing ?? []), ...gap] });
    const waits = known !== undefined && gap.length > 0 && nowMs - sinceMs <= dayMs;
    if (waits) this.#before.set(gatewayId, { ranges: new Set(gap), fromMs: nowMs });
    else this.#live.begin(gatewayId, nowMs);
  }

  #stepLive(): void {
    const nowMs = Date.now();
    this.#prepared.simulation.world.advanceTo(nowMs);
    this.#live.step(nowMs);
    this.#door.step(nowMs);
    this.#keeper.tend(nowMs);
  }

  async #deliverHistory(): Promise<void> {
    const { report } = this.#prepared;
    const beganMs = Date.now();
    this.#tasksTotal = this.#book.openTaskCount;
    this.#live.step(this.#prepared.options.fromMs);
    this.#history.wake();
    await this.#history.idle();
    if (this.#isStopped || this.#tasksTotal === 0) return;
    const samples = this.#sampleCount;
    const seconds = ((Date.now() - beganMs) / secondMs).toFixed(1);
    report.say("history-complete", { samples, seconds: Number(seconds) }, ({ finished }) =>
      finished(samples, seconds),
    );
  }

  #taskDone({ gatewayId, range }: DeliveryTask): void {
    const before = this.#before.get(gatewayId);
    if (before?.ranges.delete(range) !== true || before.ranges.size > 0) return;
    this.#before.delete(gatewayId);
    this.#live.begin(gatewayId, before.fromMs);
  }

  #count(sampleCount: number): void {
    this.#sampleCount += sampleCount;
    const left = this.#book.openTaskCount;
    if (left === 0 || this.#tasksTotal === 0) return;
    const percent = Math.max(0, Math.floor(100 * (1 - left / this.#tasksTotal)));
    const progress = { percent, sampleCount: this.#sampleCount, openTaskCount: left };
    this.#prepared.report.sent(progress);
  }

  /** Calls `step` several times a second until the run ends; an error of it ends the run. */
  #every(step: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isStopped) return resolve();
      const timer = setInterval(() => {
        try {
          step();
        } catch (error) {
          this.#end(error);
        }
      }, stepMs);
      this.#end = (error) => {
        clearInterval(timer);
        if (error === undefined) resolve();
        else reject(error);
      };
    });
  }

  #connect(): Links | null {
    const { options, park, selection, report } = this.#prepared;
    if (options.mqttUrl === null) return null;
    return new Links({
      ...{ url: options.mqttUrl, parkId: park.id, passwords: options.passwords },
      gatewayIds: selection.gatewayIds,
      onCommand: (place, payload) => this.#door.receive(place, payload, Date.now()),
      onTrouble: (gateway, reason) =>
        report.say("trouble", { gateway, reason }, ({ trouble }) => trouble(gateway, reason)),
    });
  }

  #createDoor(): CommandDoor {
    const { simulation, report, park } = this.#prepared;
    return new CommandDoor({
      desk: simulation.world.desk,
      sink: this.#sink,
      gatewayOf: (deviceId) => park.byId.get(deviceId)?.gatewayId,
      onAccepted: (command) => this.#keeper.accepted(command),
      onAnswered: (device, ack) =>
        report.say("command", { device, ...ack }, ({ command }) =>
          command(device, ack.status, ack.reason ?? ""),
        ),
      onUnreadable: (device, reason) =>
        report.say("command", { device, status: "unreadable", reason }, ({ command }) =>
          command(device, "unreadable", reason),
        ),
    });
  }
}
