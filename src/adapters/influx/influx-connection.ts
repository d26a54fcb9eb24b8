import { HttpError, InfluxDB } from "@influxdata/influxdb-client";
import { z } from "zod";
import { UnavailableError } from "../../app/ports.ts";
import { secondMs } from "../../domain/time.ts";

export interface InfluxSettings {
  readonly url: string;
  readonly token: string | null;
  readonly org: string;
  readonly bucket: string;
  /** Longest silence of the server before a request counts as lost. */
  readonly timeoutMs?: number;
}

/**
 * What the server said to a write. `refused` names lines that it will never take, whoever sends them
 * again; everything that may succeed later is thrown instead.
 */
export type WriteAnswer =
  | { readonly kind: "stored" }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "too-large"; readonly reason: string };

/** One statement's answer: the series it found, each with its columns and rows. */
export interface InfluxSeries {
  readonly tags: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly (string | number | boolean | null)[])[];
}

const Series = z.object({
  tags: z.record(z.string(), z.string()).default({}),
  columns: z.array(z.string()),
  values: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))).default([]),
});
const QueryAnswer = z.object({
  results: z
    .array(z.object({ series: z.array(Series).default([]), error: z.string().optional() }))
    .default([]),
  error: z.string().optional(),
});

const timeoutMsDefault = 10_000;
const reasonCharactersMax = 300;

/**
 * The server over HTTP: line protocol in, InfluxQL out. The official client carries the bytes; its
 * own buffer and retries are not used, because the journal is the buffer and keeps what the server
 * does not take.
 */
export class InfluxConnection {
  readonly #settings: InfluxSettings;
  readonly #client: InfluxDB;

  constructor(settings: InfluxSettings) {
    this.#settings = settings;
    this.#client = new InfluxDB({
      url: settings.url,
      timeout: settings.timeoutMs ?? timeoutMsDefault,
      ...(settings.token === null ? {} : { token: settings.token }),
    });
  }

  /**
   * Sends lines with nanosecond timestamps.
   *
   * @throws {UnavailableError} `influx_access` (401, 403, 404: somebody has to act), `influx_busy`
   * (429, 5xx; with the server's Retry-After) or `influx_lost` (no or half an answer).
   */
  async write(lines: readonly string[]): Promise<WriteAnswer> {
    const { org, bucket } = this.#settings;
    const query = new URLSearchParams({ org, bucket, precision: "ns" });
    try {
      // A partial write is 400 up to version 2 and 201 in version 3; both come with a reason.
      const { status, text } = await this.#send(`/api/v2/write?${query}`, lines.join("\n"), {
        "Content-Type": "text/plain; charset=utf-8",
      });
      return status === 201 && text !== ""
        ? { kind: "refused", reason: shortened(text) }
        : { kind: "stored" };
    } catch (error) {
      if (!(error instanceof HttpError)) throw lost(error);
      if (error.statusCode === 413) return { kind: "too-large", reason: reasonOf(error) };
      if (error.statusCode === 400 || error.statusCode === 422) {
        return { kind: "refused", reason: reasonOf(error) };
      }
      throw unavailable(error, this.#settings, "write");
    }
  }

  /**
   * Runs InfluxQL statements in one request and answers their series in the same order.
   *
   * @throws {UnavailableError} as `write`, and `influx_query` when the server refuses a statement.
   */
  async query(statements: readonly string[]): Promise<readonly (readonly InfluxSeries[])[]> {
    if (statements.length === 0) return [];
    const query = new URLSearchParams({ db: this.#settings.bucket, epoch: "ms" });
    const body = new URLSearchParams({ q: statements.join(";") }).toString();
    let text: string;
    try {
      ({ text } = await this.#send(`/query?${query}`, body, {
        "Content-Type": "application/x-www-form-urlencoded",
        Accept: "application/json",
      }));
    } catch (error) {
      throw error instanceof HttpError ? unavailable(error, this.#settings, "query") : lost(error);
    }
    const answer = QueryAnswer.safeParse(parsedJson(text));
    if (!answer.success) throw lost(new Error("the answer is not what InfluxQL answers"));
    const wrong = answer.data.error ?? answer.data.results.find((result) => result.error)?.error;
    // Versions 1 and 2 say this inside of an answer that is 200, also to a token that may not read.
    if (wrong?.startsWith("database not found")) throw unmapped(shortened(wrong), this.#settings);
    if (wrong !== undefined) {
      throw new UnavailableError(`InfluxDB refused a query: ${shortened(wrong)}`, {
        code: "influx_query",
      });
    }
    return statements.map((_, index) => answer.data.results[index]?.series ?? []);
  }

  /** The version that the server names itself by, or null when it names none. */
  async version(): Promise<string | null> {
    let version: string | null = null;
    await new Promise<void>((resolve, reject) => {
      this.#client.transport.send(
        "/ping",
        "",
        { method: "GET" },
        {
          responseStarted: (headers) => {
            const named = headers["x-influxdb-version"] ?? headers["X-Influxdb-Version"];
            version = typeof named === "string" ? named : null;
          },
          error: (error) =>
            reject(
              error instanceof HttpError
                ? unavailable(error, this.#settings, "query")
                : lost(error),
            ),
          complete: () => resolve(),
        },
      );
    });
    return version;
  }

  #send(
    path: string,
    body: string,
    headers: Record<string, string>,
  ): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      const chunks: Uint8Array[] = [];
      let status = 0;
      let settled = false;
      const once = (act: () => void): void => {
        if (settled) return;
        settled = true;
        act();
      };
      this.#client.transport.send(
        path,
        body,
        { method: "POST", headers },
        {
          responseStarted: (_headers, code) => {
            status = code ?? 0;
          },
          next: (chunk) => {
            chunks.push(chunk);
          },
          error: (error) => once(() => reject(error)),
          complete: () =>
            once(() => resolve({ status, text: Buffer.concat(chunks).toString("utf8") })),
        },
      );
    });
  }
}

function unavailable(
  error: HttpError,
  { bucket, org }: InfluxSettings,
  asked: "write" | "query",
): UnavailableError {
  const { statusCode } = error;
  const said = `InfluxDB answered ${statusCode}: ${reasonOf(error)}`;
  if (statusCode === 401 || statusCode === 403) {
    return new UnavailableError(
      `${said}; check that ZCP_INFLUX_TOKEN may read and write bucket ${bucket} of organisation ${org}`,
      { cause: error, code: "influx_access" },
    );
  }
  if (statusCode === 404) {
    const remedy =
      asked === "write"
        ? `check ZCP_INFLUX_ORG and ZCP_INFLUX_BUCKET, or create the bucket with \`influx bucket create --org ${org} --name ${bucket}\``
        : mappingCommand(bucket, org);
    return new UnavailableError(`${said}; ${remedy}`, { cause: error, code: "influx_access" });
  }
  return new UnavailableError(`InfluxDB answered ${statusCode}: ${reasonOf(error)}`, {
    cause: error,
    code: "influx_busy",
    retryAfterMs: retryAfterMs(error),
  });
}

function unmapped(said: string, { bucket, org }: InfluxSettings): UnavailableError {
  return new UnavailableError(
    `InfluxDB refused a query: ${said}; check that ZCP_INFLUX_TOKEN may read bucket ${bucket}, or ${mappingCommand(bucket, org)}`,
    { code: "influx_access" },
  );
}

/** InfluxQL finds a bucket by a mapping, which version 2 usually has of itself; this makes it. */
function mappingCommand(bucket: string, org: string): string {
  return `map the database name to the bucket with \`influx v1 dbrp create --org ${org} --db ${bucket} --rp autogen --default --bucket-id "$(influx bucket list --org ${org} --name ${bucket} --hide-headers | cut -f 1)"\``;
}

/**
 * The header counts seconds or names a date (RFC 9110 section 10.2.3). The client's own reading of it
 * takes the seconds for milliseconds.
 */
function retryAfterMs({ headers }: HttpError): number | null {
  const header = headers?.["retry-after"];
  if (typeof header !== "string") return null;
  const afterMs = /^\d+$/.test(header)
    ? Number(header) * secondMs
    : Date.parse(header) - Date.now();
  return Number.isFinite(afterMs) && afterMs > 0 ? afterMs : null;
}

function lost(error: unknown): UnavailableError {
  const reason = error instanceof Error ? error.message : String(error);
  return new UnavailableError(`InfluxDB did not answer: ${shortened(reason)}`, {
    cause: error,
    code: "influx_lost",
  });
}

function reasonOf(error: HttpError): string {
  return shortened(error.body ?? error.statusMessage ?? "no reason given");
}

function shortened(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim().slice(0, reasonCharactersMax);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
