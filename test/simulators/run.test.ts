import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Options } from "../../simulators/options.ts";
import { Report } from "../../simulators/report.ts";
import { Run } from "../../simulators/run.ts";
import { SimulatorState } from "../../simulators/state-file.ts";
import { startEmbeddedBroker } from "../../src/entry/mqtt/embedded-broker.ts";
import { eventually } from "../support/eventually.ts";
import { type Intake, openIntake } from "../support/intake.ts";
import { dayMs, feeder, hourMs, quarterMs, storageMeters } from "../support/simulated-park.ts";
import { tempDir } from "../support/temp-dir.ts";

// These runs are real ones, beside whatever else the machine does.
vi.setConfig({ testTimeout: 60_000 });

const name = { zh: "试验园", en: "Trial park" };

/** A park file of the trial park with these meters. */
function parkFile(dir: string, meters: readonly object[]): string {
  const path = join(dir, "park.yaml");
  const park = {
    ...{ id: "north", name, gateways: [{ id: "gw" }], meters },
    location: { latitude: 29.65, longitude: 91.1, altitudeM: 3650 },
    storage: [{ id: "ess", name, powerMaxKw: 3500, capacityKwh: 14_000 }],
  };
  writeFileSync(path, JSON.stringify(park));
  return path;
}

function optionsFor(dir: string, more: Partial<Options>): Options {
  const toMs = Math.floor(Date.now() / quarterMs) * quarterMs;
  return {
    ...{ parkPath: parkFile(dir, [feeder, ...storageMeters]), mqttUrl: null, passwords: null },
    ...{ outputPath: null, truthPath: null, statePath: null, seed: 5, realtime: false },
    ...{ fromMs: toMs - dayMs, toMs, speedFactor: null, latch: true, faults: "none" },
    ...{ faultRates: {}, faultScript: null, gatewayIds: null, meterIds: null, json: true },
    connectTimeoutMs: 10_000,
    ...more,
  };
}

/** Runs in this process; what it says is kept. */
function startRun(options: Options) {
  const said: Record<string, unknown>[] = [];
  const report = new Report("en", true);
  report.say = (event, fields) => said.push({ event, ...fields });
  const run = new Run(options, report);
  const ended = run.start();
  // Who looks at the outcome sees a failure; nobody else has to.
  ended.catch(() => undefined);
  onTestFinished(async () => {
    run.stop();
    await ended.catch(() => undefined);
  });
  return { run, ended, said };
}

describe("a run without a broker", () => {
  it("writes messages and truth, and each register difference is the truth", async () => {
    const dir = tempDir();
    const [outputPath, truthPath] = [join(dir, "messages.ndjson"), join(dir, "truth.csv")];
    const options = optionsFor(dir, { outputPath, truthPath, meterIds: ["m1", "pcs-1"] });
    await expect(startRun(options).ended).resolves.toBe(0);

    const readings = readFileSync(outputPath, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line))
      .flatMap(({ topic, payload }) =>
        (payload.samples ?? [payload]).map((sample: { ts: number; values: object }) => ({
          device: topic.split("/")[4],
          ...sample,
        })),
      );
    const at = (device: string, register: string, ts: number): number =>
      readings.find((one) => one.device === device && one.ts === ts)?.values[register];

    const [header, ...lines] = readFileSync(truthPath, "utf8").trimEnd().split("\n");
    expect(header).toBe("start,meter,register,unit,amount");
    expect(lines).toHaveLength(96 * 3);
    const multipliers: Record<string, number> = { m1: 40, "pcs-1": 1 };
    for (const line of lines) {
      const [start = "", meter = "", register = "", unit, amount] = line.split(",");
      const startMs = Date.parse(start);
      const difference = at(meter, register, startMs + quarterMs) - at(meter, register, startMs);
      expect(unit).toBe("kWh");
      expect(difference * (multipliers[meter] ?? 0)).toBeCloseTo(Number(amount), 6);
    }
  });

  it("plays a stretch of the past at a multiple of real time", async () => {
    const dir = tempDir();
    const outputPath = join(dir, "messages.ndjson");
    const more = { outputPath, speedFactor: 3600, meterIds: ["m1"] };
    const options = optionsFor(dir, more);
    const short = { ...options, fromMs: options.toMs - hourMs };
    const beganMs = Date.now();
    await expect(startRun(short).ended).resolves.toBe(0);
    expect(Date.now() - beganMs).toBeGreaterThan(900);
    const instants = readFileSync(outputPath, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).payload.ts);
    // One a minute and five frozen ones; the end itself belongs to what comes after.
    expect(instants).toHaveLength(60 + 4);
    expect(instants).toEqual([...instants].sort((a, b) => a - b));
  });
});

interface Platform {
  /** The broker is away, and comes back at the same address. */
  interrupt(): Promise<() => Promise<void>>;
  readonly intake: Intake;
  readonly options: Options;
  readonly statePath: string;
  command(deviceId: string, powerKw: number, id: string): Promise<void>;
}

async function openPlatform(intervalS = feeder.intervalS): Promise<Platform> {
  const intake = await openIntake();
  const password = await intake.addGateway("gw");
  await intake.addMeter("m1", "gw");
  const startBroker = (port: number) =>
    startEmbeddedBroker({
      ...intake.sink,
      ...{ registry: intake.registry, host: "127.0.0.1", port },
    });
  let broker = await startBroker(0);
  const { port } = broker;
  onTestFinished(() => broker.close());
  const dir = tempDir();
  const statePath = join(dir, "state.json");
  const nowMs = Date.now();
  const usual = optionsFor(dir, {
    ...{ mqttUrl: `mqtt://127.0.0.1:${port}`, passwords: { gw: password } },
    ...{ statePath, realtime: true, fromMs: nowMs - (nowMs % quarterMs) - dayMs, toMs: nowMs },
  });
  const parkPath = parkFile(dir, [{ ...feeder, intervalS }, ...storageMeters]);
  const options = { ...usual, parkPath };
  return {
    ...{ intake, options, statePath },
    interrupt: async () => {
      await broker.close();
      return async () => {
        broker = await startBroker(port);
      };
    },
    command: (deviceId, powerKw, id) =>
      broker.publishCommand("gw", deviceId, {
        ...{ id, setpoint: { powerKw }, fallback: "zero" },
        validFrom: new Date(Date.now() - 1000).toISOString(),
        validTo: new Date(Date.now() + hourMs).toISOString(),
      }),
  };
}

/** A gateway says that it is there after it has begun to listen. */
async function isListening(intake: Intake, times: number): Promise<void> {
  await eventually(() => {
    expect(intake.states.filter(({ online, simulated }) => online && simulated)).toHaveLength(
      times,
    );
  });
}

async function importsOf(intake: Intake): Promise<{ tsMs: number; value: number }[]> {
  const readings = (await intake.readings()).filter(({ deviceId }) => deviceId === "m1");
  return readings
    .map(({ tsMs, values }) => ({ tsMs, value: Number(values.importKwh) }))
    .sort((a, b) => a.tsMs - b.tsMs);
}

describe("a run against a broker", () => {
  it("lets go of its connections when its state cannot be written, so that it really ends", async () => {
    const { intake, options } = await openPlatform();
    const { ended } = startRun({ ...options, statePath: join(tempDir(), "gone/state.json") });
    await expect(ended).rejects.toThrow(/ENOENT/);
    await eventually(() => {
      expect(intake.states.at(-1)?.online).toBe(false);
    });
  });

  it("fills the history in, goes on live, and after a restart sends the rest only", async () => {
    const platform = await openPlatform();
    const { intake, options, statePath } = platform;
    const first = startRun(options);
    await eventually(() => {
      expect(first.said.some(({ event }) => event === "history-complete")).toBe(true);
    });
    const whole = await importsOf(intake);
    expect(whole.length).toBeGreaterThan(1400);
    expect(intake.states.some(({ online, simulated }) => online && simulated)).toBe(true);
    first.run.stop();
    await expect(first.ended).resolves.toBe(0);
    const state = SimulatorState.parse(JSON.parse(readFileSync(statePath, "utf8")));
    expect(state.gateways.gw?.missing).toEqual([]);

    const second = startRun({ ...options, seed: null });
    await eventually(() => {
      expect(second.said.some(({ event }) => event === "live")).toBe(true);
    });
    second.run.stop();
    await expect(second.ended).resolves.toBe(0);
    expect(second.said[0]).toMatchObject({ event: "begin", isContinued: true, seed: 5 });
    const all = await importsOf(intake);
    expect(all.length - whole.length).toBeLessThan(20);
    const values = all.map(({ value }) => value);
    expect(values).toEqual([...values].sort((a, b) => a - b));
  });

  it("answers commands and carries them over a restart", async () => {
    const { intake, options, command, statePath } = await openPlatform();
    const first = startRun(options);
    await isListening(intake, 1);
    await command("pcs-1", -1200, "c-1");
    await command("pcs-2", 9999, "c-2");
    await eventually(() => expect(intake.acks).toHaveLength(2));
    expect(intake.acks.map(({ deviceId, ack }) => [deviceId, ack.id, ack.status])).toEqual([
      ["pcs-1", "c-1", "accepted"],
      ["pcs-2", "c-2", "rejected"],
    ]);
    // What was accepted is on disk before the answer.
    const kept = SimulatorState.parse(JSON.parse(readFileSync(statePath, "utf8")));
    expect(kept.origin.commands.map((one) => one.command.id)).toEqual(["c-1"]);
    first.run.stop();
    await first.ended;

    const second = startRun({ ...options, seed: null });
    await isListening(intake, 2);
    await command("pcs-1", -1200, "c-1");
    await eventually(() => expect(intake.acks).toHaveLength(3));
    expect(intake.acks[2]?.ack).toEqual({ id: "c-1", status: "accepted" });
    second.run.stop();
    await expect(second.ended).resolves.toBe(0);
  });

  it("loses nothing while the broker is away for some seconds", async () => {
    const { intake, options, interrupt } = await openPlatform(1);
    const beganMs = Date.now();
    startRun({ ...options, fromMs: options.fromMs + dayMs - hourMs });
    await isListening(intake, 1);
    await eventually(async () => expect((await importsOf(intake)).length).toBeGreaterThan(60));
    const resume = await interrupt();
    // This is the outage.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    await resume();
    const backMs = Date.now();
    await isListening(intake, 2);
    const liveOf = async (): Promise<readonly number[]> =>
      (await importsOf(intake)).map(({ tsMs }) => tsMs).filter((tsMs) => tsMs > beganMs + 3000);
    await eventually(async () => {
      expect(Math.max(...(await liveOf()))).toBeGreaterThan(backMs + 1000);
      const instants = await liveOf();
      const steps = instants.slice(1).map((tsMs, place) => tsMs - (instants[place] ?? 0));
      // One a second, and one more where the register is frozen at a quarter hour.
      expect(steps.filter((stepMs) => stepMs > 1000)).toEqual([]);
    });
  });

  it("says why it cannot sign in and ends, when it has nothing to wait for", async () => {
    const { options } = await openPlatform();
    const wrong = {
      ...options,
      realtime: false,
      passwords: { gw: "wrong" },
      connectTimeoutMs: 300,
    };
    const run = startRun(wrong);
    await expect(run.ended).rejects.toThrow(/gateways cannot connect.*check the address/);
    expect(run.said.find(({ event }) => event === "trouble")).toMatchObject({ gateway: "gw" });
  });
});
