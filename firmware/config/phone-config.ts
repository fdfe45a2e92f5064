// What the phone is configured to be: one typed value, whatever kind of files it came from. Plain data; the
// composition root maps parts of it to the settings of the protocol folders.
import type { Secret } from "./secret.ts";

/** How the phone registers and who controls calls. */
export type Protocol = "sip" | "sccp" | "prx";

/** The kind of files a configuration came from; the kind that worked last is asked for first. */
export type ConfigKind =
  | "sip-text" // SIPDefault.cnf + SIP<MAC>.cnf
  | "xml" // SEP<MAC>.cnf.xml
  | "xml-default" // XMLDefault.cnf.xml: auto-registration
  | "cnf-text" // SEP<MAC>.cnf
  | "cnf-default" // SEPDEFAULT.cnf: auto-registration
  | "pin"; // no file: option 125/43 named the controllers

/** Where a value came from. */
export type ValueSource = "built-in" | "default-file" | "phone-file" | "local";

/** Name or address, and port. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** A call server of the list, in the order to try. */
export interface CallServer {
  readonly host: string;
  readonly sccpPort: number;
  readonly sipPort: number;
  readonly securedSipPort: number;
  /** A survivable-remote-site router: tried after the list, left again when the list answers. */
  readonly isSrst: boolean;
}

/** A line key that is a line. */
export interface LineConfig {
  /** Key position, from 1. */
  readonly line: number;
  /** User part of the address of record. */
  readonly user: string;
  /** Host part where the name was written `user@host`. */
  readonly host: string | undefined;
  readonly authName: string | undefined;
  readonly password: Secret | undefined;
  readonly displayName: string;
  /** Beside the line key. */
  readonly label: string;
  /** User part for the Contact header. */
  readonly contact: string | undefined;
  /** Own proxy or proxy 1; undefined: none, or the server list. */
  readonly proxy: HostPort | undefined;
  /** The server list takes the place of a proxy (USECALLMANAGER). */
  readonly usesServerList: boolean;
  readonly isAutoAnswer: boolean;
  readonly isCallWaiting: boolean;
  readonly isShared: boolean;
  /** Calls at once; 0: no limit of the file's. */
  readonly maxCalls: number;
  /** Calls from which on a further one is busy; 0: none. */
  readonly busyTrigger: number;
  readonly messagesNumber: string | undefined;
}

/** A line key that dials, typed on the phone or named by an XML file. */
export interface SpeedDialConfig {
  readonly key: number;
  readonly label: string;
  readonly target: string;
  /** Watches the state of the target (BLF). */
  readonly isWatched: boolean;
}

/** A switch that a file may forbid the user to change (reference cisco-7960-sip 2.2). */
export interface Lockable {
  readonly isOn: boolean;
  readonly isLocked: boolean;
}

export interface SipSettings {
  readonly isRegistering: boolean;
  readonly transport: "udp" | "tcp" | "tls";
  readonly outboundProxy: HostPort | undefined;
  readonly backupProxy: HostPort | undefined;
  readonly emergencyProxy: HostPort | undefined;
  /** Local port of SIP. */
  readonly voipControlPort: number;
  readonly userInfo: "none" | "phone" | "ip";
  readonly inviteExpiresSec: number;
  readonly registerExpiresSec: number;
  /** Session timer asked for in calls (RFC 4028); 0: none, but those of others are kept. */
  readonly sessionExpiresSec: number;
  readonly registerDeltaSec: number;
  readonly keepAliveExpiresSec: number;
  readonly subscribeExpiresSec: number;
  /** Ask the call server for news of each line's mailbox (RFC 3842). */
  readonly isMailboxSubscribed: boolean;
  readonly t1Ms: number;
  readonly t2Ms: number;
  /** Retransmissions after the first sending. */
  readonly inviteRetransmissions: number;
  readonly requestRetransmissions: number;
  readonly maxForwards: number;
  readonly isRemotePartyId: boolean;
  /** Hold by c=0.0.0.0 instead of a direction attribute. */
  readonly isRfc2543Hold: boolean;
  readonly nat: {
    readonly isEnabled: boolean;
    readonly address: string | undefined;
    readonly isReceivedProcessed: boolean;
  };
}

export type CodecName = "g711ulaw" | "g711alaw" | "g729a" | "none";

export interface MediaSettings {
  readonly startPort: number;
  readonly endPort: number;
  readonly preferredCodec: CodecName;
  readonly dtmfOutOfBand: "none" | "avt" | "avt_always";
  readonly dtmfPayloadType: number;
  /** 1 −6 dB, 2 −3 dB, 3 nominal, 4 +3 dB, 5 +6 dB. */
  readonly dtmfDbLevel: number;
  readonly isDtmfInband: boolean;
  readonly isVad: boolean;
  /** DSCP of RTP, 0–63, where the network policy gives none. */
  readonly dscp: number;
}

/** One change of daylight-saving time. */
export interface DstChange {
  /** 1–12. */
  readonly month: number;
  /** 1–31 on that date; 0: by week and weekday. */
  readonly day: number;
  /** 1 Sunday … 7 Saturday. */
  readonly weekday: number;
  /** 1–6, 8 the last. */
  readonly week: number;
  /** Local wall-clock time, minutes after midnight. */
  readonly atMinute: number;
}

/** Daylight-saving rules written in a file. */
export interface DstSettings {
  readonly offsetMinutes: number;
  readonly start: DstChange;
  readonly stop: DstChange;
}

export type SntpMode = "unicast" | "multicast" | "anycast" | "directedbroadcast";

export interface TimeSettings {
  /** As in the file: abbreviation, GMT offset or Windows-like name. firmware/time knows what it means. */
  readonly zone: string | undefined;
  /** False: never change to daylight-saving time. */
  readonly isDstAllowed: boolean;
  /** Undefined: the zone's own rules. */
  readonly dst: DstSettings | undefined;
  readonly sntpMode: SntpMode;
  /** Empty: none in the configuration. */
  readonly sntpServers: readonly string[];
  readonly dateFormat: string;
  readonly is24Hour: boolean;
}

export interface FeatureSettings {
  readonly doNotDisturb: Lockable;
  readonly callWaiting: Lockable;
  readonly callerIdBlocking: Lockable;
  readonly anonymousCallBlock: Lockable;
  readonly callHoldRingback: Lockable;
  readonly isAutocomplete: boolean;
  readonly isCallStats: boolean;
  readonly isConferenceJoin: boolean;
  readonly isSemiAttendedTransfer: boolean;
  readonly isTransferOnHook: boolean;
  /** A caller may have the phone answer by itself (Call-Info, Alert-Info). */
  readonly isCallerAutoAnswer: boolean;
  readonly isStutterTone: boolean;
  readonly isLocalForwarding: boolean;
  /** Typed on the phone (CFwdAll). */
  readonly forwardTarget: string | undefined;
  readonly messagesUri: string | undefined;
  /** File name without `.xml`, relative to the file server's root. */
  readonly dialTemplate: string;
}

export interface UrlSettings {
  readonly services: string | undefined;
  readonly directory: string | undefined;
  readonly messages: string | undefined;
  readonly information: string | undefined;
  readonly authentication: string | undefined;
  readonly idle: string | undefined;
  /** 0: never. */
  readonly idleTimeoutSec: number;
  readonly logo: string | undefined;
  readonly httpProxy: HostPort | undefined;
}

export interface AccessSettings {
  /** Console, telnet and menu; undefined: the public default, which telnet refuses. */
  readonly password: Secret | undefined;
  /** 0 off, 1 view, 2 everything. */
  readonly telnetLevel: 0 | 1 | 2;
  readonly prompt: string;
  /** Settings menus: all of them, ring, contrast and volume only, or none. */
  readonly settings: "enabled" | "restricted" | "disabled";
  /** As the file says; this phone opens no such shell in any case. */
  readonly isSshAllowed: boolean;
  readonly syslog: HostPort | undefined;
  /** File with the CA certificates of this site. */
  readonly caFile: string | undefined;
}

export interface NetworkSettings {
  /** Take the place of the DHCP server's addresses while set. */
  readonly dnsServers: readonly string[];
  readonly tftpServer: string | undefined;
  /** From the next boot on, files are asked for by HTTP on port 6970 first. */
  readonly isHttpFirst: boolean;
  /** Directory of the phone's own files on the file server; undefined: its root. */
  readonly tftpDirectory: string | undefined;
  readonly mediaType: "Auto" | "Full100" | "Half100" | "Full10" | "Half10";
  readonly port2Type: "Hub/Switch" | "PC";
  readonly isPcPortEnabled: boolean;
  readonly isSpanToPcPort: boolean;
  readonly isVoiceVlanOnPcPort: boolean;
  readonly isGratuitousArpTaken: boolean;
  readonly isCdpOnSwitchPort: boolean;
  readonly isLldpOnSwitchPort: boolean;
  readonly lldpAssetId: string | undefined;
  /** DSCP of signalling, 0–63, where the network policy gives none; undefined: the protocol's own default. */
  readonly signallingDscp: number | undefined;
}

/** Switches of an XML file's `vendorConfig`, the right way round. */
export interface DisplaySettings {
  readonly isSpeakerDisabled: boolean;
  readonly isHeadsetDisabled: boolean;
  readonly isWebAccess: "enabled" | "read-only" | "disabled";
  readonly isG722Allowed: boolean;
  readonly isLineSelectedAutomatically: boolean;
  /** Days on which the display stays dark, 1 Sunday … 7 Saturday. */
  readonly darkDays: readonly number[];
  /** Minutes after midnight, and minutes; undefined: always on. */
  readonly onAtMinute: number | undefined;
  readonly onForMinutes: number | undefined;
  readonly idleOffMinutes: number | undefined;
  readonly isLitByCall: boolean;
  readonly minimumRingVolume: number | undefined;
}

/** A file the configuration came from. */
export interface ConfigFile {
  readonly name: string;
  readonly source: "default-file" | "phone-file";
  /** Address it was read from; undefined for the kept copy. */
  readonly server: string | undefined;
  readonly sizeBytes: number;
}

/** One line of `show config`. Secrets are stars already. */
export interface ShownValue {
  readonly name: string;
  readonly text: string;
  readonly source: ValueSource;
  /** The user may not change it. */
  readonly isLocked: boolean;
}

export interface PhoneConfig {
  readonly protocol: Protocol;
  readonly kind: ConfigKind;
  readonly files: readonly ConfigFile[];
  /** SEP or SIP and the MAC. */
  readonly deviceName: string;
  /** Call servers in the order to try, at most three before the SRST entries. Empty for stand-alone SIP. */
  readonly servers: readonly CallServer[];
  /** How long the list must answer before the phone leaves SRST. */
  readonly monitorSec: number;
  readonly lines: readonly LineConfig[];
  readonly speedDials: readonly SpeedDialConfig[];
  readonly sip: SipSettings;
  readonly media: MediaSettings;
  readonly time: TimeSettings;
  readonly features: FeatureSettings;
  readonly urls: UrlSettings;
  readonly access: AccessSettings;
  readonly network: NetworkSettings;
  readonly display: DisplaySettings;
  readonly phoneLabel: string;
  readonly language: string;
  /** Folders of a call manager's locale files: words of label codes, and tones of the country. */
  readonly locale: { readonly user: string | undefined; readonly network: string | undefined };
  /** Load name the file asks for; undefined: whatever runs. */
  readonly load: { readonly name: string; readonly server: string | undefined } | undefined;
  /** Level compared with syncinfo.xml. */
  readonly sync: string;
  /** `versionStamp` of an XML file. */
  readonly versionStamp: string | undefined;
  /** Parameters without which the phone cannot call: `line1_name`, `proxy1_address`. */
  readonly unprovisioned: readonly string[];
  /** Names nobody knows, with the file they stood in. */
  readonly unknown: readonly { readonly file: string; readonly name: string }[];
  /** Everything for `show config`. */
  readonly values: readonly ShownValue[];
}
