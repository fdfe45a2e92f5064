// The SIP Configuration menu typed through by a person: what is saved there is what the phone is after its reset.
import { expect } from "vitest";
import { textFile } from "#test/lab/files.ts";
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

/** Files that leave everything but line 1 to the menus; they would win over what is typed. */
const littleFiles = new Map([
  [
    "SIPDefault.cnf",
    'proxy1_address: "10.77.110.1"\nproxy_register: "1"\nsntp_mode: "unicast"\nsntp_server: "10.77.110.1"\n',
  ],
  ["SIP001122334455.cnf", 'line1_name: "1001"\nline1_authname: "1001"\nline1_password: "lab-1001"\n'],
]);

/** Boots and opens the unlocked menu. */
async function open(rig: Rig, changes: Readonly<Record<string, string>> = {}): Promise<void> {
  for (const [name, text] of [...littleFiles, ...Object.entries(changes)])
    rig.lab.files.set(name, textFile(text));
  await rig.ready();
  await openSettings(rig);
  await unlock(rig, "cisco");
  await rig.press("4");
  expect((await rows(rig))[0]).toBe("SIP Configuration");
}

async function openLine(rig: Rig, line: number): Promise<void> {
  await choose(rig, `Line ${line} Settings`);
  await rig.softkey("Select");
}

/** Saves; the phone resets and is back. */
async function saved(rig: Rig): Promise<void> {
  const since = rig.drive.now();
  await rig.softkey("Save");
  await rig.until("the reset", async () => (await rig.show("boot")).phase !== "run");
  await rig.ready();
  const read = rig.lab.log.entries.filter(({ what, atMs }) => what === "read" && atMs >= since);
  expect(read.length, "files read again").toBeGreaterThan(0);
}

async function shows(rig: Rig, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(values))
    expect(await configured(rig, name)).toBe(`${name} : ${text}`);
}

story(
  "SIPM-001 SIPM-002 a name makes a line, and is its label until a short name is typed",
  needs,
  async (rig) => {
    await open(rig);
    await openLine(rig, 2);
    await edit(rig, "Name", "1002");
    await saved(rig);
    await shows(rig, { line2_name: "1002", line2_shortname: "UNPROVISIONED" });
    expect((await rig.show("lcd")).lines[1]).toBe("1002");
    await openSettings(rig);
    await unlock(rig, "cisco");
    await rig.press("4");
    await openLine(rig, 2);
    await edit(rig, "Short Name", "desk");
    await saved(rig);
    await shows(rig, { line2_shortname: "desk" });
    expect((await rig.show("lcd")).lines[1]).toBe("desk");
  },
);

const users = { "1001": "lab-1001", "1002": "secret22" };

story(
  "SIPM-003 SIPM-004 a line typed with name and password registers; the password is stars",
  { ...needs, settings: (lab) => ({ ...lab, sip: { ...lab.sip, users } }) },
  async (rig) => {
    await open(rig);
    await openLine(rig, 2);
    await edit(rig, "Name", "1002");
    await edit(rig, "Authentication Name", "1002");
    await edit(rig, "Authentication Password", "secret22");
    expect(await choose(rig, "Authentication Password")).toBe("********");
    await edit(rig, "Proxy Address", "10.77.110.2");
    await saved(rig);
    await shows(rig, { line2_authname: "1002", line2_password: "********" });
    const line = async () => (await rig.show("register")).lines[1];
    await rig.until("line 2 is registered", async () => (await line())?.state === "registered");
    expect(await line()).toMatchObject({ user: "1002", server: "10.77.110.2:5060" });
  },
);

story(
  "SIPM-005 SIPM-006 SIPM-007 display name, proxy by its address only, and its port",
  needs,
  async (rig) => {
    await open(rig);
    await openLine(rig, 3);
    await edit(rig, "Name", "1003");
    await edit(rig, "Display Name", "lab phone");
    await choose(rig, "Proxy Address");
    await rig.softkey("Edit");
    expect((await rig.show("lcd")).softkeys, "no letters").toEqual(["Validate", "<<", "Dot", "Cancel"]);
    await rig.press("10*77");
    await rig.softkey("Validate");
    await rig.reads("Not valid: an address like 10.0.0.1");
    await rig.softkey("Cancel");
    await edit(rig, "Proxy Address", "10.77.110.2");
    await edit(rig, "Proxy Port", "5062");
    await saved(rig);
    await shows(rig, {
      line3_displayname: "lab phone",
      proxy3_address: "10.77.110.2",
      proxy3_port: "5062",
    });
  },
);

story(
  "SIPM-008 SIPM-014 the messages key dials what was typed; the label stands at the top",
  needs,
  async (rig) => {
    await open(rig);
    await edit(rig, "Messages URI", "600");
    await edit(rig, "Phone Label", "lobby");
    await saved(rig);
    await shows(rig, { messages_uri: "600", phone_label: "lobby" });
    expect((await rig.show("lcd")).rows[0]).toMatch(/lobby$/);
    await rig.button("messages");
    expect((await rig.call("connected")).number).toBe("600");
  },
);

story("SIPM-009 SIPM-010 codec and digits out of band are chosen from their lists", needs, async (rig) => {
  await open(rig);
  expect(await choose(rig, "Preferred Codec")).toBe("g711ulaw");
  await choice(rig, "Preferred Codec", "g711alaw");
  for (const one of ["none", "avt", "avt_always"]) await choice(rig, "Out of Band DTMF", one);
  await saved(rig);
  await shows(rig, { preferred_codec: "g711alaw", dtmf_outofband: "avt_always" });
  await rig.lift();
  await rig.press("600");
  await rig.call("connected");
  await rig.wait(4000);
  expect((await rig.show("rtp")).streams[0]?.codec).toContain("PCMA");
});

story("SIPM-011 SIPM-012 whether to register, and for how long", needs, async (rig) => {
  await open(rig, { "SIPDefault.cnf": 'proxy1_address: "10.77.110.1"\n' });
  expect(await choose(rig, "Register with Proxy")).toBe("No");
  await answer(rig, "Register with Proxy", "Yes");
  await edit(rig, "Register Expires", "600");
  await saved(rig);
  await shows(rig, { proxy_register: "1", timer_register_expires: "600" });
  expect(await rig.line1()).toMatchObject({ state: "registered" });
});

story("SIPM-013 own files are looked for in the directory that was typed", needs, async (rig) => {
  await open(rig);
  rig.lab.files.set("phones/SIP001122334455.cnf", textFile(littleFiles.get("SIP001122334455.cnf") ?? ""));
  await edit(rig, "TFTP Directory", "phones");
  const since = rig.drive.now();
  await saved(rig);
  await shows(rig, { tftp_cfg_dir: "phones" });
  const read = rig.lab.log.entries.filter(({ what, atMs }) => what === "read" && atMs >= since);
  expect(read.map(({ facts }) => facts["file"])).toContain("phones/SIP001122334455.cnf");
});

story(
  "SIPM-015 SIPM-016 silence is left out where VAD is on; ports are those that were typed",
  needs,
  async (rig) => {
    await open(rig);
    await answer(rig, "Enable VAD", "Yes");
    await edit(rig, "VoIP Control Port", "5080");
    await edit(rig, "Start Media Port", "20000");
    await edit(rig, "End Media Port", "20010");
    await saved(rig);
    await shows(rig, {
      enable_vad: "1",
      voip_control_port: "5080",
      start_media_port: "20000",
      end_media_port: "20010",
    });
  },
);

story("SIPM-017 backup, emergency and outbound proxy with their ports", needs, async (rig) => {
  await open(rig);
  await edit(rig, "Backup Proxy", "10.77.110.2");
  await edit(rig, "Backup Proxy Port", "5070");
  await edit(rig, "Emergency Proxy", "10.77.110.3");
  await edit(rig, "Emergency Proxy Port", "5071");
  await edit(rig, "Outbound Proxy", "10.77.110.1");
  await edit(rig, "Outbound Proxy Port", "5060");
  await saved(rig);
  await shows(rig, {
    proxy_backup: "10.77.110.2",
    proxy_backup_port: "5070",
    proxy_emergency: "10.77.110.3",
    proxy_emergency_port: "5071",
    outbound_proxy: "10.77.110.1",
    outbound_proxy_port: "5060",
  });
});

story(
  "SIPM-018 NAT: whether, from which address, and whether to learn it from answers",
  needs,
  async (rig) => {
    await open(rig);
    await answer(rig, "NAT Enabled", "Yes");
    await edit(rig, "NAT Address", "203.0.113.7");
    await answer(rig, "NAT Received Processing", "Yes");
    await saved(rig);
    await shows(rig, { nat_enable: "1", nat_address: "203.0.113.7", nat_received_processing: "1" });
  },
);

story(
  "SIPM-019 ENT-002 ENT-003 Edit, Validate, Save and a reset; Cancel drops all and leaves; Back without changes",
  needs,
  async (rig) => {
    await open(rig);
    expect((await rig.show("lcd")).softkeys).toEqual(["Select", "Back", "", ""]);
    await choose(rig, "Register Expires");
    expect((await rig.show("lcd")).softkeys).toEqual(["Edit", "Back", "", ""]);
    await edit(rig, "Register Expires", "700");
    await edit(rig, "Phone Label", "lobby");
    expect((await rig.show("lcd")).softkeys).toEqual(["Edit", "Save", "Cancel", ""]);
    await rig.softkey("Cancel");
    expect((await rows(rig))[0]).toBe("Settings");
    expect((await rig.show("boot")).phase).toBe("run");
    await shows(rig, { timer_register_expires: "3600", phone_label: "UNPROVISIONED" });
    await rig.press("4");
    expect(await choose(rig, "Register Expires")).toBe("3600");
    await edit(rig, "Register Expires", "700");
    await shows(rig, { timer_register_expires: "3600" });
    await saved(rig);
    await shows(rig, { timer_register_expires: "700" });
    // Kept in flash: still there after a power cut.
    await rig.drive.powerCycle();
    await rig.ready();
    await shows(rig, { timer_register_expires: "700" });
  },
);
