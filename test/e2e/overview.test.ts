import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EnergyBody } from "../../src/contracts/energy.ts";
import type { LiveSnapshot } from "../../src/contracts/live.ts";
import { type Shape, shapes } from "../support/shapes.ts";
import { chromiumPath, type Look, seriousFindings, type WatchedPage } from "./support/chromium.ts";
import { type ConsoleUnderTest, startConsole } from "./support/console-under-test.ts";
import { quarterMs } from "./support/trial-park.ts";

const slow = { timeout: 180_000 };
const wall = { width: 1920, height: 1080 };
const desk = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const sizes = [wall, { width: 3840, height: 1080 }, desk, phone];
const looks = sizes.flatMap((size) =>
  (["zh", "en"] as const).map((language) => ({ ...size, language })),
);

for (const shape of shapes) {
  describe.skipIf(chromiumPath === null || !shape.isHere)(
    `the overview in Chromium, ${shape.name}`,
    () => suite(shape),
  );
}

function suite(shape: Shape): void {
  let app: ConsoleUnderTest;
  let open: WatchedPage;
  beforeAll(async () => {
    app = await startConsole({ shape });
  }, 180_000);
  afterAll(async () => {
    await app?.close();
  });

  /** Opens the overview and waits until the figures of today and the live picture are there. */
  async function overview(look: Look): Promise<WatchedPage> {
    open = await app.page(look);
    await open.page.goto("/overview");
    await open.page.locator('[data-figure="day.consumption"]').first().waitFor();
    await open.page.locator('[data-figure="live.supply"]').first().waitFor();
    await open.page.locator("[data-enterprise]").first().waitFor();
    return open;
  }
  const textOf = async (id: string): Promise<string> =>
    ((await open.page.locator(`[data-figure="${id}"]`).first().textContent()) ?? "").trim();

  it.each(looks)(
    "is whole at $width x $height in $language: nothing complains, nothing leaves the origin, nobody is kept out",
    slow,
    async (look) => {
      const { page, complaints, foreignRequests, close } = await overview(look);
      expect(await page.title()).toContain(look.language === "zh" ? "能碳" : "Energy");
      expect(await page.locator("html").getAttribute("lang")).toBe(
        look.language === "zh" ? "zh-CN" : "en",
      );
      // Nothing is wider than the screen, and the mark of simulated data stands on every size.
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(
        look.width,
      );
      await page
        .getByText(look.language === "zh" ? "模拟数据" : "SIMULATED")
        .first()
        .waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      expect(complaints).toEqual([]);
      expect(foreignRequests).toEqual([]);
      await close();
    },
  );

  it.each([wall, desk, phone])(
    "shows at $width x $height the figures that the API answers",
    slow,
    async (size) => {
      const { close } = await overview({ ...size, language: "zh" });
      const { flow } = await app.api<LiveSnapshot>("/live");
      const today = await energyOfToday(app);
      // By hand: 1,000 kWh come in each quarter hour, of which 200 are stored and 750 are green.
      const slots = today.slots.length;
      expect(today.total).toMatchObject({ importKwh: 250 * slots, consumptionKwh: 800 * slots });
      const megawattHours = (kwh: number): string => `${(kwh / 1_000).toFixed(1)} MWh`;
      expect(await textOf("day.consumption")).toBe(megawattHours(800 * slots));
      expect(await textOf("day.grid")).toBe(megawattHours(250 * slots));
      expect(await textOf("day.green")).toBe("75.0 %");
      expect(await textOf("day.demand")).toBe("1.0 MW");
      expect(flow).toMatchObject({ supplyKw: 4_000, loadKw: 3_160, unallocatedKw: 40 });
      expect(await textOf("live.supply")).toBe("4.0 MW");
      expect(await textOf("live.load")).toBe("3.2 MW");
      expect(await textOf("live.soc")).toBe("66.0 %");
      expect(await open.page.locator("[data-verdict]").first().textContent()).toContain(
        "在误差带内",
      );
      await close();
    },
  );

  it("shows the other figures of the wall as the API answers them", slow, async () => {
    const { page, close } = await overview({ ...wall, language: "zh" });
    const today = await energyOfToday(app);
    const slots = today.slots.length;
    expect(await textOf("live.grid")).toBe("1.0 MW");
    expect(await textOf("live.group.mill")).toBe("2.4 MW");
    expect(await textOf("live.group.office")).toBe("0.8 MW");
    expect(await textOf("day.water")).toBe(`${5 * slots} m³`);
    // The meter of the mill counts fortieths: 15 on the display are 600 kWh.
    expect(await textOf("enterprise.mill")).toBe(`${((600 * slots) / 1_000).toFixed(1)} MWh`);
    const ranked = await page.evaluate(
      "[...document.querySelectorAll('[data-enterprise]')].map((row) => row.dataset.enterprise)",
    );
    expect(ranked).toEqual(["mill", "office"]);
    const { freshness } = await app.api<LiveSnapshot>("/live");
    expect(await textOf("fresh.online")).toBe(
      `${freshness.devicesFresh}/${freshness.devicesTotal}`,
    );
    // The lanes stand on the newest quarter hour: 1 + 2 + 1 MW in, 0.8 stored, 3.2 used.
    const readout = (await page.locator("[data-lane-readout]").textContent()) ?? "";
    expect(readout.replace(/\s+/g, "")).toMatch(
      /负荷3\.2电网购入1\.0绿电直连2\.0屋顶光伏1\.0.*储能充电0\.8SOC%66\.0/,
    );
    await close();
  });

  it("follows the park live", slow, async () => {
    const { page, close } = await overview({ ...desk, language: "en" });
    await app.send("gw-1", "m-grid", [{ ts: Date.now(), values: { powerKw: 1_300 } }]);
    await page.locator('[data-figure="live.grid"]', { hasText: "1.3" }).first().waitFor();
    // While a power moves, the other meters may not have followed; once it stands, they have.
    await app.send("gw-1", "m-grid", [{ ts: Date.now(), values: { powerKw: 1_300 } }]);
    await page.locator("[data-verdict]", { hasText: "outside the band" }).first().waitFor();
    await app.send("gw-1", "m-grid", [{ ts: Date.now(), values: { powerKw: 1_000 } }]);
    await page.locator("[data-verdict]", { hasText: "within the band" }).first().waitFor();
    await close();
  });

  it("says why a number is this number, and the reason has an address", slow, async () => {
    const { page, complaints, close } = await overview({ ...desk, language: "zh" });
    const number = page.locator('[data-figure="day.green"]').first();
    await number.focus();
    await page.keyboard.press("Enter");
    const drawer = page.locator("[data-why]");
    await drawer.waitFor();
    expect(new URL(page.url()).searchParams.get("why")).toBe("day.green");
    expect(await drawer.locator("[data-why-value]").textContent()).toMatch(/75\.0\s*%/);
    expect(await drawer.textContent()).toContain("储能放电不另计来源");
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "detached" });
    // The drawer was one place of the history, so what was asked does not come back behind it.
    await page.goForward();
    await drawer.waitFor();
    await page.locator('[data-figure="day.demand"]').first().click();
    await page.goBack();
    await drawer.waitFor({ state: "detached" });
    await number.focus();
    await page.keyboard.press("Enter");
    await drawer.waitFor();
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "detached" });
    // Focus goes back to where the question was asked.
    expect(await page.evaluate("document.activeElement?.dataset.figure")).toBe("day.green");
    await page.goto("/overview?why=live.grid");
    await drawer.locator("[data-why-value]").waitFor();
    await drawer.getByRole("link", { name: "m-grid 号" }).click();
    await page.locator('[data-detail="m-grid"]').waitFor();
    await page.goBack();
    await drawer.waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it("has a table with the same numbers behind the lanes", slow, async () => {
    const { page, close } = await overview({ ...desk, language: "en" });
    await page.keyboard.press("t");
    const newest = page.locator("table tbody tr").first();
    await newest.waitFor();
    // Grid, direct line, PV, discharge, charge and load, in MW.
    const cells = await newest.locator("td").allTextContents();
    expect(cells.slice(0, 6).map((cell) => cell.trim())).toEqual([
      ...["1.00", "2.00", "1.00", "0.00", "0.80", "3.20"],
    ]);
    await close();
  });

  it("is a picture without controls as a kiosk", slow, async () => {
    open = await app.page({ ...wall, language: "zh" });
    await open.page.goto("/overview?kiosk=1");
    await open.page.locator('[data-figure="live.supply"]').first().waitFor();
    expect(await open.page.locator("button").count()).toBe(0);
    await open.page.locator('[data-figure="live.supply"]').first().click();
    expect(await open.page.locator("[data-why]").count()).toBe(0);
    await open.close();
  });

  it("stands still for those who want no motion", slow, async () => {
    const { page, close } = await overview({ ...wall, language: "zh", reducedMotion: "reduce" });
    const moving = await page.evaluate("document.getAnimations().length");
    expect(moving).toBe(0);
    await close();
  });
}

/** What the API knows of today, up to the quarter hour that the page stands on. */
async function energyOfToday(app: ConsoleUnderTest): Promise<EnergyBody> {
  const { timezone } = await app.api<{ readonly timezone: string }>("/park");
  const endMs = Math.floor((Date.now() - 120_000) / quarterMs) * quarterMs;
  const hour = Number(
    new Intl.DateTimeFormat("en-GB", { timeZone: timezone, hour: "2-digit" }).format(endMs),
  );
  const minutes = new Date(endMs).getUTCMinutes();
  const fromMs = endMs - hour * 4 * quarterMs - minutes * 60_000;
  const [from, to] = [fromMs, endMs].map((tsMs) => new Date(tsMs).toISOString());
  return app.api(`/energy?scope=park&carrier=electricity&step=15m&from=${from}&to=${to}`);
}
