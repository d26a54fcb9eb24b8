import { isUtf8 } from "node:buffer";
import type { FastifyInstance } from "fastify";
import { parse } from "secure-json-parse";
import { DomainError } from "../../domain/errors.ts";
import { nestingDepth } from "../safe-json.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Deepest nesting of objects and arrays in the body of this route. */
    nestingMax?: number;
  }
}

/** Bodies that no route declares otherwise may nest this deep. */
const nestingMaxDefault = 16;

/**
 * Reads JSON bodies: encoding and nesting are checked on the bytes before anything is parsed, and
 * keys that reach for an object's prototype are refused.
 */
export function registerJsonBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (request: { routeOptions: { config: { nestingMax?: number } } }, body: Buffer) =>
      jsonOf(body, request.routeOptions.config.nestingMax ?? nestingMaxDefault),
  );
}

function jsonOf(body: Buffer, depthMax: number): unknown {
  // A client that announces JSON and sends nothing means a request without a body.
  if (body.byteLength === 0) return undefined;
  if (!isUtf8(body)) throw unreadable("the body is not UTF-8", "send the JSON in UTF-8");
  if (nestingDepth(body, depthMax) > depthMax) {
    throw unreadable(`objects and arrays nest deeper than ${depthMax}`, "flatten the body");
  }
  try {
    return parse(body.toString("utf8"), { protoAction: "error", constructorAction: "error" });
  } catch (error) {
    // The reason of the parser quotes the body, so it is cut.
    const reason = error instanceof Error ? error.message.slice(0, 120) : "unreadable";
    throw unreadable(reason, "send JSON as RFC 8259 has it, without __proto__ or constructor keys");
  }
}

function unreadable(reason: string, remedy: string): DomainError {
  return new DomainError("json", `the body cannot be read: ${reason}`, { remedy });
}
