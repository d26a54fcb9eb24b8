import { remove } from "../api/client.ts";
import { stopLive } from "./live.ts";
import { session } from "./session.ts";

/** Ends the session here and in the service, and goes to the sign-in page. */
export async function signOut(): Promise<void> {
  try {
    await remove("/session");
  } finally {
    stopLive();
    session.value = null;
    // A fresh page, so that nothing of the person stays in memory.
    window.location.assign("/welcome");
  }
}
