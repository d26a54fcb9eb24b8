import { MosquittoAccounts } from "../adapters/mqtt/mosquitto-accounts.ts";
import type { BrokerAccounts } from "../app/gateway-ports.ts";
import type { Config } from "../config.ts";

/** Accounts of gateways at the external broker; null when a person keeps them, or it is our own. */
export function brokerAccounts({ mqtt, parkContent }: Config): BrokerAccounts | null {
  const { url, username, password, accounts } = mqtt;
  if (accounts !== "mosquitto" || url === null || username === null) return null;
  const parkId = parkContent.park.id;
  return new MosquittoAccounts({ url, username, password: password ?? "", parkId });
}
