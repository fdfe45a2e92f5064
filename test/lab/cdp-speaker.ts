// The CDP side of a switch port: announces every 60 s, at link-up, and at once when a phone asks for its VLAN.
// Written against LinkPort, so it also plays the switch on a real interface (no packaged switch sends a voice VLAN).
// Order and content of the TLVs: reference boot-and-provisioning 2.3 to 2.5.
import {
  type CdpPacket,
  type CdpTlv,
  capability,
  decodeCdpFrame,
  encodeCdpFrame,
  noManagementLevel,
} from "#firmware/cdp/messages.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import type { LinkPort } from "#hal/contract/link.ts";
import type { Stream } from "#hal/contract/stream.ts";
import { type Alarm, type Clock, later } from "#hal/contract/time.ts";
import type { Tell } from "./log.ts";

/** One voice as the phone hears it; a second one plays a misconfigured neighbour. */
export interface CdpVoice {
  readonly deviceId: string;
  /** Undefined: frames without TLV 0x000E. */
  readonly voiceVlan: number | undefined;
}

export interface CdpSettings {
  /** Everybody who speaks, in order; none: the switch is silent. */
  readonly voices: readonly CdpVoice[];
  readonly nativeVlan: number;
  /** What the port can deliver; undefined: no power TLV. */
  readonly availableMilliwatts: number | undefined;
  /** Says that its end runs at half duplex. */
  readonly isHalfDuplex?: boolean;
}

const announceMs = 60_000;
const ttlSec = 180;

export interface CdpSpeakerOptions {
  readonly link: LinkPort;
  readonly clock: Clock;
  /** Read anew for each frame, so that a fault can change it. */
  readonly settings: () => CdpSettings;
  /** Told of changes it announces at once, as switches do when a port is configured. */
  readonly changes?: Stream<unknown>;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

/** Speaks until the signal. */
export function startCdpSpeaker(options: CdpSpeakerOptions): void {
  const { link, clock, settings, tell, signal } = options;
  let alarm: Alarm | undefined;
  let power: PowerGrant = { requestId: 0, managementId: 1, requestedMilliwatts: undefined };

  const speak = (): void => {
    const present = settings();
    for (const voice of present.voices)
      link.send(encodeCdpFrame(link.mac, packetOf(voice, present, link.name, power)));
  };
  const tick = (): void => {
    speak();
    alarm = clock.alarm(later(clock.now(), announceMs), tick);
  };
  const restart = (): void => {
    alarm?.cancel();
    power = { requestId: 0, managementId: 1, requestedMilliwatts: undefined };
    if (link.state().isUp) tick();
  };
  link.changes.subscribe(restart, { signal });
  let spoken = settings();
  options.changes?.subscribe(
    () => {
      const isNews = JSON.stringify(spoken) !== JSON.stringify(settings());
      spoken = settings();
      if (isNews && link.state().isUp) speak();
    },
    { signal },
  );
  link.listen(
    "cdp",
    ({ bytes }) => {
      const packet = read(bytes, tell);
      if (packet === undefined) return;
      const before = power;
      power = grantFor(packet, power);
      const isQuery = packet.tlvs.some(({ kind }) => kind === "voiceVlanQuery");
      tell(isQuery ? "cdp query" : "cdp hello", { port: link.name, device: deviceOf(packet) });
      if (isQuery || power !== before) speak();
    },
    { signal },
  );
  signal.addEventListener("abort", () => alarm?.cancel(), { once: true });
  restart();
}

interface PowerGrant {
  /** Of the last power request, 0 before one. */
  readonly requestId: number;
  /** Steps whenever what we say changes, by 2 over 0 (reference 1.4). */
  readonly managementId: number;
  readonly requestedMilliwatts: number | undefined;
}

function grantFor(packet: CdpPacket, before: PowerGrant): PowerGrant {
  for (const tlv of packet.tlvs) {
    if (tlv.kind !== "powerRequested" || tlv.requestId === before.requestId) continue;
    const next = (before.managementId + 1) & 0xffff;
    return {
      requestId: tlv.requestId,
      managementId: next === 0 ? 1 : next,
      requestedMilliwatts: tlv.milliwatts[0],
    };
  }
  return before;
}

function packetOf(voice: CdpVoice, settings: CdpSettings, port: string, power: PowerGrant): CdpPacket {
  const tlvs: CdpTlv[] = [
    { kind: "deviceId", text: voice.deviceId },
    { kind: "portId", text: port },
    { kind: "capabilities", bits: capability.switch | capability.igmp },
    { kind: "software", text: "lab switch" },
    { kind: "platform", text: "Offhook Lab" },
    { kind: "nativeVlan", vlanId: settings.nativeVlan },
    { kind: "duplex", mode: settings.isHalfDuplex === true ? 0 : 1 },
  ];
  if (voice.voiceVlan !== undefined)
    tlvs.push({ kind: "voiceVlan", entries: [{ appliance: 1, vlanId: voice.voiceVlan }] });
  tlvs.push({ kind: "extendedTrust", bits: 0 }, { kind: "untrustedCos", cos: 0 });
  const { availableMilliwatts } = settings;
  if (availableMilliwatts !== undefined)
    tlvs.push({
      kind: "powerAvailable",
      requestId: power.requestId,
      managementId: power.managementId,
      milliwatts: [
        Math.min(availableMilliwatts, power.requestedMilliwatts ?? availableMilliwatts),
        noManagementLevel,
      ],
    });
  return { version: 2, ttlSec, tlvs };
}

function read(bytes: Uint8Array, tell: Tell): CdpPacket | undefined {
  try {
    const frame = decodeCdpFrame(bytes);
    return frame.kind === "cdp" ? frame.packet : undefined;
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    tell("cdp malformed", { why: error.message });
    return undefined;
  }
}

function deviceOf(packet: CdpPacket): string {
  for (const tlv of packet.tlvs) if (tlv.kind === "deviceId") return tlv.text;
  return "";
}
