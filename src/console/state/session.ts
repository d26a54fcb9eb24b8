import { shallowRef } from "vue";
import type { Role, SessionBody } from "../../contracts/status.ts";
import { get } from "../api/client.ts";
import { RequestError } from "../api/problem.ts";

/** Who is signed in; null while nobody is. */
export const session = shallowRef<SessionBody | null>(null);

/** Asks the service who is asking. */
export async function loadSession(): Promise<SessionBody | null> {
  try {
    session.value = await get<SessionBody>("/session");
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 401) throw error;
    session.value = null;
  }
  return session.value;
}

export function hasRole(...roles: readonly Role[]): boolean {
  return session.value?.roles.some((role) => roles.includes(role)) ?? false;
}

/** A wall screen: it shows one page, without controls. */
export function isDisplayOnly(): boolean {
  const roles = session.value?.roles ?? [];
  return roles.length > 0 && roles.every((role) => role === "display");
}
