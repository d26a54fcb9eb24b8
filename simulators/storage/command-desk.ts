import type { Command, CommandAck } from "../../src/contracts/command.ts";
import { hourMs } from "../units.ts";
import type { Unit } from "./battery.ts";
import type { Station, UnitOrder } from "./station.ts";

/** A command as it came in; the list of them is what a restart needs to be where it was. */
export interface ReceivedCommand {
  readonly deviceId: string;
  readonly command: Command;
  readonly receivedAtMs: number;
}

export interface Acknowledgement {
  readonly deviceId: string;
  readonly ack: CommandAck;
}

interface Entry extends ReceivedCommand {
  readonly powerKw: number;
  readonly fromMs: number;
  readonly toMs: number;
  isDone: boolean;
}

/** After a command has expired its fallback holds this long; then the own schedule takes over. */
const fallbackMs = hourMs / 2;
/** Ids whose answers are remembered, so that a command that is sent again is not carried out again. */
const rememberedMax = 2000;
const noOrders: readonly UnitOrder[] = Object.freeze([]);

/**
 * Takes commands for the station and for single PCS, answers each of them, and knows which one counts.
 * A command for a PCS goes before one for the station; a newer one replaces an older one when its time
 * begins; at `validTo` it ends by itself and falls back to zero or to holding its power.
 */
export class CommandDesk {
  readonly #station: Station;
  readonly #stationIds: ReadonlySet<string>;
  readonly #units: ReadonlyMap<string, Unit>;
  readonly #entries = new Map<string, Entry[]>();
  readonly #answers = new Map<string, CommandAck>();

  /** @param stationIds ids under which the station as a whole is addressed. */
  constructor(station: Station, stationIds: readonly string[]) {
    this.#station = station;
    this.#stationIds = new Set(stationIds);
    this.#units = new Map(station.units.map((unit) => [unit.device.id, unit]));
  }

  /** Accepts or rejects; `taken` says whether it is to be carried out. */
  receive(received: ReceivedCommand): { readonly ack: CommandAck; readonly taken: boolean } {
    const { deviceId, command } = received;
    const key = `${deviceId} ${command.id}`;
    const known = this.#answers.get(key);
    if (known !== undefined) return { ack: known, taken: false };
    const reason = this.#refusal(received);
    const ack: CommandAck =
      reason === null
        ? { id: command.id, status: "accepted" }
        : { id: command.id, status: "rejected", reason };
    this.#remember(key, ack);
    if (reason === null) this.#add(received);
    return { ack, taken: reason === null };
  }

  /** What each unit is to do now; null leaves it to the station's command or to the own schedule. */
  unitOrders(tsMs: number): readonly UnitOrder[] {
    if (this.#entries.size === 0) return noOrders;
    return this.#station.units.map(({ device }) => this.#order(device.id, tsMs));
  }

  /** What the station as a whole is to do now. */
  stationOrder(tsMs: number): UnitOrder {
    if (this.#entries.size === 0) return null;
    for (const id of this.#stationIds) {
      const order = this.#order(id, tsMs);
      if (order !== null) return order;
    }
    return null;
  }

  /** Commands that have ended or been replaced since the last question, with their answers. */
  ended(tsMs: number): readonly Acknowledgement[] {
    const found: Acknowledgement[] = [];
    for (const [deviceId, entries] of this.#entries) {
      const current = currentOf(entries, tsMs);
      for (const entry of entries) {
        const reason = endOf(entry, current, tsMs);
        if (reason === null) continue;
        entry.isDone = true;
        const ack: CommandAck = { id: entry.command.id, status: "done", reason };
        this.#remember(`${deviceId} ${entry.command.id}`, ack);
        found.push({ deviceId, ack });
      }
      const open = stillOpen(entries, current, tsMs);
      if (open.length === 0) this.#entries.delete(deviceId);
      else this.#entries.set(deviceId, open);
    }
    return found;
  }

  /** Commands that still matter, for the file that a restart reads. */
  open(): readonly ReceivedCommand[] {
    return [...this.#entries.values()]
      .flat()
      .map(({ deviceId, command, receivedAtMs }) => ({ deviceId, command, receivedAtMs }));
  }

  #order(deviceId: string, tsMs: number): UnitOrder {
    const entry = currentOf(this.#entries.get(deviceId) ?? [], tsMs);
    if (entry === undefined) return null;
    if (tsMs < entry.toMs) return { powerKw: entry.powerKw, mode: "command" };
    if (tsMs >= entry.toMs + fallbackMs) return null;
    const powerKw = entry.command.fallback === "hold" ? entry.powerKw : 0;
    return { powerKw, mode: "fallback" };
  }

  #add(received: ReceivedCommand): void {
    const { deviceId, command } = received;
    const entries = this.#entries.get(deviceId) ?? [];
    entries.push({
      ...received,
      powerKw: command.setpoint.powerKw ?? 0,
      fromMs: Date.parse(command.validFrom),
      toMs: Date.parse(command.validTo),
      isDone: false,
    });
    this.#entries.set(deviceId, entries);
  }

  #refusal({ deviceId, command, receivedAtMs }: ReceivedCommand): string | null {
    const unit = this.#units.get(deviceId);
    const isStation = this.#stationIds.has(deviceId);
    if (unit === undefined && !isStation) return `${deviceId} takes no commands`;
    const { powerKw } = command.setpoint;
    if (powerKw === undefined) return "setpoint.powerKw is missing";
    const fromMs = Date.parse(command.validFrom);
    const toMs = Date.parse(command.validTo);
    if (toMs <= fromMs) return "validTo is not after validFrom";
    if (toMs <= receivedAtMs) return "the command had expired when it arrived";
    const ratedKw = unit?.device.ratedPerH ?? this.#station.powerMaxKw;
    if (Math.abs(powerKw) > ratedKw) return `powerKw ${powerKw} exceeds the rated ${ratedKw} kW`;
    return null;
  }

  #remember(key: string, ack: CommandAck): void {
    this.#answers.delete(key);
    this.#answers.set(key, ack);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > rememberedMax && oldest !== undefined) this.#answers.delete(oldest);
  }
}

/** The entry that was received last among those that have arrived and whose time has begun. */
function currentOf(entries: readonly Entry[], tsMs: number): Entry | undefined {
  return entries.findLast((entry) => hasBegun(entry, tsMs));
}

function hasBegun({ fromMs, receivedAtMs }: Entry, tsMs: number): boolean {
  return fromMs <= tsMs && receivedAtMs <= tsMs;
}

/** Why an entry has ended, or null while it has not. */
function endOf(entry: Entry, current: Entry | undefined, tsMs: number): string | null {
  if (entry.isDone || !hasBegun(entry, tsMs)) return null;
  if (tsMs >= entry.toMs) return `expired, falling back to ${entry.command.fallback}`;
  return current === undefined || current === entry ? null : `replaced by ${current.command.id}`;
}

/** A command that was replaced never comes back, also not when the one that replaced it has ended. */
function stillOpen(entries: readonly Entry[], current: Entry | undefined, tsMs: number): Entry[] {
  return entries.filter((entry) => {
    if (!hasBegun(entry, tsMs)) return true;
    return entry === current && tsMs < entry.toMs + fallbackMs;
  });
}
