import { fork } from "node:child_process";
import { Command } from "commander";
import { addAudit } from "./audit-command.ts";
import { settingsTable, understood } from "./check.ts";
import { exitCodeOf } from "./exit-code.ts";
import { addMaintenance } from "./maintenance.ts";
import { addReplay } from "./replay-command.ts";
import { configFrom, withSettings } from "./setting-flags.ts";
import { simulatorProgram } from "./simulator-process.ts";
import { addUser } from "./user-command.ts";

/** Runs one command; resolves with the exit code of the process. */
export async function runCli(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const finish = (code: number): void => {
    exitCode = code;
  };
  // Everything after `simulate` belongs to the simulators, their --help included.
  if (args[0] === "simulate") return runSimulator(args.slice(1));
  try {
    await program(finish).parseAsync(args, { from: "user" });
  } catch (error) {
    return exitCodeOf(error);
  }
  return exitCode;
}

/** Commands load what they need when they run, so that a small one does not open the stores' code. */
function program(finish: (code: number) => void): Command {
  const root = new Command("zcp").exitOverride();
  withSettings(root.command("start"))
    .description("启动服务 start the service alone")
    .action(async (_options, command: Command) => {
      const config = configFrom(command);
      const { start } = await import("./start.ts");
      finish(await start(config));
    });
  withSettings(root.command("demo"))
    .description("启动服务与模拟园区 start the service and a simulated park")
    .action(async (_options, command: Command) => {
      const config = configFrom(command);
      const { demo } = await import("./demo.ts");
      finish(await demo(config));
    });
  withSettings(root.command("check"))
    .description("检查配置与园区文件 check configuration and park file")
    .action((_options, command: Command) => {
      process.stdout.write(understood(configFrom(command)));
    });
  withSettings(root.command("doctor"))
    .description("检查运行环境 check what the service stands on")
    .action(async (_options, command: Command) => {
      const config = configFrom(command);
      const { examine } = await import("./doctor.ts");
      const findings = await examine(config);
      for (const { level, subject, detail } of findings) {
        process.stdout.write(`${level.padEnd(5)} ${subject.padEnd(12)} ${detail}\n`);
      }
      finish(findings.some(({ level }) => level === "fail") ? 1 : 0);
    });
  const config = root.command("config").description("设置 settings");
  withSettings(config.command("print"))
    .description("打印每项设置及其来源 print every setting and its source")
    .action((_options, command: Command) => {
      process.stdout.write(settingsTable(configFrom(command)));
    });
  addReplay(root, finish);
  addAudit(root, finish);
  addMaintenance(root);
  addUser(root);
  return root;
}

function runSimulator(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork(simulatorProgram(), args, { stdio: "inherit" });
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => child.kill(signal));
    }
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
