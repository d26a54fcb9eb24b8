import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startMosquitto } from "../support/mosquitto.ts";
import { trialPark } from "../support/trial-park.ts";
import type { BareBrokerReady } from "./bare-broker.ts";
import type { Bench, BenchContext, Figure } from "./bench.ts";
import type { FloodOrder, FloodReport } from "./flood.ts";
import { type FloodShape, metricsPerSample } from "./flood-messages.ts";
import type { IngestOrder, IngestProof, IngestReady, IngestReport } from "./ingest-program.ts";
import { type BenchProgram, startProgram } from "./programs.ts";

interface Setting {
  readonly shape: FloodShape;
  readonly isExternal: boolean;
  readonly rounds: number;
}

interface Run {
  readonly messagesPerS: number;
  readonly cpuUsPerMessage: number;
  readonly rssMibMax: number;
}

const devices = 2000;
const gateways = 20;
/** Unacknowledged messages of a gateway: a Mosquitto that answers at once needs few. */
const window = 200;

/** Messages that an external broker and the programs around it need to be warm. */
const short = { messages: 150_000, rounds: 3 };
const full = { messages: 400_000, rounds: 5 };

export const ingestBenches: readonly Bench[] = [
  {
    name: "ingest",
    describe:
      "external Mosquitto, QoS 1, 2,000 devices, 8 metrics a message, to the acknowledgement",
    needs: ["mosquitto"],
    run: async (context) => {
      const { messages, rounds } = context.isFull ? full : short;
      const shape = { messages, samplesPerMessage: 1, devices, gateways };
      const [bare, zcp] = await compared(context, { shape, isExternal: true, rounds });
      return [
        ...rates(bare, zcp, { share: 90 }),
        valueRate(zcp, shape, 200_000),
        { name: "memory at most", value: zcp.rssMibMax, unit: "MiB" },
      ];
    },
  },
  {
    name: "ingest-embedded",
    describe:
      "the same through the embedded broker, against the bare consumer at a bare broker of its kind",
    needs: [],
    run: async (context) => {
      const { messages, rounds } = context.isFull ? full : short;
      const shape = { messages, samplesPerMessage: 1, devices, gateways };
      const [bare, zcp] = await compared(context, { shape, isExternal: false, rounds });
      return [...rates(bare, zcp, { share: 70 }), valueRate(zcp, shape)];
    },
  },
  {
    name: "ingest-batches",
    describe: "external Mosquitto, 20 samples of 8 metrics a message",
    needs: ["mosquitto"],
    run: async (context) => {
      const shape = {
        ...{ messages: context.isFull ? 60_000 : 20_000, samplesPerMessage: 20, devices, gateways },
      };
      const rounds = context.isFull ? full.rounds : short.rounds;
      const [bare, zcp] = await compared(context, { shape, isExternal: true, rounds });
      return [...rates(bare, zcp), valueRate(zcp, shape, 500_000)];
    },
  },
];

/** Bare and ours in turns, so that both meet the same machine; answers the median of each. */
async function compared(context: BenchContext, setting: Setting): Promise<[bare: Run, zcp: Run]> {
  const runs: Record<IngestOrder["what"], Run[]> = { bare: [], zcp: [] };
  for (let round = 1; round <= setting.rounds; round += 1) {
    for (const what of ["bare", "zcp"] as const) {
      const run = await flooded(context, setting, { what, round });
      context.say(
        `${what.padEnd(4)} ${round}: ${Math.round(run.messagesPerS)} messages/s, ${run.cpuUsPerMessage.toFixed(1)} µs CPU a message`,
      );
      runs[what].push(run);
    }
  }
  return [median(runs.bare), median(runs.zcp)];
}

async function flooded(
  { dir, profileDir }: BenchContext,
  { shape, isExternal }: Setting,
  { what, round }: { readonly what: IngestOrder["what"]; readonly round: number },
): Promise<Run> {
  const folder = join(dir, `${what}-${round}`);
  mkdirSync(folder);
  const broker = await startBroker(
    isExternal ? "mosquitto" : what === "bare" ? "aedes" : null,
    folder,
  );
  const passwords = Array.from({ length: shape.gateways }, () =>
    randomBytes(32).toString("base64url"),
  );
  const subject = startProgram("ingest-program.ts", what === "zcp" ? profileDir : null);
  const order: IngestOrder = {
    ...{ what, brokerUrl: broker?.url ?? null, shape, dir: folder, passwords },
  };
  const { port } = await subject.ask<IngestReady>(order);
  const sender = startProgram("flood.ts");
  const flood: FloodOrder = {
    ...{ shape, parkId: trialPark.id, window, port: broker?.port ?? port ?? 0 },
    passwords: isExternal ? null : passwords,
  };
  await sender.ask(flood);
  const [report, sent] = await Promise.all([paced(subject, sender), sender.ask<FloodReport>("go")]);
  const proof = await subject.ask<IngestProof>("end");
  sender.leave();
  await Promise.all([subject.ended(), sender.ended(), broker?.stop()]);
  if (proof.kept !== shape.messages || proof.refused > 0 || sent.acked !== shape.messages) {
    throw new Error(
      `of ${shape.messages} messages ${sent.acked} were acknowledged, ${proof.kept} kept and ${proof.refused} refused`,
    );
  }
  return {
    messagesPerS: report.messages / report.seconds,
    cpuUsPerMessage: (report.cpuMs * 1000) / report.messages,
    rssMibMax: report.rssMibMax,
  };
}

interface Broker {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

async function startBroker(
  name: "mosquitto" | "aedes" | null,
  folder: string,
): Promise<Broker | null> {
  if (name === null) return null;
  if (name === "mosquitto") return startMosquitto(folder, ["allow_anonymous true"]);
  const program = startProgram("bare-broker.ts");
  const { port } = await program.ask<BareBrokerReady>("start");
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    stop: async () => {
      program.leave();
      await program.ended();
    },
  };
}

/** Passes the progress of the receiver on to the sender, until the receiver reports. */
function paced(subject: BenchProgram, sender: BenchProgram): Promise<IngestReport> {
  return new Promise((resolve) => {
    const stop = subject.listen((message) => {
      if ("acked" in message) {
        sender.tell({ received: message.acked });
        return;
      }
      stop();
      resolve(message as IngestReport);
    });
  });
}

function rates(bare: Run, zcp: Run, target?: { readonly share: number }): Figure[] {
  return [
    { name: "bare consumer", value: bare.messagesPerS, unit: "messages/s" },
    { name: "service", value: zcp.messagesPerS, unit: "messages/s" },
    {
      name: "share of the bare consumer",
      value: (100 * zcp.messagesPerS) / bare.messagesPerS,
      unit: "%",
      ...(target === undefined ? {} : { atLeast: target.share }),
    },
    { name: "CPU of the bare consumer", value: bare.cpuUsPerMessage, unit: "µs a message" },
    { name: "CPU of the service", value: zcp.cpuUsPerMessage, unit: "µs a message" },
  ];
}

function valueRate(run: Run, { samplesPerMessage }: FloodShape, atLeast?: number): Figure {
  const value = run.messagesPerS * samplesPerMessage * metricsPerSample;
  const figure = { name: "values", value, unit: "values/s" };
  return atLeast === undefined ? figure : { ...figure, atLeast };
}

function median(runs: readonly Run[]): Run {
  const sorted = [...runs].sort((a, b) => a.messagesPerS - b.messagesPerS);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("no run");
  return middle;
}
