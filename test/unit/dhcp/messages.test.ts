// DHCP messages: captured vectors both ways, overload and split options, what makes a message invalid.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeUdpFrame, encodeUdpFrame } from "#firmware/dhcp/datagram.ts";
import { type DhcpMessage, decodeDhcp, dhcpMessage } from "#firmware/dhcp/messages.ts";
import { codeOf, type DhcpOption, optionOf } from "#firmware/dhcp/options.ts";
import { vendorBlocksOf, vendorBlocksOrNone } from "#firmware/dhcp/vendor-blocks.ts";
import { encode } from "#firmware/wire/field.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { hex, vectors } from "#test/vectors/load.ts";

const captured = vectors("dhcp/messages");

/** A reply whose options field, `file` and `sname` are these hex digits. */
function reply(options: string, fields: { file?: string; sname?: string } = {}): Uint8Array {
  const message = new Uint8Array(240 + hex(options).length);
  message.set(hex("02010600 4c07761d 00000000 00000000 0a4d008d 0a4d0001 00000000 001122334455"), 0);
  message.set(hex(fields.sname ?? ""), 44);
  message.set(hex(fields.file ?? ""), 108);
  message.set(hex("63825363"), 236);
  message.set(hex(options), 240);
  return message;
}

function failure(act: () => unknown): WireError {
  try {
    act();
  } catch (error) {
    if (error instanceof WireError) return error;
    throw error;
  }
  throw new Error("no WireError was thrown");
}

describe("captured messages", () => {
  test.each(captured)("$name decodes to its value, and the value survives encoding", ({ bytes, value }) => {
    const { payload, ...frame } = decodeUdpFrame(bytes);
    const message = decodeDhcp(payload);
    expect({ ...frame, message }).toEqual(value);
    expect(decodeDhcp(encode(dhcpMessage, message))).toEqual(message);
  });

  test("a client's frame encodes to the captured bytes, checksums included", () => {
    for (const { name, bytes } of captured.filter(({ name }) => /asking|request/.test(name))) {
      const { payload, ...frame } = decodeUdpFrame(bytes);
      const message = encode(dhcpMessage, decodeDhcp(payload));
      expect(message, name).toEqual(payload);
      expect(encodeUdpFrame({ ...frame, payload: message }), name).toEqual(bytes);
    }
  });
});

describe("options", () => {
  const one = (kind: DhcpOption["kind"], message: Uint8Array): DhcpOption | undefined =>
    decodeDhcp(message).options.find((option) => option.kind === kind);

  test("BOOT-040 overload: options, then file, then sname, whatever the packet's order", () => {
    const message = decodeDhcp(
      reply("34 01 03 35 01 05 0c 01 61 ff", { file: "0c 01 62 0f 01 78 ff", sname: "0c 01 63 ff" }),
    );
    expect(message.options).toEqual([
      { kind: "messageType", type: "ack" },
      { kind: "hostName", text: "abc" },
      { kind: "domainName", text: "x" },
    ]);
    expect([message.bootFile, message.serverName]).toEqual(["", ""]);
  });

  test("BOOT-040 a split option is joined before its value is looked at, at any byte and across fields", () => {
    const message = reply("34 01 01 35 01 05 96 03 c00002 ff", { file: "96 01 07 96 04 c0000208 ff" });
    expect(one("tftpServers", message)).toEqual({
      kind: "tftpServers",
      addresses: ["192.0.2.7", "192.0.2.8"],
    });
  });

  test("option 52 counts in the options field alone, and without it file and sname are text", () => {
    const plain = decodeDhcp(reply("35 01 02 ff", { file: "626f6f74 00 ff", sname: "737276 00" }));
    expect([plain.bootFile, plain.serverName]).toEqual(["boot", "srv"]);
    const nested = decodeDhcp(reply("34 01 01 ff", { file: "34 01 03 ff", sname: "0c 01 61 ff" }));
    expect(nested.options).toEqual([]);
    expect(failure(() => decodeDhcp(reply("34 01 04 ff"))).code).toBe("bad-value");
    expect(failure(() => decodeDhcp(reply("34 02 01 01 ff"))).code).toBe("bad-value");
  });

  test("BOOT-037 option 150 holds 1, 2 or 4 addresses, and a bad length makes the message invalid", () => {
    const addresses = (...last: number[]) => last.map((n) => `192.0.2.${n}`);
    expect(one("tftpServers", reply("96 04 c0000201 ff"))).toMatchObject({ addresses: addresses(1) });
    expect(one("tftpServers", reply("96 08 c0000201 c0000202 ff"))).toMatchObject({
      addresses: addresses(1, 2),
    });
    expect(one("tftpServers", reply("96 10 c0000201 c0000202 c0000203 c0000204 ff"))).toMatchObject({
      addresses: addresses(1, 2, 3, 4),
    });
    for (const bad of ["96 00 ff", "96 03 c00002 ff", "96 05 c0000201 00 ff"])
      expect(failure(() => decodeDhcp(reply(bad))).path).toMatch(/^dhcp\.option 150\./);
  });

  test("a fixed-length option of another length, or a mask with holes, makes the message invalid", () => {
    for (const bad of [
      "01 03 ffffff ff",
      "33 02 0e10 ff",
      "36 05 c000020100 ff",
      "35 00 ff",
      "3a 08 0000000000000000 ff",
      "01 04 ff00ff00 ff",
    ])
      expect(["truncated", "trailing", "bad-value"]).toContain(failure(() => decodeDhcp(reply(bad))).code);
  });

  test("NULs at the end of text do not count, but those of the vendor class do", () => {
    expect(one("domainName", reply("0f 03 61 62 00 ff"))).toMatchObject({ text: "ab" });
    expect(one("vendorClass", reply("3c 03 61 62 00 ff"))).toMatchObject({ text: "ab\0" });
  });

  test("BOOT-041 option 82 in a reply is one of the unknown options and changes nothing", () => {
    const message = decodeDhcp(reply("35 01 02 52 06 0104 00000001 ff"));
    expect(message.options).toEqual([
      { kind: "messageType", type: "offer" },
      { kind: "unknown", id: 82, raw: hex("010400000001") },
    ]);
  });

  test("pads are skipped, a missing END is tolerated, an option past the end is not", () => {
    expect(decodeDhcp(reply("00 00 35 01 02")).options).toEqual([{ kind: "messageType", type: "offer" }]);
    expect(failure(() => decodeDhcp(reply("35 02 02"))).code).toBe("truncated");
    expect(failure(() => decodeDhcp(reply("35"))).code).toBe("truncated");
  });

  test("a value of more than 255 bytes is split on writing and joined on reading", () => {
    const options: readonly DhcpOption[] = [{ kind: "vendorSpecific", bytes: new Uint8Array(600).fill(7) }];
    const value = decodeDhcp(reply("ff"));
    expect(decodeDhcp(encode(dhcpMessage, { ...value, options })).options).toEqual(options);
  });

  test("every option the phone knows has the code of its RFC", () => {
    const kinds = [
      "subnetMask",
      "routers",
      "dnsServers",
      "hostName",
      "domainName",
      "ntpServers",
      "vendorSpecific",
      "leaseTime",
      "overload",
      "serverId",
      "parameterRequest",
      "maxMessageSize",
      "renewalTime",
      "rebindingTime",
      "vendorClass",
      "clientId",
      "tftpServerName",
      "bootFile",
      "vendorIdentifying",
      "tftpServers",
    ] as const;
    expect(kinds.map(codeOf)).toEqual([
      1, 3, 6, 12, 15, 42, 43, 51, 52, 54, 55, 57, 58, 59, 60, 61, 66, 67, 125, 150,
    ]);
  });
});

describe("vendor-identifying data", () => {
  test("blocks may hold any bytes, and of an enterprise that comes twice the first counts", () => {
    expect(vendorBlocksOf(hex("00000009 06 96040a4d0001 00000403 02 00ff 00000009 01 07"))).toEqual([
      { enterprise: 9, data: hex("96040a4d0001") },
      { enterprise: 1027, data: hex("00ff") },
    ]);
  });

  test("bytes that make no sense are an error, or no blocks where the answer must not suffer", () => {
    expect(failure(() => vendorBlocksOf(hex("00000009 06 9604"))).code).toBe("truncated");
    expect(vendorBlocksOrNone(hex("00000009 06 9604"))).toEqual([]);
    expect(vendorBlocksOrNone(undefined)).toEqual([]);
  });
});

describe("fixed fields", () => {
  test("a message without the magic cookie, or for another kind of hardware, is refused", () => {
    const good = reply("35 01 02 ff");
    const changed = (at: number): Uint8Array => good.map((byte, i) => (i === at ? byte ^ 1 : byte));
    for (const at of [1, 2, 236, 239]) expect(failure(() => decodeDhcp(changed(at))).code).toBe("bad-value");
    expect(failure(() => decodeDhcp(good.subarray(0, 239))).code).toBe("truncated");
  });

  test("a short message is padded to the 300 bytes of BOOTP", () => {
    const message: DhcpMessage = { ...decodeDhcp(reply("ff")), options: [] };
    expect(encode(dhcpMessage, message)).toHaveLength(300);
  });

  test("any bytes give a value or a WireError, and a value survives encoding", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 120 }),
        fc.constantFrom("", "340101", "340102", "340103"),
        (tail, overload) => {
          const bytes = reply(`${overload}${Buffer.from(tail).toString("hex")}`, {
            file: "0c01610f0162",
            sname: "0c0163",
          });
          let value: DhcpMessage;
          try {
            value = decodeDhcp(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(WireError);
            return;
          }
          const again = decodeDhcp(encode(dhcpMessage, value));
          expect(again).toEqual(value);
          expect(optionOf(again.options, "overload")).toBeUndefined();
        },
      ),
    );
  });
});
