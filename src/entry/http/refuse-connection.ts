import type { Socket } from "node:net";
import type { Problem } from "../../contracts/problem.ts";
import { problemTitle } from "./problem-titles.ts";

const statuses: Readonly<Record<string, readonly [status: number, reason: string]>> = {
  HPE_HEADER_OVERFLOW: [431, "Request Header Fields Too Large"],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Request Timeout"],
};

/** Answers bytes that are no request, which no hook or handler ever sees, and ends the connection. */
export function refuseConnection(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason] = statuses[error.code ?? ""] ?? [400, "Bad Request"];
  const { title } = problemTitle({ code: "bad_request", status }, undefined);
  const problem: Problem = { type: "/problems/bad_request", title, status, code: "bad_request" };
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/problem+json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
