import { headFile, headWebhook } from "../adapters/audit/head-sinks.ts";
import { openSigningKey, signatureCheck } from "../adapters/audit/signing-key.ts";
import { openVault } from "../adapters/vault/vault.ts";
import { type AccessTally, createAccessTally } from "../app/access-tally.ts";
import { auditNote } from "../app/audit-note.ts";
import type { HeadSink } from "../app/audit-ports.ts";
import { type Clock, type Log, UnavailableError } from "../app/ports.ts";
import {
  type PublishHeadsDependencies,
  pruneAudit,
  publishHead,
  sealDay,
} from "../app/publish-heads.ts";
import { createAuditCheck, type ReadAuditDependencies } from "../app/read-audit.ts";
import type { Vault } from "../app/vault-port.ts";
import type { Config } from "../config.ts";
import { servicePrincipal } from "../domain/principal.ts";
import type { Job } from "../entry/jobs/schedule.ts";
import type { Stores } from "./stores.ts";
import { version } from "./version.ts";

/** The audit of the running service. */
export interface Audit {
  readonly vault: Vault;
  readonly tally: AccessTally;
  readonly readAudit: ReadAuditDependencies;
  readonly checkAudit: ReturnType<typeof createAuditCheck>;
  readonly jobs: readonly Job[];
  /** Notes that the service runs, and with which park file; publishes where the chain ends. */
  begin(): Promise<void>;
  /** Notes that it stops, after everything that was counted. */
  end(): Promise<void>;
}

export function createAudit(
  config: Config,
  stores: Pick<Stores, "audit">,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Audit {
  const { audit } = stores;
  const { park } = config.parkContent;
  const vault = openVault(config.dataDir, config.secretKey);
  const signer = openSigningKey(config.dataDir, vault);
  const tally = createAccessTally({ audit, clock, log });
  const { headsDir, headsUrl, retentionDays } = config.audit;
  const sinks: readonly HeadSink[] = [
    ...(headsDir === null ? [] : [headFile(headsDir, signer)]),
    ...(headsUrl === null ? [] : [headWebhook(headsUrl, signer)]),
  ];
  const publishing = { audit, signer, sinks, clock, parkId: park.id, timezone: park.timezone };
  const readAudit = {
    audit,
    signer,
    isSigned: signatureCheck(signer.publicKey),
    flush: tally.flush,
  };
  const service = servicePrincipal(park.id, "service");
  return {
    ...{ vault, tally, readAudit, checkAudit: createAuditCheck(readAudit) },
    jobs: auditJobs(publishing, retentionDays),
    begin: async () => {
      const deed = { action: "service.start", object: `park:${park.id}`, detail: { version } };
      await audit.append([auditNote(service, clock, { ...deed, after: config.parkContent })]);
      await publishHead(publishing).catch((error: unknown) => {
        if (!(error instanceof UnavailableError)) throw error;
        log.warn({ err: error }, "audit head could not be sent; it is sent again within the hour");
      });
    },
    end: async () => {
      const deed = { action: "service.stop", object: `park:${park.id}` };
      try {
        await tally.stop();
        await audit.append([auditNote(service, clock, deed)]);
      } catch (error) {
        // A full disk or a database that is away must not keep the service from stopping.
        log.error({ err: error }, "the end of the audit could not be written");
      }
    },
  };
}

function auditJobs(publishing: PublishHeadsDependencies, retentionDays: number): readonly Job[] {
  return [
    {
      name: "audit-head",
      cron: "0 * * * *",
      describe: "signs where the audit ends and sends the head to the places outside",
      run: () => publishHead(publishing),
    },
    {
      name: "audit-day",
      cron: "5 0 * * *",
      describe: "puts the audit entries of the day that ended under one root",
      run: () => sealDay(publishing),
    },
    {
      name: "audit-retention",
      cron: "40 3 * * *",
      describe: "deletes audit entries of sealed days that are older than their retention time",
      run: async ({ log }) => {
        const deleted = await pruneAudit(publishing, retentionDays);
        if (deleted > 0) log.info({ deleted }, "audit entries beyond their retention deleted");
      },
    },
  ];
}
