// Which answers and broadcasts are believed: RFC 4330 §5 checks 1–5, in order; RFC 5905 §7.4 and §8.
import type { Ip4 } from "#hal/contract/network.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import { kissCode, modes, type NtpPacket, ntpPort } from "./messages.ts";

/** A question that waits for its answer. */
export interface Question {
  /** Undefined: sent to a broadcast address, so that any server may answer. */
  readonly server: Ip4 | undefined;
  readonly version: number;
  readonly transmit: bigint;
}

/** Why a packet is not believed. */
export type Doubt =
  | "other-server" // (a) not from where the question went
  | "wrong-mode" // (b)
  | "wrong-version" // (b)
  | "not-asked" // (c) does not repeat our timestamp, or answers a second time
  | "unsynchronised" // (e) leap indicator 3
  | "bad-stratum" // (e) 16–255
  | "no-time" // (e) transmit 0
  | "far-from-root"; // (f)

export type Verdict =
  | { readonly kind: "good" }
  | { readonly kind: "kiss"; readonly code: string }
  | { readonly kind: "doubtful"; readonly doubt: Doubt };

/** Bounds of check (f), in seconds; a slightly negative root delay is legal (RFC 4330 §4). Our own choice. */
const rootBounds = { minDelaySec: -0.1, maxDelaySec: 1, maxDispersionSec: 1 } as const;

const doubtful = (doubt: Doubt): Verdict => ({ kind: "doubtful", doubt });

/** Judges an answer. `question` is undefined once it was answered. */
export function checkReply(packet: NtpPacket, from: Endpoint, question: Question | undefined): Verdict {
  if (question === undefined) return doubtful("not-asked");
  if (from.port !== ntpPort || (question.server !== undefined && from.address !== question.server))
    return doubtful("other-server");
  if (packet.flags.mode !== modes.server) return doubtful("wrong-mode");
  if (packet.flags.version !== question.version) return doubtful("wrong-version");
  if (packet.originate !== question.transmit) return doubtful("not-asked");
  // Leap indicator, receive and transmit of a kiss-o'-death are undefined (RFC 5905 §7.4).
  if (packet.stratum === 0) return { kind: "kiss", code: kissCode(packet) };
  return checkServer(packet);
}

/** Judges a broadcast; originate and receive are not looked at (RFC 4330 §5). */
export function checkBroadcast(packet: NtpPacket, from: Endpoint, server: Ip4 | undefined): Verdict {
  if (server !== undefined && from.address !== server) return doubtful("other-server");
  if (packet.flags.mode !== modes.broadcast) return doubtful("wrong-mode");
  if (packet.flags.version < 1 || packet.flags.version > 4) return doubtful("wrong-version");
  if (packet.stratum === 0) return doubtful("bad-stratum");
  return checkServer(packet);
}

function checkServer(packet: NtpPacket): Verdict {
  const { minDelaySec, maxDelaySec, maxDispersionSec } = rootBounds;
  // The text of RFC 4330 check 4 says "LI is 0"; that would refuse every healthy server and is read as 3.
  if (packet.flags.leap === 3) return doubtful("unsynchronised");
  if (packet.stratum > 15) return doubtful("bad-stratum");
  if (packet.transmit === 0n) return doubtful("no-time");
  const isNear =
    packet.rootDelaySec >= minDelaySec &&
    packet.rootDelaySec <= maxDelaySec &&
    packet.rootDispersionSec <= maxDispersionSec;
  return isNear ? { kind: "good" } : doubtful("far-from-root");
}
