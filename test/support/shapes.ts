import { MosquittoAccounts } from "../../src/adapters/mqtt/mosquitto-accounts.ts";
import { hasInfluxd, type InfluxServer, startInfluxServer } from "./influx-server.ts";
import { hasMosquitto, type StackBroker, startStackBroker } from "./mosquitto-stack.ts";
import { hasPostgres, type PostgresServer, startPostgresServer } from "./postgres-server.ts";

/** Servers that run for the tests of a file, and the settings that lead a service to them. */
export interface OpenShape {
  /** Settings beside those of the test; each call leads to an empty database and bucket. */
  environment(): Promise<Record<string, string>>;
  /** Where gateways connect, when that is not the service itself. */
  readonly brokerUrl: string | null;
  /** Makes the account of a gateway in a broker outside; the service's own broker knows it already. */
  letIn(parkId: string, gatewayId: string, password: string): Promise<void>;
  stop(): Promise<void>;
}

export interface Shape {
  readonly name: "embedded" | "with Mosquitto, InfluxDB and PostgreSQL";
  /** Whether everything that it needs is installed. */
  readonly isHere: boolean;
  open(): Promise<OpenShape>;
}

export const embeddedShape: Shape = {
  name: "embedded",
  isHere: true,
  open: async () => ({
    environment: async () => ({ ZCP_MQTT_LISTEN_PORT: "0" }),
    brokerUrl: null,
    letIn: async () => undefined,
    stop: async () => undefined,
  }),
};

export const stackShape: Shape = {
  name: "with Mosquitto, InfluxDB and PostgreSQL",
  isHere: hasMosquitto && hasInfluxd && hasPostgres,
  open: async () => {
    const [broker, influx, postgres] = await Promise.all([
      startStackBroker("mosquitto.conf"),
      startInfluxServer(),
      startPostgresServer(),
    ]);
    const brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
    const account = { url: brokerUrl, username: "zcp-service", password: broker.servicePassword };
    return {
      environment: () => stackEnvironment({ broker, influx, postgres }),
      brokerUrl,
      letIn: (parkId, gatewayId, password) =>
        new MosquittoAccounts({ ...account, parkId }).grant(gatewayId, password),
      stop: async () => {
        await Promise.all([broker.stop(), influx.stop(), postgres.stop()]);
      },
    };
  },
};

/** The two ways in which a park runs the same service; what holds in one has to hold in the other. */
export const shapes: readonly Shape[] = [embeddedShape, stackShape];

let buckets = 0;

/** Settings of a service on these servers, with a database and a bucket of its own. */
export async function stackEnvironment(servers: {
  readonly broker: StackBroker;
  readonly influx: InfluxServer;
  readonly postgres: PostgresServer;
}): Promise<Record<string, string>> {
  const { broker, influx, postgres } = servers;
  buckets += 1;
  const bucket = `zcp${buckets}`;
  await influx.createBucket(bucket);
  return {
    ZCP_MQTT_URL: `mqtt://127.0.0.1:${broker.port}`,
    ZCP_MQTT_USERNAME: "zcp-service",
    ZCP_MQTT_PASSWORD: broker.servicePassword,
    ZCP_MQTT_ACCOUNTS: "mosquitto",
    ZCP_INFLUX_URL: influx.url,
    ZCP_INFLUX_BUCKET: bucket,
    ZCP_DATABASE_URL: await postgres.createDatabase(),
  };
}
