#!/usr/bin/env node
/**
 * Asks a running service for credentials for the simulators and writes the file that
 * `zcp simulate --credentials FILE` reads. Gateways with credentials of their own are real and are
 * left alone; all others are marked as simulated.
 * Usage: node deploy/demo-credentials.mjs SERVICE_URL MQTT_URL FILE
 * The bearer token is read from ZCP_BOOTSTRAP_TOKEN or from the file that ZCP_BOOTSTRAP_TOKEN_FILE names.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

const [serviceUrl, mqttUrl, file] = process.argv.slice(2);
const token = tokenFrom(process.env);
if (file === undefined || token === null) {
  process.stderr.write(
    "usage: ZCP_BOOTSTRAP_TOKEN=… node deploy/demo-credentials.mjs SERVICE_URL MQTT_URL FILE\n",
  );
  process.exit(64);
}

const gateways = {};
for await (const { id, simulated, hasCredentials } of allGateways()) {
  if (hasCredentials && !simulated) continue;
  const path = `/gateways/${encodeURIComponent(id)}/credentials`;
  gateways[id] = (await ask(path, { simulated: true })).password;
}
// The mode of an existing file would stay, so the new file takes its place.
rmSync(`${file}.new`, { force: true });
writeFileSync(`${file}.new`, `${JSON.stringify({ mqttUrl, gateways }, null, 2)}\n`, {
  mode: 0o600,
});
renameSync(`${file}.new`, file);
process.stdout.write(`${Object.keys(gateways).length} gateways can be simulated\n`);

async function* allGateways() {
  let cursor = "";
  do {
    const page = await ask(`/gateways?limit=1000${cursor}`);
    yield* page.items;
    cursor = page.next === null ? null : `&cursor=${encodeURIComponent(page.next)}`;
  } while (cursor !== null);
}

/** @throws {Error} with what the service answered. */
async function ask(path, body) {
  const answer = await fetch(`${serviceUrl}/api/v1${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text);
}

function tokenFrom({ ZCP_BOOTSTRAP_TOKEN, ZCP_BOOTSTRAP_TOKEN_FILE }) {
  if (ZCP_BOOTSTRAP_TOKEN) return ZCP_BOOTSTRAP_TOKEN;
  return ZCP_BOOTSTRAP_TOKEN_FILE ? readFileSync(ZCP_BOOTSTRAP_TOKEN_FILE, "utf8").trim() : null;
}
