/** One event of a server-sent stream. */
export interface StreamEvent {
  readonly name: string;
  readonly data: string;
  readonly id: string | null;
}

/**
 * Reads server-sent events out of text that arrives in arbitrary pieces (WHATWG HTML 9.2.6).
 * Comments are heartbeats and give no event.
 */
export class EventStreamReader {
  #rest = "";
  #name = "";
  #data: string[] = [];
  #id: string | null = null;

  /** Events that are complete with this piece. */
  push(piece: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line !== "") {
        this.#field(line);
        continue;
      }
      if (this.#data.length > 0) {
        events.push({
          name: this.#name === "" ? "message" : this.#name,
          data: this.#data.join("\n"),
          id: this.#id,
        });
      }
      this.#name = "";
      this.#data = [];
    }
    return events;
  }

  #field(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#name = value;
    else if (field === "data") this.#data.push(value);
    else if (field === "id") this.#id = value;
  }
}

export interface StreamOptions {
  readonly url: string;
  readonly lastEventId: string | null;
  readonly signal: AbortSignal;
  /** Called for everything that arrives, heartbeats too: the line is alive. */
  readonly onAlive: () => void;
  readonly onEvent: (event: StreamEvent) => void;
}

/**
 * Follows a stream until it ends. `fetch` instead of `EventSource`, because heartbeats and the
 * status of a refusal have to be seen.
 *
 * @throws when the stream is refused or breaks.
 */
export async function followStream(options: StreamOptions): Promise<void> {
  const { url, lastEventId, signal, onAlive, onEvent } = options;
  const response = await fetch(url, {
    signal,
    credentials: "same-origin",
    headers: {
      accept: "text/event-stream",
      ...(lastEventId === null ? {} : { "last-event-id": lastEventId }),
    },
  });
  if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
  onAlive();
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const events = new EventStreamReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onAlive();
    for (const event of events.push(decoder.decode(value, { stream: true }))) onEvent(event);
  }
}
