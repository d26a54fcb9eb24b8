import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Shape, shapes } from "../support/shapes.ts";
import { chromiumPath, openPage, seriousFindings } from "./support/chromium.ts";
import { type ConsoleUnderTest, startConsole } from "./support/console-under-test.ts";

const slow = { timeout: 180_000 };
const desk = { width: 1440, height: 900 };

for (const shape of shapes) {
  describe.skipIf(chromiumPath === null || !shape.isHere)(
    `the console around its pages, in Chromium, ${shape.name}`,
    () => suite(shape),
  );
}

function suite(shape: Shape): void {
  let app: ConsoleUnderTest;
  beforeAll(async () => {
    app = await startConsole({ shape });
  }, 180_000);
  afterAll(async () => {
    await app?.close();
  });

  it.each(["zh", "en"] as const)("lets nobody in without a link (%s)", slow, async (language) => {
    const stranger = await openPage(app.browser, app.baseUrl, { ...desk, language });
    const { page, foreignRequests, close } = stranger;
    await page.goto("/devices");
    await page.waitForURL((url) => url.pathname === "/welcome");
    expect(await page.locator("[data-figure]").count()).toBe(0);
    const field = page.getByRole("textbox");
    await field.fill("http://x/sign-in?token=nonsense");
    await page.getByRole("button", { name: language === "zh" ? "登录" : "Sign in" }).click();
    await page.getByText("link_spent").waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await field.fill(await app.service.createSignInLink());
    await page.getByRole("button", { name: language === "zh" ? "登录" : "Sign in" }).click();
    // Back to where the person wanted to go.
    await page.waitForURL((url) => url.pathname === "/devices");
    await page.locator("[data-device]").first().waitFor();
    expect(foreignRequests).toEqual([]);
    await close();
  });

  it("ends a session for good", slow, async () => {
    const stranger = await openPage(app.browser, app.baseUrl, { ...desk, language: "en" });
    const { page, close } = stranger;
    await page.goto("/welcome");
    await page.getByRole("textbox").fill(await app.service.createSignInLink());
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL((url) => url.pathname === "/overview");
    await page.locator("summary").click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL((url) => url.pathname === "/welcome");
    await page.goto("/overview");
    await page.waitForURL((url) => url.pathname === "/welcome");
    await close();
  });

  it("keeps language and theme of a person over a reload", slow, async () => {
    const { page, close } = await app.page({ ...desk, language: "zh", theme: "light" });
    await page.goto("/overview");
    await page.getByText("实时能流").first().waitFor();
    await page.getByRole("button", { name: "EN" }).click();
    await page.getByText("Live energy flow").first().waitFor();
    await page.getByRole("button", { name: "Switch to dark" }).click();
    await page.reload();
    await page.getByText("Live energy flow").first().waitFor();
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    // Colours are those of the dark theme, not only its name.
    expect(await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")).toBe(
      "rgb(12, 18, 22)",
    );
    await close();
  });

  it("is dark on a wall whatever the person chose", slow, async () => {
    const { page, close } = await app.page({
      ...{ width: 1920, height: 1080, language: "zh", theme: "light" },
    });
    await page.goto("/overview");
    await page.locator('[data-figure="live.supply"]').first().waitFor();
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
    await page.goto("/devices");
    await page.locator("[data-device]").first().waitFor();
    expect(await page.locator("html").getAttribute("data-theme")).toBe("light");
    await close();
  });

  it("is moved through by keys", slow, async () => {
    const { page, complaints, close } = await app.page({ ...desk, language: "en" });
    await page.goto("/overview");
    await page.locator('[data-figure="live.supply"]').first().waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("d");
    await page.locator("[data-device]").first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("mill");
    await page.locator('[data-device="m-mill"]').waitFor();
    expect(await page.locator("[data-device]").count()).toBe(1);
    // While a person types, keys are letters.
    expect(new URL(page.url()).pathname).toBe("/devices");
    // Past the list of kinds, in which letters choose.
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
    await close();
  });

  it(
    "shows on a phone what a person may set, and says when an address leads nowhere",
    slow,
    async () => {
      const { page, complaints, close } = await app.page({
        ...{ width: 390, height: 844, language: "zh" },
      });
      await page.goto("/me");
      await page.getByRole("button", { name: "深色" }).click();
      expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
      expect(await seriousFindings(page)).toEqual([]);
      await page.goto("/nowhere");
      await page.getByText("没有这个页面").waitFor();
      await page.getByRole("link", { name: "回到一图统览" }).click();
      await page.locator('[data-figure="live.supply"]').first().waitFor();
      expect(complaints).toEqual([]);
      await close();
    },
  );
}
