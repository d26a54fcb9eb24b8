import { Command, type CommandAck } from "../../src/contracts/command.ts";
import type { CommandDesk, ReceivedCommand } from "../storage/command-desk.ts";
import { plainMessage, type Sink } from "./out-message.ts";

export interface CommandDoorOptions {
  readonly desk: CommandDesk;
  readonly sink: Sink;
  /** Gateway of a device or of the storage station; where its acknowledgements go out. */
  readonly gatewayOf: (deviceId: string) => string | undefined;
  /** Called before a command is acknowledged, so that it outlives a crash. */
  readonly onAccepted: (command: ReceivedCommand) => void;
  readonly onAnswered: (deviceId: string, ack: CommandAck) => void;
  readonly onUnreadable: (deviceId: string, reason: string) => void;
}

/** Takes commands in from the broker and answers them. */
export class CommandDoor {
  readonly #options: CommandDoorOptions;
  /** Gateway through which a command came, by device. */
  readonly #ways = new Map<string, string>();

  constructor(options: CommandDoorOptions) {
    this.#options = options;
  }

  receive(place: { gatewayId: string; deviceId: string }, payload: Buffer, nowMs: number): void {
    const { desk, onAccepted, onUnreadable } = this.#options;
    const { deviceId } = place;
    const parsed = Command.safeParse(parsedJson(payload));
    if (!parsed.success) {
      onUnreadable(deviceId, parsed.error.issues[0]?.message ?? "not a command");
      return;
    }
    this.#ways.set(deviceId, place.gatewayId);
    const received = { deviceId, command: parsed.data, receivedAtMs: nowMs };
    const { ack, taken } = desk.receive(received);
    if (taken) onAccepted(received);
    this.#answer(deviceId, ack);
  }

  /** Answers the commands that have ended. */
  step(nowMs: number): void {
    for (const { deviceId, ack } of this.#options.desk.ended(nowMs)) this.#answer(deviceId, ack);
  }

  #answer(deviceId: string, ack: CommandAck): void {
    const { sink, gatewayOf, onAnswered } = this.#options;
    const gatewayId = this.#ways.get(deviceId) ?? gatewayOf(deviceId);
    if (gatewayId === undefined) return;
    onAnswered(deviceId, ack);
    // An acknowledgement that does not get through is sent again with the next connection.
    sink
      .publish(plainMessage({ gatewayId, deviceId, kind: "command-ack" }, ack))
      .catch(() => undefined);
  }
}

function parsedJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString("utf8"));
  } catch {
    return null;
  }
}
