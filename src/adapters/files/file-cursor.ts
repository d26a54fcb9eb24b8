import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/**
 * A sequence number in a small file, replaced as a whole: after a crash it holds the old or the new
 * number, never half of one.
 */
export class FileCursor {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws {Error} the file holds something else; a wrong place in the journal must not be guessed. */
  async read(): Promise<number> {
    let text: string;
    try {
      text = readFileSync(this.#path, "utf8").trim();
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0;
      throw error;
    }
    if (!/^\d{1,16}$/.test(text)) {
      throw new Error(
        `${this.#path} does not hold a sequence number; delete the file to send the whole journal again, which doubles nothing`,
      );
    }
    return Number(text);
  }

  async write(seq: number): Promise<void> {
    const draft = `${this.#path}.new`;
    const file = openSync(draft, "w", 0o600);
    try {
      writeSync(file, `${seq}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, this.#path);
    const folder = openSync(dirname(this.#path), "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }
}
