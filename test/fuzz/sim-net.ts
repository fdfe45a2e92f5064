// The simulated kernel: any frame is taken or counted, never an exception. Checksums are repaired, so that mutations
// reach fragments, ICMP quotations and TCP states, and the same stack sees many frames in a row.
import type { LinkState } from "#hal/contract/link.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { internetChecksum, transportChecksum } from "#hal/sim/net/checksum.ts";
import { buildDns, parseDns } from "#hal/sim/net/dns-message.ts";
import { kindOf, splitTag } from "#hal/sim/net/ethernet.ts";
import { ResponseReader } from "#hal/sim/net/http-response.ts";
import { parseIp4 } from "#hal/sim/net/ip4-packet.ts";
import { isMalformed, setU16 } from "#hal/sim/net/octets.ts";
import { createStack, type Stack } from "#hal/sim/net/stack.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { vectors } from "#test/vectors/load.ts";
import type { FuzzTarget } from "./target.ts";

const seeds = vectors("net").map(({ bytes }) => bytes);
const { signal } = new AbortController();
const framesPerStack = 500;

/** A server with a UDP socket, a listener and frames that go nowhere. */
function serverOnNoCable(): { stack: Stack; received: Emitter<Uint8Array> } {
  const received = new Emitter<Uint8Array>();
  const state = (): LinkState => ({ isUp: true, speedMbps: 100, duplex: "full" });
  const end = { send: () => undefined, received, sent: new Emitter<Uint8Array>(), state };
  const stack = createStack({
    name: "fuzzed",
    mac: "00:11:22:33:44:01",
    end: { ...end, changes: new Emitter<LinkState>() },
    clock: new VirtualClock({ settle: () => Promise.resolve() }),
    random: createSeededRandom(1),
    found: { address: { address: "10.77.110.1", prefix: 24 } },
  });
  stack.sockets.openUdp({ port: 5999, groups: ["224.0.1.1"] });
  const listening = stack.sockets.listenTcp(2000, { signal });
  listening.catch(() => undefined); // the port is free
  return { stack, received };
}

/** The frame with correct IP, UDP, TCP and ICMP checksums where its headers can be read. */
function repaired(frame: Uint8Array): Uint8Array {
  if (frame.length < 34 || frame[12] !== 8 || frame[13] !== 0) return frame;
  const copy = frame.slice();
  const ip = copy.subarray(14);
  const header = Math.min(((ip[0] ?? 0) & 15) * 4, ip.length);
  setU16(ip, 10, 0);
  setU16(ip, 10, internetChecksum(ip.subarray(0, header)));
  const packet = parseIp4(ip);
  if (isMalformed(packet)) return copy;
  const { payload, source, destination, protocol } = packet;
  const at = protocol === 1 ? 2 : protocol === 6 ? 16 : 6;
  if (payload.length < at + 2) return copy;
  setU16(payload, at, 0);
  const sum =
    protocol === 1 ? internetChecksum(payload) : transportChecksum(source, destination, protocol, payload);
  setU16(payload, at, sum);
  return copy;
}

let server = serverOnNoCable();
let frames = 0;

function takeFrame(bytes: Uint8Array): void {
  const split = splitTag(bytes);
  if (split !== undefined) kindOf(split.bytes);
  if (++frames % framesPerStack === 0) {
    server.stack.close();
    server = serverOnNoCable();
  }
  server.received.emit(repaired(bytes));
}

/** What is read can be written, and then reads the same. */
function takeDns(bytes: Uint8Array): void {
  const message = parseDns(bytes);
  if (!isMalformed(message)) parseDns(buildDns(message));
}

const responses = [
  "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n5;a=b\r\npedia\r\n0\r\nX: y\r\n\r\n",
];

function takeResponse(bytes: Uint8Array): void {
  const reader = new ResponseReader(10_000);
  if (reader.push(bytes).kind === "more") reader.end();
}

export const simNetTargets: readonly FuzzTarget[] = [
  { name: "sim-stack", seeds, run: takeFrame },
  { name: "sim-dns", seeds: vectors("dns").map(({ bytes }) => bytes), run: takeDns },
  { name: "sim-http", seeds: responses.map((text) => new TextEncoder().encode(text)), run: takeResponse },
];
