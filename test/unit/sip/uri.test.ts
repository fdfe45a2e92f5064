// URIs and addresses: examples of RFC 3261, RFC 5118 and the torture messages.
import { describe, expect, test } from "vitest";
import { parseAddress, printAddress } from "#firmware/sip/message/address.ts";
import { listItems } from "#firmware/sip/message/scanner.ts";
import { asRequestUri, escapedUser, parseUri, printUri, uriEquals } from "#firmware/sip/message/uri.ts";
import { parseDate, parseRetryAfter, printDate } from "#firmware/sip/message/values.ts";
import { parseVia, viaWith } from "#firmware/sip/message/via.ts";
import { WireError } from "#firmware/wire/wire-error.ts";

describe("URIs", () => {
  test.each([
    "sip:alice@atlanta.com",
    "sip:alice:secretword@atlanta.com;transport=tcp",
    "sips:alice@atlanta.com?subject=project%20x&priority=urgent",
    "sip:+1-212-555-1212:1234@gateway.com;user=phone",
    "sips:1212@gateway.com",
    "sip:alice@192.0.2.4",
    "sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com",
    "sip:alice;day=tuesday@atlanta.com",
    "sip:[2001:db8::10]:5070",
    "sip:user@[2001:db8::1];lr",
    "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
  ])("%s is taken and kept (RFC 3261 §19.1.3, RFC 5118, RFC 4475)", (text) => {
    expect(parseUri(text).text).toBe(text);
  });

  test("the parts are found", () => {
    expect(parseUri("sip:+1:x@Gateway.com:5070;user=phone;lr?a=b")).toMatchObject({
      kind: "sip",
      user: "+1:x",
      host: "gateway.com",
      port: 5070,
      headers: "a=b",
    });
    expect(parseUri("tel:+1-201-555-0123;phone-context=x")).toMatchObject({ kind: "other", scheme: "tel" });
  });

  test.each([
    "",
    "sip:",
    "alice@x",
    "sip:a b@c",
    "sip:@c",
    "sip:a@c:99999",
    "sip:a@c:x",
    "sip:a%zz@c",
    "sip:[::1",
  ])("%j is refused", (text) => {
    expect(() => parseUri(text)).toThrow(WireError);
  });

  test.each([
    ["sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true],
    ["sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true],
    ["sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5", true],
    [
      "sip:biloxi.com;transport=tcp?to=sip:bob%40biloxi.com",
      "sip:biloxi.com;transport=TCP?to=sip:bob%40biloxi.com",
      true,
    ],
    ["SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false],
    ["sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false],
    ["sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false],
    ["sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false],
    ["sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false],
  ])("%s = %s: %s (RFC 3261 §19.1.4)", (a, b, isEqual) => {
    expect(uriEquals(parseUri(a), parseUri(b))).toBe(isEqual);
  });

  test("UAC-029 method and headers do not go into a Request-URI", () => {
    expect(asRequestUri(parseUri("sip:a@b;method=INVITE;x=1?Replaces=c"))).toBe("sip:a@b;x=1");
  });

  test("a user part of ours is escaped", () => {
    expect(escapedUser("*69#")).toBe("*69%23");
    expect(
      printUri({ user: "a b", host: "c", port: 5070, parameters: { user: "phone", lr: undefined } }),
    ).toBe("sip:a%20b@c:5070;user=phone;lr");
  });
});

describe("addresses", () => {
  test("without angle brackets the parameters belong to the header (RFC 3261 §20.10)", () => {
    const address = parseAddress("sip:bob@biloxi.com;tag=a6c85cf");
    expect(address.uri.text).toBe("sip:bob@biloxi.com");
    expect(address.parameters.get("tag")).toBe("a6c85cf");
  });

  test.each([
    '"Watson, Thomas" < sip:t.watson@example.org >',
    "Bell, Alexander <sip:a@b>",
    '"open <sip:a@b>',
    "<sip:a@b",
  ])("%j is refused", (text) => {
    expect(() => parseAddress(text)).toThrow(WireError);
  });

  test("a display name survives quoting", () => {
    const printed = printAddress({ displayName: 'A "B" \\ C', uri: parseUri("sip:a@b") });
    expect(printed).toBe('"A \\"B\\" \\\\ C" <sip:a@b>');
    expect(parseAddress(printed).displayName).toBe('A "B" \\ C');
  });

  test("commas inside quotes and brackets do not part a list", () => {
    expect(listItems('"a, b" <sip:c@d>, <sip:e,f@g>;q=0.5 , sip:h@i')).toEqual([
      '"a, b" <sip:c@d>',
      "<sip:e,f@g>;q=0.5",
      "sip:h@i",
    ]);
  });
});

describe("other values", () => {
  test.each([
    ["18000;duration=3600", { seconds: 18000, comment: undefined, durationSec: 3600 }],
    ["120 (I'm in a meeting)", { seconds: 120, comment: "I'm in a meeting", durationSec: undefined }],
    ["30 (back; soon) ;duration=60", { seconds: 30, comment: "back; soon", durationSec: 60 }],
  ])("UAC-036 Retry-After: %s", (text, expected) => {
    expect(parseRetryAfter(text)).toEqual(expected);
  });

  test("a date is read and written in GMT, leap days included", () => {
    for (const unixMs of [
      0,
      Date.UTC(2000, 1, 29, 23, 59, 59),
      Date.UTC(2026, 11, 31, 0, 0, 1),
      Date.UTC(2036, 1, 7),
    ]) {
      expect(printDate(unixMs)).toBe(new Date(unixMs).toUTCString());
      expect(parseDate(printDate(unixMs))).toBe(unixMs);
    }
  });

  test("received and rport are set in a Via, the rest stays as it came", () => {
    const via = parseVia("SIP / 2.0/UDP  a.example.com ; rport;branch=z9hG4bK1 ;x=y");
    expect(viaWith(via, { rport: "40000", received: "192.0.2.1" })).toBe(
      "SIP / 2.0/UDP  a.example.com ;rport=40000;branch=z9hG4bK1 ;x=y;received=192.0.2.1",
    );
  });
});
