// The LLDP side of a switch port: plain frames every 30 s and at link-up; LLDP-MED policies as soon as an endpoint that
// speaks MED was heard, and then at once (TIA-1057: a network device begins MED only after hearing it).
// Content and timing: reference boot-and-provisioning 3.1 to 3.4.
import {
  application,
  chassisSubtype,
  decodeLldpFrame,
  encodeLldpFrame,
  type LldpTlv,
  medClass,
  portSubtype,
  systemCapability,
} from "#firmware/lldp/messages.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import type { LinkPort } from "#hal/contract/link.ts";
import { type Alarm, type Clock, later } from "#hal/contract/time.ts";
import { setMac } from "#hal/sim/net/octets.ts";
import type { Tell } from "./log.ts";

export interface LabPolicy {
  readonly isTagged: boolean;
  readonly vlanId: number;
  readonly priority: number;
  readonly dscp: number;
}

export interface LldpSettings {
  readonly systemName: string;
  /** Undefined: MED without a policy for voice. */
  readonly voice: LabPolicy | undefined;
  readonly signalling: LabPolicy | undefined;
  /** Extended power; undefined: left out. */
  readonly grantedMilliwatts: number | undefined;
}

export interface LldpSpeakerOptions {
  readonly link: LinkPort;
  readonly clock: Clock;
  /** Read anew for each frame; undefined: silent. */
  readonly settings: () => LldpSettings | undefined;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

const announceMs = 30_000;
const ttlSec = 120;
/** Capabilities, policy, power from a PSE (TIA-1057 table 10). */
const medBits = 0x0001 | 0x0002 | 0x0008;
const fromPse = { type: 0, source: 1, priority: 0 } as const;

/** Speaks until the signal. */
export function startLldpSpeaker(options: LldpSpeakerOptions): void {
  const { link, clock, settings, tell, signal } = options;
  let alarm: Alarm | undefined;
  let hasEndpoint = false;

  const speak = (): void => {
    const present = settings();
    if (present === undefined) return;
    const tlvs = [...plainTlvs(present, link), ...(hasEndpoint ? medTlvs(present) : [])];
    link.send(encodeLldpFrame({ source: link.mac, tlvs }));
  };
  const tick = (): void => {
    speak();
    alarm = clock.alarm(later(clock.now(), announceMs), tick);
  };
  const restart = (): void => {
    alarm?.cancel();
    hasEndpoint = false;
    if (link.state().isUp) tick();
  };
  link.changes.subscribe(restart, { signal });
  link.listen(
    "lldp",
    ({ bytes }) => {
      const tlvs = read(bytes, tell);
      if (tlvs === undefined) return;
      const isLeaving = tlvs.some((tlv) => tlv.kind === "timeToLive" && tlv.seconds === 0);
      const isEndpoint = tlvs.some((tlv) => tlv.kind === "medCapabilities" && tlv.deviceClass < 4);
      tell(isLeaving ? "lldp leave" : "lldp hello", { port: link.name, system: systemOf(tlvs) });
      const isNew = isEndpoint && !isLeaving && !hasEndpoint;
      hasEndpoint = isEndpoint && !isLeaving;
      if (isNew) speak();
    },
    { signal },
  );
  signal.addEventListener("abort", () => alarm?.cancel(), { once: true });
  restart();
}

function plainTlvs(settings: LldpSettings, link: LinkPort): readonly LldpTlv[] {
  const chassis = new Uint8Array(6);
  setMac(chassis, 0, link.mac);
  return [
    { kind: "chassisId", subtype: chassisSubtype.mac, id: chassis },
    { kind: "portId", subtype: portSubtype.interfaceName, id: new TextEncoder().encode(link.name) },
    { kind: "timeToLive", seconds: ttlSec },
    { kind: "systemName", text: settings.systemName },
    { kind: "systemDescription", text: "Offhook Lab" },
    { kind: "capabilities", supported: systemCapability.bridge, enabled: systemCapability.bridge },
  ];
}

function medTlvs({ voice, signalling, grantedMilliwatts }: LldpSettings): readonly LldpTlv[] {
  const tlvs: LldpTlv[] = [
    { kind: "medCapabilities", bits: medBits, deviceClass: medClass.networkConnectivity },
  ];
  for (const [id, policy] of [
    [application.voice, voice],
    [application.voiceSignalling, signalling],
  ] as const)
    if (policy !== undefined)
      tlvs.push({ kind: "networkPolicy", application: id, policy: { isKnown: true, ...policy } });
  if (grantedMilliwatts !== undefined)
    tlvs.push({ kind: "extendedPower", power: fromPse, tenthsWatt: Math.round(grantedMilliwatts / 100) });
  return tlvs;
}

function read(bytes: Uint8Array, tell: Tell): readonly LldpTlv[] | undefined {
  try {
    return decodeLldpFrame(bytes).tlvs;
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    tell("lldp malformed", { why: error.message });
    return undefined;
  }
}

function systemOf(tlvs: readonly LldpTlv[]): string {
  for (const tlv of tlvs) if (tlv.kind === "systemName") return tlv.text;
  return "";
}
