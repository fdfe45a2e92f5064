// The SCCP profile: every request of reference boot-and-provisioning 5.2, byte for byte, plain and one after the other.
import { expect } from "vitest";
import { defaultSettings } from "#test/lab/settings.ts";
import { plugIn } from "./kit/files.ts";
import { deskTest } from "./kit/story.ts";

const names = [
  "CTLSEP001122334455.tlv",
  "ITLSEP001122334455.tlv",
  "ITLFile.tlv",
  "SEP001122334455.cnf.xml",
  "XMLDefault.cnf.xml",
  "SEP001122334455.cnf",
  "SEPDEFAULT.cnf",
];

/** A plain read request as RFC 1350 §5 draws it. */
const request = (name: string): Buffer => Buffer.from(`\0\x01${name}\0octet\0`, "latin1");

deskTest("BOOT-050 every file of the SCCP image is asked for in its order, with no TFTP option", async () => {
  const t = await plugIn({
    profile: "cisco-sccp",
    files: { "SIPDefault.cnf": undefined, "dialplan.xml": undefined },
  });
  const capture = t.lab.capture();
  await t.clock.runUntil("a whole pass", () => t.reads().length >= names.length);
  expect(t.reads()).toEqual(names);
  const bytes = Buffer.from(capture.bytes());
  const places = names.map((name) => bytes.indexOf(request(name)));
  expect(Math.min(...places)).toBeGreaterThan(0);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(bytes.includes("blksize")).toBe(false);
  // Nothing is there: the whole chain begins anew after a pause, and says why.
  await t.clock.runUntil("the next pass", () => t.reads().length > names.length);
  expect(t.reads()[names.length]).toBe(names[0]);
  expect(t.statuses()).toContain("file-not-found SEPDEFAULT.cnf");
  await t.unplug();
});

deskTest("its own file ends the chain, and the phone registers at the first server of the list", async () => {
  const t = await plugIn({ profile: "cisco-sccp", settings: { ...defaultSettings, protocol: "sccp" } });
  await t.reach("run");
  expect(t.reads().slice(0, 4)).toEqual(names.slice(0, 4));
  expect(t.phone.config()).toMatchObject({
    protocol: "sccp",
    kind: "xml",
    servers: [{ host: "10.77.110.1" }, {}, {}],
  });
  expect(t.fatal).toEqual([]);
  await t.unplug();
});
