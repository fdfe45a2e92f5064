// A phone without proxy and a scripted peer, with the usual steps of a call as one-liners.
import { headers } from "#firmware/sip/message/headers.ts";
import { type SipRequest, soleOf, tagOf } from "#firmware/sip/message/message.ts";
import type { SipNotice } from "#firmware/sip/notices.ts";
import { type AnswerParts, type AskParts, Peer, peerAddress, peerSdp } from "./peer.ts";
import { line, type Rig, rig } from "./phone.ts";

export const local = { portsId: 1, rtpPort: 16_384 };

export type Scene = ReturnType<typeof scene>;

/** Nothing has happened yet. */
export function scene(more: Parameters<Rig["phone"]>[0] = {}, seed = 1) {
  const r = rig(seed);
  const peer = new Peer(r.hub, r.clock);
  const phone = r.phone({ lines: [line({ proxies: [] })], ...more });
  const place = (target = `sip:200@${peerAddress}`, call = "a"): void =>
    phone.perform({ kind: "place", call, line: 1, target, route: "default", local, isAnonymous: false });
  const kinds = (call = "a") =>
    r.notices.flatMap((notice) => ("call" in notice && notice.call === call ? [notice.kind] : []));
  const of = <K extends SipNotice["kind"]>(kind: K) =>
    r.notices.filter((notice) => notice.kind === kind) as Extract<SipNotice, { kind: K }>[];
  const wait = (ms = 50): Promise<void> => r.clock.advance(ms);

  /** A call from here that is up. */
  const up = async (parts: AnswerParts = {}): Promise<SipRequest> => {
    place();
    await wait();
    peer.answer(peer.last("INVITE"), 200, { sdp: peerSdp(), ...parts });
    await wait();
    return peer.last("INVITE");
  };

  /** A call from there that is up; its id here. */
  const upFromThere = async (parts: AskParts = {}): Promise<string> => {
    peer.ask("INVITE", { sdp: peerSdp(), ...parts });
    await wait();
    const call = of("incoming").at(-1)?.call ?? "none";
    phone.perform({ kind: "ring", call });
    phone.perform({ kind: "answer", call, local });
    await wait();
    peer.ask("ACK", { ...parts, toTag: ourTag(), lines: [] });
    await wait();
    return call;
  };

  /** The tag this phone gave in its newest response. */
  const ourTag = (): string => {
    const last = peer.got.findLast(({ message }) => message.kind === "response");
    return (last && tagOf(last.message, headers.to)) ?? "";
  };

  /** A request of the peer's inside the dialog of a call from here. */
  const inDialog = (method: string, invite: SipRequest, parts: AskParts = {}): void =>
    peer.ask(method, {
      callId: soleOf(invite, headers.callId),
      toTag: tagOf(invite, headers.from) ?? "",
      fromTag: "peer-tag",
      from: `<sip:200@${peerAddress}>`,
      ...parts,
    });

  return { ...r, peer, phone, place, kinds, of, wait, up, upFromThere, ourTag, inDialog };
}
