// IPv6 literals in every place RFC 5118 names; the messages follow its section 4.
import { describe, expect, test } from "vitest";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, type SipMessage, soleOf, valuesOf } from "#firmware/sip/message/message.ts";
import { parseMessage } from "#firmware/sip/message/parse.ts";
import { parseUri } from "#firmware/sip/message/uri.ts";
import { refusalOf } from "#firmware/sip/refusal.ts";
import { parseSdp } from "#firmware/sip/sdp.ts";
import { WireError } from "#firmware/wire/wire-error.ts";

const message = (lines: readonly string[], body = ""): SipMessage =>
  parseMessage(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n${body}`));

const register = (uri: string, via: string, more: readonly string[] = []): SipMessage =>
  message([
    `REGISTER ${uri} SIP/2.0`,
    "To: sip:user@example.com",
    "From: sip:user@example.com;tag=81x2",
    `Via: ${via}`,
    "Call-ID: SSG9559905523997077@hlau_4100",
    "Max-Forwards: 70",
    'Contact: "Caller" <sip:caller@[2001:db8::1]>',
    "CSeq: 98176 REGISTER",
    "Content-Length: 0",
    ...more,
  ]);

const context = { isOurs: () => true, isMerged: false };
const refusal = (got: SipMessage) => (got.kind === "request" ? refusalOf(got, context)?.status : undefined);

describe("IPv6 literals (RFC 5118)", () => {
  test("4.1 a reference in the Request-URI", () => {
    const got = register("sip:[2001:db8::10]", "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111");
    expect(refusal(got)).toBe(405);
    expect(firstOf(got, headers.via)).toMatchObject({ host: "[2001:db8::9:1]", port: undefined });
    expect(firstOf(got, headers.contact)?.uri).toMatchObject({ host: "[2001:db8::1]" });
  });

  test("4.2 without its delimiters it is malformed: 400", () => {
    expect(refusal(register("sip:2001:db8::10", "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111"))).toBe(
      400,
    );
  });

  test("4.3 4.4 the port may stand inside the brackets' neighbour or be read as part of the address", () => {
    expect(parseUri("sip:[2001:db8::10:5070]")).toMatchObject({
      host: "[2001:db8::10:5070]",
      port: undefined,
    });
    expect(parseUri("sip:[2001:db8::10]:5070")).toMatchObject({ host: "[2001:db8::10]", port: 5070 });
  });

  test.each(["[2001:db8::9:255]", "2001:db8::9:255"])(
    "4.5 received=%s, with or without delimiters",
    (received) => {
      const got = register(
        "sip:[2001:db8::10]",
        `SIP/2.0/UDP [2001:db8::9:1];received=${received};branch=z9hG4bKas3-111`,
      );
      expect(firstOf(got, headers.via)?.parameters.get("received")).toBe(received);
      expect(refusal(got)).toBe(405);
    },
  );

  test("4.6 a port in Via behind the brackets", () => {
    const got = register("sip:[2001:db8::10]", "SIP/2.0/UDP [2001:db8::9:1]:5060;branch=z9hG4bKas3-111");
    expect(firstOf(got, headers.via)).toMatchObject({ host: "[2001:db8::9:1]", port: 5060 });
  });

  test("4.7 an IPv6 connection in SDP", () => {
    const sdp = parseSdp(
      new TextEncoder().encode(
        "v=0\r\no=a 1 1 IN IP6 2001:db8::20\r\ns=-\r\nc=IN IP6 2001:db8::20\r\nt=0 0\r\nm=audio 49170 RTP/AVP 0\r\n",
      ),
    );
    expect(sdp.connection).toEqual({ family: "IP6", address: "2001:db8::20" });
  });

  test("4.9 a session of both families: each stream has the address beside it", () => {
    const sdp = parseSdp(
      new TextEncoder().encode(
        "v=0\r\no=a 1 1 IN IP6 2001:db8::20\r\ns=-\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\n" +
          "c=IN IP6 2001:db8::1\r\nm=audio 6050 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\n",
      ),
    );
    expect(sdp.media.map(({ connection }) => connection)).toEqual([
      { family: "IP6", address: "2001:db8::1" },
      { family: "IP4", address: "192.0.2.1" },
    ]);
  });

  test("4.8 several Via and Contact values of both families, IPv4-mapped addresses (4.10)", () => {
    const got = message([
      "BYE sip:user@host.example.net SIP/2.0",
      "Via: SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111",
      "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144",
      "Via: SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200",
      "Call-ID: 997077@lau_4100",
      "Max-Forwards: 70",
      "CSeq: 89187 BYE",
      "To: sip:user@example.net;tag=9817--94",
      "From: sip:user@example.com;tag=81x2",
    ]);
    expect(valuesOf(got, headers.via).map(({ host, port }) => [host, port])).toEqual([
      ["[2001:db8::9:1]", 6050],
      ["192.0.2.1", undefined],
      ["[2001:db8::9:255]", undefined],
    ]);
    expect(parseUri("sip:user@[::ffff:192.0.2.10]:19823")).toMatchObject({
      host: "[::ffff:192.0.2.10]",
      port: 19_823,
    });
    expect(soleOf(got, headers.to).parameters.get("tag")).toBe("9817--94");
  });

  test.each(["sip:[::g]", "sip:[2001:db8::1", "sip:2001:db8::1]", "sip:a@[::1]x"])(
    "%s is refused",
    (text) => {
      expect(() => parseUri(text)).toThrow(WireError);
    },
  );
});
