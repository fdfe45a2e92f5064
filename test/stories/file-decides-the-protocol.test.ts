// What a configuration file decides and what it does not: protocol, ports, language, labels, speed dials.
import { expect } from "vitest";
import { sccpPhone } from "#test/lab/provisioning.ts";
import { place } from "#test/lab/settings.ts";
import { watchWire } from "./kit/frames.ts";
import { openSettings, rows } from "./kit/menus.ts";
import { story } from "./kit/story.ts";
import { manager, setServers, site } from "./sccp/site.ts";

const xml = "SEP001122334455.cnf.xml";
const own = "SIP001122334455.cnf";

const sipXml = `<device>
<deviceProtocol>SIP</deviceProtocol>
<devicePool><callManagerGroup><members><member priority="0"><callManager>
<ports><sipPort>5060</sipPort></ports><processNodeName>${place.server}</processNodeName>
</callManager></member></members></callManagerGroup></devicePool>
<sipProfile><sipLines>
<line button="1"><featureID>9</featureID><featureLabel>Ada</featureLabel><proxy>${place.server}</proxy><port>5060</port>
<name>1001</name><authName>1001</authName><authPassword>lab-1001</authPassword></line>
<line button="2"><featureID>2</featureID><featureLabel>Echo</featureLabel><speedDialNumber>600</speedDialNumber></line>
</sipLines></sipProfile>
</device>
`;

/** The destination port of TCP or UDP. */
const portOf = ({ bytes }: { readonly bytes: Uint8Array }): number =>
  ((bytes[36] ?? 0) << 8) | (bytes[37] ?? 0);

story(
  "SEED-001 an SCCP image given a SIP file: one message says so, and no packet of SIP leaves",
  { needs: ["lab"], profile: "cisco-sccp", settings: site(), files: { [xml]: sipXml } },
  async (rig) => {
    const wire = watchWire(rig.lab);
    await rig.wait(3000); // one reading
    const told = (await rig.drive.command("show status"))
      .split("\n")
      .filter((line) => line.includes("wrong-protocol"));
    expect(told).toHaveLength(1);
    expect([...wire.ip(6), ...wire.ip(17)].filter((frame) => portOf(frame) === 5060)).toEqual([]);
    expect((await rig.show("boot")).phase).not.toBe("run");
  },
);

story(
  "SEED-001 a SIP image given an SCCP file under its own name: it is refused with a message, and no SCCP leaves",
  { needs: ["lab"], profile: "cisco-sip", files: { [own]: sccpPhone } },
  async (rig) => {
    const wire = watchWire(rig.lab);
    await rig.wait(3000); // one reading
    expect(wire.ip(6).filter((frame) => portOf(frame) === 2000)).toEqual([]);
    const told = (await rig.drive.command("show status")).split("\n").filter((line) => line.includes(own));
    expect(told).toHaveLength(1);
  },
);

const labelled = sccpPhone.replace(
  "</devicePool>",
  '</devicePool><sipProfile><sipLines><line button="1"><featureID>9</featureID>' +
    "<featureLabel>From the file</featureLabel><name>4711</name></line></sipLines></sipProfile>",
);

story(
  "SEED-002 labels of an SCCP phone are the server's, never the file's; before the server answers there are none",
  { needs: ["lab"], settings: site(), files: { [xml]: labelled } },
  async (rig) => {
    setServers(rig, { first: "off", second: "off", third: "off" });
    await rig.wait(20_000);
    expect((await rig.show("lcd")).lines.join("")).toBe("");
    setServers(rig, { first: "up", second: "up", third: "up" });
    await rig.ready(120_000);
    await rig.wait(6000);
    expect((await rig.show("lcd")).lines).toEqual(["1001", "1003", "Echo", "Desk 2"]);
    expect(await rig.shows("From the file")).toBe(false);
  },
);

story(
  "SEED-003 port and language of the file count: 2001 is where it connects, and a language it has not is told",
  {
    needs: ["lab"],
    settings: site(),
    files: {
      [xml]: sccpPhone
        .replaceAll("<ethernetPhonePort>2000<", "<ethernetPhonePort>2001<")
        .replace(
          "</device>",
          "<userLocale><name>Klingon</name><langCode>tlh</langCode></userLocale></device>",
        ),
    },
  },
  async (rig) => {
    const wire = watchWire(rig.lab);
    await rig.wait(10_000);
    const ports = new Set(wire.ip(6).map(portOf));
    expect(ports).toContain(2001);
    expect(ports).not.toContain(2000);
    expect(await rig.drive.command("show status")).toMatch(/language-missing/);
  },
);

story(
  "SEED-004 in SIP lifting, half a number and hanging up send nothing, and the dial tone is the phone's own",
  { needs: ["lab", "sound"] },
  async (rig) => {
    await rig.ready();
    await rig.wait(3000);
    const wire = watchWire(rig.lab);
    rig.ears.forget();
    await rig.lift();
    await rig.wait(1000);
    expect(rig.ears.heard().some((sample) => Math.abs(sample) > 1000)).toBe(true);
    await rig.press("10");
    await rig.wait(1000);
    await rig.hangUp();
    await rig.wait(1000);
    expect(wire.udpTo(5060)).toEqual([]);
    expect(wire.ip(6)).toEqual([]);
  },
);

story(
  "SEED-004 in SCCP the same keys are OffHook, one KeypadButton each, and OnHook",
  { needs: ["lab"], settings: site() },
  async (rig) => {
    await rig.ready();
    await rig.wait(3000);
    const { heard } = manager(rig).only();
    const from = heard.length;
    await rig.lift();
    await rig.wait(1000);
    await rig.press("10");
    await rig.wait(1000);
    await rig.hangUp();
    await rig.wait(1000);
    const kinds = heard.slice(from).map(({ kind }) => kind);
    expect(kinds[0]).toBe("offHook");
    expect(kinds.filter((kind) => kind === "keypadButton")).toHaveLength(2);
    expect(kinds).toContain("onHook");
  },
);

for (const model of ["7960", "7940"] as const)
  story(
    `SEED-007 network settings are item 3 of a ${model}; there is no 7910 profile`,
    { needs: ["lab"], model },
    async (rig) => {
      await rig.ready();
      await openSettings(rig, "3");
      expect((await rows(rig))[0]).toBe("Network Configuration");
    },
  );

story(
  "SEED-009 a speed dial of an XML SIP file is a key with its label, and dials",
  { needs: ["lab", "echo"], files: { [xml]: sipXml } },
  async (rig) => {
    await rig.ready();
    await rig.wait(3000);
    expect((await rig.show("lcd")).lines.slice(0, 2)).toEqual(["Ada", "Echo"]);
    await rig.line(2);
    expect((await rig.call("connected", 20_000)).number).toBe("600");
    await rig.hangUp();
  },
);

story(
  "SEED-009 the same words in a SIP text file are counted as unknown and make no key",
  {
    needs: ["lab"],
    profile: "cisco-sip",
    files: {
      [own]: 'line1_name: "1001"\nline1_password: "lab-1001"\nspeed_line2: "600"\nspeed_label2: "Echo"\n',
    },
  },
  async (rig) => {
    await rig.ready();
    await rig.wait(3000);
    expect((await rig.show("lcd")).lines.filter((label) => label !== "")).toEqual(["1001"]);
  },
);
