// States, events and effects of the DHCP client. States bear the names of RFC 2131 figure 5; `stopped` is before INIT,
// `probing` the conflict check between the ACK and BOUND. INIT-REBOOT is left in the step that enters it.
import type { TimerEvent } from "#firmware/runtime/machine.ts";
import type { Mac } from "#hal/contract/link.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import type { Granted } from "./answers.ts";
import type { ArpPacket } from "./arp.ts";
import type { DhcpMessage } from "./messages.ts";
import type { DhcpNotice } from "./notices.ts";
import type { DhcpIdentity } from "./requests.ts";

/**
 * What an offer must say about TFTP. `needed`: one without a server is refused. `wanted`: taken if nothing better comes.
 * `not-needed`: the addresses are typed, so the first good offer is taken.
 */
export type TftpWish = "needed" | "wanted" | "not-needed";

/** What holds from `start` to the next one. */
export interface Session {
  readonly own: DhcpIdentity;
  readonly tftp: TftpWish;
  /** Conflicts and refusals in a row: the pauses grow with them. */
  readonly conflicts: number;
  readonly refusals: number;
}

/** One question, sent `tries` times. */
export interface Round {
  readonly transactionId: number;
  readonly startedAt: MonoMs;
  /** As in the newest transmission. */
  readonly secs: number;
  readonly tries: number;
  readonly retryAt: MonoMs;
}

/** An offer that could be taken. */
export interface Candidate {
  readonly granted: Granted;
  readonly merit: number;
}

/** A lease in hand. Moments are Infinity for a lease without end. */
export interface Held {
  readonly lease: Granted["lease"];
  /** Where its ACK came from: the server, or the relay on our side of a router. */
  readonly serverMac: Mac;
  readonly renewAt: MonoMs;
  readonly rebindAt: MonoMs;
  readonly endsAt: MonoMs;
  /** The last conflict we defended against (RFC 5227 §2.4). */
  readonly defendedAt: MonoMs | undefined;
}

/** The address of an earlier lease, for INIT-REBOOT. */
export interface KeptAddress {
  readonly address: Ip4;
  readonly mask: Ip4;
}

export type DhcpState =
  | { readonly kind: "stopped"; readonly conflicts: number }
  | { readonly kind: "init"; readonly session: Session; readonly startAt: MonoMs }
  | {
      readonly kind: "selecting";
      readonly session: Session;
      readonly round: Round;
      readonly offers: readonly Candidate[];
      /** End of collecting; undefined before the first offer. */
      readonly decideAt: MonoMs | undefined;
    }
  | {
      readonly kind: "requesting";
      readonly session: Session;
      readonly round: Round;
      readonly offer: Granted;
    }
  | {
      readonly kind: "rebooting";
      readonly session: Session;
      readonly round: Round;
      readonly kept: KeptAddress;
      /** The lease that stays in use while it is verified; undefined after a start. */
      readonly held: Held | undefined;
    }
  | {
      readonly kind: "probing";
      readonly session: Session;
      readonly held: Held;
      readonly how: "new" | "kept";
      readonly until: MonoMs;
    }
  | {
      readonly kind: "bound";
      readonly session: Session;
      readonly held: Held;
      /** The probe is still listened for, and the second announcement is due; undefined afterwards. */
      readonly watchUntil: MonoMs | undefined;
    }
  | {
      readonly kind: "renewing" | "rebinding";
      readonly session: Session;
      readonly held: Held;
      readonly transactionId: number;
      /** The newest REQUEST: a lease counts from the sending of the one that was answered. */
      readonly requestedAt: MonoMs;
      /** Undefined: the end of the state comes first. */
      readonly retryAt: MonoMs | undefined;
    };

export type DhcpEvent =
  /** The link is up and the VLAN is known: get an address; `kept` is one to ask for first. */
  | {
      readonly kind: "start";
      readonly own: DhcpIdentity;
      readonly tftp: TftpWish;
      readonly kept: KeptAddress | undefined;
    }
  /** The link was down and is back on the same VLAN (RFC 2131 §3.7). */
  | { readonly kind: "verify" }
  /** A reply with our MAC in it. `mac` is who sent the frame. */
  | { readonly kind: "answer"; readonly message: DhcpMessage; readonly mac: Mac }
  | { readonly kind: "arp"; readonly packet: ArpPacket }
  /** Give the address back and stop. */
  | { readonly kind: "release" }
  /** Stop; the lease stays good for INIT-REBOOT. */
  | { readonly kind: "stop" };

export type DhcpEffect =
  | { readonly kind: "broadcast"; readonly message: DhcpMessage }
  | { readonly kind: "unicast"; readonly message: DhcpMessage; readonly mac: Mac; readonly address: Ip4 }
  | { readonly kind: "probe"; readonly address: Ip4 }
  | { readonly kind: "announce"; readonly address: Ip4 }
  /** Keep for INIT-REBOOT; `endsAt` is when the lease ends. */
  | { readonly kind: "keep"; readonly address: Ip4; readonly mask: Ip4; readonly endsAt: MonoMs }
  | { readonly kind: "forget" }
  | { readonly kind: "notify"; readonly notice: DhcpNotice };

export type DhcpInput = DhcpEvent | TimerEvent;

/** States in which the address is, or is about to be, used. */
export type HoldingState = Extract<DhcpState, { kind: "probing" | "bound" | "renewing" | "rebinding" }>;
