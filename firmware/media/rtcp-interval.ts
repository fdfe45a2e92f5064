// When the next RTCP report is due (RFC 3550 §6.3.1, A.7).
import { between } from "#firmware/runtime/chance.ts";
import type { Random } from "#hal/contract/random.ts";

/** What the interval depends on. */
export interface RtcpSession {
  readonly members: number;
  readonly senders: number;
  /** For RTCP of all members, octets per second: 5 % of the session's bandwidth. */
  readonly bandwidth: number;
  readonly hasSent: boolean;
  /** Average compound packet with UDP and IP headers. */
  readonly averageOctets: number;
  /** No RTCP packet was sent yet. */
  readonly isInitial: boolean;
}

/** 5 % of 80 kbit/s (G.711 with RTP, UDP and IP headers), in octets per second. */
export const telephoneBandwidth = 500;

const senderShare = 0.25;
/** "To compensate for timer reconsideration converging to a value below the intended average": e − 3/2. */
const compensation = Math.E - 1.5;

/** The deterministic calculated interval Td, ms. */
export function calculatedIntervalMs(session: RtcpSession): number {
  // "If the participant has not yet sent an RTCP packet …, the constant Tmin is set to 2.5 seconds, else … 5"
  const leastMs = session.isInitial ? 2500 : 5000;
  let { bandwidth, members: sharing } = session;
  // "If the number of senders is less than or equal to 25% of the membership …"
  if (session.senders <= session.members * senderShare) {
    bandwidth *= session.hasSent ? senderShare : 1 - senderShare;
    sharing = session.hasSent ? session.senders : session.members - session.senders;
  }
  return Math.max(leastMs, (sharing * session.averageOctets * 1000) / bandwidth);
}

/** "a number uniformly distributed between 0.5 and 1.5 times the deterministic calculated interval", compensated. */
export function reportIntervalMs(session: RtcpSession, random: Random): number {
  return (calculatedIntervalMs(session) * between(random, 0.5, 1.5)) / compensation;
}

/** "avg_rtcp_size = (1/16) * packet_size + (15/16) * avg_rtcp_size"; `octets` without UDP and IP headers. */
export function averageWith(averageOctets: number, octets: number): number {
  return (octets + headerOctets) / 16 + (averageOctets * 15) / 16;
}

/** UDP and IPv4 headers, which count too. */
export const headerOctets = 28;
