#!/usr/bin/env node
/**
 * Makes the secrets of the compose stack: one random value a file, made once and then left alone.
 * Usage: node deploy/make-secrets.mjs DIR
 *
 * The containers run as different users and share DIR as a volume of their own, so the files can be
 * read by everyone inside it; nobody else mounts it.
 */
import { pbkdf2Sync, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [dir] = process.argv.slice(2);
if (dir === undefined) {
  process.stderr.write("usage: node deploy/make-secrets.mjs DIR\n");
  process.exit(64);
}
mkdirSync(dir, { recursive: true });

const password = () => randomBytes(32).toString("base64url");
for (const name of [
  "mqtt-password",
  "postgres-password",
  "influx-password",
  "influx-admin-token",
  "grafana-password",
  "bootstrap-token",
]) {
  keep(name, password);
}
keep("database-url", () => {
  const secret = readFileSync(join(dir, "postgres-password"), "utf8").trim();
  return `postgres://zcp:${secret}@postgres:5432/zcp`;
});
// The database server makes these two tokens itself and needs a place to write them to.
mkdirSync(join(dir, "influx"), { recursive: true });
chmodSync(join(dir, "influx"), 0o777);
keep(join("mosquitto", "dynamic-security.json"), accounts);

function keep(name, make) {
  const path = join(dir, name);
  if (existsSync(path)) return;
  mkdirSync(join(path, ".."), { recursive: true });
  const draft = `${path}.new`;
  writeFileSync(draft, `${make()}\n`, { mode: 0o644 });
  renameSync(draft, path);
  process.stdout.write(`made ${name}\n`);
}

/**
 * First accounts of Mosquitto's dynamic security: the service, which reads all of the contract's
 * topics, writes commands and manages the accounts of gateways. Everything else is refused.
 */
function accounts() {
  const secret = readFileSync(join(dir, "mqtt-password"), "utf8").trim();
  const salt = randomBytes(12);
  const iterations = 101;
  const allow = (acltype, topic) => ({ acltype, topic, allow: true });
  return JSON.stringify(
    {
      clients: [
        {
          username: "zcp-service",
          password: pbkdf2Sync(secret, salt, iterations, 64, "sha512").toString("base64"),
          salt: salt.toString("base64"),
          iterations,
          roles: [{ rolename: "zcp-service" }],
        },
      ],
      roles: [
        {
          rolename: "zcp-service",
          acls: [
            allow("publishClientSend", "$CONTROL/dynamic-security/#"),
            allow("publishClientReceive", "$CONTROL/dynamic-security/#"),
            allow("subscribePattern", "$CONTROL/dynamic-security/#"),
            allow("publishClientSend", "zcp/v1/+/+/+/command"),
            allow("publishClientReceive", "zcp/v1/#"),
            allow("subscribePattern", "zcp/v1/#"),
            allow("subscribePattern", "$share/zcp/zcp/v1/#"),
            allow("unsubscribePattern", "#"),
          ],
        },
      ],
      defaultACLAccess: {
        publishClientSend: false,
        // What may be subscribed to is decided at the subscription. After a restart the broker does
        // not know the account of a session whose client is still away, and would drop its queue.
        publishClientReceive: true,
        subscribe: false,
        unsubscribe: true,
      },
    },
    null,
    2,
  );
}
