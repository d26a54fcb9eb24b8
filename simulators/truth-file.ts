import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { metricOf } from "../src/contracts/device-kinds.ts";
import type { SimDevice } from "./park/sim-device.ts";

/** Columns of the truth file; `start` is the start of the quarter hour in UTC. */
const truthHeader = "start,meter,register,unit,amount";

/**
 * Writes what really flowed: one line for each register and quarter hour, whatever faults happened on
 * the way to the platform. Amounts are exact decimals of whole counts.
 */
export class TruthFile {
  readonly #file: number;
  /** Start of the last quarter hour that is written already. */
  readonly #writtenMs: number;
  readonly #rows: readonly {
    readonly text: string;
    readonly index: number;
    readonly per: number;
  }[];

  /** @param isContinued an existing file is continued instead of replaced. */
  constructor(path: string, devices: readonly SimDevice[], isContinued: boolean) {
    const isNew = !isContinued || !existsSync(path);
    this.#writtenMs = isNew ? Number.NEGATIVE_INFINITY : lastStartMs(path);
    this.#file = openSync(path, isNew ? "w" : "a");
    if (isNew) writeSync(this.#file, `${truthHeader}\n`);
    this.#rows = devices.flatMap(({ id, kind, registers }) =>
      registers.map(({ name, index, countsPerReal }) => ({
        text: `,${id},${name},${metricOf(kind, name)?.unit ?? ""},`,
        index,
        per: countsPerReal,
      })),
    );
  }

  add(startMs: number, counts: Float64Array): void {
    if (startMs <= this.#writtenMs) return;
    const start = new Date(startMs).toISOString();
    const lines = this.#rows.map(({ text, index, per }) => {
      return `${start}${text}${(counts[index] ?? 0) / per}\n`;
    });
    writeSync(this.#file, lines.join(""));
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Start in the last whole line; before everything when there is none. */
function lastStartMs(path: string): number {
  const line = readFileSync(path, "utf8").trimEnd().split("\n").at(-1) ?? "";
  const startMs = Date.parse(line.split(",")[0] ?? "");
  return Number.isNaN(startMs) ? Number.NEGATIVE_INFINITY : startMs;
}
