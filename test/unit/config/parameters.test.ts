// Every parameter of reference cisco-7960-sip 2.3: built-in value, what is right, what is wrong, where it arrives.
import { describe, expect, test } from "vitest";
import { parameterTable } from "#firmware/config/parameters.ts";
import { casesAToL } from "./cases-a-to-l.ts";
import { casesLToZ } from "./cases-l-to-z.ts";
import { readText, shown } from "./reading-rig.ts";

const cases = [...casesAToL, ...casesLToZ];

describe.each(cases.map((one) => [one.row, one.name, one] as const))("%s %s", (_row, name, one) => {
  const { builtIn, right, wrong, at, beside = "" } = one;

  test("CFGG-014 has its built-in value when absent or wrong, and a message says so", () => {
    const absent = readText({ default: beside }).config;
    expect(shown(absent, name)).toEqual({ text: builtIn, source: "built-in", isLocked: false });
    for (const text of wrong) {
      const { config, statuses } = readText({ phone: `${beside}\n${name}: "${text}"` });
      expect(at(config)).toEqual(at(absent) ?? at(readText({ phone: `${beside}\n${name}: ""` }).config));
      expect(
        statuses.filter(({ code }) => code === "bad-value").map(({ facts }) => facts["parameter"]),
      ).toEqual([name]);
    }
  });

  test("is taken from either file, the phone's own wins, and it arrives where it is used", () => {
    for (const [text, meaning] of right) {
      const other = right[0]?.[0] ?? "";
      const fromDefault = readText({ default: `${beside}\n${name}: ${text}` }).config;
      expect(at(fromDefault)).toEqual(meaning);
      const fromPhone = readText({
        default: `${beside}\n${name}: ${other}`,
        phone: `${name}: ${text}`,
      }).config;
      expect(at(fromPhone)).toEqual(meaning);
      expect(shown(fromPhone, name).source).toBe("phone-file");
    }
  });
});

test("every parameter of the table is tried here or in lines.test.ts", () => {
  const tried = new Set(cases.map(({ name }) => name));
  const elsewhere = /^(line|proxy|speed_|call_manager)|^(auto_answer|cfwd_url|phone_password|offhook_)/;
  const forgotten = [...parameterTable(6).keys()].filter((name) => !tried.has(name) && !elsewhere.test(name));
  expect(forgotten).toEqual([]);
});
