// The page of `npm start`: the real firmware in the lab, used with mouse and keyboard, heard and looked at.
import { expect, test } from "vitest";
import { expectHeard } from "#test/stories/kit/echo.ts";
import { openRealPhone, type RealPhone } from "./real-phone.ts";

const listenMs = 3000;

/** What the page sends now comes back to it; at least so many half seconds of it that are not silent. */
async function expectEcho(phone: RealPhone, leastPieces: number): Promise<void> {
  phone.forget();
  await phone.page.waitForTimeout(listenMs);
  expectHeard(phone.heard(), phone.said(), leastPieces);
}

test("boots, registers, dials 600 by clicking, hears itself, hangs up", async () => {
  const phone = await openRealPhone();
  const { page, click, reads } = phone;
  await reads("Your current options");
  await page.getByText(/ready after \d/).waitFor();
  const phases = await page.locator("#timeline li > span:first-child").allTextContents();
  expect(phases).toEqual([
    "power",
    "image",
    "link",
    "vlan",
    "ip",
    "config",
    "load",
    "register",
    "run",
    "time",
  ]);
  await page.getByText("cdp: voice VLAN 110").first().waitFor();
  await phone.picture("idle");

  await click("Handset: lift");
  await reads("Enter number");
  expect(await page.locator("#lamp-line1").getAttribute("data-lamp")).toBe("green");
  await click("6", "0", "0");
  await reads(/Connected\s+00:0[1-9]/);
  expect(await phone.rows()).toContain("To 600");
  expect(await page.locator("#sound-note").textContent()).toContain("melody");
  await expectEcho(phone, 4); // of six: the connection may begin with one full of silence, and the last is not whole
  // One of the melody's three tones, but for the moment between two.
  await expect.poll(() => page.locator("#heard-pitch").textContent()).toMatch(/^(4[34]|5[45]|6[56])\d Hz$/);
  await phone.picture("connected");

  // Muted: the phone sends silence, so silence comes back.
  await click("Mute");
  await page.locator("#lamp-mute[data-lamp=red]").waitFor();
  await page.waitForTimeout(1000);
  phone.forget();
  await page.waitForTimeout(1000);
  expect(Math.max(...phone.heard().map(Math.abs))).toBeLessThan(100);

  await click("Handset: lay down");
  await reads("Your current options");
  expect(await page.locator("#lamp-line1").getAttribute("data-lamp")).toBeNull();
  expect(phone.complaints).toEqual([]);
});

test("the services key opens the lab's services: a menu, a field typed into, a picture", async () => {
  const phone = await openRealPhone();
  const { click, reads } = phone;
  await reads("Your current options");
  await click("Services");
  await reads("Choose a service");
  await phone.picture("services");
  await click("5"); // Find a colleague
  await reads("Fill in what you know");
  await click("2", "Soft key 1: Submit");
  await reads("3 found");
  await click("Services", "Services");
  await reads("Choose a service");
  await click("2"); // Rooms
  await reads("Press the number of a room");
  await phone.picture("services-picture");
  await click("4"); // Porter: dials 600
  await reads("Connected");
  expect(phone.complaints).toEqual([]);
});

test("a call by keyboard alone, and a microphone where there is one", async () => {
  const phone = await openRealPhone({ hasMicrophone: true });
  const { page, reads } = phone;
  await reads("Your current options");
  await page.keyboard.press("h");
  await reads("Enter number");
  await page.keyboard.type("600");
  await reads("Connected");
  await page.getByText("The phone hears your microphone").waitFor();
  await expectEcho(phone, 2); // beeps with pauses between
  // Soft keys are reached by Tab and pressed by Enter, under the names that the panel gives them.
  await page.getByRole("button", { name: "Soft key 1: Hold" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Soft key 1: Resume" }).waitFor();
  await reads("Hold");
  await page.keyboard.press("h");
  await page.keyboard.press("h");
  expect(phone.complaints).toEqual([]);
});

test("a fault chosen on the page is met at the next power cycle, told on the panel, and over when it is lifted", async () => {
  const phone = await openRealPhone();
  const { page, click, reads } = phone;
  await reads("Your current options");
  await page.getByLabel("silent-switch").check();
  await page.getByLabel("dhcp-silent").check();
  await expect.poll(() => page.getByLabel("silent-switch").isChecked()).toBe(false); // one fault at a time
  await click("Power cycle");
  await reads("Configuring IP");
  await page.getByText("waiting for DHCP").waitFor();
  await reads("No answer from DHCP");
  await phone.picture("dhcp-silent");
  await page.getByLabel("dhcp-silent").uncheck();
  await reads("Your current options");
  expect(phone.complaints).toEqual([]);
});

test("menus by their keys, in a narrow window with touch", async () => {
  const phone = await openRealPhone({ width: 390, height: 844 });
  const { page, click, reads } = phone;
  await reads("Your current options");
  await click("Settings");
  await reads("Contrast");
  await click("5", "1");
  await reads("Status Messages");
  await phone.picture("narrow");
  await click("Soft key 1: Exit");
  await reads("Firmware Versions");
  expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
  expect(phone.complaints).toEqual([]);
});
