// Messages: what RFC 4475 and captured conversations hold, both directions.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, linesOf, soleOf, tagOf, valuesOf } from "#firmware/sip/message/message.ts";
import { readable } from "#firmware/sip/message/octets.ts";
import { parseMessage } from "#firmware/sip/message/parse.ts";
import { printMessage } from "#firmware/sip/message/print.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { conversation, conversations, torture, tortureNames } from "#test/vectors/sip/load.ts";

const text = (lines: readonly string[], body = ""): Uint8Array =>
  new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n${body}`);
const ascii = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe("captured conversations", () => {
  test.each(conversations)("%s: every message parses without a flaw and prints the same", (name) => {
    for (const { bytes } of conversation(name)) {
      const message = parseMessage(bytes);
      expect(message.flaw).toBeUndefined();
      for (const type of Object.values(headers)) valuesOf(message, type as typeof headers.subject);
      const again = parseMessage(printMessage(message));
      expect({ ...again, headers: [] }).toEqual({ ...message, headers: [] });
      const withoutLength = (lines: typeof message.headers) =>
        lines.filter(({ id }) => id !== "content-length");
      expect(withoutLength(again.headers)).toEqual(withoutLength(message.headers));
    }
  });

  test("a challenge, a contact and a date are read as Asterisk and Kamailio wrote them", () => {
    const messages = conversation("call-pjsip-baresip").map(({ bytes }) => parseMessage(bytes));
    const challenge = firstOf(messages[2] ?? fail(), headers.wwwAuthenticate);
    expect(Object.fromEntries(challenge?.parameters ?? [])).toEqual({
      realm: "asterisk",
      nonce: "1795179315/4426d6c30cec8581395835208aba49b1",
      opaque: "4bbc74ab22d6dfda",
      algorithm: "MD5",
      qop: "auth",
    });
    const granted = messages.find((message) => message.headers.some(({ id }) => id === "date")) ?? fail();
    expect(firstOf(granted, headers.date)).toBe(Date.UTC(2026, 10, 20, 12, 55, 15));
    expect(firstOf(granted, headers.contact)?.parameters.get("expires")).toBe("119");
  });
});

describe("torture messages (RFC 4475)", () => {
  const wellFormed = tortureNames.filter(
    (name) =>
      !/^(bad(?!branch|vers)|clerr|ncl|scalar|quotbal|ltgt|lws(?!disp)|trws|regbadct|bigcode|mcl)/.test(name),
  );

  test.each(wellFormed)("%s: every header is understood", (name) => {
    const message = parseMessage(torture(name));
    expect(message.flaw).toBeUndefined();
    for (const type of Object.values(headers)) valuesOf(message, type as typeof headers.subject);
  });

  test("3.1.1.1 folding, odd spacing and compact forms mean what they say", () => {
    const message = parseMessage(torture("wsinv"));
    expect(tagOf(message, headers.to)).toBe("1918181833n");
    expect(soleOf(message, headers.from)).toMatchObject({ displayName: 'J Rosenberg \\"' });
    expect(tagOf(message, headers.from)).toBe("98asjd8");
    expect(soleOf(message, headers.maxForwards)).toBe(68);
    expect(soleOf(message, headers.cseq)).toEqual({ number: 9, method: "INVITE" });
    expect(valuesOf(message, headers.via).map(({ transport, host }) => [transport, host])).toEqual([
      ["UDP", "192.0.2.2"],
      ["TCP", "spindle.example.com"],
      ["UDP", "192.168.255.111"],
    ]);
    expect(soleOf(message, headers.contact).parameters.get("q")).toBe("0.33");
    expect(message.body.length).toBe(150);
  });

  test("3.1.1.8 UAC-017 octets beyond Content-Length are cut off", () => {
    const message = parseMessage(torture("dblreq"));
    expect(message).toMatchObject({ kind: "request", method: "REGISTER" });
    expect(message.body.length).toBe(0);
  });

  test("3.1.1.12 an odd reason phrase is kept octet by octet and read as UTF-8", () => {
    const message = parseMessage(torture("unreason"));
    if (message.kind !== "response") throw new Error("a response");
    expect(readable(message.reason)).toBe("= 2**3 * 5**2 но сто девяносто девять - простое");
    expect(ascii(printMessage(message)).split("\r\n")[0]).toBe(ascii(torture("unreason")).split("\r\n")[0]);
  });

  test("3.1.2.19 a status out of range is refused", () => {
    expect(() => parseMessage(torture("bigcode"))).toThrow(WireError);
  });
});

describe("bodies over UDP", () => {
  const head = ["BYE sip:a@192.0.2.1 SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKx"];

  test("UAC-017 a datagram shorter than Content-Length is flawed, a missing length takes everything", () => {
    expect(parseMessage(text([...head, "Content-Length: 5"], "abc")).flaw?.code).toBe("truncated");
    expect(ascii(parseMessage(text(head, "abc")).body)).toBe("abc");
    expect(ascii(parseMessage(text([...head, "l: 2"], "abc")).body)).toBe("ab");
  });

  test("two different lengths, or a negative one, are a flaw", () => {
    expect(parseMessage(text([...head, "Content-Length: 1", "l: 2"], "abc")).flaw?.code).toBe("bad-length");
    expect(parseMessage(text([...head, "Content-Length: -1"], "abc")).flaw?.code).toBe("bad-value");
  });

  test("Content-Length on the way out counts octets, not characters", () => {
    const message = parseMessage(text(head, "ü"));
    expect(ascii(printMessage(message))).toContain("Content-Length: 2\r\n\r\nü");
  });
});

describe("header lines", () => {
  test("HDR-024 compact forms are their long headers", () => {
    const compact = ["v", "f", "t", "i", "m", "l", "c", "e", "s", "k", "o", "u", "r", "b", "x"];
    const long = "via from to call-id contact content-length content-type content-encoding subject supported";
    const later = "event allow-events refer-to referred-by session-expires";
    const message = parseMessage(text(["NOTIFY sip:a@b SIP/2.0", ...compact.map((name) => `${name}: 1`)]));
    expect(message.headers.map(({ id }) => id)).toEqual(`${long} ${later}`.split(" "));
  });

  test("unknown headers and their order are kept", () => {
    const bytes = text(["OPTIONS sip:a@b SIP/2.0", "X-One: 1", "Via: SIP/2.0/UDP c", "x-two: a, b"]);
    const printed = printMessage(parseMessage(bytes));
    expect(ascii(printed)).toBe(
      "OPTIONS sip:a@b SIP/2.0\r\nX-One: 1\r\nVia: SIP/2.0/UDP c\r\nx-two: a, b\r\nContent-Length: 0\r\n\r\n",
    );
  });

  test("a line that is no header is a flaw, the others are still there", () => {
    const message = parseMessage(text(["OPTIONS sip:a@b SIP/2.0", "what is this", "Via: SIP/2.0/UDP c"]));
    expect(message.flaw?.code).toBe("bad-value");
    expect(linesOf(message, headers.via)).toHaveLength(1);
  });

  test("a header that must stand once and stands twice is refused when it is read", () => {
    const message = parseMessage(torture("multi01"));
    expect(() => soleOf(message, headers.cseq)).toThrow(WireError);
  });
});

test("any bytes give a message or a WireError", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        parseMessage(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    }),
  );
});

function fail(): never {
  throw new Error("the capture has this message");
}
