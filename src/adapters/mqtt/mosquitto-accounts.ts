import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { z } from "zod";
import type { BrokerAccounts } from "../../app/gateway-ports.ts";
import { UnavailableError } from "../../app/ports.ts";

export interface MosquittoAccountsOptions {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly parkId: string;
  /** Longest wait for the broker's answer. */
  readonly timeoutMs?: number;
  readonly connection?: Pick<IClientOptions, "ca" | "cert" | "key">;
}

const controlTopic = "$CONTROL/dynamic-security/v1";
const responseTopic = `${controlTopic}/response`;
const timeoutMsDefault = 5000;

const Response = z.object({
  responses: z.array(z.object({ command: z.string(), error: z.string().optional() })),
});

/** What a gateway may do: publish below its own level, and read commands for its devices. */
function gatewayRights(parkId: string, gatewayId: string): readonly object[] {
  const own = `zcp/v1/${parkId}/${gatewayId}/+`;
  const publish = ["telemetry", "state", "event", "command-ack"].map((kind) => ({
    acltype: "publishClientSend",
    topic: `${own}/${kind}`,
    allow: true,
  }));
  return [
    ...publish,
    { acltype: "publishClientReceive", topic: `${own}/command`, allow: true },
    { acltype: "subscribePattern", topic: `${own}/command`, allow: true },
  ];
}

/**
 * Accounts of gateways in Mosquitto, through its dynamic-security plug-in: they work at once, without
 * a restart and without a file that somebody has to copy.
 */
export class MosquittoAccounts implements BrokerAccounts {
  readonly #options: MosquittoAccountsOptions;

  constructor(options: MosquittoAccountsOptions) {
    this.#options = options;
  }

  /**
   * Creates the account or gives it a new password; saying it twice is harmless.
   *
   * @throws {UnavailableError} `broker_accounts`: the broker did not answer or refused.
   */
  async grant(gatewayId: string, password: string): Promise<void> {
    const rolename = `zcp-gateway-${gatewayId}`;
    const acls = gatewayRights(this.#options.parkId, gatewayId);
    const responses = await this.#ask([
      { command: "createRole", rolename, acls },
      { command: "modifyRole", rolename, acls },
      { command: "createClient", username: gatewayId, password, roles: [{ rolename }] },
      { command: "setClientPassword", username: gatewayId, password },
    ]);
    // What exists already is brought up to date by the command after it.
    const refused = responses.find(
      ({ command, error }) => error !== undefined && !command.startsWith("create"),
    );
    if (refused === undefined) return;
    throw unavailable(`the broker refused ${refused.command}: ${refused.error}`);
  }

  async #ask(commands: readonly object[]): Promise<z.infer<typeof Response>["responses"]> {
    const { url, username, password, connection } = this.#options;
    const timeoutMs = this.#options.timeoutMs ?? timeoutMsDefault;
    let client: MqttClient;
    try {
      client = await connectAsync(
        url,
        { ...connection, username, password, reconnectPeriod: 0, connectTimeout: timeoutMs },
        false,
      );
    } catch (error) {
      throw unavailable("the broker cannot be reached to manage accounts", error);
    }
    try {
      await client.subscribeAsync(responseTopic, { qos: 1 });
      const answered = nextMessage(client, timeoutMs);
      await client.publishAsync(controlTopic, JSON.stringify({ commands }), { qos: 1 });
      return Response.parse(JSON.parse(await answered)).responses;
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      throw unavailable("the broker's answer about accounts cannot be read", error);
    } finally {
      await client.endAsync(true);
    }
  }
}

function nextMessage(client: MqttClient, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () =>
        reject(
          unavailable(
            "the broker does not answer about accounts; is its dynamic-security plug-in on, and may this user use it?",
          ),
        ),
      timeoutMs,
    );
    client.once("message", (_topic, payload) => {
      clearTimeout(late);
      resolve(payload.toString());
    });
    client.once("close", () => {
      clearTimeout(late);
      reject(unavailable("the broker closed the connection while accounts were managed"));
    });
  });
}

function unavailable(message: string, cause?: unknown): UnavailableError {
  return new UnavailableError(message, { cause, code: "broker_accounts" });
}
