import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EnergyBody } from "../../src/contracts/energy.ts";
import { MeterEventBody } from "../../src/contracts/meter-events.ts";
import { MeterCreated } from "../../src/contracts/registry.ts";
import { embeddedShape } from "../support/shapes.ts";
import { chromiumPath, seriousFindings } from "./support/chromium.ts";
import { type ConsoleUnderTest, startConsole } from "./support/console-under-test.ts";
import { quarterMs } from "./support/trial-park.ts";

const slow = { timeout: 180_000 };
const desk = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

describe.skipIf(chromiumPath === null)("the life of a meter in Chromium", () => {
  let app: ConsoleUnderTest;
  /** The last reading of the old meter. */
  let lastMs = 0;

  beforeAll(async () => {
    app = await startConsole({ shape: embeddedShape });
    const meter = { id: "m-cold", gatewayId: "gw-2", kind: "water-meter", name: "Cold" };
    await app.client.post("/meters", meter, MeterCreated);
    // Six readings, the last one a quarter hour ago, so that the page counts all five slots between.
    lastMs = Math.floor(Date.now() / quarterMs) * quarterMs - 5 * quarterMs;
    // Ten a quarter hour; after the second reading another meter hangs there.
    const samples = [1_000, 1_010, 506, 516, 526, 536].map((volumeM3, index) => ({
      ts: lastMs + (index - 1) * quarterMs,
      values: { volumeM3 },
    }));
    await app.send("gw-2", "m-cold", samples);
    await app.client.settled();
  }, 180_000);
  afterAll(async () => {
    await app?.close();
  });

  const totalM3 = async (): Promise<number | null | undefined> => {
    const span = [lastMs - quarterMs, lastMs + 4 * quarterMs].map((ms) =>
      new Date(ms).toISOString(),
    );
    const path = `/energy?scope=meter:m-cold&carrier=water&from=${span[0]}&to=${span[1]}`;
    return (await app.api<EnergyBody>(path)).total.volumeM3;
  };

  it("shows what waits to those who may not decide, without the means", slow, async () => {
    const { page, complaints, close } = await app.page({ ...desk, language: "en" });
    const regulator = { id: "reg", name: "Reg", roles: ["regulator"], enterpriseId: null };
    await page.route("**/api/v1/session", (route) => route.fulfill({ json: regulator }));
    const reset = { type: "reset", at: new Date(lastMs).toISOString() };
    const known = await app.client.post("/meters/m-cold/events", reset, MeterEventBody);
    await page.goto("/devices/m-cold");
    await page.locator('[data-event="reset"]').waitFor();
    expect(await page.locator("[data-withdraw], [data-record-event]").count()).toBe(0);
    const withdrawal = { type: "withdrawal", eventId: known.id, reason: "not a reset" };
    await app.client.post("/meters/m-cold/events", withdrawal, MeterEventBody);
    await app.client.settled();
    await page.goto("/devices/tasks");
    await page.getByText("Recording and deciding need an energy manager").waitFor();
    expect(await page.locator("[data-decide]").count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });

  it(
    "shows a fall, lets a person decide it, and counts what the old meter left",
    slow,
    async () => {
      const { page, complaints, foreignRequests, close } = await app.page({
        ...desk,
        language: "zh",
      });
      await page.goto("/devices");
      const tab = page.locator('[data-tab="/devices/tasks"]');
      await tab.getByText("1", { exact: true }).waitFor();
      await tab.click();
      const fall = "表码从 1,010 m³ 降到 506 m³，未说明原因；其后数据为暂定";
      await page.locator("[data-task]", { hasText: fall }).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.locator("[data-decide]").click();

      const dialog = page.getByRole("dialog");
      const at = dialog.getByLabel(/时刻/);
      const suggested = await at.inputValue();
      expect(await dialog.textContent()).toContain("最后读数 1,010 m³");
      expect(await dialog.textContent()).toContain("首个读数 506 m³");
      // 10 + 0 + 10 + 10 + 10: what flowed around the fall is not counted.
      const total = page.locator("[data-slot-total]");
      await total.getByText("40.0", { exact: true }).waitFor();
      expect(await totalM3()).toBe(40);
      expect(await seriousFindings(page)).toEqual([]);

      await at.fill("2999-01-01T00:00:00");
      await dialog.getByLabel(/旧表止码/).fill("1014 m3");
      await dialog.getByRole("button", { name: "登记" }).click();
      await dialog.getByText("只填数字").waitFor();
      await dialog.getByLabel(/旧表止码/).fill("1014");
      await dialog.getByLabel(/新表起码/).fill("500");
      await dialog.getByRole("button", { name: "登记" }).click();
      await dialog.locator('[aria-invalid="true"]').waitFor();
      expect(await at.getAttribute("aria-invalid")).toBe("true");
      await dialog.locator(".fault", { hasText: "时刻还没有到；发生之后再登记。" }).waitFor();
      // The change was made six minutes after the last reading of the old meter, by the park's clocks.
      await at.fill(sixMinutesAfter(suggested));
      await dialog.getByRole("button", { name: "登记" }).click();
      await dialog.waitFor({ state: "detached" });

      // 10 + (1014 − 1010) + (506 − 500) + 10 + 10 + 10.
      await total.getByText("50.0", { exact: true }).waitFor();
      expect(await totalM3()).toBe(50);
      await tab.getByText("0", { exact: true }).waitFor();
      await page.locator("[data-task]").waitFor({ state: "detached" });
      const event = page.locator('[data-event="replacement"]');
      expect(((await event.textContent()) ?? "").replace(/\s+/g, " ")).toContain(
        "换表旧表止码 1,014 m³新表起码 500 m³",
      );
      await page.locator("[data-table-view]").click();
      const restated = page.locator("[data-restated]", { hasText: "换表" });
      await restated.waitFor();
      expect((await restated.textContent())?.replace(/\s+/g, " ")).toContain(
        "0.000 → 10.000 · 换表",
      );
      expect(await page.locator("[data-provisional]").count()).toBe(0);
      expect(await seriousFindings(page)).toEqual([]);
      // The browser itself notes the refused request; nothing else complains.
      expect(complaints.filter((text) => !text.includes("422"))).toEqual([]);
      expect(foreignRequests).toEqual([]);
      await close();
    },
  );

  it("strikes a withdrawn event through, and the fall waits again", slow, async () => {
    const { page, complaints, close } = await app.page({ ...phone, language: "en" });
    await page.goto("/devices/m-cold");
    const event = page.locator('[data-event="replacement"]');
    await event.locator("[data-withdraw]").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Withdraw" }).click();
    await dialog.getByText("Say why").waitFor();
    await dialog.getByLabel("Reason").fill("wrong meter");
    expect(await seriousFindings(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Withdraw" }).click();
    await page.locator("[data-task]").waitFor();
    await event.locator("s").waitFor();
    expect(await event.textContent()).toContain("wrong meter");
    await page.locator("[data-slot-total]").getByText("40.0", { exact: true }).waitFor();
    await page.locator("[data-table-view]").click();
    // The slot of the fall and those after it, in words and not by colour alone.
    const waiting = page.locator("td [data-provisional]");
    await waiting.nth(3).waitFor();
    expect(await waiting.first().textContent()).toContain("provisional");
    expect(await page.locator(".scroll").first().evaluate(isWholeInWidth)).toBe(true);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    expect(await seriousFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  it("corrects a multiplier, and the record shows the one in force", slow, async () => {
    const { page, complaints, close } = await app.page({ ...desk, language: "en", theme: "dark" });
    await page.goto("/devices/m-cold");
    await page.locator("[data-record-event]").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Type").selectOption("multiplier");
    await dialog.getByRole("button", { name: "Record", exact: true }).click();
    await dialog.getByText("Say why").waitFor();
    expect(await dialog.locator('[aria-invalid="true"]').count()).toBe(3);
    await dialog.getByLabel(/Instant/).fill("2001-01-01T00:00");
    await dialog.getByLabel("Multiplier (CT × PT)").fill("2");
    await dialog.getByLabel("Reason").fill("CT ratio found");
    await dialog.getByRole("button", { name: "Record", exact: true }).click();
    // Twice the forty that are counted while the fall waits.
    await page.locator("[data-slot-total]").getByText("80.0", { exact: true }).waitFor();
    const multiplier = page.locator("dl > div", { hasText: "Multiplier" });
    expect(await multiplier.locator("dd").textContent()).toBe("2");
    expect(await seriousFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });
});

function sixMinutesAfter(fieldTime: string): string {
  return new Date(Date.parse(`${fieldTime}Z`) + 360_000).toISOString().slice(0, 19);
}

/** Runs in the page: nothing of the element is beyond its right edge. */
function isWholeInWidth(element: { scrollWidth: number; clientWidth: number }): boolean {
  return element.scrollWidth <= element.clientWidth;
}
