// One SCCP message to and from bytes: header, body by negotiated version, and whatever length the peer gave it.

import { Reader } from "#firmware/wire/reader.ts";
import type { Union } from "#firmware/wire/structures.ts";
import { named } from "#firmware/wire/wire-error.ts";
import { Writer } from "#firmware/wire/writer.ts";
import { InvariantError } from "#hal/contract/errors.ts";
import { type PhoneMessage, phoneMessages } from "./phone-messages.ts";
import { type ServerMessage, serverMessages } from "./server-messages.ts";

/** Header bytes before the body: length, header version, message id. */
export const headerLength = 12;

/** A message with what its layout does not say: the header version and the real length of the body. */
export interface Envelope<M> {
  /** Never selects a layout (reference 1.2); a phone sends 0. */
  readonly headerVersion: number;
  readonly message: M;
  /** Body bytes on the wire: shorter than the layout from old servers, longer from some. */
  readonly bodyLength: number;
  /** What stood behind the last field of the layout. */
  readonly surplus: Uint8Array;
}

/** Versions the phone knows; the layouts change within this range only (reference 1.5). */
export const oldestVersion = 3;
export const newestVersion = 22;

/** Both directions of one negotiated version. */
export interface Codec {
  readonly version: number;
  decodeServer(frame: Uint8Array): Envelope<ServerMessage>;
  decodePhone(frame: Uint8Array): Envelope<PhoneMessage>;
  /** With header version 0; one buffer, so that it leaves in one write. */
  encodePhone(message: PhoneMessage): Uint8Array;
  /** As the server would: `bodyLength` cuts or fills the layout's own length. */
  encodeServer(
    message: ServerMessage,
    options?: { readonly headerVersion?: number; readonly bodyLength?: number },
  ): Uint8Array;
}

const codecs = new Map<number, Codec>();

/** The codec of a version from 3 to 22; made once. */
export function codecFor(version: number): Codec {
  if (!Number.isInteger(version) || version < oldestVersion || version > newestVersion) {
    throw new InvariantError(
      `a negotiated SCCP version is ${oldestVersion} to ${newestVersion}, this one is ${version}`,
    );
  }
  let codec = codecs.get(version);
  if (codec === undefined) {
    codec = makeCodec(version);
    codecs.set(version, codec);
  }
  return codec;
}

/** The bytes again as they came, surplus included: nothing a peer sent is lost. */
export function reencodeServer(version: number, envelope: Envelope<ServerMessage>): Uint8Array {
  const { headerVersion, message, bodyLength, surplus } = envelope;
  const whole = codecFor(version).encodeServer(message, { headerVersion, bodyLength });
  whole.set(surplus, whole.length - surplus.length);
  return whole;
}

function makeCodec(version: number): Codec {
  const server = serverMessages(version);
  const phone = phoneMessages(version);
  return {
    version,
    decodeServer: (frame) => decode(`sccp server`, frame, server),
    decodePhone: (frame) => decode(`sccp phone`, frame, phone),
    encodePhone: (message) => frameOf(phone.encode(message), 0, undefined),
    encodeServer: (message, options) =>
      frameOf(server.encode(message), options?.headerVersion ?? 0, options?.bodyLength),
  };
}

type AnyUnion<M> = Pick<Union<never>, "idOf"> & { decode(id: number, body: Reader): M };

function decode<M>(name: string, frame: Uint8Array, messages: Omit<AnyUnion<M>, "idOf">): Envelope<M> {
  return named(name, () => {
    const reader = new Reader(frame);
    const length = reader.u32le();
    const headerVersion = reader.u32le();
    const id = reader.u32le();
    const body = reader.sub(length - 4);
    reader.end();
    const message = messages.decode(id, body);
    return { headerVersion, message, bodyLength: length - 4, surplus: body.bytes(body.remaining).slice() };
  });
}

function frameOf(
  { id, body }: { readonly id: number; readonly body: Uint8Array },
  headerVersion: number,
  bodyLength: number | undefined,
): Uint8Array {
  const length = bodyLength ?? body.length;
  const writer = new Writer();
  writer.u32le(length + 4);
  writer.u32le(headerVersion);
  writer.u32le(id);
  writer.bytes(body.subarray(0, length));
  writer.zeros(Math.max(0, length - body.length));
  return writer.finish();
}
