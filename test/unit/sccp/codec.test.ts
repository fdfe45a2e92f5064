// SCCP messages against conversations recorded from chan_skinny and against vectors that Wireshark's dissector reads.
import { describe, expect, test } from "vitest";
import { codecFor, reencodeServer } from "#firmware/sccp/messages/codec.ts";
import { serverAddresses } from "#firmware/sccp/messages/server-messages.ts";
import { readConversations } from "./capture.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s/g, ""), "hex"));
const v3 = codecFor(3);
const v11 = codecFor(11);
const v17 = codecFor(17);

describe("recorded conversations with chan_skinny", () => {
  for (const [name, messages] of readConversations()) {
    test(`${name}: every server message decodes and re-encodes to the same bytes`, () => {
      for (const { sender, bytes } of messages) {
        if (sender === "phone") continue;
        const envelope = v3.decodeServer(bytes);
        expect(envelope.message.kind).not.toBe("unknown");
        expect(Buffer.from(reencodeServer(3, envelope)).toString("hex")).toBe(
          Buffer.from(bytes).toString("hex"),
        );
      }
    });

    test(`${name}: every phone message decodes`, () => {
      for (const { sender, bytes } of messages) {
        if (sender === "phone") expect(v3.decodePhone(bytes).message.kind).not.toBe("unknown");
      }
    });
  }

  test("SCCP-016 the version byte 0x30 of chan_skinny is carried, the date template ends after six bytes", () => {
    const registration = readConversations().get("chan_skinny-600") ?? [];
    const acks = registration
      .filter(({ sender }) => sender === "server")
      .map(({ bytes }) => v3.decodeServer(bytes));
    const ack = acks.find(({ message }) => message.kind === "registerAck")?.message;
    expect(ack).toMatchObject({
      keepAliveSec: 30,
      dateTemplate: "D/M/YA",
      standbyKeepAliveSec: 30,
      protocolVersion: 0x30,
    });
  });
});

describe("constructed vectors of the reference", () => {
  const registers = `48000000 00000000 01000000 53455030303131323233333434353500 00000000 01000000 c000020a 07000000
    00000000 00000000 0b006085 00000000 00000000 000000000000000000000000 00000000`;

  test("SCCP-013 Register of a 7960: 68 bytes of body, version 11, features 00 60 85", () => {
    const bytes = v11.encodePhone({
      kind: "registerReq",
      deviceName: "SEP001122334455",
      user: 0,
      instance: 1,
      address: "192.0.2.10",
      deviceType: 7,
      maxStreams: 0,
      activeStreams: 0,
      protocolVersion: 11,
      feature1: 0x00,
      feature2: 0x60,
      feature3: 0x85,
      maxConferences: 0,
      activeConferences: 0,
      macText: "",
      ipv4Scope: 0,
    });
    expect(bytes).toEqual(hex(registers));
  });

  test("SCCP-001 KeepAlive is a header of 12 bytes whose length counts the id alone", () => {
    expect(v3.encodePhone({ kind: "keepAliveReq" })).toEqual(hex("04000000 00000000 00000000"));
  });

  test("RegisterAck with version 11 and standby interval", () => {
    const ack = v11.decodeServer(
      hex("18000000 00000000 81000000 1e000000 4d2f442f5900 0000 3c000000 0b20f1ff"),
    );
    expect(ack.message).toEqual({
      kind: "registerAck",
      keepAliveSec: 30,
      dateTemplate: "M/D/Y",
      padding: 0,
      standbyKeepAliveSec: 60,
      protocolVersion: 11,
      feature1: 0x20,
      feature2: 0xf1,
      feature3: 0xff,
    });
  });

  test("KeypadButton, SoftKeyEvent, Stimulus, OffHook, IpPort", () => {
    const callRef = 0x0100001a;
    expect(v11.encodePhone({ kind: "keypadButton", key: 5, line: 1, callRef })).toEqual(
      hex("10000000 00000000 03000000 05000000 01000000 1a000001"),
    );
    expect(v11.encodePhone({ kind: "softKeyEvent", event: 9, line: 1, callRef })).toEqual(
      hex("10000000 00000000 26000000 09000000 01000000 1a000001"),
    );
    expect(v11.encodePhone({ kind: "stimulus", stimulus: 2, instance: 2, callRef: 0, status: 0 })).toEqual(
      hex("14000000 00000000 05000000 02000000 02000000 00000000 00000000"),
    );
    expect(v11.encodePhone({ kind: "offHook", line: 0, callRef: 0 })).toEqual(
      hex("0c000000 00000000 06000000 00000000 00000000"),
    );
    expect(v11.encodePhone({ kind: "ipPort", rtpPort: 16384 })).toEqual(
      hex("08000000 00000000 02000000 00400000"),
    );
  });

  test("SCCP-012 the channel answer carries address and port in both forms", () => {
    const ack = {
      kind: "openReceiveChannelAck",
      status: 0,
      address: "192.0.2.10",
      port: 16384,
      partyId: 0x01000101,
      callRef: 0x0100001a,
    } as const;
    expect(v11.encodePhone(ack)).toEqual(
      hex("18000000 00000000 22000000 00000000 c000020a 00400000 01010001 1a000001"),
    );
    expect(v17.encodePhone(ack)).toEqual(
      hex(
        `28000000 00000000 22000000 00000000 00000000 c000020a 000000000000000000000000 00400000 01010001 1a000001`,
      ),
    );
  });

  test("StartTone, SetLamp, CallState, Reset, dynamic prompt", () => {
    const decode = (text: string) => v11.decodeServer(hex(text)).message;
    expect(decode("14000000 00000000 82000000 21000000 00000000 01000000 1a000001")).toMatchObject({
      tone: 0x21,
      line: 1,
    });
    expect(decode("10000000 00000000 86000000 0f000000 00000000 02000000")).toMatchObject({
      stimulus: 15,
      mode: 2,
    });
    expect(
      decode("1c000000 00000000 11010000 05000000 01000000 1a000001 00000000 04000000 00000000"),
    ).toMatchObject({
      state: 5,
      line: 1,
      callRef: 0x0100001a,
    });
    expect(decode("08000000 00000000 9f000000 02000000")).toEqual({ kind: "reset", type: 2 });
    expect(decode("14000000 00000000 45010000 00000000 00000000 00000000 80130000")).toMatchObject({
      text: "\x80\x13",
    });
  });
});

describe("lengths that differ", () => {
  test("SCCP-009 a LineStat of CallManager 2.x ends after the number, the rest is empty", () => {
    const body = hex("01000000 36303031 0000000000000000000000000000000000000000");
    const frame = new Uint8Array([...hex("20000000 00000000 92000000"), ...body]);
    expect(v3.decodeServer(frame).message).toEqual({
      kind: "lineStatRes",
      line: 1,
      number: "6001",
      name: "",
      label: "",
      displayOptions: 0,
    });
  });

  test("SCCP-008 an unknown id keeps its bytes", () => {
    const frame = hex("08000000 00000000 ff0f0000 01020304");
    expect(v3.decodeServer(frame).message).toEqual({ kind: "unknown", id: 0x0fff, raw: hex("01020304") });
  });

  test("SCCP-010 garbage behind a NUL is not text", () => {
    const frame = hex(
      `24000000 00000000 9d000000 4e6f2041757468000a5f5f5f5f5f5f5f 00000000000000000000000000000000`,
    );
    expect(v3.decodeServer(frame).message).toEqual({ kind: "registerReject", text: "No Auth" });
  });

  test("SCCP-007 the header version never selects a layout", () => {
    const open = v17.encodeServer(
      { ...emptyOpen(), sourceAddress: "192.0.2.1", sourcePort: 4000 },
      { headerVersion: 0 },
    );
    expect(v17.decodeServer(open).message).toMatchObject({ sourceAddress: "192.0.2.1", sourcePort: 4000 });
  });

  test("server addresses are unions only from version 17 and 360 bytes on", () => {
    const plain = hex("c0000201 c0000202 00000000 00000000 00000000");
    expect(serverAddresses(17, plain).slice(0, 2)).toEqual(["192.0.2.1", "192.0.2.2"]);
    const unions = new Uint8Array(100);
    unions.set([192, 0, 2, 9], 4);
    expect(serverAddresses(17, unions)[0]).toBe("192.0.2.9");
    expect(serverAddresses(11, unions.subarray(0, 20))[0]).toBe("0.0.0.0");
  });
});

/** OpenReceiveChannel of a version 17 layout with every number zero. */
function emptyOpen() {
  const header = hex("84000000 00000000 05010000");
  const message = v17.decodeServer(new Uint8Array([...header, ...new Uint8Array(128)])).message;
  if (message.kind !== "openReceiveChannel") throw new Error("0x0105 is OpenReceiveChannel");
  return message;
}
