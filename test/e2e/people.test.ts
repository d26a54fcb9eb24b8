import { mkdirSync } from "node:fs";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { totpCode } from "../../src/app/totp.ts";
import { type Shape, shapes } from "../support/shapes.ts";
import { chromiumPath, openPage, seriousFindings } from "./support/chromium.ts";
import { type ConsoleUnderTest, startConsole } from "./support/console-under-test.ts";

const slow = { timeout: 180_000 };
const desk = { width: 1440, height: 900 };
const password = "Barley-Mill-1987";
/** Folder for pictures, for people who look at them; nothing is kept otherwise. */
const pictures = process.env.PICTURES ?? null;

async function textOf(locator: Locator): Promise<string> {
  return (await locator.textContent()) ?? "";
}

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === null) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}/${name}.png` });
}

for (const shape of shapes) {
  describe.skipIf(chromiumPath === null || !shape.isHere)(
    `people and rights on the console, in Chromium, ${shape.name}`,
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

  it(
    "goes from the first link to accounts, a second factor and an audit that holds",
    slow,
    async () => {
      const { page, complaints, close } = await app.page({ ...desk, language: "zh" });
      // The first run: there is no default account.
      await page.goto("/me");
      await page.locator("[data-password]").getByText("首次运行").waitFor();
      await page.getByLabel("用户名").fill("dolma");
      await page.getByLabel("新密码").fill("Password123");
      await page.getByRole("button", { name: "设置密码" }).click();
      await page.getByText("easy to guess").waitFor();
      await page.getByLabel("新密码").fill(password);
      await page.getByRole("button", { name: "设置密码" }).click();
      // The second factor.
      await page.locator("[data-totp]").getByRole("button", { name: "启用" }).click();
      const key = (await textOf(page.locator("[data-key]"))).replaceAll(" ", "");
      await page.getByLabel("验证码").fill(totpCode(key, Math.floor(Date.now() / 30_000)));
      await page.getByRole("button", { name: "确认" }).click();
      await page.getByText("恢复码：").waitFor();
      const recovery = await textOf(page.locator("[data-totp] li").first());
      expect(await seriousFindings(page)).toEqual([]);
      await picture(page, "profile-zh");
      // The security administrator gets an account without a password, and a link.
      await page.goto("/admin");
      await page.locator('[data-user="dolma"]').waitFor();
      await page.locator("[data-add-user]").click();
      await page.getByLabel("用户名").fill("nyima");
      await page.getByLabel("名称").fill("尼玛");
      await page.getByLabel("角色").selectOption("secadmin");
      await page.getByRole("dialog").getByRole("button", { name: "新建" }).click();
      const link = await textOf(page.locator("[data-secret]"));
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByRole("button", { name: "我已保存" }).click();
      await page.locator('[data-user="nyima"]').getByText("尚未设置密码").waitFor();
      await picture(page, "users-zh");
      // From now on rights are given by somebody else.
      expect(await page.locator("[data-add-user]").count()).toBe(0);
      await page.goto("/admin/audit");
      await page.locator("[data-verdict]").getByText("审计链完整").waitFor();
      await page.getByLabel("动作").fill("user.add");
      await page.getByRole("button", { name: "筛选" }).click();
      await expect.poll(() => page.locator("[data-seq]").count(), { timeout: 30_000 }).toBe(1);
      expect(await textOf(page.locator("[data-seq]"))).toContain("user.add");
      expect(await seriousFindings(page)).toEqual([]);
      await picture(page, "audit-zh");
      expect(complaints.filter((text) => !text.includes("422"))).toEqual([]);
      await close();

      await signsInAgain(recovery);
      await givesRights(link);
    },
  );

  /** With password and code, in English; a wrong password first. */
  async function signsInAgain(recovery: string): Promise<void> {
    const { page, close } = await openPage(app.browser, app.baseUrl, { ...desk, language: "en" });
    await page.goto("/welcome");
    await page.getByRole("textbox").fill("dolma");
    await page.getByLabel("Password").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("sign_in_refused").waitFor();
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByLabel("Code").fill(recovery);
    await picture(page, "sign-in-en");
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL((url) => url.pathname === "/overview");
    await close();
  }

  /** The security administrator sees the system and not the park's figures. */
  async function givesRights(link: string): Promise<void> {
    const look = { ...desk, language: "en", theme: "dark" } as const;
    const { page, close } = await openPage(app.browser, app.baseUrl, look);
    await page.goto("/welcome");
    await page.getByRole("textbox").fill(link);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL((url) => url.pathname === "/admin");
    const pages = await page.locator("header nav a").allInnerTexts();
    expect(pages).toEqual(["Devices", "Administration"]);
    await page.getByRole("link", { name: "Keys" }).click();
    await page.locator("[data-add-key]").click();
    await page.getByLabel("Name").fill("scada");
    await page.getByRole("dialog").getByRole("button", { name: "Add" }).click();
    expect(await textOf(page.locator("[data-secret]"))).toMatch(/^zcp_/);
    await page.getByRole("button", { name: "I have it" }).click();
    await page.locator('[data-key-row="scada"]').getByText("Active").waitFor();
    await picture(page, "keys-en-dark");
    expect(await seriousFindings(page)).toEqual([]);
    await close();
  }
}
