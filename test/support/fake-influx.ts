import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What the fake server does with the next write request. */
export type FakeAnswer =
  | { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> }
  /** Takes the lines and says nothing: the answer is lost. */
  | "lose-answer"
  /** Starts an answer and breaks off. */
  | "half-answer"
  /** Never answers. */
  | "silence";

export interface FakeInflux {
  readonly url: string;
  /** Lines of each write request, in order of arrival. */
  readonly writes: string[][];
  /** Answers to come; when none is left, 204. A function looks at the lines. */
  readonly answers: (FakeAnswer | ((lines: readonly string[]) => FakeAnswer))[];
  stop(): Promise<void>;
}

/** A server that answers writes as told: the answers that a real one gives only in bad times. */
export async function startFakeInflux(): Promise<FakeInflux> {
  const writes: string[][] = [];
  const answers: FakeInflux["answers"] = [];
  const server: Server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const lines = Buffer.concat(chunks).toString().split("\n");
      writes.push(lines);
      const next = answers.shift() ?? { status: 204 };
      const answer = typeof next === "function" ? next(lines) : next;
      if (answer === "silence") return;
      if (answer === "lose-answer") {
        outgoing.destroy();
        return;
      }
      if (answer === "half-answer") {
        outgoing.writeHead(200, { "Content-Length": "100" });
        outgoing.write("{");
        setImmediate(() => outgoing.destroy());
        return;
      }
      outgoing.writeHead(answer.status, answer.headers);
      outgoing.end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    writes,
    answers,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
