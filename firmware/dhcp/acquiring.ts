// From nothing to an address: INIT, SELECTING, REQUESTING, REBOOTING and the probe (RFC 2131 §3.1, §3.2, §4.4.1, §4.4.2).
import { go, ignore, type Moment, type Step, stay } from "#firmware/runtime/machine.ts";
import type { Mac } from "#hal/contract/link.ts";
import { later } from "#hal/contract/time.ts";
import { type Granted, readAnswer, type TftpMerit, tftpMeritOf } from "./answers.ts";
import type { DhcpMessage } from "./messages.ts";
import { optionOf } from "./options.ts";
import { discover, requestKept, requestOffer } from "./requests.ts";
import type { Candidate, DhcpEffect, DhcpState, Held, KeptAddress, Round, Session } from "./state.ts";
import {
  announceIntervalMs,
  collectOffersMs,
  fuzzed,
  probeWaitMs,
  rebootTries,
  refusedWaitMs,
  requestTries,
  retransmitWaitMs,
} from "./timing.ts";

export type DhcpStep = Step<DhcpState, DhcpEffect>;
type In<K extends DhcpState["kind"]> = Extract<DhcpState, { kind: K }>;

/** Offers kept while others are waited for. */
const mostOffers = 8;

const meritRank: Readonly<Record<TftpMerit, number>> = { best: 2, some: 1, none: 0 };

/** A type and transaction id, as every answer is looked at first. */
export function isAnswerTo(
  message: DhcpMessage,
  type: "offer" | "ack" | "nak",
  transactionId: number,
): boolean {
  return optionOf(message.options, "messageType")?.type === type && message.transactionId === transactionId;
}

function newRound({ now, random }: Moment): Round {
  const transactionId = random.u32();
  return {
    transactionId,
    startedAt: now,
    secs: 0,
    tries: 1,
    retryAt: later(now, retransmitWaitMs(1, random)),
  };
}

/** The same question once more. */
function nextTry(round: Round, { now, random }: Moment): Round {
  const tries = round.tries + 1;
  return { ...round, tries, retryAt: later(now, retransmitWaitMs(tries, random)) };
}

/** DISCOVER with a new transaction id. */
export function search(mac: Mac, session: Session, moment: Moment, why: string): DhcpStep {
  const round = newRound(moment);
  return go({ kind: "selecting", session, round, offers: [], decideAt: undefined }, why, [
    { kind: "broadcast", message: discover(session.own, mac, round) },
  ]);
}

/** A new search after a refusal: at once the first time, then with growing pauses. */
export function searchAfterRefusal(
  mac: Mac,
  session: Session,
  moment: Moment,
  why: string,
  effects: readonly DhcpEffect[],
): DhcpStep {
  const counted = { ...session, refusals: session.refusals + 1 };
  const waitMs = refusedWaitMs(counted.refusals, moment.random);
  if (waitMs > 0)
    return go({ kind: "init", session: counted, startAt: later(moment.now, waitMs) }, why, effects);
  const begun = search(mac, counted, moment, why);
  return { ...begun, effects: [...effects, ...begun.effects] };
}

/** INIT-REBOOT: asks for an address it had. */
export function reboot(
  mac: Mac,
  session: Session,
  kept: KeptAddress,
  held: Held | undefined,
  moment: Moment,
  why: string,
): DhcpStep {
  const round = newRound(moment);
  return go({ kind: "rebooting", session, round, kept, held }, why, [
    { kind: "broadcast", message: requestKept(session.own, mac, round, kept.address) },
  ]);
}

export function selectingRetry(mac: Mac, state: In<"selecting">, moment: Moment): DhcpStep {
  const { session, round } = state;
  const secs = Math.floor((moment.now - round.startedAt) / 1000);
  const again = { ...nextTry(round, moment), secs };
  return stay({ ...state, round: again }, [
    { kind: "notify", notice: { kind: "silent", tries: round.tries } },
    { kind: "broadcast", message: discover(session.own, mac, again) },
  ]);
}

export function selectingAnswer(
  mac: Mac,
  state: In<"selecting">,
  message: DhcpMessage,
  moment: Moment,
): DhcpStep {
  if (!isAnswerTo(message, "offer", state.round.transactionId))
    return ignore(state, "no offer to this DISCOVER");
  const answer = readAnswer(message);
  if (answer.kind === "bad")
    return stay(state, [
      { kind: "notify", notice: { kind: "offer-refused", server: answer.server, fault: answer.fault } },
    ]);
  const { lease } = answer.granted;
  const merit = tftpMeritOf(lease);
  if (merit === "none" && state.session.tftp === "needed")
    return stay(state, [
      { kind: "notify", notice: { kind: "offer-refused", server: lease.server, fault: "no-tftp" } },
    ]);
  if (merit === "best" || state.session.tftp === "not-needed")
    return request(mac, state, answer.granted, moment);
  const offers = [...state.offers, { granted: answer.granted, merit: meritRank[merit] }];
  return stay({
    ...state,
    offers: offers.slice(0, mostOffers),
    decideAt: state.decideAt ?? later(moment.now, collectOffersMs),
  });
}

/** Time is up: the best of what was collected, the first of equals. */
export function selectingDecide(mac: Mac, state: In<"selecting">, moment: Moment): DhcpStep {
  const best = state.offers.reduce<Candidate | undefined>(
    (chosen, offer) => (chosen === undefined || offer.merit > chosen.merit ? offer : chosen),
    undefined,
  );
  return best === undefined
    ? ignore(state, "nothing was collected")
    : request(mac, state, best.granted, moment);
}

/** REQUEST with the transaction id of the OFFER and the `secs` of the DISCOVER (RFC 2131 §4.4.1). */
function request(mac: Mac, state: In<"selecting">, offer: Granted, moment: Moment): DhcpStep {
  const { session } = state;
  const round = { ...newRoundOf(state.round.transactionId, moment), secs: state.round.secs };
  const { address, server } = offer.lease;
  return go({ kind: "requesting", session, round, offer }, `offer ${address} from ${server}`, [
    { kind: "broadcast", message: requestOffer(session.own, mac, round, offer.lease) },
  ]);
}

function newRoundOf(transactionId: number, { now, random }: Moment): Round {
  return {
    transactionId,
    startedAt: now,
    secs: 0,
    tries: 1,
    retryAt: later(now, retransmitWaitMs(1, random)),
  };
}

export function requestingRetry(mac: Mac, state: In<"requesting">, moment: Moment): DhcpStep {
  const { session, round, offer } = state;
  if (round.tries >= requestTries) {
    const begun = search(mac, session, moment, `no answer from ${offer.lease.server}`);
    const notice = { kind: "unconfirmed", server: offer.lease.server } as const;
    return { ...begun, effects: [{ kind: "notify", notice }, ...begun.effects] };
  }
  const again = nextTry(round, moment);
  return stay({ ...state, round: again }, [
    { kind: "notify", notice: { kind: "silent", tries: round.tries } },
    { kind: "broadcast", message: requestOffer(session.own, mac, again, offer.lease) },
  ]);
}

export function requestingAnswer(
  mac: Mac,
  state: In<"requesting">,
  message: DhcpMessage,
  sender: Mac,
  moment: Moment,
): DhcpStep {
  const { session, round, offer } = state;
  const server = optionOf(message.options, "serverId")?.address;
  if (isAnswerTo(message, "nak", round.transactionId) && server === offer.lease.server) {
    return searchAfterRefusal(mac, session, moment, `refused by ${server}`, [
      { kind: "notify", notice: { kind: "refused", server, address: offer.lease.address } },
    ]);
  }
  if (!isAnswerTo(message, "ack", round.transactionId)) return ignore(state, "no answer to this REQUEST");
  const answer = readAnswer(message, offer.lease.mask);
  if (answer.kind === "bad") return ignore(state, `ACK of no use: ${answer.fault}`);
  return probe(session, heldFrom(answer.granted, sender, round, moment), "new", moment);
}

export function rebootingRetry(mac: Mac, state: In<"rebooting">, moment: Moment): DhcpStep {
  const { session, round, kept, held } = state;
  const silent: DhcpEffect = { kind: "notify", notice: { kind: "silent", tries: round.tries } };
  if (round.tries < rebootTries) {
    const again = nextTry(round, moment);
    return stay({ ...state, round: again }, [
      silent,
      { kind: "broadcast", message: requestKept(session.own, mac, again, kept.address) },
    ]);
  }
  // RFC 2131 §3.2 step 3: without an answer "the client MAY choose to use the previously allocated network address and
  // configuration parameters for the remainder of the unexpired lease". Only a lease of this run is known to be unexpired.
  if (held !== undefined)
    return go({ kind: "bound", session, held, watchUntil: undefined }, "no answer, the lease runs on");
  const begun = search(mac, session, moment, `no answer about ${kept.address}`);
  return { ...begun, effects: [silent, ...begun.effects] };
}

export function rebootingAnswer(
  mac: Mac,
  state: In<"rebooting">,
  message: DhcpMessage,
  sender: Mac,
  moment: Moment,
): DhcpStep {
  const { session, round, kept, held } = state;
  const server = optionOf(message.options, "serverId")?.address;
  const lost: readonly DhcpEffect[] =
    held === undefined
      ? []
      : [{ kind: "notify", notice: { kind: "lost", address: held.lease.address, reason: "refused" } }];
  if (isAnswerTo(message, "nak", round.transactionId) && server !== undefined) {
    return searchAfterRefusal(mac, session, moment, `refused by ${server}`, [
      { kind: "forget" },
      ...lost,
      { kind: "notify", notice: { kind: "refused", server, address: kept.address } },
    ]);
  }
  if (!isAnswerTo(message, "ack", round.transactionId)) return ignore(state, "no answer to this REQUEST");
  const answer = readAnswer(message, kept.mask);
  if (answer.kind === "bad") return ignore(state, `ACK of no use: ${answer.fault}`);
  const next = heldFrom(answer.granted, sender, round, moment);
  if (held !== undefined && held.lease.address === next.lease.address) return verified(session, next, moment);
  const changed: readonly DhcpEffect[] =
    held === undefined
      ? []
      : [{ kind: "notify", notice: { kind: "lost", address: held.lease.address, reason: "changed" } }];
  const begun = probe(session, next, "kept", moment);
  return { ...begun, effects: [...changed, ...begun.effects] };
}

/** The address stays in use; the neighbourhood is asked and told again (RFC 5227 §2.1: "when a link-state change …"). */
function verified(session: Session, held: Held, { now }: Moment): DhcpStep {
  const { address } = held.lease;
  return go(
    { kind: "bound", session: settled(session), held, watchUntil: later(now, announceIntervalMs) },
    `${address} verified by ${held.lease.server}`,
    [
      { kind: "probe", address },
      { kind: "announce", address },
      keep(held),
      { kind: "notify", notice: { kind: "renewed", lease: held.lease } },
    ],
  );
}

/** The lease counts from the sending of the first REQUEST of this round (RFC 2131 §4.4.1). */
export function heldFrom(
  granted: Granted,
  serverMac: Mac,
  round: Pick<Round, "startedAt">,
  { random }: Moment,
): Held {
  const times = fuzzed(granted.times, random);
  return {
    lease: granted.lease,
    serverMac,
    renewAt: later(round.startedAt, times.t1Sec * 1000),
    rebindAt: later(round.startedAt, times.t2Sec * 1000),
    endsAt: later(round.startedAt, times.leaseSec * 1000),
    defendedAt: undefined,
  };
}

/** One ARP probe; the address is used unless somebody answers within 20 ms (and listened for 2 s longer). */
function probe(session: Session, held: Held, how: "new" | "kept", { now }: Moment): DhcpStep {
  const { address, server } = held.lease;
  return go(
    { kind: "probing", session, held, how, until: later(now, probeWaitMs) },
    `${address} from ${server}, is it free?`,
    [{ kind: "probe", address }],
  );
}

/** Nobody answered the probe. */
export function bind(state: In<"probing">, { now }: Moment): DhcpStep {
  const { session, held, how } = state;
  const { address } = held.lease;
  return go(
    { kind: "bound", session: settled(session), held, watchUntil: later(now, announceIntervalMs) },
    `${address}, lease ${held.lease.leaseSec} s`,
    [
      { kind: "announce", address },
      keep(held),
      { kind: "notify", notice: { kind: "bound", lease: held.lease, how } },
    ],
  );
}

export function keep(held: Held): DhcpEffect {
  return { kind: "keep", address: held.lease.address, mask: held.lease.mask, endsAt: held.endsAt };
}

/** An accepted address ends a row of refusals. */
export function settled(session: Session): Session {
  return session.refusals === 0 ? session : { ...session, refusals: 0 };
}
