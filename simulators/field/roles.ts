import { isPvOnly } from "../park/registers.ts";
import { holdsStorage, isMirror, type Register, type SimDevice } from "../park/sim-device.ts";

/** Devices that hang on the storage or on the balance at the grid: they move every few seconds. */
export function isFast(device: SimDevice): boolean {
  if (isMirror(device) && device.parent !== null) return isFast(device.parent);
  return (
    device.kind === "storage-pcs" ||
    device.kind === "storage-bms" ||
    device.kind === "direct-line" ||
    isGate(device) ||
    holdsStorage(device)
  );
}

/** The meter at the connection to the public grid. */
export function isGate({ role, carrier, kind }: SimDevice): boolean {
  return role === "grid" && carrier === "electricity" && kind === "electricity-meter";
}

/** Inverters of a plant that is metered as a whole. */
export function isInverterGroup(device: SimDevice): boolean {
  return device.kind === "pv-inverter" && device.parent?.kind === "pv-inverter";
}

/** A heat meter at a well: it feeds the network and is nobody's consumption. */
export function isWell(device: SimDevice): boolean {
  return (
    device.kind === "heat-meter" &&
    device.role === "check" &&
    device.parent === null &&
    device.children.length === 0
  );
}

/** Devices whose figures follow from those of others. */
export function isDerived(device: SimDevice): boolean {
  const isOutlet = device.kind === "effluent-monitor" && device.children.length === 0;
  return (
    isOutlet ||
    device.kind === "compute-centre" ||
    device.kind === "cooling-meter" ||
    isWell(device)
  );
}

/** A part of what the meter above it measures, as opposed to one that measures the same again. */
export function isCounted(device: SimDevice): boolean {
  return !isMirror(device) && device.registers.length > 0 && !isInverterGroup(device);
}

export function isReactive({ name }: Register): boolean {
  return name === "importKvarh";
}

/** What enters or leaves the park's own busbar on a line of its own, apart from storage and grid. */
export function isFeeder(device: SimDevice): boolean {
  const isTop = device.parent === null || isGate(device.parent);
  const isElectric = ["electricity-meter", "pv-inverter", "charger"].includes(device.kind);
  if (!isTop || !isElectric || device.carrier !== "electricity" || isFast(device)) return false;
  return isPvOnly(device) || (device.role !== "sub" && !isLonelyCheck(device));
}

function isLonelyCheck({ role, children }: SimDevice): boolean {
  return role === "check" && children.length === 0;
}

/** Each device after those below it. */
export function childrenFirst(devices: readonly SimDevice[]): readonly SimDevice[] {
  const wanted = new Set(devices);
  const sorted: SimDevice[] = [];
  const seen = new Set<SimDevice>();
  const visit = (device: SimDevice): void => {
    if (seen.has(device)) return;
    seen.add(device);
    for (const child of device.children) visit(child);
    if (wanted.has(device)) sorted.push(device);
  };
  for (const device of devices) visit(device);
  return sorted;
}
