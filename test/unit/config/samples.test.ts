// Files as people publish them for these phones, in our own words: they parse, and mean what they say.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { file, phoneMac, read, readText } from "./reading-rig.ts";

const sample = (name: string): string =>
  readFileSync(join(import.meta.dirname, "../../vectors/config", name), "utf8");

test("a SIPDefault.cnf and a SIP<MAC>.cnf with every parameter of the published samples mean what they say", () => {
  const { config, statuses } = readText({
    default: sample("sample-sipdefault.cnf"),
    phone: sample("sample-sip-phone.cnf"),
  });
  expect(config).toMatchObject({
    protocol: "sip",
    phoneLabel: "Desk 2 ",
    media: { preferredCodec: "g711alaw", dscp: 40 },
    time: { zone: "GMT" },
  });
  expect(config.lines.map(({ user, authName }) => [user, authName])).toEqual([
    ["55500100*200", "55500100*200"],
    ["55500100*201", "55500100*201"],
  ]);
  const told = statuses.map(({ code, facts }) => [code, facts["parameter"] ?? facts["name"]].join(" "));
  expect(told.filter((each) => !each.startsWith("unprovisioned"))).toEqual([]);
});

test("a SEP<MAC>.cnf.xml with the elements of the published samples parses: line, speed dial, server, clock", () => {
  const reading = read("xml", [file(`SEP${phoneMac}.cnf.xml`, sample("sample-sep-sip.cnf.xml"))]);
  if (reading.kind === "refused") throw new Error(JSON.stringify(reading));
  expect(reading.config).toMatchObject({
    protocol: "sip",
    phoneLabel: "Desk 2",
    servers: [{ host: "192.0.2.20" }],
    speedDials: [{ key: 2, label: "Echo" }],
    media: { dscp: 46 },
  });
  expect(reading.config.lines).toMatchObject([{ user: "4711", authName: "4711", displayName: "Ada" }]);
  const told = reading.statuses.map(({ code, facts }) => `${code} ${Object.values(facts).join(" ")}`);
  expect(told.filter((each) => /malformed|unusable/.test(each))).toEqual([]);
});
