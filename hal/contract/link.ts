// The network port as a sender and receiver of whole Ethernet frames: CDP, LLDP, ARP, and DHCP before an
// address exists. How a platform meets it (AF_PACKET, a simulated cable) is its own secret.
import type { Stream } from "./stream.ts";
import type { MonoMs } from "./time.ts";

/** Lower-case, colon-separated: `00:00:5e:00:53:01`. */
export type Mac = string;

/** Carrier on the port, as negotiated. */
export interface LinkState {
  readonly isUp: boolean;
  /** 10, 100, 1000 …; undefined while down or unknown. */
  readonly speedMbps: number | undefined;
  readonly duplex: "half" | "full" | undefined;
}

/** An 802.1Q tag: VLAN 1–4094, 0 for a priority tag; priority 0–7. */
export interface VlanTag {
  readonly vlanId: number;
  readonly priority: number;
}

/** What a listener wants; the kernel filters, so nothing else wakes the phone. */
export type FrameKind =
  | "cdp" // 802.3 frames to 01-00-0C-CC-CC-CC
  | "lldp" // EtherType 0x88CC
  | "arp" // EtherType 0x0806
  | "dhcp" // IPv4, UDP, destination port 68
  | "all"; // everything in and out, for captures

/** One frame as it arrived. The 802.1Q tag is taken out of the bytes and given beside them. */
export interface ReceivedFrame {
  /** From the destination address on, without tag and FCS; padding may follow. */
  readonly bytes: Uint8Array;
  /** When the kernel saw it. */
  readonly at: MonoMs;
  readonly tag: VlanTag | undefined;
  /** True for a frame this machine sent; only "all" listeners see those. */
  readonly isOwn: boolean;
}

/** Whole Ethernet frames on one port. */
export interface LinkPort {
  /** Interface name for people and logs. */
  readonly name: string;
  readonly mac: Mac;
  /** Carrier now. */
  state(): LinkState;
  /** Carrier changes, not the present state. */
  readonly changes: Stream<LinkState>;
  /** Frames of one kind, tagged or not. */
  listen(kind: FrameKind, listener: (frame: ReceivedFrame) => void, options: { signal: AbortSignal }): void;
  /** Sends a frame of 14 … 1514 bytes (source address included, no tag, no FCS); a frame while down is lost. */
  send(bytes: Uint8Array, tag?: VlanTag): void;
  /** Counters since start, for `show network` and the Network Statistics screen. */
  counters(): LinkCounters;
}

export interface LinkCounters {
  readonly receivedFrames: number;
  readonly sentFrames: number;
  readonly receiveErrors: number;
  readonly broadcastsReceived: number;
}
