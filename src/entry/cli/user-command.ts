import type { Command } from "commander";
import { DomainError } from "../../domain/errors.ts";
import { isRoleName, roleNames } from "../../domain/principal.ts";
import { CliError, usageExitCode } from "./cli-error.ts";
import { configFrom, withSettings } from "./setting-flags.ts";

const loadMaintenance = async () => (await import("../../offline.ts")).maintenance;

interface AddOptions {
  readonly role: string;
  readonly enterprise?: string;
  readonly name?: string;
}

/** `zcp user …`: accounts, also while the service runs. */
export function addUser(root: Command): void {
  const user = root.command("user").description("用户 people");
  withSettings(user.command("list"))
    .description("列出账号 list the accounts")
    .action(async (_options, command: Command) => {
      const maintenance = await loadMaintenance();
      const people = await maintenance.people(configFrom(command), (one) => one.list());
      for (const { username, roles, enterpriseId, isDisabled, isTotpOn } of people) {
        const marks = [isTotpOn ? "totp" : "", isDisabled ? "disabled" : ""].filter(Boolean);
        const cells = [username, roles.join(","), enterpriseId ?? "", marks.join(",")];
        process.stdout.write(`${cells.join("\t").trimEnd()}\n`);
      }
    });
  withSettings(user.command("add <username>"))
    .description("新建账号并打印登录链接 make an account and print its sign-in link")
    .requiredOption("--role <roles>", `角色 roles, separated by commas: ${roleNames.join(", ")}`)
    .option("--enterprise <id>", "企业 enterprise, for the role enterprise")
    .option("--name <name>", "姓名 name of the person")
    .action(async (username: string, options: AddOptions, command: Command) => {
      const entry = {
        ...{ username, name: options.name ?? username, roles: rolesFrom(options.role) },
        enterpriseId: options.enterprise ?? null,
      };
      await printLink(command, (people) => people.add(entry));
    });
  for (const [verb, isDisabled, words] of [
    ["disable", true, "停用账号 shut an account; its sessions end"],
    ["enable", false, "启用账号 open an account again"],
  ] as const) {
    withSettings(user.command(`${verb} <username>`))
      .description(words)
      .action(async (username: string, _options, command: Command) => {
        const maintenance = await loadMaintenance();
        const config = configFrom(command);
        await plain(maintenance.people(config, (one) => one.setDisabled(username, isDisabled)));
      });
  }
  withSettings(user.command("link [username]"))
    .description("新的一次性登录链接 a new one-time sign-in link, by default for the administrator")
    .action(async (username: string | undefined, _options, command: Command) => {
      if (username !== undefined) return printLink(command, (people) => people.relink(username));
      const maintenance = await loadMaintenance();
      process.stdout.write(`${await maintenance.signInLink(configFrom(command))}\n`);
    });
}

type Maintenance = Awaited<ReturnType<typeof loadMaintenance>>;
type People = Parameters<Parameters<Maintenance["people"]>[1]>[0];

async function printLink(
  command: Command,
  make: (people: People) => Promise<string>,
): Promise<void> {
  const maintenance = await loadMaintenance();
  const config = configFrom(command);
  const token = await plain(maintenance.people(config, make));
  process.stdout.write(`${maintenance.linkOf(config, token)}\n`);
}

function rolesFrom(list: string): readonly string[] {
  const roles = list.split(/\s*,\s*/);
  const unknown = roles.find((role) => !isRoleName(role));
  if (unknown === undefined) return roles;
  throw new CliError(`there is no role ${unknown}; use ${roleNames.join(", ")}`, usageExitCode);
}

/** What a rule of the domain refuses, as a sentence with its remedy. */
async function plain<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const remedy = error.remedy === undefined ? "" : `; ${error.remedy}`;
    throw new CliError(`${error.message}${remedy}`);
  }
}
