/** Identifiers come from our own vocabulary only; a name with other characters is a bug of ours. */
const identifierPattern = /^[A-Za-z][A-Za-z0-9_]*$/;

export function identifier(name: string): string {
  if (!identifierPattern.test(name)) throw new Error(`${name} is no field or measurement of ours`);
  return `"${name}"`;
}

export function identifiers(names: readonly string[]): string {
  return names.map(identifier).join(", ");
}

/** A text as an InfluxQL string literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}'`;
}

/** Ids of the contract need no escaping; anything else does not get into a regular expression. */
const idPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** A condition that one of the devices is meant. */
export function anyDevice(deviceIds: readonly string[]): string {
  for (const id of deviceIds) {
    if (!idPattern.test(id)) throw new Error(`${JSON.stringify(id)} is no device id`);
  }
  return `"device" =~ /^(${deviceIds.join("|")})$/`;
}

/** An instant as InfluxQL writes it. */
export function instant(tsMs: number): string {
  return `${Math.trunc(tsMs)}ms`;
}
