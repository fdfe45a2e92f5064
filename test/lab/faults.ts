// The catalogue of network faults: what each does, and how the lab plays it. `--fault NAME` takes these names.
import { serverListWord } from "#firmware/config/value-types.ts";
import type { FileFault } from "./files.ts";
import {
  type FlapSettings,
  type LabSettings,
  type LaterChange,
  medSwitch,
  place,
  type RegistrarState,
} from "./settings.ts";

/** One fault of the catalogue. */
export interface Fault {
  /** For a person choosing one. */
  readonly does: string;
  /** The lab's settings with the fault in them. */
  play(settings: LabSettings): LabSettings;
}

const flapDownMs = 2000;

const cdp = (settings: LabSettings, voices: LabSettings["cdp"]["voices"]): LabSettings => ({
  ...settings,
  cdp: { ...settings.cdp, voices },
});
const voiceDhcp = (settings: LabSettings, change: Partial<LabSettings["dhcp"]["voice"]>): LabSettings => ({
  ...settings,
  dhcp: { ...settings.dhcp, voice: { ...settings.dhcp.voice, ...change } },
});
const voiceScope = (
  settings: LabSettings,
  change: Partial<LabSettings["dhcp"]["voice"]["scope"]>,
): LabSettings => voiceDhcp(settings, { scope: { ...settings.dhcp.voice.scope, ...change } });
const files = (settings: LabSettings, first: FileFault, second: FileFault): LabSettings => ({
  ...settings,
  files: {
    first: { ...settings.files.first, fault: first },
    second: { ...settings.files.second, fault: second },
  },
});
const sip = (settings: LabSettings, change: Partial<LabSettings["sip"]>): LabSettings => ({
  ...settings,
  sip: { ...settings.sip, ...change },
});
const registrars = (settings: LabSettings, first: RegistrarState, second: RegistrarState): LabSettings =>
  sip(settings, { first, second });
/** The phone's file names the domain, whose SRV records name both registrars. */
const byName = (settings: LabSettings): LabSettings => sip(settings, { proxy: place.domain });
const time = (settings: LabSettings, play: LabSettings["time"]["play"]): LabSettings => ({
  ...settings,
  time: { ...settings.time, play },
});
const handset = (settings: LabSettings, change: Partial<LabSettings["handset"]>): LabSettings => ({
  ...settings,
  handset: { ...settings.handset, ...change },
});
/** A second line, whose own proxy is the second registrar. */
const lineTwo = (settings: LabSettings, change: Partial<LabSettings["sip"]> = {}): LabSettings =>
  sip(settings, {
    secondLine: { user: "1002", password: settings.sip.users["1002"] ?? "", proxy: place.second },
    ...change,
  });
const lineTwoRefused = (secondStatus: number): Fault["play"] => {
  return (settings) => lineTwo(settings, { secondStatus });
};
/** The voice VLAN of the port, as CDP names it; 4095 is "untagged". */
const voiceVlan = (vlanId: number): LaterChange["change"] => {
  return (s) => ({ ...cdp(s, [{ deviceId: "lab-switch", voiceVlan: vlanId }]), later: undefined });
};
const silentDhcp: LaterChange["change"] = (s) => ({
  ...voiceDhcp(s, { play: { kind: "silent" } }),
  later: undefined,
});
const deafCallManagers: LaterChange["change"] = (s) => ({
  ...s,
  sccp: { ...s.sccp, servers: { first: "off", second: "off", third: "off" } },
  later: undefined,
});
const vlanBack: LaterChange = { at: "registered", afterMs: 5000, change: voiceVlan(place.voiceVlan) };
const vlanAway: LaterChange = {
  at: "registered",
  afterMs: 5000,
  change: (s) => ({ ...voiceVlan(4095)(s), later: vlanBack }),
};
const lastLease: LaterChange = { at: "ack", afterMs: 1000, change: silentDhcp };
const lastCallManager: LaterChange = { at: "registered", afterMs: 5000, change: deafCallManagers };
const flap = (at: FlapSettings["at"], afterMs = 0): Fault["play"] => {
  return (settings) => ({ ...settings, flap: { at, afterMs, downMs: flapDownMs } });
};

/** Every fault the lab can play, by name. */
export const faults = {
  // Voice VLAN
  "no-voice-vlan": {
    does: "the switch speaks CDP and names no voice VLAN",
    play: (s) => cdp(s, [{ deviceId: "lab-switch", voiceVlan: undefined }]),
  },
  "silent-switch": {
    does: "the switch speaks neither CDP nor LLDP",
    play: (s) => cdp(s, []),
  },
  "two-voice-vlans": {
    does: "two neighbours name different voice VLANs, the right one first",
    play: (s) => cdp(s, [...s.cdp.voices.slice(0, 1), { deviceId: "other-switch", voiceVlan: 120 }]),
  },
  "lldp-only": {
    does: "the switch speaks LLDP-MED and no CDP",
    play: (s) => ({ ...cdp(s, []), lldp: medSwitch }),
  },
  "cdp-against-lldp": {
    does: "CDP names the right voice VLAN, the LLDP-MED policy another one",
    play: (s) => ({
      ...s,
      lldp: { ...medSwitch, voice: { isTagged: true, vlanId: 120, priority: 5, dscp: 46 } },
    }),
  },
  "moving-voice-vlan": {
    does: "the switch changes the voice VLAN of the port twice, five seconds after each registration",
    play: (s) => ({ ...s, later: vlanAway }),
  },
  "duplex-mismatch": {
    does: "the switch says that its end of the cable runs at half duplex",
    play: (s) => ({ ...s, cdp: { ...s.cdp, isHalfDuplex: true } }),
  },
  "power-short": {
    does: "the switch grants four watts, less than the handset asks for",
    play: (s) => ({ ...s, cdp: { ...s.cdp, availableMilliwatts: 4000 } }),
  },
  "kernel-without-vlans": {
    does: "the handset's kernel cannot tag frames",
    play: (s) => handset(s, { canTag: false }),
  },
  // Address
  "dhcp-silent": {
    does: "no DHCP server answers, in no VLAN",
    play: (s) => ({
      ...s,
      dhcp: {
        voice: { ...s.dhcp.voice, play: { kind: "silent" } },
        data: { ...s.dhcp.data, play: { kind: "silent" } },
        rival: undefined,
      },
    }),
  },
  "dhcp-slow": {
    does: "the DHCP server answers after five seconds",
    play: (s) => voiceDhcp(s, { delayMs: 5000 }),
  },
  "dhcp-nak": {
    does: "the first REQUEST is refused with NAK",
    play: (s) => voiceDhcp(s, { play: { kind: "nak", times: 1 } }),
  },
  "dhcp-nak-always": {
    does: "every REQUEST is refused with NAK",
    play: (s) => voiceDhcp(s, { play: { kind: "nak", times: Number.POSITIVE_INFINITY } }),
  },
  "dhcp-bad-offer": {
    does: "offers come with a lease of five seconds",
    play: (s) => voiceScope(s, { leaseSec: 5 }),
  },
  "dhcp-unconfirmed": {
    does: "the DHCP server offers an address and answers no REQUEST",
    play: (s) => voiceDhcp(s, { play: { kind: "offers-only" } }),
  },
  "dhcp-dies": {
    does: "leases last two minutes, and the DHCP server is gone after the first one",
    play: (s) => ({ ...voiceScope(s, { leaseSec: 120 }), later: lastLease }),
  },
  "address-refused": {
    does: "the handset's kernel does not take the address",
    play: (s) => handset(s, { takesAddress: false }),
  },
  "address-conflict": {
    does: "somebody already has the address that is offered first",
    play: (s) => ({ ...s, hasSquatter: true }),
  },
  "no-option-150": {
    does: "offers name no TFTP server, neither by option 150 nor 66 nor siaddr",
    play: (s) => voiceScope(s, { tftpServers: [] }),
  },
  "option-66-name": {
    does: "offers name the TFTP server by option 66, as a name",
    play: (s) => voiceScope(s, { tftpServers: [], tftpServerName: "tftp.lab.example" }),
  },
  "rival-dhcp": {
    does: "a second DHCP server offers first, without a TFTP server",
    play: (s) => ({
      ...s,
      dhcp: {
        ...s.dhcp,
        voice: { ...s.dhcp.voice, delayMs: 200 },
        rival: {
          ...s.dhcp.voice,
          delayMs: 0,
          scope: {
            ...s.dhcp.voice.scope,
            serverId: "10.77.110.2",
            pool: { first: "10.77.110.150", size: 10 },
            tftpServers: [],
          },
        },
      },
    }),
  },
  "short-lease": {
    does: "leases last two minutes",
    play: (s) => voiceScope(s, { leaseSec: 120 }),
  },
  // Files
  "file-not-found": {
    does: "the phone's own configuration file does not exist",
    play: (s) => files(s, "own-file-missing", "own-file-missing"),
  },
  "no-files": {
    does: "no configuration file exists",
    play: (s) => files(s, "nothing-found", "nothing-found"),
  },
  "tftp-timeout": {
    does: "the first TFTP server is silent, the second one serves",
    play: (s) => files(s, "silent", "serve"),
  },
  "tftp-dead": {
    does: "both TFTP servers are silent",
    play: (s) => files(s, "silent", "silent"),
  },
  "tftp-error": {
    does: 'TFTP answers with an error that is not "file not found"',
    play: (s) => files(s, "error", "error"),
  },
  "tftp-stalls": {
    does: "transfers stop half-way",
    play: (s) => files(s, "stalled", "stalled"),
  },
  "foreign-tftp-packets": {
    does: "packets of a foreign transfer arrive between the blocks",
    play: (s) => files(s, "foreign-packets", "foreign-packets"),
  },
  "truncated-file": {
    does: "files end half-way as if that were all",
    play: (s) => files(s, "truncated", "truncated"),
  },
  "malformed-file": {
    does: "files hold an error page or half a document",
    play: (s) => files(s, "malformed", "malformed"),
  },
  "dns-dead": {
    does: "the DNS server is silent",
    play: (s) => ({ ...s, dns: { ...s.dns, play: "silent" } }),
  },
  "only-kept-files": {
    does: "a handset that was used before, and both TFTP servers are silent",
    play: (s) => handset(files(s, "silent", "silent"), { hasKeptFiles: true }),
  },
  "no-file-server": {
    does: "a handset that was used before, and offers name no TFTP server",
    play: (s) => handset(voiceScope(s, { tftpServers: [] }), { hasKeptFiles: true }),
  },
  "load-missing": {
    does: "the phone's file names an image that no server has",
    play: (s) => sip(s, { load: "offhook-9.9.9" }),
  },
  // Registration
  "first-registrar-dead": {
    does: "the machine of the first registrar is switched off for SIP: nothing answers",
    play: (s) => registrars(byName(s), "off", "up"),
  },
  "first-registrar-refuses": {
    does: "the first registrar's machine runs, its program does not",
    play: (s) => registrars(byName(s), "stopped", "up"),
  },
  "all-registrars-dead": {
    does: "no registrar answers",
    play: (s) => registrars(byName(s), "off", "off"),
  },
  "registrar-refuses": {
    does: "the machine of the only registrar runs, its program does not",
    play: (s) => registrars(s, "stopped", "stopped"),
  },
  "unknown-registrar": {
    does: "the phone's file names a registrar that DNS does not know",
    play: (s) => sip(s, { proxy: "nowhere.lab.example" }),
  },
  "untrusted-registrar": {
    does: "the phone is to register by TLS, and the certificate does not check out",
    play: (s) => handset(sip(s, { transport: "tls" }), { trustsServers: false }),
  },
  "call-managers-die": {
    does: "an SCCP phone's call managers stop five seconds after it registered",
    play: (s) => ({ ...s, protocol: "sccp", later: lastCallManager }),
  },
  "call-servers-dead": {
    does: "the phone has a list of call servers, and none of them answers",
    play: (s) => registrars(sip(s, { proxy: serverListWord }), "off", "off"),
  },
  "wrong-password": {
    does: "the registrars know another password than the phone's file",
    play: (s) =>
      sip(s, { users: Object.fromEntries(Object.keys(s.sip.users).map((user) => [user, "another"])) }),
  },
  "registrar-rejects": {
    does: "every REGISTER is answered with 403",
    play: (s) => sip(s, { registerStatus: 403 }),
  },
  "registrar-restarts": {
    does: "the first registrar stops ten seconds after the first registration, for a minute, and forgets everybody",
    play: (s) => sip(s, { expiresSec: 60, restart: { afterMs: 10_000, downMs: 60_000 } }),
  },
  // A second line
  "line-no-answer": {
    does: "the registrar of the second line is silent",
    play: (s) => lineTwo(s, { second: "off" }),
  },
  "line-refused": {
    does: "the machine of the second line's registrar runs, its program does not",
    play: (s) => lineTwo(s, { second: "stopped" }),
  },
  "line-wrong-password": {
    does: "the phone's file has a wrong password for the second line",
    play: (s) => lineTwo(s, { secondLine: { user: "1002", password: "another", proxy: place.second } }),
  },
  "line-unknown": {
    does: "the second line's registrar answers 404",
    play: lineTwoRefused(404),
  },
  "line-forbidden": {
    does: "the second line's registrar answers 403 once it knows who asks",
    play: lineTwoRefused(403),
  },
  "line-server-error": {
    does: "the second line's registrar answers 500",
    play: lineTwoRefused(500),
  },
  "line-redirected": {
    does: "the second line's registrar answers 302 and names nobody",
    play: lineTwoRefused(302),
  },
  "line-rejected": {
    does: "the second line's registrar answers 406",
    play: lineTwoRefused(406),
  },
  "line-unknown-server": {
    does: "the second line's registrar is a name that DNS does not know",
    play: (s) => lineTwo(s, { secondLine: { user: "1002", password: "", proxy: "nowhere.lab.example" } }),
  },
  "line-interval": {
    does: "the second line's registrar wants registrations of months",
    play: lineTwoRefused(423),
  },
  // Time
  "ntp-absent": {
    does: "no time server answers",
    play: (s) => time(s, { kind: "silent" }),
  },
  "ntp-kiss-of-death": {
    does: "the time server answers DENY",
    play: (s) => time(s, { kind: "kiss", code: "DENY" }),
  },
  "ntp-absurd": {
    does: "the time server is a century ahead",
    play: (s) => time(s, { kind: "wrong", offsetMs: 100 * 365.25 * 86_400_000 }),
  },
  "ntp-unsynchronised": {
    does: "the time server says that it has no time",
    play: (s) => time(s, { kind: "unsynchronised" }),
  },
  // The handset
  "storage-corrupt": {
    does: "the handset's storage is damaged",
    play: (s) => handset(s, { storage: "corrupt" }),
  },
  "storage-absent": {
    does: "the handset has no storage",
    play: (s) => handset(s, { storage: "absent" }),
  },
  "storage-full": {
    does: "the handset's storage is full",
    play: (s) => handset(s, { storage: "full" }),
  },
  "part-missing": {
    does: "the handset's codec does not answer",
    play: (s) => handset(s, { brokenPart: "codec" }),
  },
  "crashed-before": {
    does: "the handset crashed once before this start",
    play: (s) => handset(s, { crashCount: 1 }),
  },
  "crashed-thrice": {
    does: "the handset crashed three times in a row before this start",
    play: (s) => handset(s, { crashCount: 3 }),
  },
  // Link
  "no-cable": {
    does: "nothing is plugged into the handset's network socket",
    play: (s) => ({ ...s, hasCable: false }),
  },
  "flap-link": { does: "the cable is unplugged for two seconds at power-up", play: flap("start") },
  "flap-vlan": {
    does: "the cable is unplugged for two seconds while the phone asks for its VLAN",
    play: flap("cdp query"),
  },
  "flap-ip": {
    does: "the cable is unplugged for two seconds while the phone asks for an address",
    play: flap("discover"),
  },
  "flap-config": {
    does: "the cable is unplugged for two seconds while the phone reads its files",
    play: flap("read"),
  },
  "flap-register": {
    does: "the cable is unplugged for two seconds while the phone registers",
    play: flap("REGISTER"),
  },
  "flap-run": {
    does: "the cable is unplugged for two seconds, five seconds after the phone registered",
    play: flap("registered", 5000),
  },
  "lossy-cable": {
    does: "one frame in ten is lost, some come twice or late",
    play: (s) => ({ ...s, cable: { lossPct: 10, duplicatePct: 2, reorderPct: 2, delayMs: 1, jitterMs: 2 } }),
  },
  "slow-cable": {
    does: "every frame takes a quarter of a second",
    play: (s) => ({ ...s, cable: { delayMs: 250 } }),
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof faults;

export const faultNames = Object.keys(faults) as readonly FaultName[]; // the keys of the table above

/** True for a name of the catalogue. */
export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faults, name);
}
