// SCCP: messages of either direction at the versions whose layouts differ most, and the stream.
import { Framer } from "#firmware/sccp/framer.ts";
import { codecFor } from "#firmware/sccp/messages/codec.ts";
import { serverMessages } from "#firmware/sccp/messages/server-messages.ts";
import { Reader } from "#firmware/wire/reader.ts";
import { order } from "#test/lab/sccp/order.ts";
import { readConversations } from "#test/unit/sccp/capture.ts";
import { HostileSession } from "./sccp-session.ts";
import type { FuzzTarget } from "./target.ts";

const recorded = [...readConversations().values()].flat();
const from = (sender: "server" | "phone"): Uint8Array[] =>
  recorded.filter((message) => message.sender === sender).map(({ bytes }) => bytes);

/** The recordings are of version 3; at other versions they are only something to start from. */
const inputsOf = (sender: "server" | "phone", version: number) =>
  version === 3 ? { seeds: from(sender) } : { seeds: [], alsoMutate: from(sender) };

/** One of every message a server can send, with nothing in it. */
function everyServerMessage(): Uint8Array[] {
  const layouts = serverMessages(22);
  return Array.from({ length: 0x200 }, (_, id) => layouts.decode(id, new Reader(new Uint8Array(0)))).flatMap(
    ({ kind }) => (kind === "unknown" ? [] : [codecFor(22).encodeServer(order(kind))]),
  );
}

/** Made when first used: it lives on from input to input. */
let session: HostileSession | undefined;

export const sccpTargets: readonly FuzzTarget[] = [
  ...[3, 11, 17, 22].flatMap((version): FuzzTarget[] => [
    {
      name: `sccp-server-v${version}`,
      ...inputsOf("server", version),
      run: (bytes) => void codecFor(version).decodeServer(bytes),
    },
    {
      name: `sccp-phone-v${version}`,
      ...inputsOf("phone", version),
      run: (bytes) => void codecFor(version).decodePhone(bytes),
    },
  ]),
  {
    name: "sccp-framer",
    seeds: [new Uint8Array(Buffer.concat(recorded.slice(0, 12).map(({ bytes }) => bytes)))],
    run(bytes) {
      for (const frame of new Framer().push(bytes)) codecFor(11).decodeServer(frame);
    },
  },
  {
    name: "sccp-session",
    seeds: [...from("server"), ...everyServerMessage()],
    run(bytes) {
      session ??= new HostileSession();
      session.take(bytes);
    },
  },
];
