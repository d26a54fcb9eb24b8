import type { MeterFields } from "../../../contracts/park-file.ts";
import type { QuarantineBody } from "../../../contracts/registry.ts";

/** The fields as they are typed; empty means not given. */
export interface AdoptionForm {
  kind: string;
  nameZh: string;
  nameEn: string;
  enterpriseId: string;
  parentId: string;
  role: string;
  loadGroupId: string;
  multiplier: string;
  registerDigits: string;
  ratedMaxKw: string;
  accuracyClass: string;
  intervalS: string;
}

export function emptyForm(group: QuarantineBody): AdoptionForm {
  return {
    kind: group.guessedKind ?? "electricity-meter",
    ...{ nameZh: "", nameEn: "", enterpriseId: "", parentId: "", role: "", loadGroupId: "" },
    ...{ multiplier: "", registerDigits: "", ratedMaxKw: "", accuracyClass: "", intervalS: "" },
  };
}

/** The body of the request: only what a person has given. A number that is none stays as typed. */
export function adoptionBody(form: AdoptionForm): Record<string, unknown> {
  const body: Record<string, unknown> = { kind: form.kind };
  const name = nameEntry(form);
  if (name !== null) body.name = name;
  for (const field of ["enterpriseId", "parentId", "role", "loadGroupId"] as const) {
    if (form[field].trim() !== "") body[field] = form[field].trim();
  }
  const numbers = [
    "multiplier",
    "registerDigits",
    "ratedMaxKw",
    "accuracyClass",
    "intervalS",
  ] as const;
  for (const field of numbers) {
    const text = String(form[field]).trim();
    if (text === "") continue;
    const value = Number(text);
    body[field] = Number.isFinite(value) ? value : text;
  }
  return body satisfies Partial<Record<keyof MeterFields, unknown>>;
}

/** Both names, or one that serves for both languages. */
function nameEntry({ nameZh, nameEn }: AdoptionForm): unknown {
  const [zh, en] = [nameZh.trim(), nameEn.trim()];
  if (zh !== "" && en !== "") return { zh, en };
  return zh !== "" ? zh : en !== "" ? en : null;
}

/** Which field a fault belongs to: `/name/zh` is the Chinese name. */
export function fieldOf(pointer: string): string {
  const [field = "", part] = pointer.replace(/^#?\//, "").split("/");
  if (field !== "name") return field;
  return part === "en" ? "nameEn" : "nameZh";
}
