import { describe, expect, it } from "vitest";
import { ParkFileError, parkFromYaml } from "../../../src/adapters/files/load-park.ts";

const head = `id: p
name: { zh: 园区, en: Park }
location: { latitude: 29.65, longitude: 91.1, altitudeM: 3650 }
loadGroups: [{ id: g1, name: { zh: 组, en: Group }, icon: plug }]
enterprises: [{ id: e1, name: { zh: 企业, en: Enterprise } }]
gateways: [{ id: gw-1 }]
`;

function problemsOf(text: string): readonly string[] {
  try {
    parkFromYaml("p.yaml", text);
  } catch (error) {
    if (error instanceof ParkFileError) return error.problems;
    throw error;
  }
  return [];
}

describe("a park file", () => {
  it("fills in what it does not say", () => {
    const { park, meters, gateways } = parkFromYaml(
      "p.yaml",
      `${head}meters:
  - { id: m1, gatewayId: gw-1, kind: electricity-meter, validFrom: "2026-01-01T00:00:00+08:00" }
`,
    );
    expect(park.timezone).toBe("Asia/Shanghai");
    expect(park.shortName).toEqual({ zh: "园区", en: "Park" });
    expect(gateways).toEqual([{ id: "gw-1", name: { zh: "gw-1", en: "gw-1" } }]);
    expect(meters[0]).toEqual({
      id: "m1",
      gatewayId: "gw-1",
      kind: "electricity-meter",
      carrier: "electricity",
      name: { zh: "m1", en: "m1" },
      enterpriseId: null,
      parentId: null,
      role: "load",
      loadGroupId: null,
      multiplier: 1,
      registerDigits: null,
      ratedMaxKw: null,
      capacityKwh: null,
      accuracyClass: null,
      intervalS: null,
      validFromMs: 1_767_196_800_000, // 2025-12-31T16:00:00Z
      origin: "park-file",
    });
  });

  it("gives every device a role in which nothing is counted twice", () => {
    const kinds = [
      ["leaf", "electricity-meter", "mid"],
      ["mid", "electricity-meter", "main"],
      ["main", "electricity-meter", ""],
      ["pv", "pv-inverter", ""],
      ["line", "direct-line", ""],
      ["pcs", "storage-pcs", ""],
      ["bms", "storage-bms", "pcs"],
      ["sky", "weather-station", ""],
      ["gas", "gas-meter", ""],
    ] as const;
    const list = kinds.map(
      ([id, kind, parent]) =>
        `  - { id: ${id}, gatewayId: gw-1, kind: ${kind}${parent === "" ? "" : `, parentId: ${parent}`} }`,
    );
    const { meters } = parkFromYaml("p.yaml", `${head}meters:\n${list.join("\n")}\n`);
    expect(Object.fromEntries(meters.map(({ id, role }) => [id, role]))).toEqual({
      leaf: "sub",
      mid: "sub",
      main: "load",
      pv: "pv",
      line: "direct",
      pcs: "storage",
      bms: "check",
      sky: "sub",
      gas: "load",
    });
  });

  it("keeps the role that it names, and a meter below the grid meter is a load of its own", () => {
    const { meters } = parkFromYaml(
      "p.yaml",
      `${head}meters:
  - { id: grid, gatewayId: gw-1, kind: electricity-meter, role: grid }
  - { id: e, gatewayId: gw-1, kind: electricity-meter, parentId: grid }
`,
    );
    expect(meters.map(({ role }) => role)).toEqual(["grid", "load"]);
  });

  it("says on which line a field is wrong and what a slip may have meant", () => {
    const problems = problemsOf(`${head}meters:
  - id: m1
    gatewayId: gw-1
    kind: electricity-meter
    multplier: 4
  - id: m2
    gatewayId: gw-1
    kind: electricity-metre
`);
    expect(problems[0]).toBe(
      'p.yaml:11 meters[0].multplier: unknown key (did you mean "multiplier"?)',
    );
    expect(problems[1]).toMatch(/^p\.yaml:14 meters\[1\]\.kind: /);
    expect(problems).toHaveLength(2);
  });

  it("says on which line the text is not YAML", () => {
    expect(problemsOf("id: p\nname: { zh: 园区\nlocation: 3\n")[0]).toMatch(/^p\.yaml:\d+: /);
    expect(problemsOf("id: p\nid: q\n")[0]).toMatch(/^p\.yaml:2: .*unique/);
  });

  it.each([
    ["an id used twice", "gatewayId: gw-1, kind: water-meter", "m1", "taken by meters[0]"],
    ["a gateway", "gatewayId: gw-2, kind: water-meter", "m2", 'did you mean "gw-1"'],
    ["an enterprise", "gatewayId: gw-1, kind: water-meter, enterpriseId: e2", "m2", '"e2"'],
    ["a parent", "gatewayId: gw-1, kind: water-meter, parentId: m9", "m2", '"m9"'],
    ["a load group", "gatewayId: gw-1, kind: water-meter, loadGroupId: g2", "m2", '"g2"'],
    [
      "a cluster below a meter",
      "gatewayId: gw-1, kind: storage-bms, parentId: m1",
      "m2",
      "its PCS",
    ],
  ])("refuses %s that does not fit", (_what, rest, id, said) => {
    const problems = problemsOf(`${head}meters:
  - { id: m1, gatewayId: gw-1, kind: water-meter }
  - { id: ${id}, ${rest} }
`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^p\.yaml:9 meters\[1\]\./);
    expect(problems[0]).toContain(said);
  });

  it("finds a circle in the metering tree and says how it runs", () => {
    const problems = problemsOf(`${head}meters:
  - { id: a, gatewayId: gw-1, kind: water-meter, parentId: b }
  - { id: b, gatewayId: gw-1, kind: water-meter, parentId: a }
  - { id: c, gatewayId: gw-1, kind: water-meter, parentId: a }
`);
    expect(problems).toEqual([
      "p.yaml:8 meters[0].parentId: the metering tree runs in a circle: a → b → a",
      "p.yaml:9 meters[1].parentId: the metering tree runs in a circle: b → a → b",
    ]);
  });

  it("says from which day on it reads an open question of the rules otherwise", () => {
    const { parameterChanges } = parkFromYaml(
      "p.yaml",
      `${head}parameters:
  - { parameter: equivalentKgcePerKwh, value: 0.31, validFrom: 2026-01-01, source: 管委会批复 }
`,
    );
    expect(parameterChanges).toEqual([
      {
        parameter: "equivalentKgcePerKwh",
        value: 0.31,
        validFrom: "2026-01-01",
        source: "管委会批复",
      },
    ]);
    expect(parkFromYaml("p.yaml", head).parameterChanges).toEqual([]);
  });

  it.each([
    [
      "a value that does not fit",
      "provincialAllocation, value: 85, validFrom: 2026-01-01, source: x",
    ],
    ["a parameter that there is not", "limit, value: 1, validFrom: 2026-01-01, source: x"],
    ["no day", "isFeedstockCounted, value: false, source: x"],
    ["no source", "isFeedstockCounted, value: false, validFrom: 2026-01-01"],
  ])("refuses such a reading with %s", (_what, entry) => {
    const problems = problemsOf(`${head}parameters:\n  - { parameter: ${entry} }\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^p\.yaml:8 parameters\[0\]/);
  });

  it("refuses a time zone that does not exist", () => {
    expect(problemsOf(`${head}timezone: Asia/Lhassa\n`)[0]).toContain("Asia/Lhassa");
  });
});
