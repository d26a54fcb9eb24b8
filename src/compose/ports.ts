import { createServer } from "node:net";

/**
 * The wanted port, or 0 when somebody else listens there. Between this look and the real listening
 * the port may still be taken; then the start fails with the ordinary message.
 */
export async function freeOr(host: string, port: number): Promise<number> {
  if (port === 0) return 0;
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(0));
    probe.listen(port, host, () => probe.close(() => resolve(port)));
  });
}
