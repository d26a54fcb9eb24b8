import { setTimeout as pause } from "node:timers/promises";
import type { z } from "zod";
import { EnergyBody } from "../../src/contracts/energy.ts";
import { ReadyBody, StatusBody } from "../../src/contracts/status.ts";

/** Calls the running service as a machine would. */
export class ServiceClient {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  async post<Body>(path: string, body: object, schema: z.ZodType<Body>): Promise<Body> {
    const answer = await fetch(`${this.#url}/api/v1${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`POST ${path} answered ${answer.status}: ${text}`);
    return schema.parse(JSON.parse(text));
  }

  async get<Body>(path: string, schema: z.ZodType<Body>): Promise<Body> {
    const answer = await fetch(`${this.#url}/api/v1${path}`, {
      headers: { authorization: `Bearer ${this.#token}` },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}: ${text}`);
    return schema.parse(JSON.parse(text));
  }

  status() {
    return this.get("/status", StatusBody);
  }

  async ready(): Promise<{ readonly status: number } & z.infer<typeof ReadyBody>> {
    const answer = await fetch(`${this.#url}/readyz`);
    return { status: answer.status, ...ReadyBody.parse(await answer.json()) };
  }

  energy(meterId: string, from: number, to: number) {
    const query = new URLSearchParams({
      scope: `meter:${meterId}`,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      step: "15m",
    });
    return this.get(`/energy?${query}`, EnergyBody);
  }

  /**
   * Everything that was acknowledged has been worked through. A broker outside acknowledges before
   * the service has anything, so there the number of readings to wait for is named as well.
   */
  async settled(withinMs = 60_000, readings = 0): Promise<void> {
    await this.until("the work to be done", withinMs, async () => {
      const { ingest, ledger } = await this.status();
      const isThere = ingest.readingsTotal >= readings;
      return isThere && ingest.backlogReadings === 0 && ledger.touchedSlots === 0;
    });
  }

  async until(what: string, withinMs: number, holds: () => Promise<boolean>): Promise<void> {
    const deadlineMs = Date.now() + withinMs;
    while (!(await holds())) {
      if (Date.now() > deadlineMs) throw new Error(`waited ${withinMs} ms in vain for ${what}`);
      await pause(50);
    }
  }
}
