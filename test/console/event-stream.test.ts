import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventStreamReader, type StreamEvent } from "../../src/console/api/event-stream.ts";

const text =
  'retry: 3000\n\nid: run.1\nevent: reading\ndata: {"a":1}\n\n: heartbeat\n\n' +
  "id: run.2\r\nevent: slot\r\ndata: one\r\ndata:two\r\n\r\ndata: plain\n\n";

const expected: readonly StreamEvent[] = [
  { name: "reading", data: '{"a":1}', id: "run.1" },
  { name: "slot", data: "one\ntwo", id: "run.2" },
  { name: "message", data: "plain", id: "run.2" },
];

describe("a server-sent stream", () => {
  it("is read into events, without heartbeats", () => {
    expect(new EventStreamReader().push(text)).toEqual(expected);
  });

  it("reads the same however the text is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
        const reader = new EventStreamReader();
        const edges = [0, ...[...cuts].sort((a, b) => a - b), text.length];
        const events = edges.flatMap((edge, index) =>
          reader.push(text.slice(edge, edges[index + 1] ?? edge)),
        );
        expect(events).toEqual(expected);
      }),
    );
  });

  it("keeps an unfinished event until its blank line", () => {
    const reader = new EventStreamReader();
    expect(reader.push("data: half")).toEqual([]);
    expect(reader.push(" and half\n")).toEqual([]);
    expect(reader.push("\n")).toEqual([{ name: "message", data: "half and half", id: null }]);
  });
});
