// Calls against a scripted peer: what goes out, what is reported, and how each call ends.
import { beforeAll, describe, expect, test } from "vitest";
import { loadSipJs } from "#firmware/sip/core/library.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, linesOf, soleOf, tagOf, valuesOf } from "#firmware/sip/message/message.ts";
import type { SipNotice } from "#firmware/sip/notices.ts";
import { Peer, peerAddress, peerSdp } from "./peer.ts";
import { line, type Rig, rig } from "./phone.ts";

beforeAll(() => loadSipJs());

const noProxy = { lines: [line({ proxies: [] })] };

function scene(more: Parameters<Rig["phone"]>[0] = {}) {
  const r = rig();
  const peer = new Peer(r.hub, r.clock);
  const phone = r.phone({ ...noProxy, ...more });
  const place = (target = `sip:200@${peerAddress}`) =>
    phone.perform({
      kind: "place",
      call: "a",
      line: 1,
      target,
      route: "default",
      local: { portsId: 1, rtpPort: 16_384 },
      isAnonymous: false,
    });
  const kinds = (call = "a") =>
    r.notices.flatMap((notice) => ("call" in notice && notice.call === call ? [notice.kind] : []));
  const of = <K extends SipNotice["kind"]>(kind: K) =>
    r.notices.filter((notice) => notice.kind === kind) as Extract<SipNotice, { kind: K }>[];
  return { ...r, peer, phone, place, kinds, of };
}

describe("a call out", () => {
  test("FLW-001 SIP-017 INVITE, 180, 200, ACK, BYE, 200", async () => {
    const { clock, peer, phone, place, kinds, of } = scene();
    place();
    await clock.advance(50);
    peer.answer(peer.last("INVITE"), 180);
    await clock.advance(50);
    peer.answer(peer.last("INVITE"), 200, { sdp: peerSdp() });
    await clock.advance(50);
    expect(peer.kinds).toEqual(["INVITE", "ACK"]);
    expect(kinds()).toEqual(["progress", "media", "answered"]);
    expect(of("media")[0]?.media).toMatchObject({
      remote: { address: peerAddress, port: 4000 },
      direction: "sendrecv",
    });
    phone.perform({ kind: "hang-up", call: "a" });
    await clock.advance(50);
    peer.answer(peer.last("BYE"), 200);
    await clock.advance(50);
    expect(peer.kinds).toEqual(["INVITE", "ACK", "BYE"]);
    expect(of("ended")).toEqual([{ kind: "ended", call: "a", by: "us", status: undefined, reason: "" }]);
  });

  test("the other side hangs up: 200, and the call is over", async () => {
    const { clock, peer, place, of } = scene();
    place();
    await clock.advance(50);
    peer.answer(peer.last("INVITE"), 200, { sdp: peerSdp() });
    await clock.advance(50);
    const invite = peer.last("INVITE");
    peer.ask("BYE", {
      callId: soleOf(invite, headers.callId),
      toTag: tagOf(invite, headers.from) ?? "",
      fromTag: "peer-tag",
      from: `<sip:200@${peerAddress}>`,
    });
    await clock.advance(50);
    expect(peer.kinds.at(-1)).toBe(200);
    expect(of("ended")).toMatchObject([{ by: "peer", status: undefined }]);
  });
});

describe("a call in", () => {
  test("INVITE, 180, 200, ACK, BYE from here", async () => {
    const { clock, peer, phone, of } = scene();
    peer.ask("INVITE", { sdp: peerSdp() });
    await clock.advance(50);
    const call = of("incoming")[0]?.call ?? "";
    expect(of("incoming")[0]).toMatchObject({
      line: 1,
      from: { name: "Peer", number: "200" },
      isAutoAnswer: false,
    });
    phone.perform({ kind: "ring", call });
    await clock.advance(50);
    phone.perform({ kind: "answer", call, local: { portsId: 1, rtpPort: 16_384 } });
    await clock.advance(50);
    expect(peer.kinds).toEqual([180, 200]);
    const ok = peer.responses(200)[0];
    expect(ok && valuesOf(ok, headers.contact)).toHaveLength(1);
    expect(ok && firstOf(ok, headers.contact)?.uri.text).toBe("sip:100@192.0.2.1:5060;transport=udp");
    expect(ok && linesOf(ok, headers.allow)).toHaveLength(1);
    const toTag = (ok && tagOf(ok, headers.to)) ?? "";
    peer.ask("ACK", { toTag, cseq: 1 });
    await clock.advance(50);
    phone.perform({ kind: "hang-up", call });
    await clock.advance(50);
    expect(peer.kinds).toEqual([180, 200, "BYE"]);
    expect(soleOf(peer.last("BYE"), headers.cseq)).toEqual({ number: 101, method: "BYE" });
  });
});
