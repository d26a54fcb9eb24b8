import type { Routes } from "./http-services.ts";
import { amendmentRoutes } from "./routes/amendments.ts";
import { auditCheckRoutes, auditRoutes } from "./routes/audit.ts";
import { carbonRoutes } from "./routes/carbon.ts";
import { dictionaryRoutes } from "./routes/dictionary.ts";
import { dispatchRoutes } from "./routes/dispatch.ts";
import { energyRoutes } from "./routes/energy.ts";
import { energyAnalysisRoutes } from "./routes/energy-analysis.ts";
import { enterpriseRoutes } from "./routes/enterprises.ts";
import { factorRoutes } from "./routes/factors.ts";
import { gatewayRoutes } from "./routes/gateways.ts";
import { keyRoutes } from "./routes/keys.ts";
import { liveRoutes } from "./routes/live.ts";
import { meterEventRoutes } from "./routes/meter-events.ts";
import { meterRoutes } from "./routes/meters.ts";
import { parameterRoutes } from "./routes/parameters.ts";
import { parkRoutes } from "./routes/park.ts";
import { periodRoutes } from "./routes/periods.ts";
import { profileRoutes, totpRoutes } from "./routes/profile.ts";
import { quarantineRoutes } from "./routes/quarantine.ts";
import { readingRoutes } from "./routes/readings.ts";
import { restatementRoutes } from "./routes/restatements.ts";
import { sessionRoutes } from "./routes/session.ts";
import { statusRoutes } from "./routes/status.ts";
import { storageRoutes } from "./routes/storage.ts";
import { tariffRoutes } from "./routes/tariffs.ts";
import { telemetryRoutes } from "./routes/telemetry.ts";
import { userRoutes } from "./routes/users.ts";
import { virtualMeterRoutes } from "./routes/virtual-meters.ts";

/** Every resource below /api/v1. A new one is a file in `routes` and a line here. */
export const apiRoutes: readonly Routes[] = [
  parkRoutes,
  enterpriseRoutes,
  gatewayRoutes,
  meterRoutes,
  meterEventRoutes,
  quarantineRoutes,
  telemetryRoutes,
  energyRoutes,
  energyAnalysisRoutes,
  restatementRoutes,
  tariffRoutes,
  virtualMeterRoutes,
  periodRoutes,
  amendmentRoutes,
  readingRoutes,
  storageRoutes,
  carbonRoutes,
  factorRoutes,
  dispatchRoutes,
  parameterRoutes,
  dictionaryRoutes,
  liveRoutes,
  sessionRoutes,
  profileRoutes,
  totpRoutes,
  userRoutes,
  keyRoutes,
  auditRoutes,
  auditCheckRoutes,
  statusRoutes,
];
