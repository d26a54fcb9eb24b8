import type { JournalBatch } from "../../app/ports.ts";
import type { DeviceKind } from "../../contracts/device-kinds.ts";
import type { Doubt, MetricValue, Quarantined, Reading } from "../../domain/telemetry/reading.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";

/**
 * A journal row: format, number of readings, the readings, then the refusals as one JSON list.
 *
 * Readings are binary, because encoding them is the larger part of what a reading costs until it is
 * acknowledged: half the bytes and a fifth of the time of JSON. Names of kinds and metrics stand once
 * in a row, where they first occur, so that a row explains itself whatever the vocabulary of the
 * version that reads it.
 */
const format = 1;
const doubtCodes: readonly Doubt[] = ["uncertain", "bad"];
const numberValue = 0;
const textValue = 1;

/** Gathers what shares one commit. Encoding on arrival leaves no objects to wait for the disk. */
export class BatchWriter {
  readonly #bytes = new ByteWriter();
  readonly #names = new Map<string, number>();
  readonly #quarantined: string[] = [];
  #quarantinedLength = 0;
  #readingCount = 0;

  constructor() {
    this.#bytes.u8(format);
    this.#bytes.u32(0);
  }

  get readingCount(): number {
    return this.#readingCount;
  }

  /** Readings and refusals: all that a consumer has to work on. */
  get entryCount(): number {
    return this.#readingCount + this.#quarantined.length;
  }

  /** What the row comes to; texts of refusals by their characters. */
  get byteCount(): number {
    return this.#bytes.length + this.#quarantinedLength;
  }

  /** @throws {RangeError} for a text that is too long to be written; the rest is as it was before. */
  add({ readings, quarantined }: Omit<JournalBatch, "seq">): void {
    const start = this.#bytes.length;
    const nameCount = this.#names.size;
    try {
      for (const reading of readings) this.#reading(reading);
    } catch (error) {
      this.#bytes.truncate(start);
      for (const [name, index] of this.#names) if (index >= nameCount) this.#names.delete(name);
      throw error;
    }
    for (const refused of quarantined) {
      const text = JSON.stringify(refused);
      this.#quarantined.push(text);
      this.#quarantinedLength += text.length;
    }
    this.#readingCount += readings.length;
  }

  /** The finished row. */
  body(): Buffer {
    this.#bytes.u32At(1, this.#readingCount);
    const refusals = Buffer.from(this.#quarantined.length === 0 ? "" : `[${this.#quarantined}]`);
    return Buffer.concat([this.#bytes.written(), refusals]);
  }

  #reading({ deviceId, kind, tsMs, receivedAtMs, values, doubts }: Reading): void {
    const bytes = this.#bytes;
    bytes.text(deviceId);
    this.#name(kind);
    bytes.f64(tsMs);
    bytes.f64(receivedAtMs);
    const countAt = bytes.length;
    let count = 0;
    bytes.u16(0);
    for (const metric in values) {
      this.#value(metric, values[metric] ?? "");
      count += 1;
    }
    bytes.u16At(countAt, count);
    const doubted = doubts === undefined ? [] : Object.entries(doubts);
    bytes.u16(doubted.length);
    for (const [metric, doubt] of doubted) {
      this.#name(metric);
      bytes.u8(doubtCodes.indexOf(doubt));
    }
  }

  #value(metric: string, value: MetricValue): void {
    this.#name(metric);
    if (typeof value === "number") {
      this.#bytes.u8(numberValue);
      this.#bytes.f64(value);
    } else {
      this.#bytes.u8(textValue);
      this.#bytes.text(value);
    }
  }

  /** The number of a name in this row; a new one is followed by the name itself. */
  #name(name: string): void {
    const known = this.#names.get(name);
    this.#bytes.u16(known ?? this.#names.size);
    if (known !== undefined) return;
    this.#names.set(name, this.#names.size);
    this.#bytes.text(name);
  }
}

/** @throws {Error} when the row is none of this format: the file is damaged or of a newer version. */
export function decodeBatch(seq: number, body: Uint8Array | ArrayBuffer): JournalBatch {
  const bytes = new ByteReader(body);
  const found = bytes.u8();
  if (found !== format) throw new Error(`journal row ${seq} has the unknown format ${found}`);
  const names: string[] = [];
  const readings: Reading[] = [];
  const count = bytes.u32();
  for (let index = 0; index < count; index += 1) readings.push(readReading(bytes, names));
  const refusals = bytes.rest();
  const quarantined = refusals === "" ? [] : (JSON.parse(refusals) as Quarantined[]);
  return { seq, readings, quarantined };
}

function readReading(bytes: ByteReader, names: string[]): Reading {
  const deviceId = bytes.text();
  const kind = readName(bytes, names) as DeviceKind;
  const tsMs = bytes.f64();
  const receivedAtMs = bytes.f64();
  const values: Record<string, MetricValue> = {};
  for (let left = bytes.u16(); left > 0; left -= 1) {
    const metric = readName(bytes, names);
    values[metric] = bytes.u8() === numberValue ? bytes.f64() : bytes.text();
  }
  const doubtCount = bytes.u16();
  if (doubtCount === 0) return { deviceId, kind, tsMs, receivedAtMs, values };
  const doubts: Record<string, Doubt> = {};
  for (let left = doubtCount; left > 0; left -= 1) {
    const metric = readName(bytes, names);
    doubts[metric] = doubtCodes[bytes.u8()] ?? "uncertain";
  }
  return { deviceId, kind, tsMs, receivedAtMs, values, doubts };
}

function readName(bytes: ByteReader, names: string[]): string {
  const index = bytes.u16();
  const known = names[index];
  if (known !== undefined) return known;
  const name = bytes.text();
  names.push(name);
  return name;
}
