import type { Routes } from "./http-services.ts";
import { parkRoutes } from "./routes/park.ts";
import { statusRoutes } from "./routes/status.ts";

/** Every resource below /api/v1. A new one is a file in `routes` and a line here. */
export const apiRoutes: readonly Routes[] = [parkRoutes, statusRoutes];
