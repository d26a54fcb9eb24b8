/** A setting that somebody gave, and where: a file with its line, a variable or a flag. */
export interface GivenSetting {
  readonly value: unknown;
  readonly source: string;
}

/** Settings that make no sense alone, one sentence for each. */
export function pairProblems(givens: ReadonlyMap<string, GivenSetting>): readonly string[] {
  const password = givens.get("ZCP_MQTT_PASSWORD");
  const problems: string[] = [];
  if (password !== undefined && !givens.has("ZCP_MQTT_USERNAME")) {
    problems.push(`${password.source}: a password needs ZCP_MQTT_USERNAME too`);
  }
  const username = givens.get("ZCP_MQTT_USERNAME");
  if (username !== undefined && !givens.has("ZCP_MQTT_URL")) {
    problems.push(`${username.source}: signs in at an external broker; set ZCP_MQTT_URL too`);
  }
  problems.push(...tlsProblems(givens));
  for (const name of ["ZCP_INFLUX_TOKEN", "ZCP_INFLUX_ORG", "ZCP_INFLUX_BUCKET"]) {
    const given = givens.get(name);
    if (given === undefined || givens.has("ZCP_INFLUX_URL")) continue;
    problems.push(`${given.source}: belongs to InfluxDB; set ZCP_INFLUX_URL too`);
  }
  const accounts = givens.get("ZCP_MQTT_ACCOUNTS");
  if (accounts?.value === "mosquitto" && !(givens.has("ZCP_MQTT_URL") && username !== undefined)) {
    problems.push(
      `${accounts.source}: the service needs ZCP_MQTT_URL and ZCP_MQTT_USERNAME to make accounts there`,
    );
  }
  return problems;
}

function tlsProblems(givens: ReadonlyMap<string, GivenSetting>): readonly string[] {
  const url = String(givens.get("ZCP_MQTT_URL")?.value ?? "");
  const problems: string[] = [];
  for (const name of ["ZCP_MQTT_CA_FILE", "ZCP_MQTT_CERT_FILE", "ZCP_MQTT_KEY_FILE"]) {
    const given = givens.get(name);
    if (given === undefined || /^(?:mqtts|wss):/.test(url)) continue;
    problems.push(`${given.source}: belongs to TLS; set ZCP_MQTT_URL to an mqtts:// address`);
  }
  const [cert, key] = [givens.get("ZCP_MQTT_CERT_FILE"), givens.get("ZCP_MQTT_KEY_FILE")];
  if (cert !== undefined && key === undefined) {
    problems.push(`${cert.source}: a certificate needs its key; set ZCP_MQTT_KEY_FILE too`);
  }
  if (key !== undefined && cert === undefined) {
    problems.push(`${key.source}: a key needs its certificate; set ZCP_MQTT_CERT_FILE too`);
  }
  return problems;
}
