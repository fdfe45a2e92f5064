// While an address is held: renewal, rebinding, expiry, conflicts, giving back (RFC 2131 §4.4.5, §4.4.6, RFC 5227 §2.4).
import { go, ignore, type Moment, type Step, stay } from "#firmware/runtime/machine.ts";
import type { Mac } from "#hal/contract/link.ts";
import { later } from "#hal/contract/time.ts";
import {
  type DhcpStep,
  heldFrom,
  isAnswerTo,
  keep,
  search,
  searchAfterRefusal,
  settled,
} from "./acquiring.ts";
import { readAnswer } from "./answers.ts";
import { type ArpPacket, isConflict } from "./arp.ts";
import type { DhcpMessage } from "./messages.ts";
import type { LostReason } from "./notices.ts";
import { optionOf } from "./options.ts";
import { decline, release, requestMore } from "./requests.ts";
import type { DhcpEffect, DhcpState, Held, HoldingState, Session } from "./state.ts";
import { conflictWaitMs, defendIntervalMs, probeWaitMs, renewRetryAt } from "./timing.ts";

type In<K extends DhcpState["kind"]> = Extract<DhcpState, { kind: K }>;
type Renewing = In<"renewing" | "rebinding">;

const lost = (held: Held, reason: LostReason): DhcpEffect => ({
  kind: "notify",
  notice: { kind: "lost", address: held.lease.address, reason },
});

/** REQUEST for more time: unicast to the server while RENEWING, broadcast while REBINDING; a new transaction each time. */
export function askForMore(
  mac: Mac,
  kind: "renewing" | "rebinding",
  session: Session,
  held: Held,
  moment: Moment,
  why: string | undefined,
): DhcpStep {
  const { now, random } = moment;
  const transactionId = random.u32();
  const limit = kind === "renewing" ? held.rebindAt : held.endsAt;
  const message = requestMore(session.own, mac, { transactionId, secs: 0 }, held.lease.address);
  const state: Renewing = {
    kind,
    session,
    held,
    transactionId,
    requestedAt: now,
    retryAt: renewRetryAt(now, limit),
  };
  const effect: DhcpEffect =
    kind === "renewing"
      ? { kind: "unicast", message, mac: held.serverMac, address: held.lease.server }
      : { kind: "broadcast", message };
  return why === undefined ? stay(state, [effect]) : go(state, why, [effect]);
}

export function renewingAnswer(
  mac: Mac,
  state: Renewing,
  message: DhcpMessage,
  sender: Mac,
  moment: Moment,
): DhcpStep {
  const { session, held, transactionId } = state;
  const server = optionOf(message.options, "serverId")?.address;
  if (isAnswerTo(message, "nak", transactionId) && server !== undefined) {
    return searchAfterRefusal(mac, session, moment, `refused by ${server}`, [
      { kind: "forget" },
      lost(held, "refused"),
      { kind: "notify", notice: { kind: "refused", server, address: held.lease.address } },
    ]);
  }
  if (!isAnswerTo(message, "ack", transactionId)) return ignore(state, "no answer to the newest REQUEST");
  const answer = readAnswer(message, held.lease.mask);
  if (answer.kind === "bad") return ignore(state, `ACK of no use: ${answer.fault}`);
  const next = heldFrom(answer.granted, sender, { startedAt: state.requestedAt }, moment);
  if (next.lease.address !== held.lease.address) {
    // A server may not do this; what it wants is nevertheless clear.
    return go(
      { kind: "probing", session, held: next, how: "new", until: later(moment.now, probeWaitMs) },
      `${next.lease.address} instead of ${held.lease.address}`,
      [lost(held, "changed"), { kind: "probe", address: next.lease.address }],
    );
  }
  return go(
    {
      kind: "bound",
      session: settled(session),
      held: { ...next, defendedAt: held.defendedAt },
      watchUntil: undefined,
    },
    `${next.lease.address} renewed by ${next.lease.server} for ${next.lease.leaseSec} s`,
    [keep(next), { kind: "notify", notice: { kind: "renewed", lease: next.lease } }],
  );
}

/** The lease is over: "the client MUST immediately stop any other network processing" (RFC 2131 §4.4.5). */
export function expire(mac: Mac, session: Session, held: Held, moment: Moment): DhcpStep {
  const begun = search(mac, session, moment, `lease of ${held.lease.address} is over`);
  return { ...begun, effects: [{ kind: "forget" }, lost(held, "expired"), ...begun.effects] };
}

/** An ARP packet while an address is held: nothing, a defence, or the end of it. */
export function holdingArp(
  mac: Mac,
  state: HoldingState | In<"rebooting">,
  held: Held,
  packet: ArpPacket,
  moment: Moment,
): DhcpStep {
  const { address } = held.lease;
  const isProbing = state.kind === "probing" || (state.kind === "bound" && state.watchUntil !== undefined);
  if (!isConflict(packet, { mac, address, isProbing })) return ignore(state, "no conflict");
  if (isProbing) return giveUp(mac, state, held, packet.senderMac, moment);
  const { defendedAt } = held;
  if (defendedAt !== undefined && moment.now - defendedAt < defendIntervalMs)
    return giveUp(mac, state, held, packet.senderMac, moment);
  // RFC 5227 §2.4 (b): "recording the time … and then broadcasting one single ARP Announcement".
  const defended: Held = { ...held, defendedAt: moment.now };
  return {
    state: { ...state, held: defended },
    effects: [{ kind: "announce", address }],
    why: `${packet.senderMac} claims ${address}: defended`,
  };
}

/** DECLINE, and a pause before the next search. */
function giveUp(
  mac: Mac,
  state: HoldingState | In<"rebooting">,
  held: Held,
  by: Mac,
  { now, random }: Moment,
): DhcpStep {
  const conflicts = state.session.conflicts + 1;
  const startAt = later(now, conflictWaitMs(conflicts));
  const { address } = held.lease;
  const wasUsed: readonly DhcpEffect[] = state.kind === "probing" ? [] : [lost(held, "conflict")];
  return go(
    { kind: "init", session: { ...state.session, conflicts }, startAt },
    `${address} belongs to ${by}`,
    [
      { kind: "broadcast", message: decline(mac, random.u32(), held.lease) },
      { kind: "forget" },
      ...wasUsed,
      { kind: "notify", notice: { kind: "conflict", address, mac: by, count: conflicts, retryAt: startAt } },
    ],
  );
}

/** RELEASE to the server that gave the lease. */
export function giveBack(
  mac: Mac,
  held: Held,
  wasUsed: boolean,
  conflicts: number,
  { random }: Moment,
): Step<DhcpState, DhcpEffect> {
  const { address, server } = held.lease;
  return go({ kind: "stopped", conflicts }, `${address} released`, [
    {
      kind: "unicast",
      message: release(mac, random.u32(), held.lease),
      mac: held.serverMac,
      address: server,
    },
    { kind: "forget" },
    ...(wasUsed ? [lost(held, "released")] : []),
  ]);
}
