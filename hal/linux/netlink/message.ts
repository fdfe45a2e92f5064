// Netlink messages (linux/netlink.h): header, fixed part, attributes. All numbers are the host's, little-endian here.
// Reading checks every length against what is left and throws HalError `io`, nothing else.
import { HalError } from "#hal/contract/errors.ts";
import { c, layout } from "#hal/linux/ffi/abi.ts";

/** A request: what is asked, its fixed part, its attributes. */
export interface Request {
  /** For errors: what was tried, in words. */
  readonly what: string;
  readonly type: number;
  /** NLM_F_REQUEST is added. */
  readonly flags: number;
  readonly head: Uint8Array;
  readonly attributes: readonly Attribute[];
}

/** An attribute with plain bytes, or with attributes inside. */
export interface Attribute {
  readonly type: number;
  readonly value: Uint8Array | readonly Attribute[];
}

/** One message as it arrived. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

/** Attributes by type; of a type that is there twice, the last one counts. */
export type Attributes = ReadonlyMap<number, Uint8Array>;

const align = (length: number): number => (length + 3) & ~3;
export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Text as an attribute carries it; some want a zero behind it. */
export const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A 32-bit value as an attribute carries it. */
export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, value, true);
  return bytes;
}

function encodeAttribute({ type, value }: Attribute): Uint8Array {
  const inner = value instanceof Uint8Array ? value : concat(value.map(encodeAttribute));
  const length = layout.nlattr.sizeof + inner.length;
  const bytes = new Uint8Array(align(length));
  viewOf(bytes).setUint16(layout.nlattr.nla_len, length, true);
  viewOf(bytes).setUint16(layout.nlattr.nla_type, type, true);
  bytes.set(inner, layout.nlattr.sizeof);
  return bytes;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** The bytes of a request. */
export function encodeRequest(request: Request, sequence: number): Uint8Array {
  const at = layout.nlmsghdr;
  const header = new Uint8Array(at.sizeof);
  const bytes = concat([header, request.head, ...request.attributes.map(encodeAttribute)]);
  const view = viewOf(bytes);
  view.setUint32(at.nlmsg_len, bytes.length, true);
  view.setUint16(at.nlmsg_type, request.type, true);
  view.setUint16(at.nlmsg_flags, request.flags | c.NLM_F_REQUEST, true);
  view.setUint32(at.nlmsg_seq, sequence, true);
  return bytes;
}

function malformed(what: string): HalError {
  return new HalError("io", "netlink", "read", what);
}

/** The messages of one datagram. */
export function decodeMessages(bytes: Uint8Array): Message[] {
  const at = layout.nlmsghdr;
  const view = viewOf(bytes);
  const found: Message[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    if (offset + at.sizeof > bytes.length) throw malformed(`header cut off at ${offset} of ${bytes.length}`);
    const length = view.getUint32(offset + at.nlmsg_len, true);
    if (length < at.sizeof || offset + length > bytes.length)
      throw malformed(`message of ${length} bytes at ${offset} of ${bytes.length}`);
    found.push({
      type: view.getUint16(offset + at.nlmsg_type, true),
      flags: view.getUint16(offset + at.nlmsg_flags, true),
      sequence: view.getUint32(offset + at.nlmsg_seq, true),
      payload: bytes.subarray(offset + at.sizeof, offset + length),
    });
    offset += align(length);
  }
  return found;
}

/** The attributes that fill `bytes`. */
export function decodeAttributes(bytes: Uint8Array): Attributes {
  const at = layout.nlattr;
  const view = viewOf(bytes);
  const found = new Map<number, Uint8Array>();
  for (let offset = 0; offset + at.sizeof <= bytes.length; ) {
    const length = view.getUint16(offset + at.nla_len, true);
    if (length < at.sizeof || offset + length > bytes.length)
      throw malformed(`attribute of ${length} bytes at ${offset} of ${bytes.length}`);
    const type = view.getUint16(offset + at.nla_type, true) & ~c.NLA_F_NESTED;
    found.set(type, bytes.subarray(offset + at.sizeof, offset + length));
    offset += align(length);
  }
  return found;
}

/** The fixed part of `size` bytes and the attributes after it. */
export function splitPayload(payload: Uint8Array, size: number): { head: DataView; attributes: Attributes } {
  if (payload.length < size) throw malformed(`payload of ${payload.length} bytes, ${size} is the least`);
  return { head: viewOf(payload), attributes: decodeAttributes(payload.subarray(align(size))) };
}

/** A 32-bit attribute; undefined when it is not there or has another size. */
export function readU32(attributes: Attributes, type: number): number | undefined {
  const bytes = attributes.get(type);
  return bytes === undefined || bytes.length !== 4 ? undefined : viewOf(bytes).getUint32(0, true);
}

/** A zero-terminated text attribute. */
export function readText(attributes: Attributes, type: number): string | undefined {
  const bytes = attributes.get(type);
  if (bytes === undefined) return undefined;
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** What NLMSG_ERROR says: 0 for an acknowledgement, else a positive errno, with the kernel's own words if it has any. */
export function decodeError(message: Message): { readonly errno: number; readonly text: string | undefined } {
  if (message.payload.length < 4) throw malformed("error without a number");
  const errno = -viewOf(message.payload).getInt32(0, true);
  if ((message.flags & c.NLM_F_ACK_TLVS) === 0) return { errno, text: undefined };
  const original = message.payload.subarray(4);
  if (original.length < layout.nlmsghdr.sizeof) throw malformed("error without the request's header");
  const isCapped = (message.flags & c.NLM_F_CAPPED) !== 0 || errno === 0;
  const length = isCapped ? layout.nlmsghdr.sizeof : viewOf(original).getUint32(0, true);
  const attributes = decodeAttributes(original.subarray(align(Math.min(length, original.length))));
  return { errno, text: readText(attributes, c.NLMSGERR_ATTR_MSG) };
}
