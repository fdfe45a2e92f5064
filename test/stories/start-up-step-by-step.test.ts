// The start as the guide of the 7960 tells it: VLAN, address, configuration, registration, idle; what is shown at each.
import { expect } from "vitest";
import { place } from "#test/lab/settings.ts";
import { watchWire } from "./kit/frames.ts";
import { story } from "./kit/story.ts";

const own = "SIP001122334455.cnf";
const lab = { needs: ["lab"] } as const;

story(
  "START-004 the switch names the voice VLAN before anything is asked of DHCP, and frames carry its tag",
  lab,
  async (rig) => {
    const wire = watchWire(rig.lab);
    await rig.ready();
    const vlan = await rig.phase("vlan");
    expect(vlan.endedBy).toBe(`cdp: voice VLAN ${place.voiceVlan}`);
    const [discover] = wire.dhcp();
    expect(discover?.atMs).toBeGreaterThanOrEqual(vlan.endMs ?? Number.POSITIVE_INFINITY);
    expect(discover?.tag?.vlanId).toBe(place.voiceVlan);
  },
);

story(
  "START-004 without a word from the switch the screen says Configuring VLAN, and after a wait voice goes untagged",
  { ...lab, fault: "silent-switch" },
  async (rig) => {
    const wire = watchWire(rig.lab);
    await rig.reads("Configuring VLAN");
    await rig.untilPhase("run", 30_000);
    expect((await rig.phase("vlan")).endMs).toBe(6000);
    expect(new Set(wire.dhcp().map(({ tag }) => tag))).toEqual(new Set([undefined]));
  },
);

story(
  "START-005 DHCP gives address, mask, router, names and TFTP server; until then the screen says Configuring IP",
  { ...lab, fault: "dhcp-slow" },
  async (rig) => {
    await rig.reads("Configuring IP");
    await rig.ready(30_000);
    expect(await rig.show("network")).toMatchObject({
      address: `${place.firstVoice}/24`,
      router: place.router,
      dhcp: { server: place.server, tftpServers: [place.server, place.second] },
    });
    expect(await rig.drive.command("show network")).toContain(place.domain);
  },
);

story(
  "START-009 the default file, then the phone's own: the second wins over the first, both over what was kept",
  {
    ...lab,
    profile: "cisco-sip",
    files: {
      "SIPDefault.cnf": `proxy1_address: "${place.server}"\nproxy_register: 1\nphone_label: "default"\ntime_zone: "CET"\n`,
      [own]: 'line1_name: "1001"\nline1_password: "lab-1001"\nphone_label: "own"\n',
    },
  },
  async (rig) => {
    await rig.ready();
    const asked = rig.saw({ what: "read" }).map(({ facts }) => facts["file"]);
    expect(asked.indexOf("SIPDefault.cnf")).toBeLessThan(asked.indexOf(own));
    const shown = await rig.drive.command("show config");
    expect(shown).toMatch(/phone_label.*own/);
    expect(shown).toMatch(/time_zone.*CET/);
  },
);

story(
  "START-009 while the file server does not answer the screen says Requesting Configuration",
  { ...lab, fault: "tftp-dead" },
  (rig) => rig.reads("Requesting Configuration"),
);

story(
  "START-014 with proxy_register each line that has a name registers, one that has none does not",
  {
    ...lab,
    files: {
      [own]:
        'line1_name: "1001"\nline1_password: "lab-1001"\nline2_name: "1002"\nline2_password: "lab-1002"\nline3_name: ""\n',
    },
  },
  async (rig) => {
    await rig.ready();
    await rig.wait(5000);
    const { lines } = await rig.show("register");
    expect(lines.map(({ line, state }) => [line, state])).toEqual([
      [1, "registered"],
      [2, "registered"],
    ]);
  },
);

story(
  "START-014 without proxy_register nothing is registered, and the line is there all the same",
  {
    ...lab,
    files: { [own]: 'line1_name: "1001"\nline1_password: "lab-1001"\nproxy_register: 0\n' },
  },
  async (rig) => {
    await rig.untilPhase("run", 20_000);
    await rig.wait(5000);
    expect(rig.saw({ what: "REGISTER" })).toEqual([]);
    expect((await rig.show("lcd")).lines[0]).toBe("1001");
  },
);

story(
  "START-016 the idle screen has date and time, the phone's label, the lines and the soft keys",
  {
    ...lab,
    files: {
      [own]:
        'line1_name: "1001"\nline1_shortname: "Ada"\nline1_password: "lab-1001"\nphone_label: "Room 7"\ndate_format: "D/M/YA"\n',
    },
  },
  async (rig) => {
    await rig.ready();
    await rig.wait(5000);
    const { rows, lines, softkeys } = await rig.show("lcd");
    expect(rows[0]).toMatch(/\d{2}\/\d{2}\/\d{2}.*\d{1,2}:\d{2}/);
    expect(rows.join(" ")).toContain("Room 7");
    expect(lines[0]).toBe("Ada");
    expect(softkeys.slice(0, 2)).toEqual(["Redial", "NewCall"]);
  },
);

story(
  "START-019 star, six and Settings held together start the phone anew",
  { needs: ["lab", "inside"] },
  async (rig, drive) => {
    await rig.ready();
    await rig.wait(1000);
    const sinceMs = rig.drive.now();
    const { hands } = drive.desk().hal;
    for (const key of ["*", "6", "settings"] as const) hands.press(key);
    await rig.wait(100);
    for (const key of ["settings", "6", "*"] as const) hands.release(key);
    // with everything near, the new start takes less time than the keys are held
    await rig.until("a new start", async () => (await rig.phase("config")).startMs >= sinceMs, 5000);
    await rig.ready(30_000);
    expect(rig.saw({ what: "read", sinceMs }).length).toBeGreaterThan(0);
    expect(rig.saw({ what: "REGISTER", sinceMs }).length).toBeGreaterThan(0);
  },
);

story(
  "START-020 after a crash the phone comes up again, and abort_vector and the screen tell its cause",
  { ...lab, fault: "crashed-before" },
  async (rig) => {
    await rig.ready();
    const cause = JSON.parse(await rig.drive.command("show abort_vector json"));
    expect(cause).toMatchObject({ crashesInARow: 1, reason: expect.stringMatching(/./) });
    const { warnings } = await rig.show("boot");
    expect(warnings.map(({ code }) => code)).toContain("crashed-before");
  },
);

story(
  "TFTP-008 no RINGLIST.DAT: Chirp1 and Chirp2 are offered, and nothing else",
  { ...lab, files: { "RINGLIST.DAT": undefined } },
  async (rig) => {
    await rig.ready();
    await rig.wait(3000);
    expect(rig.saw({ what: "read" }).some(({ facts }) => facts["file"] === "RINGLIST.DAT")).toBe(true);
    await rig.button("settings");
    await rig.press("2");
    await rig.wait(1700);
    const { rows } = await rig.show("lcd");
    const rings = rows.map((row) => row.trim()).filter((row) => /^\d /.test(row));
    expect(rings).toEqual(["1 Chirp1", "2 Chirp2"]);
  },
);
