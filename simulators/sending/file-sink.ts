import { closeSync, openSync, writeSync } from "node:fs";
import { topicOf } from "../../src/contracts/topics.ts";
import type { OutMessage, Sink } from "./out-message.ts";

/** Writes messages to a file, one line each, as `zcp replay` reads them. */
export class FileSink implements Sink {
  readonly #parkId: string;
  readonly #file: number;

  constructor(path: string, parkId: string) {
    this.#parkId = parkId;
    this.#file = openSync(path, "w");
  }

  publish(message: OutMessage): Promise<void> {
    const { gatewayId, deviceId, kind, payload } = message;
    const topic = topicOf({ parkId: this.#parkId, gatewayId, deviceId, kind });
    writeSync(this.#file, `{"topic":${JSON.stringify(topic)},"payload":${payload}}\n`);
    return Promise.resolve();
  }

  close(): void {
    closeSync(this.#file);
  }
}
