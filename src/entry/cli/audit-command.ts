import type { Command } from "commander";
import type { AuditFault, AuditVerdict } from "../../app/verify-audit.ts";
import { configFrom, withSettings } from "./setting-flags.ts";

const loadVerification = async () => (await import("../../offline.ts")).verifyAuditOf;

const faultWords: Readonly<Record<AuditFault["kind"], readonly [zh: string, en: string]>> = {
  changed: ["条目被改动", "the entry was changed"],
  missing: ["条目缺失", "entries are missing from here on"],
  rewritten: ["与已签名的链头不符", "differs from a signed head: the chain was rewritten"],
  cut: ["末尾被截断", "the end of the chain is missing"],
  start: ["开头缺失且无删除记录", "the beginning is missing and no pruning explains it"],
  root: ["与当日默克尔根不符", "the entries of that day do not lead to its Merkle root"],
  signature: ["链头签名无效", "a head was not signed by the trusted key"],
};
const faultsShown = 20;

/** `zcp audit verify`: exit code 1 and the first bad entry when anything does not fit. */
export function addAudit(root: Command, finish: (code: number) => void): void {
  const audit = root.command("audit").description("审计 audit");
  withSettings(audit.command("verify"))
    .description("校验审计链 walk the audit chain and hold it against signed heads")
    .option("--heads <file>", "已发布的链头 file of heads that were published outside")
    .option("--public-key <file>", "校验签名的公钥 key that heads are checked with, in PEM form")
    .action(async (options: { heads?: string; publicKey?: string }, command: Command) => {
      const verify = await loadVerification();
      const verdict = await verify(configFrom(command), {
        headsPath: options.heads ?? null,
        publicKeyPath: options.publicKey ?? null,
      });
      process.stdout.write(report(verdict));
      finish(verdict.ok ? 0 : 1);
    });
}

function report(verdict: AuditVerdict): string {
  const { ok, entries, firstSeq, lastSeq, lastHash, headsChecked, faults } = verdict;
  const lines = [
    `${entries} entries ${firstSeq ?? 0}-${lastSeq}, ${headsChecked} heads, last hash ${lastHash}`,
    ok ? "审计链完整 the audit chain is whole" : "审计链不完整 the audit chain does not hold",
    ...faults.slice(0, faultsShown).map(({ kind, seq }) => {
      const [zh, en] = faultWords[kind];
      return `seq ${seq}  ${kind}  ${zh} · ${en}`;
    }),
  ];
  return `${lines.join("\n")}\n`;
}
