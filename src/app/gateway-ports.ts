/** Accounts of gateways at a broker that is not our own. */
export interface BrokerAccounts {
  /**
   * Lets the gateway sign in with this password and use its own topics, from now on.
   *
   * @throws {UnavailableError} the broker could not be told.
   */
  grant(gatewayId: string, password: string): Promise<void>;
}
