// The catalogue of faults: every one changes something, says what, and names itself as a command line takes it.
import { expect, test } from "vitest";
import { type Fault, faultNames, faults, isFaultName } from "#test/lab/faults.ts";
import { playUnder, textFile } from "#test/lab/files.ts";
import { provisionedFiles } from "#test/lab/provisioning.ts";
import { defaultSettings, type LabSettings } from "#test/lab/settings.ts";

test.each(faultNames)("%s is described, changes the settings, and played twice is played once", (name) => {
  const fault: Fault = faults[name];
  expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(fault.does.length).toBeGreaterThan(10);
  const once = fault.play(defaultSettings);
  expect(once).not.toEqual(defaultSettings);
  expect(fault.play(once)).toEqual(once);
});

test("names are told from other words", () => {
  expect(isFaultName("dhcp-silent")).toBe(true);
  expect(isFaultName("toString")).toBe(false);
});

test("every story that the first issue asks for has its fault", () => {
  const asked = [
    "no-voice-vlan",
    "two-voice-vlans",
    "dhcp-silent",
    "dhcp-nak",
    "address-conflict",
    "no-option-150",
    "file-not-found",
    "tftp-timeout",
    "malformed-file",
    "first-registrar-dead",
    "all-registrars-dead",
    "wrong-password",
    "registrar-restarts",
    "ntp-absent",
    "flap-link",
    "flap-vlan",
    "flap-ip",
    "flap-config",
    "flap-register",
    "flap-run",
  ];
  expect(asked.filter((name) => !isFaultName(name))).toEqual([]);
});

test("a wrong password is the registrar's, not the file's", () => {
  const wrong: LabSettings = faults["wrong-password"].play(defaultSettings);
  expect(wrong.sip.users["1001"]).not.toBe(defaultSettings.sip.users["1001"]);
  const file = new TextDecoder().decode(provisionedFiles(defaultSettings).get("SIP001122334455.cnf"));
  expect(file).toContain(`line1_password: "${defaultSettings.sip.users["1001"]}"`);
});

test("file servers are told what to do with each file", () => {
  const files = new Map([
    ["SIPDefault.cnf", textFile("a: b\n")],
    ["SIP001122334455.cnf", textFile("c: d\n")],
    ["SEP001122334455.cnf.xml", textFile("<device/>")],
  ]);
  const kinds = (fault: Parameters<typeof playUnder>[0]) =>
    ["SIPDefault.cnf", "SIP001122334455.cnf", "absent"].map((name) => playUnder(fault, files, name).kind);
  expect(kinds("serve")).toEqual(["serve", "serve", "not-found"]);
  expect(kinds("silent")).toEqual(["silent", "silent", "silent"]);
  expect(kinds("nothing-found")).toEqual(["not-found", "not-found", "not-found"]);
  expect(kinds("own-file-missing")).toEqual(["serve", "not-found", "not-found"]);
  expect(kinds("truncated")).toEqual(["truncated", "truncated", "not-found"]);
  expect(kinds("error")).toEqual(["error", "error", "not-found"]);
  const xml = playUnder("malformed", files, "SEP001122334455.cnf.xml");
  expect(xml.kind === "serve" && new TextDecoder().decode(xml.bytes)).toMatch(/<devicePool>$/);
});
