// An echo, a program of its own, for `bench rtp` and tests: answers every SIP request, sends every RTP packet back at once,
// and writes down when each came by the kernel's own clock. Arguments: address, then an RTP port per caller; a caller
// is told the port that stands behind its user name. On SIGTERM it prints one JSON line and ends.
import { processOriginNs } from "#hal/linux/clock.ts";
import { startIo } from "#hal/linux/io/io.ts";
import { openUdp } from "#hal/linux/udp.ts";
import { sourceWorkers } from "#hal/linux/workers.ts";

/** What one caller's packets looked like here. */
export interface Arrivals {
  readonly port: number;
  /** Milliseconds between packets, in order of arrival. */
  readonly gapsMs: readonly number[];
  /** How much later, against their timestamps, the last packets came than the first: medians of 5 s each. */
  readonly driftMs: number;
}

const [address = "", ...callers] = process.argv.slice(2);
const portOf = new Map(
  callers.map((caller) => {
    const [user = "", port = ""] = caller.split("=");
    return [user, Number(port)] as const;
  }),
);

const io = startIo({
  worker: sourceWorkers().io,
  originNs: processOriginNs(),
  failed: (error) => {
    throw error;
  },
});
const forever = new AbortController().signal;

/** Packets. */
const fiveSeconds = 250;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Every packet with sound: its arrival and timestamp. */
function echo(port: number): () => Arrivals {
  const socket = openUdp({ port }, io, undefined);
  const seen: { readonly at: number; readonly timestamp: number }[] = [];
  socket.datagrams.subscribe(
    ({ bytes, from, at }) => {
      socket.send(bytes, from);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (bytes.length >= 12 && (view.getUint8(1) & 0x7f) === 0)
        seen.push({ at, timestamp: view.getUint32(4) });
    },
    { signal: forever },
  );
  return () => {
    const begin = seen[0]?.timestamp ?? 0;
    const offsets = seen.map(({ at, timestamp }) => at - ((timestamp - begin) >>> 0) / 8);
    return {
      port,
      gapsMs: seen.slice(1).map(({ at }, i) => at - (seen[i]?.at ?? at)),
      driftMs: median(offsets.slice(-fiveSeconds)) - median(offsets.slice(0, fiveSeconds)),
    };
  };
}

const header = (request: string, name: string): string =>
  new RegExp(`^${name}[ \\t]*:[ \\t]*(.*)$`, "im").exec(request)?.[1]?.trim() ?? "";

/** 200 to everything; an INVITE gets the caller's port. */
function answer(request: string): string {
  const method = request.split(" ", 1)[0] ?? "";
  const user = /sip:([^@]+)@/.exec(header(request, "From"))?.[1] ?? "";
  const contact = method === "REGISTER" ? header(request, "Contact") : `<sip:echo@${address}:5060>`;
  const sdp =
    method === "INVITE"
      ? `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio ${portOf.get(user) ?? 9} RTP/AVP 0\r\na=ptime:20\r\n`
      : "";
  const to = header(request, "To");
  return [
    "SIP/2.0 200 OK",
    ...[...request.matchAll(/^Via[ \t]*:.*$/gim)].map(([line]) => line.trim()),
    `From: ${header(request, "From")}`,
    `To: ${to.includes("tag=") ? to : `${to};tag=echo`}`,
    `Call-ID: ${header(request, "Call-ID")}`,
    `CSeq: ${header(request, "CSeq")}`,
    `Contact: ${contact}`,
    "Expires: 3600",
    ...(sdp === "" ? [] : ["Content-Type: application/sdp"]),
    `Content-Length: ${sdp.length}`,
    "",
    sdp,
  ].join("\r\n");
}

const sip = openUdp({ port: 5060 }, io, undefined);
sip.datagrams.subscribe(
  ({ bytes, from }) => {
    const request = new TextDecoder().decode(bytes);
    if (request.startsWith("SIP/2.0") || request.startsWith("ACK ")) return;
    sip.send(new TextEncoder().encode(answer(request)), from);
  },
  { signal: forever },
);
const results = [...portOf.values()].map(echo);
process.on("SIGTERM", () => {
  process.stdout.write(`${JSON.stringify(results.map((result) => result()))}\n`, () => process.exit(0));
});
process.stdout.write("ready\n");
