import { type IncomingMessage, request } from "node:http";
import { vi } from "vitest";

export interface StreamEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** A client of server-sent events that keeps what it has heard. */
export interface EventStream {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly events: readonly StreamEvent[];
  readonly comments: readonly string[];
  readonly response: IncomingMessage;
  /** The first event that fits; waits for it. */
  until(fits: (event: StreamEvent) => boolean): Promise<StreamEvent>;
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  abort(): void;
}

/** Opens a stream; what the server answers instead of one has events of no kind. */
export function openEventStream(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<EventStream> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { headers }, (response) => {
      const events: StreamEvent[] = [];
      const comments: string[] = [];
      let rest = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        const parts = `${rest}${text}`.split("\n\n");
        rest = parts.pop() ?? "";
        for (const part of parts) take(part, events, comments);
      });
      const ended = new Promise<void>((done) => {
        response.once("close", () => done());
      });
      response.on("error", () => undefined);
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        ...{ events, comments, response, ended },
        until: (fits) =>
          vi.waitFor(
            () => {
              const found = events.find(fits);
              if (found === undefined) throw new Error(`no such event among ${events.length}`);
              return found;
            },
            { timeout: 15_000, interval: 20 },
          ),
        abort: () => asking.destroy(),
      });
    });
    asking.once("error", reject);
    asking.end();
  });
}

function take(part: string, events: StreamEvent[], comments: string[]): void {
  if (part.startsWith(":")) {
    comments.push(part.slice(1).trim());
    return;
  }
  const fields = Object.fromEntries(
    part.split("\n").map((line) => {
      const at = line.indexOf(": ");
      return [line.slice(0, at), line.slice(at + 2)];
    }),
  );
  if (fields.event === undefined) return;
  const data = JSON.parse(fields.data ?? "{}") as Record<string, unknown>;
  events.push({ id: fields.id ?? "", event: fields.event, data });
}
