// The lab's time server: SNTP answers (RFC 4330 §6), broadcasts, kiss-o'-death, and answers no phone should believe.
// Bytes are made here by hand, not by the firmware's codec, so that one mistake cannot agree with itself.
import type { Endpoint, Sockets, UdpSocket } from "#hal/contract/sockets.ts";
import { type Alarm, type Clock, later } from "#hal/contract/time.ts";
import type { Tell } from "./log.ts";

/** How a request is answered. */
export type SntpPlay =
  | { readonly kind: "good" }
  | { readonly kind: "silent" }
  /** Stratum 0 with this code: DENY, RSTR, RATE … (RFC 5905 §7.4). */
  | { readonly kind: "kiss"; readonly code: string }
  /** LI 3: the server itself has no time. */
  | { readonly kind: "unsynchronised" }
  /** Answers a question that was not asked: another originate timestamp. */
  | { readonly kind: "stray" }
  /** Transmit timestamp 0. */
  | { readonly kind: "zero" }
  /** Off by so much, e.g. a century. */
  | { readonly kind: "wrong"; readonly offsetMs: number };

export interface SntpSettings {
  readonly play: SntpPlay;
  /** What the lab's clock says at its time 0, ms since 1970. */
  readonly unixMsAtZero: number;
  /** Mode 5 to these addresses every so often; none: no broadcasts. */
  readonly broadcastTo: readonly string[];
  readonly broadcastEveryMs: number;
}

export interface SntpServerOptions {
  readonly sockets: Sockets;
  readonly clock: Clock;
  readonly settings: () => SntpSettings;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

export const sntpPort = 123;
const packetBytes = 48;
const originateAt = 24;
const receiveAt = 32;
const transmitAt = 40;
/** Seconds from 1900 to 1970 (RFC 4330 §3). */
const epochOffsetSec = 2_208_988_800;

/** Serves port 123 until the signal. */
export function startSntpServer(options: SntpServerOptions): void {
  const { sockets, clock, settings, tell, signal } = options;
  const socket = sockets.openUdp({ port: sntpPort, canBroadcast: true, groups: ["224.0.1.1"] });
  let alarm: Alarm | undefined;
  socket.datagrams.subscribe(
    ({ bytes, from, at }) => {
      const mode = (bytes[0] ?? 0) & 7;
      if (bytes.length < packetBytes || mode !== 3) return;
      const { play, unixMsAtZero } = settings();
      tell("query", { from: from.address, answer: play.kind });
      const answer = answerTo(bytes, play, unixMsAtZero + at, unixMsAtZero + clock.now());
      if (answer !== undefined) socket.send(answer, from);
    },
    { signal },
  );
  const broadcast = (): void => {
    const { broadcastTo, broadcastEveryMs, unixMsAtZero } = settings();
    for (const address of broadcastTo)
      sendBroadcast(socket, { address, port: sntpPort }, unixMsAtZero + clock.now());
    alarm = clock.alarm(later(clock.now(), broadcastEveryMs), broadcast);
  };
  alarm = clock.alarm(later(clock.now(), settings().broadcastEveryMs), broadcast);
  signal.addEventListener(
    "abort",
    () => {
      alarm?.cancel();
      socket.close();
    },
    { once: true },
  );
}

function answerTo(
  request: Uint8Array,
  play: SntpPlay,
  arrivedUnixMs: number,
  nowUnixMs: number,
): Uint8Array | undefined {
  if (play.kind === "silent") return undefined;
  const version = ((request[0] ?? 0) >>> 3) & 7;
  const answer = header(play.kind === "unsynchronised" ? 3 : 0, version, 4);
  // RFC 4330 §6: the client's transmit timestamp becomes the originate timestamp.
  answer.set(request.subarray(transmitAt, transmitAt + 8), originateAt);
  const offsetMs = play.kind === "wrong" ? play.offsetMs : 0;
  setTimestamp(answer, receiveAt, arrivedUnixMs + offsetMs);
  setTimestamp(answer, transmitAt, nowUnixMs + offsetMs);
  if (play.kind === "stray") answer[originateAt + 7] = (answer[originateAt + 7] ?? 0) ^ 0xff;
  if (play.kind === "zero") answer.fill(0, transmitAt);
  if (play.kind === "kiss") {
    answer[0] = (3 << 6) | (version << 3) | 4;
    answer[1] = 0;
    for (let i = 0; i < 4; i++) answer[12 + i] = play.code.charCodeAt(i);
    answer.fill(0, receiveAt);
  }
  return answer;
}

function sendBroadcast(socket: UdpSocket, to: Endpoint, nowUnixMs: number): void {
  const packet = header(0, 4, 5);
  setTimestamp(packet, transmitAt, nowUnixMs);
  socket.send(packet, to);
}

/** LI, version, mode; stratum 2 with root delay 2 ms, dispersion 5 ms, reference 10.77.110.1. */
function header(leap: number, version: number, mode: number): Uint8Array {
  const packet = new Uint8Array(packetBytes);
  packet.set([(leap << 6) | (version << 3) | mode, 2, 6, 0xec]);
  packet.set([0, 0, 0, 131], 4);
  packet.set([0, 0, 1, 72], 8);
  packet.set([10, 77, 110, 1], 12);
  return packet;
}

/** Seconds since 1900 modulo 2³², and 32 bits of fraction. */
function setTimestamp(packet: Uint8Array, at: number, unixMs: number): void {
  const seconds = Math.floor(unixMs / 1000);
  const view = new DataView(packet.buffer, packet.byteOffset);
  view.setUint32(at, (seconds + epochOffsetSec) % 2 ** 32);
  view.setUint32(at + 4, Math.floor(((unixMs - seconds * 1000) / 1000) * 2 ** 32));
}
