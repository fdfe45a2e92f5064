// Menus with values: locks, typing, checking, saving as a whole; and text entry.
import fc from "fast-check";
import { expect, test } from "vitest";
import { digitKeys, functionKeys, type KeyId, lineKeys, softKeys } from "#hal/contract/panel.ts";
import { panels } from "#test/screens/panels.ts";
import { call, idleView, type sampleFacts, withCalls } from "#test/screens/samples.ts";
import { formOf } from "#ui/screens/forms.ts";
import { render } from "#ui/screens/render.ts";
import { Front } from "./front.ts";

const unlocked = { isUnlocked: true } as const;

/** Scrolls to a field of the open form. */
function choose(front: Front, name: string): void {
  const page = front.seen.ui.open.at(-1);
  if (page?.kind !== "form") throw new Error("no form is open");
  const wanted = formOf(page.form, front.seen.facts).fields.findIndex((field) => field.name === name);
  const key = wanted < page.selected ? "up" : "down";
  for (let n = Math.abs(wanted - page.selected); n > 0; n--) front.tap(key);
}

/** A front with the network menu open and one field chosen. */
function network(name: string, facts: Partial<typeof sampleFacts> = {}): Front {
  const front = new Front({}, facts);
  front.tap("settings", "3");
  choose(front, name);
  return front;
}

test("NETM-003 the network menu shows what the phone uses, locked until it is unlocked", () => {
  const front = new Front();
  front.tap("settings", "3");
  expect(front.screen()).toEqual([
    "Network Configuration",
    "1 DHCP Server  10.77.0.1",
    "2 BOOTP Server  No",
    "3 MAC Address  001122334455",
    "4 Host Name  SIP001122334455",
    "5 Domain Name  example.com",
    "6 IP Address  10.77.0.23",
    "[Back] [] [] []",
  ]);
});

test("ENT-009 unlocking asks for the password and shows stars; Lock locks again", () => {
  const front = new Front();
  front.tap("settings", "9");
  front.type("222");
  expect(front.screen()[1]).toBe("c");
  front.type("3");
  expect(front.screen().slice(0, 2)).toEqual(["Enter password  abc", "*d"]);
  front.wait(1500);
  expect(front.screen()[1]).toBe("**");
  front.tap("soft1");
  expect(front.acted()).toEqual([{ kind: "unlock", password: "cd" }]);
  front.event({ kind: "told", text: "wrongPassword", facts: {} });
  expect(front.screen()).toContain("Wrong password");
  front.type("10");
  expect(front.acted()).toEqual([{ kind: "lock" }]);
});

test("ENT-006 Edit, type, Validate, then Save hands over all changes and restarts", () => {
  const front = network("dhcp_enabled", unlocked);
  expect(front.screen().at(-1)).toBe("[Yes] [No] [Back] []");
  front.tap("soft2");
  choose(front, "ip_address");
  expect(front.screen().at(-1)).toBe("[Edit] [Save] [Cancel] []");
  front.tap("soft1");
  for (let n = 0; n < 10; n++) front.tap("soft2");
  front.type("192*0*2*7");
  expect(front.screen().slice(0, 2)).toEqual(["IP Address  123", "192.0.2.7"]);
  front.tap("soft1");
  expect(front.screen()).toContain("6 IP Address  192.0.2.7");
  expect(front.acted()).toEqual([]);
  front.tap("soft2");
  expect(front.acted()).toEqual([
    { kind: "save-settings", values: { dhcp_enabled: "0", ip_address: "192.0.2.7" }, isRestarting: true },
    { kind: "lock" },
  ]);
  expect(front.screen()).toContain("Saved, restarting");
});

test("NETM-006 what DHCP gives cannot be typed while DHCP is on", () => {
  const front = network("ip_address", unlocked);
  expect(front.screen().at(-1)).toBe("[Back] [] [] []");
});

test("the TFTP server can be typed with DHCP off or Alternate TFTP on", () => {
  const front = network("tftp_server", unlocked);
  expect(front.screen().at(-1)).toBe("[Back] [] [] []");
  const alternate = network("alternate_tftp", unlocked);
  alternate.tap("soft1");
  choose(alternate, "tftp_server");
  expect(alternate.screen().at(-1)).toBe("[Edit] [Save] [Cancel] []");
});

test("ENT-004 Cancel drops all changes and leaves the menu", () => {
  const front = network("dhcp_enabled", unlocked);
  front.tap("soft2", "soft4");
  expect(front.screen()[0]).toBe("Settings");
  expect(front.acted()).toEqual([]);
  front.tap("3");
  expect(front.screen().at(-1)).toBe("[Back] [] [] []");
});

test("Validate says what is expected and keeps the entry open", () => {
  const front = network("admin_vlan_id", unlocked);
  front.tap("soft1");
  front.type("4095");
  front.tap("soft1");
  expect(front.screen().at(-2)).toBe("Not valid: a number from 1 to 4094");
  front.tap("soft2", "soft1");
  expect(front.screen()[0]).toBe("Network Configuration");
});

test("erasing the configuration is an act of its own", () => {
  const front = network("erase_configuration", unlocked);
  front.tap("soft1", "soft3");
  expect(front.acted()).toEqual([{ kind: "erase-configuration" }, { kind: "lock" }]);
});

test("the lines of SIP have menus of their own", () => {
  const settings = { line1_name: "5550100", line1_password: "secret" };
  const front = new Front({}, { settings });
  front.tap("settings", "4");
  expect(front.screen().slice(0, 2)).toEqual(["SIP Configuration", "1 Line 1 Settings  5550100"]);
  front.tap("soft1");
  expect(front.screen().slice(0, 5)).toEqual([
    "Line 1 Settings",
    "1 Name  5550100",
    "2 Short Name",
    "3 Authentication Name",
    "4 Authentication Password  ******",
  ]);
  const sccp = new Front({}, { hasSipMenu: false });
  sccp.tap("settings");
  expect(sccp.screen().join()).not.toContain("SIP");
});

test("ENT-010 PREF-009 preferences are Yes or No; one fixed by a file shows but does not change", () => {
  const settings = { dnd_control: "0", call_waiting: "1" };
  const front = new Front({}, { settings, lockedSettings: ["call_waiting"] });
  front.tap("settings", "6");
  expect(front.screen().slice(0, 4)).toEqual([
    "Call Preferences",
    "1 Do Not Disturb  No",
    "2 Auto-Complete Numbers  No",
    "3 Call Waiting  Yes",
  ]);
  front.tap("soft1", "3");
  expect(front.screen().at(-1)).toBe("[Save] [Cancel] [] []");
  front.tap("soft1");
  expect(front.acted()).toEqual([
    { kind: "save-settings", values: { dnd_control: "1" }, isRestarting: false },
  ]);
});

test("ENT-005 ENT-007 ENT-008 letters by repeated presses, a pause or another key takes them, # shifts, << deletes", () => {
  const front = new Front({}, { personal: [], ...unlocked });
  front.tap("directories", "4", "soft1", "soft1");
  const text = (): string | undefined => front.screen()[1];
  front.type("222");
  expect(text()).toBe("c");
  front.type("2");
  expect(text()).toBe("2");
  front.type("2");
  expect(text()).toBe("a");
  front.wait(1499);
  front.type("2");
  expect(text()).toBe("b");
  front.wait(1500);
  front.type("2");
  expect(text()).toBe("ba");
  front.type("9");
  expect(text()).toBe("baw");
  front.type("#7777");
  expect(text()).toBe("bawS");
  front.type("0");
  front.type("*");
  expect(text()).toBe("bawS *");
  front.tap("soft2");
  expect(text()).toBe("bawS");
  front.tap("soft3");
  front.type("42");
  expect(text()).toBe("bawS 42");
  front.tap("soft3");
  front.type("4");
  expect(text()).toBe("bawS 42G");
});

test("SK-015 the soft keys of text entry: <<, Cancel, Accept or Validate, Number or Alpha, Dot in addresses", () => {
  const password = new Front();
  password.tap("settings", "9");
  expect(password.screen().at(-1)).toBe("[Accept] [<<] [Number] [Cancel]");
  password.tap("soft3");
  expect(password.screen().at(-1)).toBe("[Accept] [<<] [Alpha] [Cancel]");
  const address = network("dhcp_enabled", unlocked);
  address.tap("soft2");
  choose(address, "ip_address");
  address.tap("soft1");
  expect(address.screen().at(-1)).toBe("[Validate] [<<] [Dot] [Cancel]");
  address.tap("soft3");
  expect(address.screen()[1]).toBe("10.77.0.23.");
});

test("<< goes on while it is held", () => {
  const front = new Front();
  front.tap("directories", "4", "soft1", "soft1", "soft3");
  front.type("123456789");
  front.down("soft2");
  front.wait(500 + 150);
  front.up("soft2");
  front.wait(1000);
  expect(front.screen()[1]).toBe("123456");
});

test("any keys in any order leave a screen that can be drawn on every panel", () => {
  const keys: KeyId[] = [...digitKeys, ...lineKeys, ...softKeys, ...functionKeys];
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ key: fc.constantFrom(...keys) }) },
    { weight: 1, arbitrary: fc.record({ waitMs: fc.integer({ min: 1, max: 4000 }) }) },
  );
  const views = [idleView, withCalls([call()]), { ...idleView, lineKeys: [] }];
  fc.assert(
    fc.property(fc.constantFrom(...views), fc.array(step, { maxLength: 40 }), (view, steps) => {
      const front = new Front(view, unlocked);
      for (const one of steps) "key" in one ? front.tap(one.key) : front.wait(one.waitMs);
      for (const [, geometry] of panels) render(front.seen, geometry);
    }),
    { numRuns: 60 },
  );
});
