// The Network Configuration menu: what it shows of the network, and what typing into it does.
import { expect } from "vitest";
import {
  answer,
  choice,
  choose,
  configured,
  edit,
  openSettings,
  rows,
  unlock,
} from "#test/stories/kit/menus.ts";
import type { Rig } from "#test/stories/kit/rig.ts";
import { story } from "#test/stories/kit/story.ts";

const needs = { needs: ["lab"] } as const;

async function open(rig: Rig): Promise<void> {
  await rig.ready();
  await openSettings(rig);
  await unlock(rig, "cisco");
  await rig.press("3");
  expect((await rows(rig))[0]).toBe("Network Configuration");
}

async function saved(rig: Rig): Promise<void> {
  await rig.softkey("Save");
  await rig.until("the reset", async () => (await rig.show("boot")).phase !== "run");
  await rig.ready();
}

story(
  "NETM-001 NETM-002 NETM-011 who gave the address, not by BOOTP, and the VLAN in use",
  needs,
  async (rig) => {
    await open(rig);
    expect(await choose(rig, "DHCP Server")).toBe("10.77.110.1");
    expect(await choose(rig, "BOOTP Server")).toBe("No");
    expect((await rig.show("lcd")).softkeys, "not to be changed").toEqual(["Back", "", "", ""]);
    expect(await choose(rig, "Operational VLAN Id")).toBe("110");
    expect((await rig.show("lcd")).softkeys, "not to be changed").toEqual(["Back", "", "", ""]);
  },
);

story("NETM-014 giving the address back: RELEASE, and a new one is asked for", needs, async (rig) => {
  await open(rig);
  expect(await choose(rig, "DHCP Address Released")).toBe("No");
  await answer(rig, "DHCP Address Released", "Yes");
  const sinceMs = rig.drive.now();
  await saved(rig);
  const said = rig.saw({ by: "dhcp voice", sinceMs }).map(({ what }) => what);
  expect(said.slice(0, 3)).toEqual(["release", "discover", "offer"]);
});

story(
  "NETM-016 Erase Configuration forgets what was typed, and starts anew",
  { needs: ["lab", "inside"] },
  async (rig, drive) => {
    await open(rig);
    await edit(rig, "Admin. VLAN Id", "120");
    await choice(rig, "Network Media Type", "Full100");
    await saved(rig);
    expect(await configured(rig, "network_media_type")).toContain("Full100");
    await openSettings(rig);
    await unlock(rig, "cisco");
    await rig.press("3");
    expect(await choose(rig, "Admin. VLAN Id")).toBe("120");
    await answer(rig, "Erase Configuration", "Yes");
    await rig.softkey("Save");
    await rig.wait(100);
    expect(drive.restarts).toEqual(["board"]);
    await rig.drive.powerCycle();
    await rig.ready();
    expect(await configured(rig, "network_media_type")).toContain("Auto");
    await openSettings(rig, "3");
    expect(await choose(rig, "Admin. VLAN Id")).toBe("");
  },
);

story("NETM-017 NETM-019 how both network ports are set is chosen from lists", needs, async (rig) => {
  await open(rig);
  expect(await choose(rig, "Network Media Type")).toBe("Auto");
  for (const one of ["Full100", "Half100", "Full10", "Half10", "Auto", "Half10"])
    await choice(rig, "Network Media Type", one);
  expect(await choose(rig, "Network Port 2 Device")).toBe("Hub/Switch");
  await choice(rig, "Network Port 2 Device", "PC");
  await saved(rig);
  expect(await configured(rig, "network_media_type")).toBe("network_media_type : Half10");
  expect(await configured(rig, "network_port2_type")).toBe("network_port2_type : PC");
});

story("NETM-018 the dynamic servers are those of the file, and only shown", needs, async (rig) => {
  const name = "SIPDefault.cnf";
  const text = new TextDecoder().decode(rig.lab.files.get(name));
  const more = 'dyn_dns_addr_1: "10.77.110.7"\ndyn_dns_addr_2: "10.77.110.8"\ndyn_tftp_addr: "10.77.110.2"\n';
  rig.lab.files.set(name, new TextEncoder().encode(text + more));
  await open(rig);
  for (const [label, value] of [
    ["Dynamic DNS 1", "10.77.110.7"],
    ["Dynamic DNS 2", "10.77.110.8"],
    ["Dynamic TFTP", "10.77.110.2"],
  ] as const) {
    expect(await choose(rig, label)).toBe(value);
    expect((await rig.show("lcd")).softkeys).toEqual(["Back", "", "", ""]);
  }
});
