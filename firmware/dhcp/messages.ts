// The DHCP message (RFC 2131 §2, figure 1): fixed fields, magic cookie, options.
import { bytes, fromLatin1, ip4, latin1, mac, rest } from "#firmware/wire/bytes.ts";
import { decode, type Field } from "#firmware/wire/field.ts";
import { constant, flags, oneOf, u8, u16, u32 } from "#firmware/wire/numbers.ts";
import { Reader } from "#firmware/wire/reader.ts";
import { struct } from "#firmware/wire/structures.ts";
import { Writer } from "#firmware/wire/writer.ts";
import { type DhcpOption, readOptions, writeOptions } from "./options.ts";

/** 63 82 53 63 (RFC 2131 §3). */
const magicCookie = 0x6382_5363;

/** BOOTP messages are at least this long (RFC 1542 §2.1); shorter ones are dropped by some relays. */
const leastBytes = 300;

const ethernet = 1;
const macBytes = 6;
const chaddrPadding = 10;
const snameBytes = 64;
const fileBytes = 128;

const fields = struct({
  op: oneOf(u8, { request: 1, reply: 2 }),
  hardwareType: constant(u8, ethernet),
  hardwareLength: constant(u8, macBytes),
  hops: u8,
  /** Chosen by the client, the same in the answers. */
  transactionId: u32,
  /** Seconds since the client began; the same in a REQUEST as in its DISCOVER (RFC 2131 §4.4.1). */
  secs: u16,
  flags: flags(u16, { broadcast: 0x8000 }),
  /** The client's address while it has one. */
  clientAddress: ip4,
  /** The address on offer. */
  yourAddress: ip4,
  /** The next boot server (RFC 2131 §2). */
  serverAddress: ip4,
  relayAddress: ip4,
  clientMac: mac,
  chaddrRest: bytes(chaddrPadding),
  sname: bytes(snameBytes),
  file: bytes(fileBytes),
  cookie: constant(u32, magicCookie),
  options: rest,
});

/** A message as it is meant: `sname` and `file` are empty where they held options. */
export interface DhcpMessage {
  readonly op: "request" | "reply" | number;
  readonly hops: number;
  readonly transactionId: number;
  readonly secs: number;
  readonly isBroadcast: boolean;
  readonly clientAddress: string;
  readonly yourAddress: string;
  readonly serverAddress: string;
  readonly relayAddress: string;
  readonly clientMac: string;
  /** The server's host name. */
  readonly serverName: string;
  readonly bootFile: string;
  readonly options: readonly DhcpOption[];
}

/** Text up to the first NUL. */
function textOf(field: Uint8Array): string {
  const nul = field.indexOf(0);
  return latin1(nul < 0 ? field : field.subarray(0, nul));
}

function fieldOf(text: string, length: number): Uint8Array {
  const field = new Uint8Array(length);
  field.set(fromLatin1(text).subarray(0, length));
  return field;
}

const fixedBytes = 236;
const optionsAt = fixedBytes + 4;
const snameAt = 44;
const fileAt = 108;

/** A message, options joined and overload resolved. Anything after END is not looked at. */
export const dhcpMessage: Field<DhcpMessage> = {
  read(r) {
    const base = r.offset;
    const value = fields.read(r);
    const { options, overload } = readOptions({
      options: new Reader(value.options, base + optionsAt),
      file: new Reader(value.file, base + fileAt),
      sname: new Reader(value.sname, base + snameAt),
    });
    return {
      op: value.op,
      hops: value.hops,
      transactionId: value.transactionId,
      secs: value.secs,
      isBroadcast: value.flags.broadcast,
      clientAddress: value.clientAddress,
      yourAddress: value.yourAddress,
      serverAddress: value.serverAddress,
      relayAddress: value.relayAddress,
      clientMac: value.clientMac,
      serverName: overload >= 2 ? "" : textOf(value.sname),
      bootFile: overload % 2 === 1 ? "" : textOf(value.file),
      options,
    };
  },
  write(w, value) {
    const start = w.length;
    const options = new Writer();
    writeOptions(options, value.options);
    fields.write(w, {
      op: value.op,
      hardwareType: ethernet,
      hardwareLength: macBytes,
      hops: value.hops,
      transactionId: value.transactionId,
      secs: value.secs,
      flags: { broadcast: value.isBroadcast, rest: 0 },
      clientAddress: value.clientAddress,
      yourAddress: value.yourAddress,
      serverAddress: value.serverAddress,
      relayAddress: value.relayAddress,
      clientMac: value.clientMac,
      chaddrRest: new Uint8Array(chaddrPadding),
      sname: fieldOf(value.serverName, snameBytes),
      file: fieldOf(value.bootFile, fileBytes),
      cookie: magicCookie,
      options: options.written(),
    });
    w.zeros(Math.max(0, leastBytes - (w.length - start)));
  },
};

/** Decodes a DHCP message; throws WireError. */
export function decodeDhcp(message: Uint8Array): DhcpMessage {
  return decode("dhcp", dhcpMessage, message);
}
