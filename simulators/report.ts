import { type Language, type Sent, type Texts, texts } from "./texts.ts";
import { secondMs } from "./units.ts";

/** Says what goes on: sentences for people on stderr, or one JSON object a line on stdout. */
export class Report {
  readonly #texts: Texts;
  readonly #asJson: boolean;
  #lastSentMs = 0;

  constructor(language: Language, asJson: boolean) {
    this.#texts = texts[language];
    this.#asJson = asJson;
  }

  /** `event` and its fields go to programs, the sentence to people. */
  say(event: string, fields: object, sentence: (texts: Texts) => string): void {
    if (this.#asJson) process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
    else process.stderr.write(`${sentence(this.#texts)}\n`);
  }

  /** Progress, at most every few seconds. */
  sent(progress: Sent): void {
    const nowMs = Date.now();
    if (nowMs - this.#lastSentMs < everyMs) return;
    this.#lastSentMs = nowMs;
    this.say("history", progress, (said) => said.sent(progress));
  }
}

const everyMs = 5 * secondMs;
