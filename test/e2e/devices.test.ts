import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EnergyBody } from "../../src/contracts/energy.ts";
import type { MeterBody, QuarantineBody } from "../../src/contracts/registry.ts";
import { type Shape, shapes } from "../support/shapes.ts";
import { chromiumPath, seriousFindings } from "./support/chromium.ts";
import { type ConsoleUnderTest, startConsole } from "./support/console-under-test.ts";
import { quarterMs } from "./support/trial-park.ts";

const slow = { timeout: 180_000 };
const desk = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const looks = [desk, phone].flatMap((size) =>
  (["zh", "en"] as const).map((language) => ({ ...size, language })),
);

for (const shape of shapes) {
  describe.skipIf(chromiumPath === null || !shape.isHere)(
    `the devices page in Chromium, ${shape.name}`,
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

  it.each(looks)(
    "is whole at $width x $height in $language: list, one device, quarantine and gateways",
    slow,
    async (look) => {
      const { page, complaints, foreignRequests, close } = await app.page(look);
      const visits = [
        ["/devices", "[data-device]"],
        ["/devices?by=tree", "[data-device]"],
        ["/devices/m-grid", "[data-slot-total]"],
        ["/devices/quarantine", ".card"],
        ["/devices/gateways", "[data-gateway]"],
      ] as const;
      for (const [path, sign] of visits) {
        await page.goto(path);
        await page.locator(sign).first().waitFor();
        expect(
          await page.evaluate("document.documentElement.scrollWidth"),
          path,
        ).toBeLessThanOrEqual(look.width);
        expect(await seriousFindings(page), path).toEqual([]);
      }
      expect(complaints).toEqual([]);
      expect(foreignRequests).toEqual([]);
      await close();
    },
  );

  it("lists every device with its newest value, its age and today's coverage", slow, async () => {
    const { page, close } = await app.page({ ...desk, language: "zh" });
    await page.goto("/devices");
    const mill = page.locator('[data-device="m-mill"]');
    await mill.getByText("100.0%").waitFor();
    const meters = await app.api<{ readonly items: MeterBody[] }>("/meters");
    expect(await page.locator("[data-device]").count()).toBe(meters.items.length);
    const text = ((await mill.textContent()) ?? "").replace(/\s+/g, " ");
    expect(text).toContain("2,400.0 kW");
    expect(text).toContain("青稞磨坊");
    await page.getByLabel("种类").first().selectOption("pv-inverter");
    expect(await page.locator("[data-device]").count()).toBe(2);
    await page.getByLabel("种类").first().selectOption("");
    // Found in the other language too.
    await page.getByRole("searchbox").fill("barley");
    await page.locator('[data-device="m-grid"]').waitFor({ state: "detached" });
    expect(await page.locator("[data-device]").count()).toBe(1);
    expect(new URL(page.url()).searchParams.get("q")).toBe("barley");
    await page.getByRole("searchbox").fill("no such thing");
    await page.getByText("没有符合条件的设备").waitFor();
    await close();
  });

  it("keeps one device inside a very narrow window", slow, async () => {
    const { page, close } = await app.page({ width: 320, height: 640, language: "zh" });
    await page.goto("/devices/m-mill");
    await page.locator('[data-metric="importKwh"]').waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(320);
    await close();
  });

  it("shows one device down to its readings, and its total is that of the API", slow, async () => {
    const { page, close } = await app.page({ ...desk, language: "en" });
    await page.goto("/devices/m-mill");
    await page.locator("[data-slot-total]").waitFor();
    const endMs = Math.floor((Date.now() - 120_000) / quarterMs) * quarterMs;
    const [from, to] = [endMs - 96 * quarterMs, endMs].map((ms) => new Date(ms).toISOString());
    const energy = await app.api<EnergyBody>(`/energy?scope=meter:m-mill&from=${from}&to=${to}`);
    // 96 quarter hours of 600 kWh.
    expect(energy.total.importKwh).toBeCloseTo(57_600, 6);
    expect(await page.locator("[data-slot-total]").textContent()).toBe("57,600.0");
    const register = page.locator('[data-metric="importKwh"]');
    // What the display shows, and forty times that.
    const [shown, real] = await register.locator("td").allTextContents();
    const display = Number((shown ?? "").replace(/[^\d.]/g, ""));
    expect(Number((real ?? "").replace(/[^\d.]/g, ""))).toBeCloseTo(display * 40, 0);
    await page.getByText("Newest readings").waitFor();
    const chart = page.locator('[role="img"][tabindex="0"]');
    await chart.focus();
    await page.keyboard.press("ArrowLeft");
    expect(await chart.getAttribute("aria-label")).toMatch(/\d\d:\d\d–\d\d:\d\d {2}600\.00 kWh/);
    await close();
  });

  it(
    "adopts an unknown device, says what is wrong beside the field, and takes in what waited",
    slow,
    async () => {
      await app.send("gw-2", "m-new", [
        { ts: Date.now() - 2 * quarterMs, values: { volumeM3: 10 } },
        { ts: Date.now() - 60_000, values: { volumeM3: 11, flowM3PerH: 4 } },
      ]);
      const { page, complaints, close } = await app.page({ ...desk, language: "zh" });
      await page.goto("/devices/quarantine");
      const group = page.locator("[data-quarantine]", { hasText: "m-new" });
      await group.waitFor();
      expect(await group.textContent()).toContain("未登记的设备");
      expect(await group.textContent()).toContain("水表");
      await group.locator("[data-adopt]").click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("中文名称").fill("新水表");
      await dialog.getByLabel("表底位数").fill("99");
      expect(await seriousFindings(page)).toEqual([]);
      await dialog.getByRole("button", { name: "纳管" }).click();
      const digits = dialog.getByLabel("表底位数");
      await page.locator('[aria-invalid="true"]').waitFor();
      expect(await digits.getAttribute("aria-invalid")).toBe("true");
      await digits.fill("8");
      await dialog.getByRole("button", { name: "纳管" }).click();
      await page.getByText(/已纳管 新水表，收入等待的 2 条采样/).waitFor();
      await page.getByText("隔离区是空的").waitFor();
      const adopted = await app.api<MeterBody>("/meters/m-new");
      expect(adopted).toMatchObject({ kind: "water-meter", registerDigits: 8, origin: "api" });
      await page.goto("/devices/m-new");
      await page.locator('[data-metric="flowM3PerH"]').waitFor();
      // The browser itself notes the refused request; nothing else complains.
      expect(complaints.filter((text) => !text.includes("422"))).toEqual([]);
      await close();
    },
  );

  it("dismisses what nobody wants", slow, async () => {
    await app.send("gw-1", "m-grid", [{ ts: Date.now(), values: { noSuchMetric: 1 } }]);
    const { page, close } = await app.page({ ...desk, language: "en" });
    await page.goto("/devices/quarantine");
    const group = page.locator("[data-quarantine]", { hasText: "noSuchMetric" });
    await group.waitFor();
    const secondTab = await page.context().newPage();
    await secondTab.goto("/devices/quarantine");
    const sameGroup = secondTab.locator("[data-quarantine]", { hasText: "noSuchMetric" });
    await sameGroup.waitFor();
    page.on("dialog", (dialog) => void dialog.accept());
    await group.getByRole("button", { name: "Dismiss" }).click();
    await group.waitFor({ state: "detached" });
    // The other tab looks again by itself.
    await sameGroup.waitFor({ state: "detached", timeout: 60_000 });
    const left = await app.api<{ readonly items: QuarantineBody[] }>("/quarantine");
    expect(left.items.filter(({ metric }) => metric === "noSuchMetric")).toEqual([]);
    await close();
  });

  it("issues a password once, and it works", slow, async () => {
    const { page, complaints, close } = await app.page({ ...desk, language: "en" });
    await page.goto("/devices/gateways");
    await page.locator("[data-add-gateway]").click();
    await page.getByRole("dialog").getByLabel("Id").fill("gw-9");
    await page.getByRole("button", { name: "Add and issue a password" }).click();
    const shown = page.locator("[data-password]");
    await shown.waitFor();
    const password = (await shown.textContent()) ?? "";
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole("button", { name: "I have kept it" }).click();
    await page.locator('[data-gateway="gw-9"]').waitFor();
    // The row stands behind the dialog already; the dialog goes with its own event.
    await shown.waitFor({ state: "detached" });
    expect(await page.content()).not.toContain(password);
    const answer = await fetch(`${app.baseUrl}/api/v1/telemetry`, {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(`gw-9:${password}`).toString("base64")}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({
        gateway: "gw-9",
        device: "x",
        ts: Date.now(),
        values: { powerKw: 1 },
      }),
    });
    expect(answer.status).toBe(200);
    expect(complaints).toEqual([]);
    await close();
  });
}
