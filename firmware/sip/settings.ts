// What SIP must be told. The composition root makes it from the phone's configuration.
import type { Marking } from "#hal/contract/sockets.ts";
import type { SipTiming } from "./transaction/timing.ts";
import type { TransportName } from "./transport/flow.ts";

/** A proxy or registrar as configured: name or address. */
export interface ServerAddress {
  readonly host: string;
  /** Undefined: by SRV, else 5060 (5061 for TLS). */
  readonly port: number | undefined;
  /** Undefined: by NAPTR where the host is a name, else UDP. */
  readonly transport: TransportName | undefined;
}

/** One line key that is a line. Texts are as a person typed them (Unicode). */
export interface SipLine {
  /** From 1. */
  readonly line: number;
  /** User part of the address of record. */
  readonly name: string;
  readonly authName: string;
  readonly password: string | undefined;
  readonly displayName: string;
  /** User part of the Contact; undefined: the name. */
  readonly contact: string | undefined;
  /** Host of the address of record; undefined: the first proxy's. */
  readonly domain: string | undefined;
  /** Proxies that also register, in the order to try; empty: no proxy, calls go to the host of their URI. */
  readonly proxies: readonly ServerAddress[];
}

/** A codec that may be offered, RTP names. */
export type OfferedCodec = "PCMU" | "PCMA" | "G722" | "G729" | "opus";

export interface SipSettings {
  /** Twelve hex digits: in Call-IDs and tags. */
  readonly mac: string;
  readonly lines: readonly SipLine[];
  /** `proxy_register`. */
  readonly isRegistering: boolean;
  /** The list of servers belongs to a call manager: when all failed, boot starts over. */
  readonly isServerControlled: boolean;
  /** Every request but emergency calls goes there; URIs keep the line's domain. */
  readonly outboundProxy: ServerAddress | undefined;
  /** Dotted address; one registration is held there too. */
  readonly backupProxy: ServerAddress | undefined;
  readonly emergencyProxy: ServerAddress | undefined;
  /** Where SIP listens (`voip_control_port`). */
  readonly controlPort: number;
  /** True: UDP requests leave from the control port; false: from a free one. */
  readonly isSourcePortFixed: boolean;
  /** UDP requests over 1300 bytes go by TCP where that is spoken (RFC 3261 §18.1.1). */
  readonly isTcpForLarge: boolean;
  readonly timing: SipTiming;
  readonly inviteExpiresSec: number;
  readonly registerExpiresSec: number;
  /** A registration is refreshed this long before it ends. */
  readonly registerDeltaSec: number;
  /** `user=` in the URIs of a registration. */
  readonly userInfo: "none" | "phone" | "ip";
  readonly nat: NatSettings;
  readonly dtmf: { readonly mode: "none" | "avt" | "avt_always"; readonly payloadType: number };
  /** In the order to offer. */
  readonly codecs: readonly OfferedCodec[];
  readonly packetMs: number;
  /** False: G.729 annex B is declined (`enable_vad` off). */
  readonly hasSilenceSuppression: boolean;
  /** Hold by `c=0.0.0.0` as the guide has it, beside the direction attribute. */
  readonly isOldHold: boolean;
  /** User-Agent and Server. */
  readonly userAgent: string;
  /** Send Remote-Party-ID and believe it (`remote_party_id`). */
  readonly isRemotePartyIdUsed: boolean;
  /** RTP-RxStat and RTP-TxStat in BYE and its answer (`call_stats`). */
  readonly hasCallStatistics: boolean;
  /** Ask mailboxes by SUBSCRIBE, for so long each time; unsolicited NOTIFYs are taken either way. */
  readonly mailboxes: { readonly isSubscribed: boolean; readonly expiresSec: number };
  /** Offered in INVITE; 0: no session timer of ours (RFC 4028). */
  readonly sessionExpiresSec: number;
  readonly marking: Marking;
}

export interface NatSettings {
  /** Stands in Via, Contact and SDP in place of the own address; dotted, or a name with an A record. */
  readonly address: string | undefined;
  /** Learn the outer address from `received` in the answer to REGISTER. */
  readonly isReceivedProcessed: boolean;
  /** Ask for `rport` (RFC 3581). */
  readonly isRportRequested: boolean;
  /** Interval of keep-alives to the registrar; 0: none. */
  readonly keepAliveSec: number;
}

/** What the phone has where a file says nothing; a test overrides what it is about. */
export const defaultSettings: Omit<SipSettings, "mac" | "lines"> = {
  isRegistering: true,
  isServerControlled: false,
  outboundProxy: undefined,
  backupProxy: undefined,
  emergencyProxy: undefined,
  controlPort: 5060,
  isSourcePortFixed: true,
  isTcpForLarge: true,
  timing: { t1Ms: 500, t2Ms: 4000, inviteRetransmissions: 6, retransmissions: 10 },
  inviteExpiresSec: 180,
  registerExpiresSec: 3600,
  registerDeltaSec: 5,
  userInfo: "none",
  nat: { address: undefined, isReceivedProcessed: false, isRportRequested: true, keepAliveSec: 0 },
  dtmf: { mode: "avt", payloadType: 101 },
  codecs: ["PCMU", "PCMA"],
  packetMs: 20,
  hasSilenceSuppression: false,
  isOldHold: false,
  userAgent: "Offhook",
  isRemotePartyIdUsed: false,
  hasCallStatistics: false,
  mailboxes: { isSubscribed: false, expiresSec: 3600 },
  sessionExpiresSec: 0,
  marking: { dscp: 26 },
};
