import { MosquittoAccounts } from "../adapters/mqtt/mosquitto-accounts.ts";
import type { BrokerAccounts } from "../app/gateway-ports.ts";
import type { Config } from "../config.ts";
import { tlsOptions } from "../entry/mqtt/connect-options.ts";

/** Accounts of gateways at the external broker; null when a person keeps them, or it is our own. */
export function brokerAccounts({ mqtt, parkContent }: Config): BrokerAccounts | null {
  const { url, username, password, tls, accounts } = mqtt;
  if (accounts !== "mosquitto" || url === null || username === null) return null;
  const parkId = parkContent.park.id;
  const connection = tlsOptions(tls);
  return new MosquittoAccounts({ url, username, password: password ?? "", parkId, connection });
}
