// DHCP options (RFC 2132, 3396, 3925, 5859): the values, and how they lie in the options, `file` and `sname` fields.
import { fromLatin1, ip4, latin1, rest, restText } from "#firmware/wire/bytes.ts";
import type { Field } from "#firmware/wire/field.ts";
import { mapped, oneOf, u8, u16, u32 } from "#firmware/wire/numbers.ts";
import { Reader } from "#firmware/wire/reader.ts";
import { list, struct, union } from "#firmware/wire/structures.ts";
import { named, WireError } from "#firmware/wire/wire-error.ts";
import type { Writer } from "#firmware/wire/writer.ts";

/** Option 53 (RFC 2132 §9.6). */
const messageTypes = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
} as const;

/** Text whose NULs at the end do not count (RFC 2132 §2); 60 and 61 are opaque octets instead. */
const textOption: Field<string> = mapped(
  rest,
  (bytes) => latin1(bytes).replace(/\0+$/, ""),
  (text: string) => fromLatin1(text),
);

/** At least one address, in order of preference. */
const addresses: Field<readonly string[]> = {
  read(r) {
    if (r.remaining === 0)
      throw new WireError("bad-length", r.offset, "no address where at least one belongs");
    return list(ip4, { most: mostAddresses }).read(r);
  },
  write: (w, values) => list(ip4, { most: mostAddresses }).write(w, values),
};

/** A joined option may be longer than 255 bytes (RFC 3396), but nobody needs more servers than this. */
const mostAddresses = 256;

/** The mask must be ones, then zeros. */
const mask: Field<string> = mapped(
  ip4,
  (text) => {
    if (
      !/^1*0*$/.test(
        text
          .split(".")
          .map((part) => Number(part).toString(2).padStart(8, "0"))
          .join(""),
      )
    )
      throw new RangeError(`mask ${text}, ones followed by zeros belong`);
    return text;
  },
  (text: string) => text,
);

/** What each code holds. A value of the wrong length makes the whole message invalid. */
const items = union({
  subnetMask: [1, struct({ mask })],
  routers: [3, struct({ addresses })],
  dnsServers: [6, struct({ addresses })],
  hostName: [12, struct({ text: textOption })],
  domainName: [15, struct({ text: textOption })],
  broadcast: [28, struct({ address: ip4 })],
  ntpServers: [42, struct({ addresses })],
  /** As it is: Mitel strings, sub-options, anything. */
  vendorSpecific: [43, struct({ bytes: rest })],
  requestedAddress: [50, struct({ address: ip4 })],
  leaseTime: [51, struct({ seconds: u32 })],
  /** 1 `file`, 2 `sname`, 3 both hold options (RFC 2132 §9.3). */
  overload: [52, struct({ fields: u8 })],
  messageType: [53, struct({ type: oneOf(u8, messageTypes) })],
  serverId: [54, struct({ address: ip4 })],
  parameterRequest: [55, struct({ codes: rest })],
  message: [56, struct({ text: textOption })],
  maxMessageSize: [57, struct({ bytes: u16 })],
  renewalTime: [58, struct({ seconds: u32 })],
  rebindingTime: [59, struct({ seconds: u32 })],
  /** Octets, a trailing NUL included: servers compare them exactly (RFC 2132 §9.13). */
  vendorClass: [60, struct({ text: restText })],
  clientId: [61, struct({ bytes: rest })],
  tftpServerName: [66, struct({ text: textOption })],
  bootFile: [67, struct({ text: textOption })],
  sipServers: [120, struct({ bytes: rest })],
  /** RFC 3925 §4; see vendor-blocks.ts for what is inside. */
  vendorIdentifying: [125, struct({ bytes: rest })],
  /** RFC 5859: TFTP servers. */
  tftpServers: [150, struct({ addresses })],
});

/** One option; a code nobody knows keeps its bytes. */
export type DhcpOption = ReturnType<typeof items.decode>;

export type DhcpOptionKind = Exclude<DhcpOption["kind"], "unknown">;

/** The code of a known option. */
export function codeOf(kind: DhcpOptionKind): number {
  return items.idOf(kind);
}

const pad = 0;
const end = 255;

/** Option parts of one field in order, until END or the end of the field (a missing END is tolerated). */
function* partsOf(r: Reader): Generator<readonly [code: number, data: Reader]> {
  while (r.remaining > 0) {
    const code = r.u8();
    if (code === end) return;
    if (code !== pad) yield [code, r.sub(r.u8())];
  }
}

/** One code's parts so far, and where the first stood. */
interface Joined {
  readonly offset: number;
  readonly parts: Uint8Array[];
}

/** The three fields that may hold options. */
export interface OptionFields {
  readonly options: Reader;
  readonly sname: Reader;
  readonly file: Reader;
}

/** What the fields held. `overload` tells which of the others were options, 0 when none. */
export interface ReadOptions {
  readonly options: readonly DhcpOption[];
  readonly overload: number;
}

function join(into: Map<number, Joined>, field: Reader): void {
  for (const [code, data] of partsOf(field)) {
    const known = into.get(code);
    const offset = data.offset;
    const part = data.bytes(data.remaining);
    if (known === undefined) into.set(code, { offset, parts: [part] });
    else known.parts.push(part);
  }
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * All options of a message in order of first appearance. Fields are read options → `file` → `sname` (RFC 3396 §5), and
 * the instances of one code are joined in that order before the value is looked at (§7), also across fields. Option 52
 * counts in the options field alone and is not part of the result.
 */
export function readOptions(fields: OptionFields): ReadOptions {
  const joined = new Map<number, Joined>();
  join(joined, fields.options);
  const overloadPart = joined.get(items.idOf("overload"))?.parts;
  const overload = overloadPart === undefined ? 0 : readOverload(overloadPart, joined);
  if (overload % 2 === 1) join(joined, fields.file);
  if (overload >= 2) join(joined, fields.sname);
  joined.delete(items.idOf("overload"));
  const options = [...joined].map(([code, { offset, parts }]) =>
    named(`option ${code}`, () => items.decode(code, new Reader(concatenated(parts), offset))),
  );
  return { options, overload };
}

function readOverload(parts: readonly Uint8Array[], joined: ReadonlyMap<number, Joined>): number {
  const value = concatenated(parts);
  const fields = value[0] ?? 0;
  if (value.length !== 1 || fields < 1 || fields > 3) {
    const offset = joined.get(items.idOf("overload"))?.offset ?? 0;
    throw new WireError("bad-value", offset, "option 52 is one byte, 1 to 3");
  }
  return fields;
}

/** Bytes one instance of an option holds. */
const mostPerInstance = 255;

/** Writes options in the order given, then END. A value of more than 255 bytes is split (RFC 3396 §6). */
export function writeOptions(w: Writer, options: readonly DhcpOption[]): void {
  for (const option of options) {
    const { id, body } = items.encode(option);
    let at = 0;
    do {
      const part = body.subarray(at, at + mostPerInstance);
      w.u8(id);
      w.u8(part.length);
      w.bytes(part);
      at += mostPerInstance;
    } while (at < body.length);
  }
  w.u8(end);
}

/** The option of a kind, or undefined. */
export function optionOf<K extends DhcpOptionKind>(
  options: readonly DhcpOption[],
  kind: K,
): Extract<DhcpOption, { kind: K }> | undefined {
  return options.find((option): option is Extract<DhcpOption, { kind: K }> => option.kind === kind);
}
