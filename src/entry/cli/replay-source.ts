import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { Id } from "../../contracts/id.ts";
import { parseTopic } from "../../contracts/topics.ts";
import { CliError } from "./cli-error.ts";

/** One recorded telemetry message, whatever the shape of its line. */
export interface RecordedMessage {
  readonly line: number;
  readonly gatewayId: string;
  readonly deviceId: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface SkippedLine {
  readonly line: number;
  readonly skipped: string;
}

const Payload = z.record(z.string(), z.unknown());
const ByTopic = z.object({ topic: z.string(), payload: z.union([z.string(), Payload]) });
const ByDevice = z.looseObject({ gateway: Id, device: Id });

/**
 * Reads NDJSON line by line: `{"topic","payload"}` as a broker's log has it, or
 * `{"gateway","device",…payload}` as HTTP takes it. Lines that are no telemetry are named, not sent.
 *
 * @throws {CliError} when the file cannot be read.
 */
export async function* recordedMessages(
  path: string,
): AsyncGenerator<RecordedMessage | SkippedLine> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  let line = 0;
  try {
    for await (const text of lines) {
      line += 1;
      if (text.trim() !== "") yield messageOf(text, line);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`${path} cannot be read: ${reason}`);
  }
}

function messageOf(text: string, line: number): RecordedMessage | SkippedLine {
  const json = parsed(text);
  const byDevice = ByDevice.safeParse(json);
  if (byDevice.success) {
    const { gateway, device, ...payload } = byDevice.data;
    return { line, gatewayId: gateway, deviceId: device, payload };
  }
  const byTopic = ByTopic.safeParse(json);
  if (!byTopic.success)
    return { line, skipped: "neither topic and payload nor gateway and device" };
  const parts = parseTopic(byTopic.data.topic);
  if (parts === null) return { line, skipped: `${byTopic.data.topic} is no topic of the contract` };
  if (parts.kind !== "telemetry") return { line, skipped: `${parts.kind} is not replayed` };
  const { payload } = byTopic.data;
  const content = Payload.safeParse(typeof payload === "string" ? parsed(payload) : payload);
  if (!content.success) return { line, skipped: "the payload is not a JSON object" };
  return { line, gatewayId: parts.gatewayId, deviceId: parts.deviceId, payload: content.data };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
