import { once } from "node:events";
import { createServer } from "node:net";
import { Aedes } from "aedes";

export interface BareBrokerReady {
  readonly port: number;
}

/** The package behind the embedded broker, as it comes: no sign-in, no guards, it only routes. */
process.once("message", async () => {
  const aedes = await Aedes.createBroker();
  const server = createServer({ noDelay: true }, aedes.handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const ready: BareBrokerReady = { port };
  process.send?.(ready);
  await once(process, "disconnect");
  await new Promise<void>((resolve) => aedes.close(() => resolve()));
  server.close();
});
