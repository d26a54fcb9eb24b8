import type { FastifyPluginAsyncZod } from "@fastify/type-provider-zod";
import type { Registry as MetricsRegistry } from "prom-client";
import type { ReadStatusDependencies } from "../../app/read-status.ts";
import type { Registry } from "../../app/registry.ts";
import type { SignIn } from "../../app/sign-in.ts";
import type { Park } from "../../domain/park.ts";
import type { Principal } from "../../domain/principal.ts";

/** What the routes stand on; composed outside, one field a use case or port. */
export interface HttpServices {
  readonly park: Park;
  readonly registry: Registry;
  readonly signIn: SignIn;
  readonly metrics: MetricsRegistry;
  readonly status: ReadStatusDependencies;
  /** Whether work is accepted, and what is amiss. */
  readonly ready: () => Promise<{
    readonly ready: boolean;
    readonly degraded: string[];
    readonly failing: string[];
  }>;
  /** Notes what a principal did that has to be traceable. */
  readonly audit: (principal: Principal, fields: object) => void;
}

/** One resource of the API: its paths and schemas. The meaning is in the use cases. */
export type Routes = FastifyPluginAsyncZod<HttpServices & { readonly prefix?: string }>;
