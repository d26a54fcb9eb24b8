import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LiveSnapshot } from "../../src/contracts/live.ts";
import { type Shape, shapes } from "../support/shapes.ts";
import { chromiumPath, seriousFindings } from "./support/chromium.ts";
import { type ConsoleUnderTest, startConsole } from "./support/console-under-test.ts";
import { quarterMs } from "./support/trial-park.ts";

const slow = { timeout: 180_000 };

for (const shape of shapes) {
  describe.skipIf(chromiumPath === null || !shape.isHere)(
    `what is missing, in Chromium, ${shape.name}`,
    () => suite(shape),
  );
}

function suite(shape: Shape): void {
  let app: ConsoleUnderTest;
  beforeAll(async () => {
    // One plant has been silent for a good five hours, longer than three of its intervals.
    app = await startConsole({ shape, silentForMs: { "pv-02": 21 * quarterMs } });
  }, 180_000);
  afterAll(async () => {
    await app?.close();
  });

  it("is said in words, never as zero, and the bus is not called balanced", slow, async () => {
    const { flow } = await app.api<LiveSnapshot>("/live");
    expect(flow).toMatchObject({ pvKw: null, supplyKw: null, withinBand: null });
    const { page, complaints, close } = await app.page({
      ...{ width: 1920, height: 1080, language: "zh" },
    });
    await page.goto("/overview");
    const pv = page.locator('[data-figure="live.pv"]');
    await pv.waitFor();
    expect((await pv.textContent())?.trim()).toBe("缺少数据");
    const verdict = page.locator("[data-verdict]");
    expect(await verdict.textContent()).toContain("屋顶光伏 缺少数据，不判定平衡");
    expect(await page.getByText("2# 缺少数据").count()).toBe(1);
    // The silent plant stands in the list of what to look at, with its age.
    await page
      .getByText(/静默 5 h/)
      .first()
      .waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  it("has its own state in the list of devices and a gap in its quarter hours", slow, async () => {
    const { page, close } = await app.page({ width: 1440, height: 900, language: "en" });
    await page.goto("/devices?state=stale");
    await page.locator('[data-device="pv-02"]').waitFor();
    expect(await page.locator("[data-device]").count()).toBe(1);
    await page.locator('[data-device="pv-02"]').getByRole("link").click();
    await page.locator('[data-detail="pv-02"]').waitFor();
    await page.getByRole("button", { name: "Table view" }).click();
    const newest = page.locator('[aria-label="Table view"] tbody tr').first();
    await newest.waitFor();
    expect(await newest.locator("td").first().textContent()).toBe("No data");
    await close();
  });

  it("is said where a request fails, with its code and a way to try again", slow, async () => {
    const { page, close } = await app.page({ width: 1440, height: 900, language: "zh" });
    const refusal = {
      ...{ status: 503, contentType: "application/problem+json" },
      body: JSON.stringify({ code: "unavailable", title: "暂时不可用", status: 503 }),
    };
    await page.route("**/api/v1/energy?scope=park&carrier=electricity**", (route) =>
      route.fulfill(refusal),
    );
    await page.route("**/api/v1/energy/enterprises?**", (route) => route.fulfill(refusal));
    await page.goto("/overview");
    await page.getByText("unavailable").nth(1).waitFor();
    // The rest of the page still holds.
    await page.locator('[data-figure="live.grid"]').waitFor();
    await page.unroute("**/api/v1/energy?scope=park&carrier=electricity**");
    await page.getByRole("button", { name: "重试" }).first().click();
    await page.locator('[data-figure="day.grid"]').first().waitFor();
    await close();
  });

  it(
    "keeps the last values when the stream is lost, says so, and takes it up again",
    slow,
    async () => {
      const { page, close } = await app.page({ width: 1440, height: 900, language: "zh" });
      await page.route("**/api/v1/live/events**", (route) => route.abort());
      await page.goto("/overview");
      const freshness = page.locator("[data-freshness]");
      await page.getByText(/连接中断 \d\d:\d\d · 重连中/).waitFor();
      expect((await page.locator('[data-figure="live.grid"]').textContent())?.trim()).toBe(
        "1.0 MW",
      );
      await page.unroute("**/api/v1/live/events**");
      await page
        .getByText(/连接中断/)
        .first()
        .waitFor({ state: "detached" });
      expect(await freshness.textContent()).toContain("数据至");
      await close();
    },
  );
}
