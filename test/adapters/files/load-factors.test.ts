import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  FactorFileError,
  factorsFromYaml,
  loadFactors,
} from "../../../src/adapters/files/load-factors.ts";
import { shippedFactors } from "../../support/carbon.ts";
import { tempDir } from "../../support/temp-dir.ts";

const head = `catalogue: national
version: 1
issued: 2026-03-31
sources: { db: { document: 国家温室气体排放因子数据库, number: 第二版, date: 2026-03-01 } }
regions: { CN: { zh: 全国, en: China }, CN-SC: { zh: 四川, en: Sichuan } }
`;
const diesel = `groups:
  - kind: fuel
    set: ncsc2026
    purposes: [NDRC910_PARK]
    source: db
    unit: tCO2/t
    evidence: official-text
    factors:
      - { id: fuel.diesel.ncsc2026, subject: diesel, value: 3.1, name: { zh: 柴油, en: Diesel } }
`;

function problemsOf(text: string): readonly string[] {
  try {
    factorsFromYaml("c.yaml", text);
  } catch (error) {
    if (error instanceof FactorFileError) return error.problems;
    throw error;
  }
  return [];
}

describe("the shipped catalogue", () => {
  // The golden table was taken from the research notes on which the catalogue rests, figure by figure.
  const golden = readFileSync(
    join(import.meta.dirname, "../../golden/factor-catalogue-1.tsv"),
    "utf8",
  )
    .trimEnd()
    .split("\n")
    .slice(1);

  it("has every one of the 209 researched figures with its unit, year, place and evidence", () => {
    const published = shippedFactors.current.filter(({ catalogue }) => catalogue === "published");
    const lines = published.map((factor) =>
      [
        factor.id,
        factor.value ?? "",
        factor.unit,
        factor.dataYear ?? "",
        factor.region,
        factor.validFrom ?? "",
        factor.confirmed,
        factor.evidence,
      ].join("\t"),
    );
    expect(golden).toHaveLength(209);
    expect(lines.sort()).toEqual([...golden].sort());
  });

  it("marks what is remembered, conflicting or a proxy as unconfirmed", () => {
    const doubtful = shippedFactors.current.filter(({ evidence }) =>
      ["memory", "conflicting", "proxy", "convention"].includes(evidence),
    );
    expect(doubtful.length).toBeGreaterThan(30);
    expect(doubtful.filter(({ confirmed }) => confirmed)).toEqual([]);
  });

  it("names a document for every figure and says where it was read, unless it is the document", () => {
    const unread = shippedFactors.current.filter(
      ({ source, evidence }) => source.readIn === null && evidence !== "official-text",
    );
    expect(unread.map(({ id }) => id)).toEqual([]);
  });

  it("shows figures of electricity to the purposes of the park only when they are the method's", () => {
    const park = shippedFactors.current.filter(
      ({ kind, purposes }) => kind === "electricity" && purposes.includes("NDRC910_PARK"),
    );
    expect(park.map(({ subject }) => subject).sort()).toEqual([
      "fossil-power",
      "fossil-power",
      "fossil-power",
      "park-certified",
      "park-direct",
      "park-residual",
    ]);
  });
});

describe("a catalogue file", () => {
  it("adds a set of factors without a change of code", () => {
    const folder = tempDir();
    writeFileSync(join(folder, "national-1.yaml"), `${head}${diesel}`);
    const factors = loadFactors([join(import.meta.dirname, "../../../factors"), folder]);
    expect(factors.sets("fuel")).toEqual(["prov2025", "ndrc24", "ncsc2026"]);
    expect(factors.get("fuel.diesel.ncsc2026")).toMatchObject({
      catalogue: "national",
      version: 1,
      region: "CN",
      confirmed: true,
      source: { id: "db", document: "国家温室气体排放因子数据库", number: "第二版", url: null },
    });
  });

  it("may give a whole group one name with the region in it", () => {
    const [factor] = factorsFromYaml(
      "c.yaml",
      `${head}groups:
  - { kind: electricity, subject: average, purposes: [DISCLOSURE], source: db, unit: kgCO2/kWh, evidence: secondary, name: { zh: "{region}平均", en: "Average, {region}" }, factors: [{ id: e.sc, region: CN-SC, year: 2025, value: 0.1 }] }
`,
    );
    expect(factor?.name).toEqual({ zh: "四川平均", en: "Average, Sichuan" });
  });

  it.each([
    ["a slip in a key", "set: ncsc2026", "sett: x", 'unknown key (did you mean "set"?)'],
    ["an unknown purpose", "[NDRC910_PARK]", "[PARK]", "purposes[0]"],
    ["a negative figure", "value: 3.1", "value: -3.1", ">=0"],
    ["a source that the file lacks", "source: db", "source: dc", 'names the source "dc"'],
    ["a region that the file lacks", "subject: diesel", "region: CN-QQ", 'region "CN-QQ"'],
    ["no subject", "subject: diesel, ", "", "needs kind, subject and purposes"],
    ["no evidence", "    evidence: official-text\n", "", "needs unit, evidence and name"],
    ["no value and no reason", "value: 3.1", "value: null", "say in a note why"],
    [
      "a value that its inputs contradict",
      "value: 3.1",
      "value: 3.1, inputs: { ncv: 42.652, ncvUnit: GJ/t, carbonTPerGj: 0.0202, oxidationFraction: 0.98 }",
      "its inputs give 3.095910",
    ],
    [
      "an end before the beginning",
      "value: 3.1",
      "value: 3.1, validFrom: 2026-02-01, validTo: 2026-01-31",
      "before it begins",
    ],
  ])("is refused with its line for %s", (_what, written, instead, said) => {
    const problems = problemsOf(`${head}${diesel.replace(written, instead)}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^c\.yaml:\d+ groups\[0\]/);
    expect(problems[0]).toContain(said);
  });

  it("may not use an id of another catalogue, nor an id twice", () => {
    const folder = tempDir();
    mkdirSync(join(folder, "more"));
    writeFileSync(join(folder, "a.yaml"), `${head}${diesel}`);
    writeFileSync(join(folder, "b.yaml"), `${head}${diesel}`);
    const other = `${head.replace("national", "other")}${diesel}`;
    writeFileSync(join(folder, "more", "c.yaml"), other);
    const refused = () => loadFactors([folder, join(folder, "more"), join(folder, "none")]);
    expect(refused).toThrow(FactorFileError);
    try {
      refused();
    } catch (error) {
      expect((error as FactorFileError).problems).toEqual([
        `${join(folder, "none")}: the folder of factor catalogues cannot be read (ENOENT)`,
        "fuel.diesel.ncsc2026 is twice in version 1 of national",
        "fuel.diesel.ncsc2026 is in the catalogues national and other; one has to give way",
      ]);
    }
  });
});
