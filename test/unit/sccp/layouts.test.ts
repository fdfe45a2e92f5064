// Bodies of every length real servers send, by negotiated version: what they mean does not depend on it.
import { describe, expect, test } from "vitest";
import { codecFor } from "#firmware/sccp/messages/codec.ts";
import { serverAddresses } from "#firmware/sccp/messages/server-messages.ts";
import type { ServerOrder } from "#firmware/sccp/notices.ts";
import { ordersOf } from "#firmware/sccp/orders.ts";
import { Body, frameOf } from "./body.ts";

function orders(version: number, id: number, body: Uint8Array): readonly ServerOrder[] {
  const { message } = codecFor(version).decodeServer(frameOf(id, body));
  return ordersOf(message, { version, encodings: ["PCMU", "PCMA"] });
}

describe("media", () => {
  /** OpenReceiveChannel as the reference draws it, up to version 22, written here field by field. */
  function open(version: number, length: number): Uint8Array {
    const body = new Body().words(0x11, 0x22, 20, 4, 0, 0);
    if (version >= 5) body.words(0x33).zeros(40);
    if (version >= 11) body.words(0, 0, 7, 8, 101, 10);
    body.words(0, 0);
    if (version >= 17) body.words(0).bytes(192, 0, 2, 1).zeros(12).words(4000, 0);
    else body.bytes(192, 0, 2, 1).words(4000);
    return body.zeros(200).cut(length);
  }

  test("SCCP-043 OpenReceiveChannel of 24, 68, 92, 108, 128 and 168 bytes means the same", () => {
    const sizes = [
      [3, 24],
      [5, 68],
      [11, 92],
      [15, 108],
      [17, 128],
      [22, 168],
      [3, 168],
      [17, 168],
    ] as const;
    for (const [version, length] of sizes) {
      const [order] = orders(version, 0x0105, open(version, length));
      expect(order, `version ${version}, ${length} bytes`).toMatchObject({
        kind: "open-receive",
        channel: {
          conference: 0x11,
          party: 0x22,
          packetMs: 20,
          format: { encoding: "PCMU" },
          at: { ref: version >= 5 ? 0x33 : 0 },
          telephoneEvent: version >= 11 ? { payloadType: 101 } : undefined,
        },
      });
    }
  });

  test("SCCP-045 StartMediaTransmission names where to send, in both forms of address", () => {
    const tail = (body: Body): Uint8Array => body.words(30, 2, 0xb8, 1, 0, 0, 0x33).zeros(120).cut(168);
    const old = tail(new Body().words(1, 2).bytes(192, 0, 2, 9).words(16_384));
    const union = tail(new Body().words(1, 2, 0).bytes(192, 0, 2, 9).zeros(12).words(16_384));
    for (const [version, body] of [
      [3, old.subarray(0, 40)],
      [5, old.subarray(0, 84)],
      [11, old.subarray(0, 108)],
      [15, old.subarray(0, 116)],
      [17, union.subarray(0, 132)],
      [22, union],
    ] as const) {
      expect(orders(version, 0x008a, body)[0], `version ${version}`).toMatchObject({
        kind: "start-send",
        remote: { address: "192.0.2.9", port: 16_384 },
        channel: { party: 2, packetMs: 30, format: { encoding: "PCMA" } },
        tos: 0xb8,
        hasSilenceSuppression: true,
      });
    }
    const six = new Body().words(1, 2, 1).bytes(0x20, 0x01, 0x0d, 0xb8).zeros(11).bytes(5).words(16_384);
    expect(orders(17, 0x008a, tail(six))[0]).toMatchObject({ remote: { address: "2001:db8:0:0:0:0:0:5" } });
  });

  test("SCCP-044 the channel answer repeats party and call, its address form follows the version", () => {
    const answer = {
      kind: "openReceiveChannelAck",
      status: 0,
      address: "192.0.2.10",
      port: 16_384,
      partyId: 0xffff_fffe,
      callRef: 7,
    } as const;
    const body = (version: number) => codecFor(version).encodePhone(answer).subarray(12);
    expect(body(11)).toEqual(new Body().words(0).bytes(192, 0, 2, 10).words(16_384, 0xffff_fffe, 7).done());
    const union = new Body().words(0, 0).bytes(192, 0, 2, 10).zeros(12).words(16_384, 0xffff_fffe, 7).done();
    for (const version of [17, 18, 20, 22]) expect(body(version)).toEqual(union);
  });
});

describe("texts", () => {
  const prompt = { kind: "prompt", at: { line: 1, ref: 2 }, text: "\ue020", timeoutSec: 3 };
  const notify = { kind: "notify", priority: undefined, text: "Hello", timeoutSec: 5 };

  test("SCCP-031 prompts and notifications come in a fixed and a dynamic form, at any version", () => {
    for (const version of [3, 8, 11, 17, 22]) {
      const fixed = new Body().words(3).text("\x80\x20", 32).words(1, 2);
      expect(orders(version, 0x0112, fixed.done())).toEqual([prompt]);
      expect(orders(version, 0x0112, fixed.zeros(12).done())).toEqual([prompt]); // chan_skinny: 56 bytes
      expect(orders(version, 0x0145, new Body().words(3, 1, 2).text("\x80\x20", 4).done())).toEqual([prompt]);
      expect(orders(version, 0x0114, new Body().words(5).text("Hello", 32).done())).toEqual([notify]);
      expect(orders(version, 0x0114, new Body().words(5).text("Hello", 100).done())).toEqual([notify]);
      expect(orders(version, 0x0143, new Body().words(5).text("Hello", 8).done())).toEqual([notify]);
      const urgent = { ...notify, priority: 4 };
      expect(orders(version, 0x0120, new Body().words(5, 4).text("Hello", 32).done())).toEqual([urgent]);
      expect(orders(version, 0x0144, new Body().words(5, 4).text("Hello", 8).done())).toEqual([urgent]);
    }
  });

  test("SCCP-025 labels hold codes 80 nn and 1E nn beside plain text; an unknown code is one character", () => {
    const label = (raw: string): string => {
      const frame = new Body().words(0).text(raw, 40).done();
      const [order] = orders(11, 0x0099, frame.subarray(4));
      return order?.kind === "display-text" ? order.text : "";
    };
    expect(label("Dial")).toBe("Dial");
    expect(label("\x80\x09")).toBe("\ue009");
    expect(label("\x1e\x4f")).toBe("\ue14f");
    expect(label("Asterisk \x80\x18")).toBe("Asterisk \ue018");
    expect(label("\x80\x17Desk (1001)")).toBe("\ue017Desk (1001)");
    expect(label("\x80\xf0 x")).toBe("\ue0f0 x");
  });

  test("SCCP-011 ISO 8859-1 up to version 11, UTF-8 above", () => {
    const name = (version: number, raw: string) => {
      const [order] = orders(version, 0x0147, new Body().words(1, 0).text(`1001\0${raw}\0`, 24).done());
      return order?.kind === "line-info" ? order.name : undefined;
    };
    expect(name(11, "J\xfcrgen")).toBe("Jürgen");
    expect(name(17, "J\xc3\xbcrgen")).toBe("Jürgen");
    expect(name(17, "J\xfcrgen")).toBe("Jürgen"); // a server that mixes them up
    expect(name(17, "\xc3\x80\x80\x18")).toBe("À\ue018"); // 0x80 as the second byte of a letter, then as a code
  });

  test("SCCP-032 CallInfo: fixed, twelve strings, thirteen (chan_skinny), fifteen", () => {
    const parties = {
      calling: { name: "Ann", number: "1001" },
      called: { name: "Bob", number: "1002" },
      originalCalled: { name: "Cid", number: "1003" },
      lastRedirecting: { name: "Dan", number: "1004" },
    };
    const expected = { kind: "call-info", at: { line: 1, ref: 7 }, info: { direction: "in", ...parties } };
    const fixed = new Body()
      .text("Ann", 40)
      .text("1001", 24)
      .text("Bob", 40)
      .text("1002", 24)
      .words(1, 7, 1)
      .text("Cid", 40)
      .text("1003", 24)
      .text("Dan", 40)
      .text("1004", 24);
    expect(orders(3, 0x008f, fixed.zeros(116).done())[0]).toMatchObject(expected);
    const dynamic = (texts: string): Uint8Array =>
      new Body()
        .words(1, 7, 1, 0, 0, 1, 0, 0)
        .text(texts, Math.ceil((texts.length + 1) / 4) * 4)
        .done();
    const twelve = "1001\x001002\x001003\x001004\0\0\0\0\0Ann\0Bob\0Cid\0Dan\0";
    for (const version of [8, 11, 15])
      expect(orders(version, 0x014a, dynamic(twelve))[0], `version ${version}`).toMatchObject(expected);
    const thirteen = "1001\0\x001002\x001003\x001004\0\0\0\0\0Ann\0Bob\0Cid\0Dan\0";
    for (const version of [16, 17, 22]) {
      expect(orders(version, 0x014a, dynamic(thirteen))[0]).toMatchObject(expected);
      expect(orders(version, 0x014a, dynamic(`${thirteen}8000\0Hunt\0`))[0]).toMatchObject(expected);
    }
    const short = fixed.done().subarray(0, 128); // CallManager 2.x: names and numbers alone
    expect(orders(3, 0x008f, short)[0]).toMatchObject({
      info: { calling: parties.calling, direction: "out" },
    });
  });
});

describe("configuration", () => {
  test("SCCP-029 SCCP-030 LineStat in every form; the label falls back to the name, then to the number", () => {
    const line = (version: number, id: number, body: Uint8Array) => orders(version, id, body)[0];
    const fixed = new Body().words(1).text("1001", 24).text("Ann", 40).text("Desk", 40).words(15).done();
    const full = { kind: "line-info", instance: 1, number: "1001", name: "Ann", label: "Desk" };
    expect(line(11, 0x0092, fixed)).toEqual(full);
    expect(line(11, 0x0092, fixed.subarray(0, 108))).toEqual(full); // CM 3.3
    expect(line(3, 0x0092, fixed.subarray(0, 68))).toEqual({ ...full, label: "Ann" }); // CM 3.1
    expect(line(3, 0x0092, fixed.subarray(0, 28))).toEqual({ ...full, name: "", label: "1001" }); // CM 2.x
    const skinny = new Body().words(1).text("1001", 24).text("Ann", 24).zeros(60).done();
    expect(line(17, 0x0092, skinny)).toEqual({ ...full, label: "Ann" });
    const dynamic = new Body().words(1, 0).text("1001\0Ann\0Desk\0", 16).done();
    expect(line(17, 0x0147, dynamic)).toEqual(full);
  });

  test("SCCP-064 ServerRes: unions only at version 17 and with 360 bytes, zero addresses are no error", () => {
    const head = new Body().text("cm1", 48).text("cm2", 48).zeros(144).words(2000, 2000, 0, 0, 0);
    const plain = head.bytes(192, 0, 2, 1, 192, 0, 2, 2).zeros(12).done();
    expect(plain).toHaveLength(280);
    const decode = (version: number, body: Uint8Array) => {
      const { message } = codecFor(version).decodeServer(frameOf(0x009e, body));
      if (message.kind !== "serverRes") throw new Error(message.kind);
      return serverAddresses(version, message.addresses);
    };
    for (const version of [3, 17])
      expect(decode(version, plain).slice(0, 2)).toEqual(["192.0.2.1", "192.0.2.2"]);
    const long = new Body().text("cm1", 48).zeros(192).words(2000, 0, 0, 0, 0);
    const unions = long
      .words(0)
      .bytes(192, 0, 2, 1)
      .zeros(12 + 80);
    expect(unions.done()).toHaveLength(360);
    expect(decode(17, unions.done())[0]).toBe("192.0.2.1");
    const padded = new Body().text("cm1", 48).zeros(192).words(2000, 0, 0, 0, 0).zeros(100).done();
    expect(decode(17, padded)).toEqual(Array(5).fill("0.0.0.0"));
    expect(decode(11, padded)).toEqual(Array(5).fill("0.0.0.0"));
  });

  test("forwards: 24-byte numbers, packed 25-byte ones from version 18, chan-sccp's 96 bytes", () => {
    const expected = [
      { kind: "forward", line: 1, forward: { all: "1009", busy: undefined, noAnswer: "1010" } },
    ];
    const old = new Body().words(1, 1, 1).text("1009", 24).words(0).text("", 24).words(1).text("1010", 24);
    expect(orders(11, 0x0090, old.done())).toEqual(expected);
    expect(orders(11, 0x0090, old.zeros(4).done())).toEqual(expected);
    const packed = new Body().words(1, 1, 1).text("1009", 25).words(0).text("", 25).words(1).text("1010", 25);
    expect(orders(18, 0x0090, packed.done())).toEqual(expected);
  });

  test("SCCP-066 DefineTimeDate is shown as told; weekday 0 is Sunday", () => {
    const body = new Body().words(2026, 11, 0, 22, 23, 59, 58, 120, 1_795_391_998).done();
    const { message } = codecFor(11).decodeServer(frameOf(0x0094, body));
    expect(message).toMatchObject({ kind: "timeDateRes", weekday: 0, day: 22 });
    expect(new Date(Date.UTC(2026, 10, 22)).getUTCDay()).toBe(0);
    expect(orders(11, 0x0094, body)).toMatchObject([
      { kind: "time", time: { year: 2026, month: 11, day: 22, hour: 23, unixMs: 1_795_391_998_000 } },
    ]);
  });
});

test("SCCP-036 ringer modes 1 to 5, once or until off, and the mode alone from old servers", () => {
  const ring = (...words: number[]) => orders(3, 0x0085, new Body().words(...words).done())[0];
  const modes = [1, 2, 3, 4, 5].map((mode) => ring(mode, 1, 1, 7));
  const names = ["off", "inside", "outside", "feature", "silent"];
  expect(modes).toEqual(
    names.map((mode) => ({ kind: "ringer", at: { line: 1, ref: 7 }, mode, isOnce: false })),
  );
  expect(ring(2, 2, 1, 7)).toMatchObject({ mode: "inside", isOnce: true });
  expect(ring(2)).toEqual({ kind: "ringer", at: { line: 0, ref: 0 }, mode: "inside", isOnce: false });
  expect(ring(2, 1, 1, 0, 0)).toMatchObject({ at: { line: 1, ref: 0 } }); // chan_skinny: 20 bytes
});

test("SCCP-074 the short forms of CallManager 2.x decode: unknown media orders do nothing, the rest does", () => {
  const old = (id: number, body: Body) => orders(3, id, body.done());
  expect(old(0x0082, new Body().words(0x21))).toMatchObject([{ kind: "tone", tone: "inside-dial" }]);
  expect(old(0x0083, new Body())).toMatchObject([{ kind: "tone-stop", at: { line: 0, ref: 0 } }]);
  expect(old(0x008c, new Body().bytes(192, 0, 2, 1).words(20, 4).zeros(12))).toEqual([]);
  expect(old(0x008d, new Body().words(99))).toEqual([]);
  expect(old(0x008b, new Body().words(99))).toMatchObject([{ kind: "stop-send", party: 0 }]);
  expect(old(0x0111, new Body().words(5, 1, 7))).toEqual([
    { kind: "call-state", at: { line: 1, ref: 7 }, state: "connected" },
  ]);
  const start = new Body().bytes(192, 0, 2, 1).words(16_384, 20, 4).zeros(20);
  expect(() => old(0x008a, start)).not.toThrow();
});
