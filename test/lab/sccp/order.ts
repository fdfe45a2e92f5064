// Orders of the lab's call manager: what a test does not say is zero, as servers leave it.

import { newestVersion } from "#firmware/sccp/messages/codec.ts";
import { type ServerMessage, serverMessages } from "#firmware/sccp/messages/server-messages.ts";
import { Reader } from "#firmware/wire/reader.ts";

export type OrderKind = Exclude<ServerMessage["kind"], "unknown">;
export type Order<K extends OrderKind> = Extract<ServerMessage, { readonly kind: K }>;

const layouts = serverMessages(newestVersion);
/** Keys and salts have their places even when there are none. */
const noKey = { key: Array<number>(16).fill(0), salt: Array<number>(16).fill(0) };

const blanks = new Map<string, object>();

/** A message with these fields and zeros everywhere else. */
export function order<K extends OrderKind>(kind: K, fields: Partial<Order<K>> = {}): Order<K> {
  let blank = blanks.get(kind);
  if (blank === undefined) {
    const empty = layouts.decode(layouts.idOf(kind), new Reader(new Uint8Array(0)));
    blank = "salt" in empty ? { ...empty, ...noKey } : empty;
    blanks.set(kind, blank);
  }
  return { ...blank, ...fields } as Order<K>; // the layout of `kind` gave every other field
}
