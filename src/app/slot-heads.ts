import { registersOf } from "../contracts/device-kinds.ts";
import type { Reading } from "../domain/telemetry/reading.ts";
import { quarterStartMs } from "../domain/time.ts";

/** Remembers how far each register has come, to tell which readings can change a slot at all. */
export interface SlotHeads {
  /**
   * Whether the reading can complete or change a slot: it is not the newest of its register, or it
   * lies in another quarter hour than the newest one before it. Moves the heads on.
   */
  advance(reading: Reading): boolean;
}

/** Heads live in memory: after a restart the first reading of each register counts as due once. */
export function createSlotHeads(): SlotHeads {
  const heads = new Map<string, Map<string, number>>();
  return {
    advance: (reading) => {
      let ofDevice = heads.get(reading.deviceId);
      if (ofDevice === undefined) {
        ofDevice = new Map();
        heads.set(reading.deviceId, ofDevice);
      }
      let isDue = false;
      for (const register of registersOf(reading.kind)) {
        if (typeof reading.values[register] !== "number") continue;
        const headMs = ofDevice.get(register);
        const isNewest = headMs === undefined || reading.tsMs > headMs;
        if (isNewest) ofDevice.set(register, reading.tsMs);
        const staysInside =
          headMs !== undefined &&
          isNewest &&
          quarterStartMs(headMs) === quarterStartMs(reading.tsMs);
        // Exactly at a boundary the reading completes the slot before it, so it is due even when
        // the head already stood in the new quarter hour's first instant.
        isDue ||= !staysInside;
      }
      return isDue;
    },
  };
}
