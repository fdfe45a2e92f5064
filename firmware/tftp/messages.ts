// TFTP messages: RFC 1350 §5, with the option extension of RFC 2347. Both directions, so the lab's server uses it too.
import { latin1, rest, textZ } from "#firmware/wire/bytes.ts";
import type { Field } from "#firmware/wire/field.ts";
import { oneOf, u16 } from "#firmware/wire/numbers.ts";
import { Reader } from "#firmware/wire/reader.ts";
import { list, struct, type UnionOf, union } from "#firmware/wire/structures.ts";
import { named } from "#firmware/wire/wire-error.ts";
import { Writer } from "#firmware/wire/writer.ts";

/** Port requests go to (RFC 1350 §4). */
export const tftpPort = 69;

/** RFC 1350 appendix, 8 from RFC 2347. */
export const errorCodes = {
  undefined: 0,
  fileNotFound: 1,
  accessViolation: 2,
  diskFull: 3,
  illegalOperation: 4,
  unknownTransferId: 5,
  fileExists: 6,
  noSuchUser: 7,
  optionRefused: 8,
} as const;

/** Text of an ERROR. RFC 1350 wants a closing NUL; text that ends with the datagram is taken as well. */
const errorText: Field<string> = {
  read(r) {
    const bytes = r.bytes(r.remaining);
    const nul = bytes.indexOf(0);
    return latin1(nul < 0 ? bytes : bytes.subarray(0, nul));
  },
  write: (w, value) => textZ.write(w, value.replaceAll("\0", " ")),
};

/** One option: name and value, ASCII, NUL-terminated, any letter case (RFC 2347). */
const option = struct({ name: textZ, value: textZ });

/** Options in the order sent; 512 bytes hold fewer than 64. */
const options = list(option, { most: 64 });

const request = struct({ fileName: textZ, mode: textZ, options });

const members = {
  readRequest: [1, request], // RRQ
  writeRequest: [2, request], // WRQ: never sent, answered with ERROR 4 by the lab
  data: [3, struct({ block: u16, bytes: rest })],
  ack: [4, struct({ block: u16 })],
  error: [5, struct({ code: oneOf(u16, errorCodes), text: errorText })],
  optionAck: [6, struct({ options })], // OACK, RFC 2347
} as const;

const messages = union(members);

/** A TFTP message, told apart by `kind`. */
export type TftpMessage = UnionOf<typeof members>;

/** One negotiated or offered option as it stands on the wire. */
export interface TftpOption {
  readonly name: string;
  readonly value: string;
}

/** Decodes one datagram. Throws WireError. */
export function decodeTftp(bytes: Uint8Array): TftpMessage {
  return named("tftp", () => {
    const reader = new Reader(bytes);
    return messages.decode(reader.u16(), reader);
  });
}

/** Encodes one datagram. */
export function encodeTftp(message: TftpMessage): Uint8Array {
  const { id, body } = messages.encode(message);
  const writer = new Writer();
  writer.u16(id);
  writer.bytes(body);
  return writer.finish();
}

/** The value of an option, whatever the letter case of its name; undefined when it is not there. */
export function optionValue(list: readonly TftpOption[], name: string): string | undefined {
  return list.find((item) => item.name.toLowerCase() === name)?.value;
}
