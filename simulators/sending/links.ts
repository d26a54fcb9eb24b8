import { exitUnavailable, SimulatorError } from "../errors.ts";
import { secondMs } from "../units.ts";
import { GatewayLink } from "./gateway-link.ts";
import type { OutMessage, Sink } from "./out-message.ts";

export interface LinksOptions {
  readonly url: string;
  readonly parkId: string;
  readonly gatewayIds: readonly string[];
  /** By gateway; null where the broker asks for none. */
  readonly passwords: Readonly<Record<string, string>> | null;
  readonly onCommand: (place: { gatewayId: string; deviceId: string }, payload: Buffer) => void;
  readonly onTrouble: (gatewayId: string, reason: string) => void;
}

/** Live values that a gateway may have on their way; beyond that the broker is too slow for it. */
const inFlightMax = 200;
const pollMs = secondMs / 10;
const closeTimeoutMs = 3 * secondMs;

/** One connection for each gateway. */
export class Links implements Sink {
  readonly #links: ReadonlyMap<string, GatewayLink>;
  #reason = "";

  constructor({ url, parkId, gatewayIds, passwords, onCommand, onTrouble }: LinksOptions) {
    const linkOf = (gatewayId: string): GatewayLink =>
      new GatewayLink({
        ...{ url, parkId, gatewayId, password: passwords?.[gatewayId] },
        onCommand: (deviceId, payload) => onCommand({ gatewayId, deviceId }, payload),
        onTrouble: (reason) => {
          this.#reason = reason;
          onTrouble(gatewayId, reason);
        },
      });
    this.#links = new Map(gatewayIds.map((id) => [id, linkOf(id)]));
  }

  publish(message: OutMessage): Promise<void> {
    const link = this.#links.get(message.gatewayId);
    if (link !== undefined) return link.publish(message);
    return Promise.reject(new Error(`there is no link of gateway ${message.gatewayId}`));
  }

  canSend(gatewayId: string): boolean {
    const link = this.#links.get(gatewayId);
    return link?.isConnected === true && link.inFlight < inFlightMax;
  }

  /**
   * Waits for the first connection of every gateway.
   *
   * @throws {SimulatorError} when that takes longer than `timeoutMs`, with the broker's reason.
   */
  async connected(timeoutMs: number): Promise<void> {
    const untilMs = Date.now() + timeoutMs;
    const open = (): number => [...this.#links.values()].filter((one) => !one.isConnected).length;
    while (open() > 0) {
      if (Date.now() > untilMs) {
        throw new SimulatorError(
          `${open()} of ${this.#links.size} gateways cannot connect: ${this.#reason || "no answer"}; check the address and the credentials`,
          exitUnavailable,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  async close(): Promise<void> {
    const closing = Promise.all([...this.#links.values()].map((link) => link.close()));
    await Promise.race([closing, new Promise((resolve) => setTimeout(resolve, closeTimeoutMs))]);
  }
}
