// SCCP: messages of either direction at the versions whose layouts differ most, and the stream.
import { Framer } from "#firmware/sccp/framer.ts";
import { codecFor } from "#firmware/sccp/messages/codec.ts";
import { readConversations } from "#test/unit/sccp/capture.ts";
import type { FuzzTarget } from "./target.ts";

const recorded = [...readConversations().values()].flat();
const from = (sender: "server" | "phone"): Uint8Array[] =>
  recorded.filter((message) => message.sender === sender).map(({ bytes }) => bytes);

/** The recordings are of version 3; at other versions they are only something to start from. */
const inputsOf = (sender: "server" | "phone", version: number) =>
  version === 3 ? { seeds: from(sender) } : { seeds: [], alsoMutate: from(sender) };

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
];
