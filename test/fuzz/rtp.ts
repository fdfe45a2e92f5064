// RTP and RTCP from a hostile peer: decoded, encoded again, and taken in by the payload decoders.
import { comfortNoise } from "#firmware/media/comfort-noise.ts";
import { rtcpCompound } from "#firmware/media/rtcp.ts";
import { rtpPacket } from "#firmware/media/rtp.ts";
import { telephoneEvents } from "#firmware/media/telephone-event.ts";
import { decode, encode } from "#firmware/wire/field.ts";
import { EngineRig, Peer } from "#test/unit/media/engine-rig.ts";
import { vectors } from "#test/vectors/load.ts";
import type { FuzzTarget } from "./target.ts";

const good = (folder: string): readonly Uint8Array[] =>
  vectors(folder)
    .filter((vector) => vector.expect === "ok")
    .map(({ bytes }) => bytes);
const bad = (folder: string): readonly Uint8Array[] =>
  vectors(folder)
    .filter((vector) => vector.expect !== "ok")
    .map(({ bytes }) => bytes);

/** One RTCP packet of the given type and count around the bytes, so that mutations reach its body. */
function framed(bytes: Uint8Array): Uint8Array {
  const words = Math.max(1, Math.floor(Math.min(bytes.length, 1400) / 4));
  const packet = new Uint8Array(4 * words + 4);
  packet.set(bytes.subarray(0, 4 * words), 4);
  packet[0] = 0x80 | ((bytes[0] ?? 0) & 0x1f);
  packet[1] = 200 + ((bytes[1] ?? 0) % 6);
  packet[3] = words & 0xff;
  packet[2] = words >> 8;
  return packet;
}

/** A call that has heard a little, then gets the bytes on both of its ports, and goes on for a moment. */
function callWith(bytes: Uint8Array): void {
  const rig = new EngineRig();
  rig.connect();
  const remote = new Peer({ ssrc: 0xeda8d69c, sequence: 13989, timestamp: 34104 }); // just before the captured packets
  rig.receive(remote.sound(new Int16Array(160)));
  rig.tick();
  rig.receive(bytes);
  rig.receive(bytes, { isRtcp: true });
  rig.ticks(3);
}

export const rtpTargets: readonly FuzzTarget[] = [
  {
    name: "rtp",
    seeds: good("rtp/packets"),
    alsoMutate: bad("rtp/packets"),
    run: (bytes) => encode(rtpPacket, decode("rtp", rtpPacket, bytes)),
  },
  {
    name: "rtcp",
    seeds: good("rtp/control"),
    alsoMutate: bad("rtp/control"),
    run: (bytes) => encode(rtcpCompound, decode("rtcp", rtcpCompound, bytes)),
  },
  {
    name: "rtcp-bodies",
    seeds: [],
    alsoMutate: good("rtp/control"),
    run: (bytes) => encode(rtcpCompound, decode("rtcp", rtcpCompound, framed(bytes))),
  },
  {
    name: "rtp-call",
    seeds: [...good("rtp/packets"), ...good("rtp/control")],
    run: callWith,
  },
  {
    name: "rtp-payloads",
    seeds: [Uint8Array.of(1, 0x94, 6, 0xe0), Uint8Array.of(11, 10, 0, 160, 11, 0x8a, 1, 64)],
    alsoMutate: [Uint8Array.of(40, 127, 0, 254)],
    run(bytes) {
      decode("noise", comfortNoise, bytes);
      decode("event", telephoneEvents, bytes);
    },
  },
];
