import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { secondMs } from "../../domain/time.ts";
import { RateLimitedError } from "./problem.ts";

/** Counts requests; throws when a caller sends more than its share. */
export interface Limits {
  /** @throws {RateLimitedError} for a principal that asks too often. */
  countPrincipal(request: FastifyRequest, principalId: string): Promise<void>;
  /** @throws {RateLimitedError} for an address that comes without credentials too often. */
  countStranger(request: FastifyRequest): Promise<void>;
}

/** Requests of one window: 200 a second for a principal, over a window that forgives a burst. */
const windowMs = 10 * secondMs;
const principalMax = 2000;
const strangerMax = 600;

export async function registerLimits(server: FastifyInstance): Promise<Limits> {
  await server.register(rateLimit, { global: false });
  const keys = new WeakMap<FastifyRequest, string>();
  const keyGenerator = (request: FastifyRequest): string => keys.get(request) ?? request.ip;
  const principals = server.createRateLimit({
    max: principalMax,
    timeWindow: windowMs,
    keyGenerator,
  });
  const strangers = server.createRateLimit({ max: strangerMax, timeWindow: windowMs });
  return {
    countPrincipal: async (request, principalId) => {
      keys.set(request, principalId);
      const verdict = await principals(request);
      if (!verdict.isAllowed && verdict.isExceeded)
        throw new RateLimitedError(verdict.ttlInSeconds);
    },
    countStranger: async (request) => {
      const verdict = await strangers(request);
      if (!verdict.isAllowed && verdict.isExceeded)
        throw new RateLimitedError(verdict.ttlInSeconds);
    },
  };
}
