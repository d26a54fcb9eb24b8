import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { simulatorCommand } from "../../simulators/options.ts";
import { secretNames, settingNames } from "../../src/contracts/settings.ts";
import { programPath } from "../support/programs.ts";

const root = join(import.meta.dirname, "../..");
const composePath = programPath("docker-compose");

const ServiceEntry = z.looseObject({
  image: z.string(),
  command: z.union([z.string(), z.array(z.string())]).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
});
const text = readFileSync(join(root, "docker-compose.yml"), "utf8");
const { services, volumes } = z
  .object({ services: z.record(z.string(), ServiceEntry), volumes: z.record(z.string(), z.null()) })
  .parse(parse(text, { merge: true }));
const all = Object.entries(services);

describe("docker-compose.yml", () => {
  it.skipIf(composePath === null).each(["", "demo", "emqx", "demo,emqx"])(
    "is taken by docker-compose with the profiles '%s'",
    (names) => {
      const file = join(root, "docker-compose.yml");
      const { status, stderr } = spawnSync(composePath ?? "", ["-f", file, "config", "-q"], {
        encoding: "utf8",
        env: { PATH: process.env.PATH, COMPOSE_PROFILES: names },
      });
      expect(stderr).toBe("");
      expect(status).toBe(0);
    },
    60_000,
  );

  it("mounts only files and volumes that exist", () => {
    const sources = all.flatMap(([, entry]) => entry.volumes.map((volume) => volume.split(":")[0]));
    const missing = sources.filter((source = "") =>
      source.startsWith("./") ? !existsSync(join(root, source)) : !(source in volumes),
    );
    expect(sources.length).toBeGreaterThan(10);
    expect(missing).toEqual([]);
  });

  it("publishes to this machine only, unless somebody says otherwise", () => {
    const ports = all.flatMap(([, { ports }]) => ports);
    expect(ports.length).toBeGreaterThan(2);
    expect(
      ports.filter((port) => !/^\$\{ZCP_[A-Z]+_PUBLISH:-127\.0\.0\.1:\d+\}:\d+$/.test(port)),
    ).toEqual([]);
  });

  it("takes every image from the prefix that can be set, in a fixed version", () => {
    const images = all.map(([, { image }]) => image).filter((image) => !/ZCP_IMAGE/.test(image));
    expect(images.length).toBeGreaterThan(3);
    expect(
      images.filter((image) => !/^\$\{ZCP_REGISTRY:-\}[\w./-]+:[\d.]+[\w.-]*$/.test(image)),
    ).toEqual([]);
  });

  it("gives the service settings that it knows, and no secret in the open", () => {
    const known = new Set<string>([
      ...settingNames,
      ...[...secretNames].map((one) => `${one}_FILE`),
    ]);
    const given = Object.keys(services.zcp?.environment ?? {});
    expect(given.length).toBeGreaterThan(5);
    expect(given.filter((name) => !known.has(name) || secretNames.has(name))).toEqual([]);
  });

  it("starts the simulators with options that they have", () => {
    const command = [services.simulators?.command ?? []].flat().join(" ");
    const [, simulate = ""] = command.split("zcp.mjs simulate");
    const options = simulate.match(/--[a-z-]+/g) ?? [];
    const known = simulatorCommand("en").options.map(({ long }) => long);
    expect(options).toContain("--credentials");
    expect(options.filter((option) => !known.includes(option))).toEqual([]);
  });

  it("runs only scripts that are in the image", () => {
    const image = readFileSync(join(root, "Dockerfile"), "utf8");
    const scripts = [...text.matchAll(/\bdeploy\/[\w-]+\.mjs\b/g)].map(([name]) => name);
    expect(scripts.length).toBeGreaterThan(1);
    expect(
      scripts.filter((name) => !image.includes(name) || !existsSync(join(root, name))),
    ).toEqual([]);
  });
});
