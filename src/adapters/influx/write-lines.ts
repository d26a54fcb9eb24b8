import type { InfluxConnection } from "./influx-connection.ts";

export interface RefusedLine {
  readonly index: number;
  readonly reason: string;
}

/**
 * Writes lines and answers those that the server will never take.
 *
 * A refused or too large request is halved until the lines at fault stand alone. Sending the rest of
 * a partial write again is harmless: identical points fall onto themselves. The number of requests
 * is at most 2 × faults × log2(lines) + 1.
 *
 * @throws {UnavailableError} nothing is lost: the caller sends all of it again later.
 */
export async function writeLines(
  connection: Pick<InfluxConnection, "write">,
  lines: readonly string[],
): Promise<readonly RefusedLine[]> {
  const refused: RefusedLine[] = [];
  const pending: { readonly from: number; readonly to: number }[] =
    lines.length === 0 ? [] : [{ from: 0, to: lines.length }];
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    const { from, to } = part;
    const answer = await connection.write(lines.slice(from, to));
    if (answer.kind === "stored") continue;
    if (to - from === 1) {
      refused.push({ index: from, reason: answer.reason });
      continue;
    }
    const middle = (from + to) >> 1;
    pending.push({ from: middle, to }, { from, to: middle });
  }
  return refused;
}
