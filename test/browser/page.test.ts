// The handset page in headless Chromium, with the real renderer behind it.
import { expect, test } from "vitest";
import { servePage } from "#test/lab/page-server.ts";
import { idleView, seenOf } from "#test/screens/samples.ts";
import { render } from "#ui/screens/render.ts";
import { FakePhone } from "./fake-phone.ts";
import { openStage, panel7960 } from "./stage.ts";

test("boots, dials 600 by clicking, reads the LCD, and hears its own sound come back", async () => {
  const { page, phone, reads, complaints } = await openStage({ bootSlowness: 6 });
  await reads("Your current options");
  // Phases are short: what the panel read is written down as it comes, not looked for in time.
  await page.evaluate(`
    const panel = document.querySelector("#lcd-text");
    window.seen = [];
    new MutationObserver(() => window.seen.push(panel.textContent)).observe(panel, { childList: true });`);
  await page.getByRole("button", { name: "Power cycle" }).click();
  const headings = async (): Promise<(string | undefined)[]> => {
    const seen = await page.evaluate<string[]>("window.seen");
    return [...new Set(seen.map((text) => text.split("\n")[1]))];
  };
  await expect.poll(async () => (await headings()).at(-1), { timeout: 10_000 }).toBe("Your current options");
  await page.getByText("ready after 1440 ms").waitFor();
  expect(await headings()).toEqual([
    "Starting",
    "Waiting for Network",
    "Configuring VLAN",
    "Configuring IP",
    "Requesting Configuration",
    "Upgrading Software",
    "Registering",
    "Your current options",
  ]);
  await page.getByRole("button", { name: "Handset: lift" }).click();
  await reads("Enter number");
  for (const digit of ["6", "0", "0"]) await page.getByRole("button", { name: digit, exact: true }).click();
  await reads("Ring Out");
  await reads(/Connected\s+00:0[1-9]/);
  // The tone is 440, 554 and 659 Hz in turn; what comes back has crossed the page, the phone and the page again.
  await expect
    .poll(() => page.locator("#heard-pitch").textContent(), { timeout: 10_000 })
    .toMatch(/^(4[34]|5[45]|6[56])\d Hz$/);
  expect(await page.evaluate<number>('document.querySelector("#heard").value')).toBeGreaterThan(60);
  expect(phone.soundBytes).toBeGreaterThan(8000);
  expect(await page.locator("#sound-note").textContent()).toContain("melody");
  await page.getByRole("button", { name: "Soft key 2: EndCall" }).click();
  await reads("Your current options");
  expect(complaints).toEqual([]);
});

test("the canvas shows exactly the pixels that the renderer made", async () => {
  const { page } = await openStage();
  const { frame } = render(seenOf(idleView), panel7960);
  if (frame.kind !== "pixels") throw new Error("pixels expected");
  const shown = await page.evaluate<number[]>(`
    const canvas = document.querySelector("#lcd");
    const image = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    [...image.data].filter((_, at) => at % 4 === 0)`);
  const reds = [0xcf, 0x9a, 0x5c, 0x1c];
  expect(shown).toEqual([...frame.pixels].map((value) => reds[value]));
});

test("a key is down from press to release, by mouse, by keyboard, by a screen reader", async () => {
  const { page, pressed } = await openStage();
  const five = page.getByRole("button", { name: "5", exact: true });
  const key = (isDown: boolean): object => ({ type: "key", key: "5", isDown });
  await five.hover();
  await page.mouse.down();
  expect(await five.getAttribute("data-down")).toBe("");
  await expect.poll(pressed).toEqual([key(true)]);
  await page.mouse.move(5, 5);
  await page.mouse.up();
  await expect.poll(pressed).toEqual([key(true), key(false)]);
  expect(await five.getAttribute("data-down")).toBeNull();

  await page.keyboard.down("5");
  await page.keyboard.up("5");
  await five.focus();
  await page.keyboard.press("Enter");
  await expect.poll(pressed).toHaveLength(6);
  // A screen reader clicks without pointer or key.
  await page.evaluate(`document.querySelector('[data-key="5"]').click()`);
  await expect.poll(pressed).toHaveLength(8);
  expect(pressed().map((message) => message.type === "key" && message.isDown)).toEqual([
    true,
    false,
    true,
    false,
    true,
    false,
    true,
    false,
  ]);
});

test("keys typed into the log's filter stay there", async () => {
  const { page, pressed } = await openStage();
  await page.locator("#log-filter").fill("dhcp 5");
  await page.locator("#log-filter").press("h");
  expect(pressed()).toEqual([]);
  expect(await page.locator("#log li:visible").count()).toBe(0);
  await page.locator("#log-filter").fill("dhcp");
  expect(await page.locator("#log li:visible").count()).toBe(1);
});

test("the handset's lamp flashes while it rings, and lifting the handset answers", async () => {
  const { page, phone, reads } = await openStage();
  phone.ring();
  await reads("From 5550123");
  expect(await page.locator("#lamp-message").getAttribute("data-mode")).toBe("blink");
  await page.keyboard.press("h");
  await reads("Connected");
  expect(await page.locator("#lamp-message").getAttribute("data-lamp")).toBeNull();
  expect(await page.locator("#hook").getAttribute("aria-pressed")).toBe("true");
  await page.keyboard.press("m");
  await page.locator("#lamp-mute[data-lamp=red]").waitFor();
  await page.keyboard.press("h");
  await reads("Your current options");
});

test("every control has a name, ids are single, and soft keys are named as the panel labels them", async () => {
  const { page } = await openStage();
  const nameless = await page.evaluate<string[]>(`
    [...document.querySelectorAll("button, input, select, meter")]
      .filter((control) => {
        const label = control.getAttribute("aria-label") ?? control.textContent;
        return [...(control.labels ?? [])].length === 0 && label.trim() === "";
      })
      .map((control) => control.outerHTML)`);
  expect(nameless).toEqual([]);
  const ids = await page.evaluate<string[]>('[...document.querySelectorAll("[id]")].map((one) => one.id)');
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  expect(await page.getByRole("button", { name: "Soft key 1: Redial" }).count()).toBe(1);
  expect(await page.getByRole("button", { name: "Line key 3: Reception" }).count()).toBe(1);
});

test("line keys and soft keys stand beside their labels", async () => {
  const { page } = await openStage();
  const panel = await page.locator("#lcd").boundingBox();
  if (panel === null) throw new Error("no panel");
  const scale = panel.height / 120;
  for (let line = 1; line <= 6; line++) {
    const key = await page.getByRole("button", { name: `Line key ${line}` }).boundingBox();
    const label = panel.y + (14 + (line - 0.5) * 13) * scale;
    expect(Math.abs((key?.y ?? 0) + (key?.height ?? 0) / 2 - label), `line ${line}`).toBeLessThan(3);
  }
  for (let soft = 1; soft <= 4; soft++) {
    const key = await page.getByRole("button", { name: `Soft key ${soft}` }).boundingBox();
    const label = panel.x + (soft - 0.5) * (panel.width / 4);
    expect(Math.abs((key?.x ?? 0) + (key?.width ?? 0) / 2 - label), `soft key ${soft}`).toBeLessThan(8);
  }
});

test("faults are switched and restarts asked for", async () => {
  const { page, phone, reads } = await openStage();
  await page.getByLabel("dhcp-silent").check();
  await page.getByText("fault dhcp-silent on").waitFor();
  await page.getByRole("button", { name: "Power cycle" }).click();
  await reads("Your current options");
  expect(phone.received).toContainEqual({ type: "fault", name: "dhcp-silent", isActive: true });
  expect(phone.received).toContainEqual({ type: "restart", how: "power-cycle" });
});

test("where there is a microphone the phone hears it", async () => {
  const { page, phone, reads } = await openStage({ hasMicrophone: true });
  await page.keyboard.press("h");
  await page.keyboard.type("600");
  await reads("Connected");
  await page.getByText("The phone hears your microphone").waitFor();
  await expect.poll(() => phone.soundBytes).toBeGreaterThan(8000);
});

test("a lost connection is said and found again", async () => {
  const { page, server, reads } = await openStage();
  const port = Number(new URL(server.url).port);
  await server.close();
  await page.locator("#connection[data-state=lost]").waitFor();
  const phone = new FakePhone({ geometry: panel7960, bootSlowness: 0 });
  const next = await servePage(port, phone);
  phone.attach(next);
  try {
    await page.locator("#connection[data-state=open]").waitFor();
    await reads("Your current options");
  } finally {
    phone.stop();
    await next.close();
  }
});

test("a page of another site is not let in", async () => {
  const { page, server } = await openStage();
  const result = await page.evaluate(async (url) => {
    const socket = new WebSocket(url);
    return new Promise((resolve) => {
      socket.onopen = () => resolve("open");
      socket.onerror = () => resolve("refused");
    });
  }, server.url.replace("http://localhost", "ws://127.0.0.1").concat("phone"));
  expect(result).toBe("refused");
});

test("fits a telephone's screen, colour panels and character panels", async () => {
  const narrow = await openStage({ width: 390, height: 844 });
  const wide = await narrow.page.evaluate<number>("document.documentElement.scrollWidth");
  expect(wide).toBeLessThanOrEqual(390);
  await narrow.page.getByRole("button", { name: "Handset: lift" }).tap();
  await narrow.reads("Enter number");
  await narrow.page.getByRole("button", { name: "6", exact: true }).tap();
  await expect.poll(narrow.pressed).toEqual([
    { type: "hook", isOffHook: true },
    { type: "key", key: "6", isDown: true },
    { type: "key", key: "6", isDown: false },
  ]);
  const colour = await openStage({ geometry: { kind: "pixels", width: 320, height: 240, depthBits: 24 } });
  await colour.reads("Your current options");
  const cells = await openStage({ geometry: { kind: "cells", columns: 20, rows: 4 } });
  await cells.page.locator("#cells", { hasText: "Your current options" }).waitFor();
  expect([...narrow.complaints, ...colour.complaints, ...cells.complaints]).toEqual([]);
});
