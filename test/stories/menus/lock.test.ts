// The lock of the two configuration menus: by password, by the key sequence of older releases, and when it closes.
import { expect } from "vitest";
import { textFile } from "#test/lab/files.ts";
import { choose, openSettings, rows, spell, unlock } from "#test/stories/kit/menus.ts";
import type { Rig } from "#test/stories/kit/rig.ts";
import { story } from "#test/stories/kit/story.ts";

const needs = { needs: ["lab"] } as const;

/** What the keys below a changeable row of the menu with this number offer. */
async function offers(rig: Rig, menu: "3" | "4"): Promise<readonly string[]> {
  await rig.press(menu);
  await choose(rig, menu === "3" ? "Admin. VLAN Id" : "Phone Label");
  const { softkeys } = await rig.show("lcd");
  await rig.softkey("Back");
  return softkeys.filter((label) => label !== "");
}

const locked = ["Back"];
const open = ["Edit", "Back"];

story(
  "SET-008 CFG-055 Unlock Config asks for the password, cisco unless the file names another",
  needs,
  async (rig) => {
    await rig.ready();
    await openSettings(rig);
    expect(await offers(rig, "3")).toEqual(locked);
    expect(await offers(rig, "4")).toEqual(locked);
    await rig.press("9");
    await spell(rig, "abc");
    expect(await rows(rig)).toContain("***");
    await rig.softkey("Accept");
    await rig.reads("Wrong password");
    expect(await offers(rig, "3")).toEqual(locked);
    await unlock(rig, "cisco");
    await rig.reads("Settings are unlocked");
    expect(await offers(rig, "3")).toEqual(open);
    expect(await offers(rig, "4")).toEqual(open);
  },
);

story(
  "a password of the file's own is the only one, and no key sequence goes around it",
  needs,
  async (rig) => {
    const name = "SIPDefault.cnf";
    const text = new TextDecoder().decode(rig.lab.files.get(name));
    rig.lab.files.set(name, textFile(`${text}phone_password: "opens"\n`));
    await rig.ready();
    await openSettings(rig);
    await unlock(rig, "cisco");
    expect(await offers(rig, "3")).toEqual(locked);
    await rig.press("**#");
    expect(await offers(rig, "3")).toEqual(locked);
    await unlock(rig, "opens");
    expect(await offers(rig, "3")).toEqual(open);
  },
);

story("SET-009 Lock Config locks; so does leaving the menus", needs, async (rig) => {
  await rig.ready();
  await openSettings(rig);
  await unlock(rig, "cisco");
  await rig.press("10");
  expect(await offers(rig, "4")).toEqual(locked);
  await unlock(rig, "cisco");
  expect(await offers(rig, "4")).toEqual(open);
  await rig.button("settings");
  await openSettings(rig);
  expect(await offers(rig, "4")).toEqual(locked);
});

story("SET-010 where no password is set, **# opens and closes the lock", needs, async (rig) => {
  await rig.ready();
  await openSettings(rig);
  await rig.press("**#");
  expect(await offers(rig, "4")).toEqual(open);
  await rig.press("**#");
  expect(await offers(rig, "4")).toEqual(locked);
});
