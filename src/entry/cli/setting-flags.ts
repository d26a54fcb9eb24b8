import { type Command, Option } from "commander";
import { type Config, type ConfigSources, parseConfig } from "../../config.ts";
import { flagOf, Settings, secretNames, settingNames } from "../../contracts/settings.ts";

const namesByFlag = new Map(
  // A secret on the command line is read by everyone who can list processes: variables and files only.
  settingNames.filter((name) => !secretNames.has(name)).map((name) => [flagOf(name), name]),
);

/** Gives a command one option for each setting: `ZCP_HTTP_PORT` is `--http-port`. */
export function withSettings(command: Command): Command {
  for (const [flag, name] of namesByFlag) {
    command.addOption(
      new Option(`${flag} <value>`, Settings.shape[name].description ?? "").helpGroup(
        "Settings / 设置",
      ),
    );
  }
  return command;
}

/** The configuration with the options that were given on the command line. */
export function configFrom(command: Command): Config {
  return parseConfig(sourcesFrom(command));
}

function sourcesFrom(command: Command): ConfigSources {
  const flags: Record<string, string> = {};
  for (const option of command.options) {
    const name = namesByFlag.get(option.long ?? "");
    const value: unknown = command.getOptionValue(option.attributeName());
    if (name !== undefined && typeof value === "string") flags[name] = value;
  }
  return { environment: process.env, flags };
}
