#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { commands, helpText, languageOf } from "./help.mjs";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const [command = "--help", ...rest] = process.argv.slice(2);
const known = commands.map(([usage]) => usage.split(" ")[0]);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `Node ${process.versions.node} is too old: 20.19 or newer is needed (https://nodejs.org)\n` +
      `Node ${process.versions.node} 版本过低，需要 20.19 或更高版本\n`,
  );
  process.exitCode = 78;
} else if (["--help", "-h", "help"].includes(command)) {
  process.stdout.write(helpText(languageOf(process.env)));
} else if (["--version", "-V"].includes(command)) {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  process.stdout.write(`${version}\n`);
} else if (!known.includes(command)) {
  const language = languageOf(process.env);
  const complaint = language === "zh" ? `没有 ${command} 这个命令` : `unknown command "${command}"`;
  process.stderr.write(`zcp: ${complaint}\n\n${helpText(language)}`);
  process.exitCode = 64;
} else {
  await handOver();
}

async function handOver() {
  const { buildStale } = await import("./build.mjs");
  const asksForHelp = rest.includes("--help") || rest.includes("-h");
  const shows = ["start", "demo"].includes(command) && !asksForHelp;
  try {
    await buildStale(shows ? ["service", "console"] : ["service"]);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
    return;
  }
  process.setSourceMapsEnabled(true);
  const { runCli } = await import("../dist/src/entry/cli/main.js");
  process.exitCode = await runCli(process.argv.slice(2));
}
