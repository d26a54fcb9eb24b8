import { registersOf } from "../contracts/device-kinds.ts";
import type { Reading } from "../domain/telemetry/reading.ts";
import { sightMs, sightPoints } from "../domain/telemetry/steady-window.ts";
import { quarterStartMs } from "../domain/time.ts";

/** Remembers how far each register has come, to tell which readings can change a slot at all. */
export interface SlotHeads {
  /**
   * Whether the reading can complete or change a slot: it is not the newest of its register, it lies
   * in another quarter hour than the newest one before it, or the register has just fallen, so that
   * readings before it may turn out to have been misread. Moves the heads on.
   */
  advance(reading: Reading): boolean;
}

interface Head {
  tsMs: number;
  value: number;
  /** A fall is in doubt until then. */
  uneasyUntilMs: number;
  /** So many readings more can decide what a late one is taken for. */
  undecidedCount: number;
}

interface Arrival {
  readonly tsMs: number;
  readonly value: number;
}

/** What follows a fall so closely can still change what it is taken for. */
const uneasyMs = 2 * sightMs;
/** Whatever the distance, a reading is judged by so many after it. */
const decidingCount = sightPoints - 1;

/** Heads live in memory: after a restart the first reading of each register counts as due once. */
export function createSlotHeads(): SlotHeads {
  const heads = new Map<string, Map<string, Head>>();
  return {
    advance: (reading) => {
      let ofDevice = heads.get(reading.deviceId);
      if (ofDevice === undefined) {
        ofDevice = new Map();
        heads.set(reading.deviceId, ofDevice);
      }
      let isDue = false;
      for (const register of registersOf(reading.kind)) {
        const value = reading.values[register];
        // What the device calls bad is never counted, so it completes nothing either.
        if (typeof value !== "number" || reading.doubts?.[register] === "bad") continue;
        const point = { tsMs: reading.tsMs, value };
        if (isDueAfter(ofDevice.get(register), point)) isDue = true;
        moveHead(ofDevice, register, point);
      }
      return isDue;
    },
  };
}

function isDueAfter(head: Head | undefined, { tsMs, value }: Arrival): boolean {
  if (head === undefined || tsMs < head.tsMs) return true;
  if (tsMs === head.tsMs) return value !== head.value;
  if (tsMs <= head.uneasyUntilMs || head.undecidedCount > 0) return true;
  // Exactly at a boundary the reading completes the slot before it: it is the next quarter hour.
  return value < head.value || quarterStartMs(head.tsMs) !== quarterStartMs(tsMs);
}

function moveHead(heads: Map<string, Head>, register: string, { tsMs, value }: Arrival): void {
  const head = heads.get(register);
  if (head === undefined) {
    const uneasyUntilMs = Number.NEGATIVE_INFINITY;
    heads.set(register, { tsMs, value, uneasyUntilMs, undecidedCount: 0 });
    return;
  }
  if (tsMs <= head.tsMs) {
    if (tsMs < head.tsMs || value !== head.value) head.undecidedCount = decidingCount;
    return;
  }
  if (value < head.value) head.uneasyUntilMs = tsMs + uneasyMs;
  if (head.undecidedCount > 0) head.undecidedCount -= 1;
  head.tsMs = tsMs;
  head.value = value;
}
