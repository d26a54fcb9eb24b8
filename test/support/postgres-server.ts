import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { freePort } from "./free-port.ts";

/** Debian keeps the server's programs off the PATH, in a folder for each version. */
function programsDir(): string | null {
  const versions = "/usr/lib/postgresql";
  const candidates = [
    ...(process.env.PATH ?? "").split(":"),
    ...(existsSync(versions) ? readdirSync(versions).map((v) => join(versions, v, "bin")) : []),
  ];
  return candidates.find((dir) => existsSync(join(dir, "initdb"))) ?? null;
}

const programs = programsDir();
export const hasPostgres = programs !== null;

export interface PostgresServer {
  /** Address of a fresh, empty database. */
  createDatabase(): Promise<string>;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A real PostgreSQL on loopback, in a folder of its own; with TLS where a folder with `server.crt` and
 * `server.key` is named.
 */
export async function startPostgresServer(certificatesDir?: string): Promise<PostgresServer> {
  if (programs === null) throw new Error("PostgreSQL is not installed");
  const dir = mkdtempSync(join(tmpdir(), "zcp-postgres-"));
  // The server refuses to run as root.
  const owner = userInfo().uid === 0 ? accountOf("postgres") : {};
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(dir, owner.uid, owner.gid);
  const data = join(dir, "data");
  const made = spawnSync(
    join(programs, "initdb"),
    ["-D", data, "-U", "zcp", "-A", "trust", "-E", "UTF8", "--no-sync"],
    { ...owner, encoding: "utf8", cwd: dir },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const tls = certificatesDir === undefined ? [] : tlsSettings(certificatesDir, data, owner);
  const port = await freePort();
  const admin = `postgres://zcp@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    const settings = ["listen_addresses=127.0.0.1", `unix_socket_directories=${dir}`, ...tls];
    const args = ["-D", data, "-p", String(port), ...settings.flatMap((one) => ["-c", one])];
    server = spawn(join(programs, "postgres"), args, { ...owner, stdio: "ignore", cwd: dir });
    await untilAnswers(admin);
  };
  await start();
  let databases = 0;
  return {
    createDatabase: async () => {
      databases += 1;
      const name = `park${databases}`;
      await query(admin, `CREATE DATABASE ${name}`);
      return `postgres://zcp@127.0.0.1:${port}/${name}`;
    },
    kill: () => ended(server, "SIGKILL"),
    start,
    stop: async () => {
      // SIGINT is PostgreSQL's fast shutdown.
      await ended(server, "SIGINT");
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** The server reads a key that is its own and nobody else's. */
function tlsSettings(certificatesDir: string, data: string, { uid, gid }: Account): string[] {
  for (const file of ["server.crt", "server.key"]) {
    copyFileSync(join(certificatesDir, file), join(data, file));
    chmodSync(join(data, file), 0o600);
    if (uid !== undefined && gid !== undefined) chownSync(join(data, file), uid, gid);
  }
  return ["ssl=on"];
}

function accountOf(name: string): Account {
  const id = (flag: string): number =>
    Number(spawnSync("id", [flag, name], { encoding: "utf8" }).stdout.trim());
  return { uid: id("-u"), gid: id("-g") };
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

async function untilAnswers(url: string): Promise<void> {
  const deadlineMs = Date.now() + 30_000;
  for (;;) {
    try {
      return await query(url, "SELECT 1");
    } catch (error) {
      if (Date.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function ended(server: ChildProcess | null, signal: NodeJS.Signals): Promise<void> {
  if (server === null || server.exitCode !== null || server.signalCode !== null) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    server.once("exit", () => resolve());
    server.kill(signal);
  });
}
