import type { ParkFile } from "../../contracts/park-file.ts";
import { resolveFormula } from "../../domain/energy/virtual-meter.ts";
import { DomainError } from "../../domain/errors.ts";
import { didYouMean } from "./did-you-mean.ts";

/** Something that no single field can show: it takes two places of the file to see it. */
export interface CrossProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Everything that is wrong between the parts of a park file whose parts are each right. */
export function crossProblems(file: ParkFile): readonly CrossProblem[] {
  return [
    ...timezoneProblems(file),
    ...(
      ["storage", "loadGroups", "enterprises", "gateways", "meters", "virtualMeters"] as const
    ).flatMap((list) => repeatedIds(list, file[list])),
    ...storageProblems(file),
    ...referenceProblems(file),
    ...treeProblems(file),
    ...formulaProblems(file),
  ];
}

function timezoneProblems(file: ParkFile): readonly CrossProblem[] {
  try {
    new Intl.DateTimeFormat("en", { timeZone: file.timezone });
    return [];
  } catch {
    const message = `"${file.timezone}" is no time zone; write an IANA name such as Asia/Shanghai`;
    return [{ path: ["timezone"], message }];
  }
}

function repeatedIds(
  list: string,
  items: readonly { readonly id: string }[],
): readonly CrossProblem[] {
  const first = new Map<string, number>();
  return items.flatMap(({ id }, index) => {
    const earlier = first.get(id);
    if (earlier === undefined) {
      first.set(id, index);
      return [];
    }
    const message = `the id "${id}" is taken by ${list}[${earlier}]; every id in ${list} is used once`;
    return [{ path: [list, index, "id"], message }];
  });
}

function storageProblems(file: ParkFile): readonly CrossProblem[] {
  return file.storage.flatMap(({ socMinFraction, socMaxFraction }, index) =>
    socMinFraction < socMaxFraction
      ? []
      : [
          {
            path: ["storage", index, "socMinFraction"],
            message: `${socMinFraction} is not below socMaxFraction ${socMaxFraction}`,
          },
        ],
  );
}

function referenceProblems(file: ParkFile): readonly CrossProblem[] {
  const known = {
    gatewayId: file.gateways.map(({ id }) => id),
    enterpriseId: file.enterprises.map(({ id }) => id),
    parentId: file.meters.map(({ id }) => id),
    loadGroupId: file.loadGroups.map(({ id }) => id),
  };
  const nouns = {
    gatewayId: "gateway",
    enterpriseId: "enterprise",
    parentId: "meter",
    loadGroupId: "load group",
  };
  const sets = Object.fromEntries(Object.entries(known).map(([key, ids]) => [key, new Set(ids)]));
  return file.meters.flatMap((meter, index) =>
    (Object.keys(known) as (keyof typeof known)[]).flatMap((field) => {
      const id = meter[field] ?? null;
      if (id === null || sets[field]?.has(id) === true) return [];
      const message = `meter "${meter.id}" names the ${nouns[field]} "${id}", which the file does not have${didYouMean(id, known[field])}`;
      return [{ path: ["meters", index, field], message }];
    }),
  );
}

function treeProblems(file: ParkFile): readonly CrossProblem[] {
  const byId = new Map(file.meters.map((meter) => [meter.id, meter]));
  return file.meters.flatMap((meter, index) => {
    const path = ["meters", index, "parentId"];
    const parent = byId.get(meter.parentId ?? "");
    if (meter.kind === "storage-bms" && parent !== undefined && parent.kind !== "storage-pcs") {
      return [{ path, message: `the parent of a storage-bms is its PCS, not a ${parent.kind}` }];
    }
    const seen = [meter.id];
    for (let above = parent; above !== undefined; above = byId.get(above.parentId ?? "")) {
      if (above.id === meter.id) {
        return [
          {
            path,
            message: `the metering tree runs in a circle: ${seen.join(" → ")} → ${meter.id}`,
          },
        ];
      }
      // A circle further up is reported where it closes, not by everything that hangs below it.
      if (seen.includes(above.id)) return [];
      seen.push(above.id);
    }
    return [];
  });
}

/** Formulas that cannot be read, have no unit, or need what is not in the file. */
function formulaProblems({
  virtualMeters,
  meters,
  enterprises,
}: ParkFile): readonly CrossProblem[] {
  const all = virtualMeters.map((meter) => ({
    ...{ id: meter.id, formula: meter.formula, name: { zh: meter.id, en: meter.id } },
    ...{ enterpriseId: meter.enterpriseId ?? null, origin: "park-file" as const },
  }));
  return all.flatMap((meter, index) => {
    const problems: CrossProblem[] = [];
    const { enterpriseId } = meter;
    if (enterpriseId !== null && !enterprises.some(({ id }) => id === enterpriseId)) {
      const message = `there is no enterprise "${enterpriseId}"`;
      problems.push({ path: ["virtualMeters", index, "enterpriseId"], message });
    }
    try {
      resolveFormula(meter, all, (id) => meters.find((one) => one.id === id));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const message = `${error.message}; ${error.remedy ?? ""}`;
      problems.push({ path: ["virtualMeters", index, "formula"], message });
    }
    return problems;
  });
}
