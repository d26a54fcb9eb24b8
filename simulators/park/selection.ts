import { exitUsage, SimulatorError } from "../errors.ts";
import type { SimDevice } from "./sim-device.ts";
import type { SimPark } from "./sim-park.ts";

/** The part of a park that speaks in a run. The whole park is simulated in any case. */
export interface Selection {
  readonly devices: readonly SimDevice[];
  /** Gateways with at least one device, in the order of the park file. */
  readonly gatewayIds: readonly string[];
  devicesOf(gatewayId: string): readonly SimDevice[];
}

/**
 * Narrows a park down to some gateways and some devices; null stands for all of them.
 *
 * @throws {SimulatorError} for ids that the park does not have.
 */
export function selected(
  park: SimPark,
  gatewayIds: readonly string[] | null,
  meterIds: readonly string[] | null,
): Selection {
  requireKnown("--gateways", gatewayIds, new Set(park.gatewayIds));
  requireKnown("--meters", meterIds, new Set(park.byId.keys()));
  const devices = park.devices.filter(
    ({ id, gatewayId }) =>
      (gatewayIds?.includes(gatewayId) ?? true) && (meterIds?.includes(id) ?? true),
  );
  const byGateway = new Map<string, SimDevice[]>();
  for (const device of devices) {
    const known = byGateway.get(device.gatewayId);
    if (known === undefined) byGateway.set(device.gatewayId, [device]);
    else known.push(device);
  }
  if (devices.length === 0)
    throw new SimulatorError("no device of the park is selected", exitUsage);
  return {
    devices,
    gatewayIds: park.gatewayIds.filter((id) => byGateway.has(id)),
    devicesOf: (gatewayId) => byGateway.get(gatewayId) ?? [],
  };
}

function requireKnown(
  option: string,
  ids: readonly string[] | null,
  known: ReadonlySet<string>,
): void {
  const strange = (ids ?? []).filter((id) => !known.has(id));
  if (strange.length === 0) return;
  throw new SimulatorError(`${option}: the park has no ${strange.join(", ")}`, exitUsage);
}
