import { DomainError } from "../domain/errors.ts";
import type { Registry } from "./registry.ts";

/** @throws {DomainError} `unknown_reference`; null stands for the park. */
export function requireKnownEnterprise(
  registry: Pick<Registry, "enterprise">,
  enterpriseId: string | null,
): void {
  if (enterpriseId === null || registry.enterprise(enterpriseId) !== undefined) return;
  throw new DomainError("unknown_reference", `there is no enterprise ${enterpriseId}`, {
    remedy: "register the enterprise first, or correct the id",
    pointer: "/enterpriseId",
  });
}
