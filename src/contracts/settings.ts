import { z } from "zod";

const portMax = 65_535;
const gibibyte = 1024 ** 3;
const sizeUnits: Readonly<Record<string, number>> = {
  "": 1,
  MB: 1e6,
  MiB: 1024 ** 2,
  GB: 1e9,
  GiB: gibibyte,
};

/** A whole number, written as a number in YAML and as digits everywhere else. */
function whole(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)], { error })
    .pipe(z.int(error).min(min, error).max(max, error));
}

function size(min: number) {
  const error = `must be a size such as 4GiB or 512MB, at least ${min} bytes`;
  const text = z.union([z.int(), z.string()], { error }).transform(String);
  return text
    .pipe(z.string().regex(/^\d+ ?(?:MB|MiB|GB|GiB)?$/, error))
    .transform((written) => {
      const [, digits = "", unit = ""] = /^(\d+) ?(\w*)$/.exec(written) ?? [];
      return Number(digits) * (sizeUnits[unit] ?? Number.NaN);
    })
    .pipe(z.int(error).min(min, error));
}

const text = (error: string) => z.string(error).min(1, error);
const host = text("must be a host name or address to listen on, such as 127.0.0.1");

const allRoles = ["ingest", "api", "worker"];
const auditDigestNames = ["sha256", "sm3"] as const;
const logLevels = ["fatal", "error", "warn", "info", "debug", "trace"] as const;

/**
 * Roles may be named in any order, but all of them: splitting the process needs stores that several
 * processes share, and this version has none.
 */
const roles = z
  .union([z.string().transform((list) => list.split(/\s*,\s*/)), z.array(z.string())])
  .refine((list) => [...list].sort().join() === [...allRoles].sort().join(), {
    error: `must name ${allRoles.join(", ")}; this version runs them in one process`,
  });

/**
 * Every setting by the name of its environment variable. The same schema checks the file and the
 * flags; the descriptions are what `zcp config print` and the tables in both READMEs follow.
 */
export const Settings = z.object({
  ZCP_DATA_DIR: text("must be a folder")
    .default("./data")
    .describe("everything the process writes"),
  ZCP_PARK: text("must be a file").default("parks/lhasa.yaml").describe("the park file"),
  ZCP_FACTORS: text("must be a folder")
    .optional()
    .describe("folder with further factor catalogues, beside those that come with the program"),
  ZCP_HTTP_HOST: host.default("127.0.0.1").describe("where console and API listen"),
  ZCP_HTTP_PORT: whole(0, portMax)
    .default(8080)
    .describe("console and API; 0 picks a free port and prints it"),
  ZCP_MQTT_URL: z
    .url({ protocol: /^(?:mqtts?|wss?)$/, error: "must be an mqtt:// or mqtts:// address" })
    .optional()
    .describe("external broker; without it the embedded broker runs"),
  ZCP_MQTT_USERNAME: text("must be a user name")
    .optional()
    .describe("sign-in at the external broker"),
  ZCP_MQTT_PASSWORD: text("must be a password")
    .optional()
    .describe("password for ZCP_MQTT_USERNAME"),
  ZCP_MQTT_CA_FILE: text("must be a file")
    .optional()
    .describe("authorities that the broker's certificate is checked against, in PEM form"),
  ZCP_MQTT_CERT_FILE: text("must be a file")
    .optional()
    .describe("certificate that the service shows to the broker, in PEM form"),
  ZCP_MQTT_KEY_FILE: text("must be a file")
    .optional()
    .describe("private key of ZCP_MQTT_CERT_FILE, in PEM form and without a passphrase"),
  ZCP_MQTT_ACCOUNTS: z
    .enum(["none", "mosquitto"], "must be none or mosquitto")
    .default("none")
    .describe(
      "who makes the accounts of gateways at the external broker: a person, or this service in Mosquitto",
    ),
  ZCP_MQTT_LISTEN_HOST: host.default("127.0.0.1").describe("where the embedded broker listens"),
  ZCP_MQTT_LISTEN_PORT: whole(0, portMax)
    .default(1883)
    .describe("embedded broker; 0 picks a free port and prints it"),
  ZCP_INFLUX_URL: z
    .url({ protocol: /^https?$/, error: "must be an http:// or https:// address" })
    .optional()
    .describe("InfluxDB; without it readings are kept in DuckDB"),
  ZCP_INFLUX_TOKEN: text("must be a token")
    .optional()
    .describe("token that may read and write the bucket"),
  ZCP_INFLUX_ORG: text("must be an organisation")
    .default("zcp")
    .describe("organisation in InfluxDB"),
  ZCP_INFLUX_BUCKET: z
    .string("must be a bucket")
    .regex(
      /^[^/]+$/,
      "must be a bucket whose name has no slash, so that InfluxQL finds it by its name",
    )
    .default("zcp")
    .describe("bucket for raw readings and the quarter-hour mirror"),
  ZCP_DATABASE_URL: z
    .url({ protocol: /^postgres(?:ql)?$/, error: "must be a postgres:// address" })
    .optional()
    .describe("PostgreSQL; without it state is kept in SQLite"),
  ZCP_ROLES: roles.default(allRoles).describe("what this process does; all three in this version"),
  ZCP_BOOTSTRAP_TOKEN: z
    .string()
    .min(32, "must have 32 characters at least; `openssl rand -hex 32` makes a good one")
    .optional()
    .describe("bearer token for automation, 32 characters at least"),
  ZCP_SECRET_KEY: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, "must be 64 hex digits; `openssl rand -hex 32` makes them")
    .optional()
    .describe("key that secrets at rest are sealed with; without it a key file is made"),
  ZCP_AUDIT_DIGEST: z
    .enum(auditDigestNames, "must be sha256 or sm3")
    .default("sha256")
    .describe("digest of the audit chain"),
  ZCP_AUDIT_RETENTION_DAYS: whole(184, 36_500)
    .default(400)
    .describe("how long audit entries are kept; the law asks for six months"),
  ZCP_AUDIT_HEADS_DIR: text("must be a folder")
    .optional()
    .describe("folder outside the machine to which signed heads of the audit are added"),
  ZCP_AUDIT_HEADS_URL: z
    .url({ protocol: /^https?$/, error: "must be an http:// or https:// address" })
    .optional()
    .describe("address to which signed heads of the audit are posted"),
  ZCP_LOG_LEVEL: z
    .enum(logLevels, `must be one of ${logLevels.join(", ")}`)
    .default("info")
    .describe("how much is logged"),
  ZCP_JOURNAL_MAX_BYTES: size(1024 ** 2)
    .default(4 * gibibyte)
    .describe("cap of the journal; at the cap nothing more is accepted"),
  ZCP_DUCKDB_MEMORY: z
    .string("must be a size such as 256MB")
    .regex(/^[1-9]\d*(?:MB|MiB|GB|GiB)$/, "must be a size such as 256MB")
    .default("256MB")
    .describe("memory that DuckDB may use"),
  ZCP_RETENTION_DAYS: whole(1, 36_500)
    .default(400)
    .describe(
      "how long raw readings are kept, and how old they may be as they come, 400 days at most; slots stay",
    ),
});
export type Settings = z.infer<typeof Settings>;
export type SettingName = keyof Settings;

export const settingNames = Object.keys(Settings.shape) as readonly SettingName[];

/** Settings that are never printed; each has a `…_FILE` twin that names a file with the value. */
export const secretNames: ReadonlySet<string> = new Set<SettingName>([
  "ZCP_BOOTSTRAP_TOKEN",
  "ZCP_SECRET_KEY",
  "ZCP_MQTT_PASSWORD",
  "ZCP_INFLUX_TOKEN",
  "ZCP_DATABASE_URL",
]);

/** The name of a setting in the YAML file: `ZCP_HTTP_PORT` is `httpPort`. */
export function fileKeyOf(name: string): string {
  return name
    .slice("ZCP_".length)
    .toLowerCase()
    .replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
}

/** The name of a setting on the command line: `ZCP_HTTP_PORT` is `--http-port`. */
export function flagOf(name: string): string {
  return `--${name.slice("ZCP_".length).toLowerCase().replaceAll("_", "-")}`;
}
