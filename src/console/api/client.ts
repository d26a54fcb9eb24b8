import type { Problem } from "../../contracts/problem.ts";
import { language } from "../text/language.ts";
import { RequestError } from "./problem.ts";

const base = "/api/v1";
const answerWithinMs = 20_000;

type Query = Readonly<Record<string, string | number | undefined>>;

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

let onUnauthorised: () => void = () => {};

/** Says what happens when the service no longer knows who is asking. */
export function whenUnauthorised(listener: () => void): void {
  onUnauthorised = listener;
}

/** @throws {RequestError} when the service refuses or cannot be reached. */
export function get<Body>(path: string, query: Query = {}): Promise<Body> {
  return send<Body>("GET", urlOf(path, query));
}

export function post<Body>(path: string, body: unknown): Promise<Body> {
  return send<Body>("POST", urlOf(path, {}), body);
}

export function put(path: string, body: unknown): Promise<void> {
  return send<void>("PUT", urlOf(path, {}), body);
}

export function patch<Body>(path: string, body: unknown): Promise<Body> {
  return send<Body>("PATCH", urlOf(path, {}), body);
}

export function remove(path: string): Promise<void> {
  return send<void>("DELETE", urlOf(path, {}));
}

/** A list as a whole, page by page up to a bound. */
export async function getAll<Item>(
  path: string,
  query: Query = {},
  itemsMax = 5_000,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  while (items.length < itemsMax) {
    const page: Page<Item> = await get(path, { limit: 1000, ...query, cursor });
    items.push(...page.items);
    if (page.next === null) break;
    cursor = page.next;
  }
  return items;
}

function urlOf(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  const text = search.toString();
  return `${base}${path}${text === "" ? "" : `?${text}`}`;
}

async function send<Body>(method: string, url: string, body?: unknown): Promise<Body> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), answerWithinMs);
  try {
    const response = await fetch(url, {
      method,
      signal: abort.signal,
      credentials: "same-origin",
      headers: {
        accept: "application/json",
        "accept-language": language.value === "zh" ? "zh-CN" : "en",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw await refusal(response);
    if (response.status === 204) return undefined as Body;
    return (await response.json()) as Body;
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new RequestError(0, { detail: error instanceof Error ? error.message : String(error) });
  } finally {
    clearTimeout(timer);
  }
}

async function refusal(response: Response): Promise<RequestError> {
  let problem: Partial<Problem> = {};
  try {
    problem = (await response.json()) as Partial<Problem>;
  } catch {
    // A proxy in between answers in its own way; the status says enough.
  }
  if (response.status === 401) onUnauthorised();
  return new RequestError(response.status, problem);
}
