import type { FactorCatalogue } from "../../domain/carbon/factor-catalogue.ts";
import { FactorFileError, loadFactors } from "./load-factors.ts";
import { loadPark, type ParkContent, ParkFileError } from "./load-park.ts";
import { shippedFile } from "./shipped-file.ts";

/** What people write in files: the park and the factors; null where a file cannot be used. */
export interface WrittenContent {
  readonly parkContent: ParkContent | null;
  readonly factors: FactorCatalogue | null;
  /** Everything that is wrong with any of the files. */
  readonly problems: readonly string[];
}

/** Reads the park file, and the factor catalogues of the program and of the folder, if there is one. */
export function loadContent(parkPath: string, factorFolder: string | null): WrittenContent {
  const problems: string[] = [];
  const folders = [shippedFile("factors"), ...(factorFolder === null ? [] : [factorFolder])];
  const parkContent = contentOr(problems, () => loadPark(parkPath));
  const factors = contentOr(problems, () => loadFactors(folders));
  return { parkContent, factors, problems };
}

function contentOr<Content>(problems: string[], read: () => Content): Content | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ParkFileError || error instanceof FactorFileError)) throw error;
    problems.push(...error.problems);
    return null;
  }
}
