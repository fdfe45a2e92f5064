// The grammar of SIPDefault.cnf and SIP<MAC>.cnf.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseLine, parseTextFile } from "#firmware/config/text-file.ts";
import { ConfigError } from "#hal/contract/errors.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const values = (text: string): Record<string, string | undefined> =>
  Object.fromEntries(parseTextFile("f", bytes(text)).entries.map(({ name, value }) => [name, value]));

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error.code;
    throw error;
  }
  throw new Error("no ConfigError was thrown");
}

describe("lines", () => {
  test("CFGG-001 one variable per line, ended by LF or CR LF", () => {
    expect(values("sync: 1\r\nsip_retx: 9\nnat_enable: 1")).toEqual({
      sync: "1",
      sip_retx: "9",
      nat_enable: "1",
    });
  });

  test.each(["a: b", "a : b", "a:b", 'a:"b"', "  a  :\t b  ", 'a : "b" ; remark'])(
    'CFGG-002 "%s" gives b',
    (line) => {
      expect(parseLine(line, 1)).toEqual({ name: "a", value: "b", line: 1 });
    },
  );

  test("CFGG-003 a line does not go on in the next one", () => {
    const { entries, problems } = parseTextFile("f", bytes("phone_label: Front\n desk\n"));
    expect(entries).toEqual([{ name: "phone_label", value: "Front", line: 1 }]);
    expect(problems).toEqual([{ line: 2, problem: "no-colon" }]);
  });

  test("CFGG-004 a variable has one value: more than one is no number", () => {
    expect(parseLine("proxy1_port: 5060 5061", 1)).toEqual({
      name: "proxy1_port",
      value: "5060 5061",
      line: 1,
    });
    expect(parseLine('a: "b" "c"', 1)).toBe("text-after-quote");
  });

  test("CFGG-005 a line that begins with # is a remark, and lines may be blank; elsewhere # is a character", () => {
    expect(values("# sip: no\n\n   \n  # more\nline1_password: a#b\n")).toEqual({ line1_password: "a#b" });
  });

  test("CFGG-006 a semicolon after the value starts a remark", () => {
    expect(values("proxy_register: 1 ; on\ntime_zone: CET;Berlin\n; whole line\n")).toEqual({
      proxy_register: "1",
      time_zone: "CET",
    });
  });

  test("CFGG-007 quotes hold blanks, semicolons and number signs", () => {
    expect(values('line1_password: "a b;c#d" ; remark')).toEqual({ line1_password: "a b;c#d" });
    expect(parseLine('a: "b', 1)).toBe("open-quote");
  });

  test("CFGG-008 CFGG-009 nothing, empty quotes and UNPROVISIONED are no value", () => {
    expect(values('a:\nb: ""\nc: UNPROVISIONED\nd: "UNPROVISIONED"\ne: ; remark\n')).toEqual({
      a: undefined,
      b: undefined,
      c: undefined,
      d: undefined,
      e: undefined,
    });
  });

  test("CFGG-010 digits, stars, dots, dashes and slashes need no quotes", () => {
    expect(
      values("messages_uri: *97\nproxy1_address: 192.0.2.10\ndst_start_time: 02/00\ndate_format: D-M-Y"),
    ).toEqual({
      messages_uri: "*97",
      proxy1_address: "192.0.2.10",
      dst_start_time: "02/00",
      date_format: "D-M-Y",
    });
  });

  test("CFGG-013 names are the same in any letter case", () => {
    expect(values("Proxy1_Address: a\nPROXY_REGISTER: 1")).toEqual({
      proxy1_address: "a",
      proxy_register: "1",
    });
  });

  test("CFGG-015 a line of the file is read alone too, as the console does", () => {
    expect(parseLine("proxy_register: 1", 7)).toEqual({ name: "proxy_register", value: "1", line: 7 });
  });

  test.each([
    ["no colon here", "no-colon"],
    ["two words: x", "bad-name"],
    [": x", "bad-name"],
    ["a: b\u0007c", "control-character"],
  ])('"%s" is a problem: %s', (line, problem) => {
    expect(parseLine(line, 1)).toBe(problem);
  });
});

describe("files", () => {
  test("a byte order mark is skipped, and what is not UTF-8 is ISO 8859-1", () => {
    expect(parseTextFile("f", Uint8Array.from([0xef, 0xbb, 0xbf, ...bytes("a: é")])).entries[0]?.value).toBe(
      "é",
    );
    expect(parseTextFile("f", Uint8Array.from([...bytes("a: "), 0xe9])).entries[0]?.value).toBe("é");
  });

  test("binary files and files over 256 KiB are refused", () => {
    expect(codeOf(() => parseTextFile("f", Uint8Array.of(97, 0, 98)))).toBe("malformed");
    expect(codeOf(() => parseTextFile("f", new Uint8Array(262_145).fill(35)))).toBe("too-large");
    expect(parseTextFile("f", new Uint8Array(262_144).fill(35)).entries).toEqual([]);
  });

  test("any bytes give entries or a ConfigError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (any) => {
        try {
          parseTextFile("f", any);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      }),
    );
  });

  test("any name and value without quotes or line ends come back", () => {
    const name = fc.stringMatching(/^[a-z0-9_]{1,20}$/);
    const value = fc.stringMatching(/^[ -!#-~]{1,40}$/).filter((text) => text !== "UNPROVISIONED");
    fc.assert(
      fc.property(name, value, (key, text) => {
        expect(parseLine(`${key}: "${text}"`, 1)).toEqual({ name: key, value: text, line: 1 });
      }),
    );
  });
});
