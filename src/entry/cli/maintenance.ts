import type { Command } from "commander";
import { configFrom, withSettings } from "./setting-flags.ts";

/** The stores' code is loaded when a command runs, not when the command line is read. */
const loadMaintenance = async () => (await import("../../offline.ts")).maintenance;

/** Commands that work on the data folder: most of them while the service is stopped. */
export function addMaintenance(root: Command): void {
  const migrate = root.command("migrate").description("数据库结构 database schema");
  withSettings(migrate.command("up", { isDefault: true }))
    .description("升级数据库结构 bring the schema up to date")
    .action(printMigrations("up"));
  withSettings(migrate.command("status"))
    .description("查看数据库结构 list the migrations and when each was carried out")
    .action(printMigrations("status"));
  withSettings(root.command("backup <dir>"))
    .description("备份数据目录 copy the data folder of a stopped service")
    .action(async (dir: string, _options, command: Command) => {
      const maintenance = await loadMaintenance();
      const { files, bytes, elsewhere } = await maintenance.backup(configFrom(command), dir);
      process.stdout.write(`${files} files, ${bytes} bytes are in ${dir}\n`);
      for (const text of elsewhere) process.stderr.write(`${text}\n`);
    });
  withSettings(root.command("restore <dir>"))
    .description("恢复备份 put a backup in the place of the data folder")
    .action(async (dir: string, _options, command: Command) => {
      const { dataDir } = configFrom(command);
      const maintenance = await loadMaintenance();
      const { files, aside } = await maintenance.restore(dir, dataDir);
      process.stdout.write(`${files} files are in ${dataDir}\n`);
      if (aside !== null) process.stdout.write(`what was there before is in ${aside}\n`);
    });
  withSettings(root.command("move"))
    .description("把历史移入设置的服务器 move history to the servers that are set")
    .action(async (_options, command: Command) => {
      const maintenance = await loadMaintenance();
      const report = (text: string): boolean => process.stderr.write(`${text}\n`);
      const { rows, readings } = await maintenance.move(configFrom(command), report);
      if (rows !== null) process.stdout.write(`${rows} rows of state are in PostgreSQL\n`);
      if (readings !== null) process.stdout.write(`${readings} readings are in InfluxDB\n`);
    });
}

function printMigrations(action: "up" | "status") {
  return async (_options: object, command: Command): Promise<void> => {
    const maintenance = await loadMaintenance();
    const rows = await maintenance.migrate(configFrom(command), action);
    for (const { name, executedAt } of rows) {
      process.stdout.write(`${name}  ${executedAt?.toISOString() ?? "pending"}\n`);
    }
  };
}
