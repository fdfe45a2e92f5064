// Changes of a call that is up: hold and resume by either side, glare, refusals, lost answers (RFC 3261 §14, RFC 3264).
import { beforeAll, describe, expect, test } from "vitest";
import { glarePauseMs } from "#firmware/sip/call/glare.ts";
import { loadSipJs } from "#firmware/sip/core/library.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, has, type SipRequest, soleOf } from "#firmware/sip/message/message.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { type Scene, scene } from "./call-scene.ts";
import { Peer, peerAddress, peerSdp } from "./peer.ts";

beforeAll(() => loadSipJs());

const sdpText = (request: SipRequest): string => new TextDecoder().decode(request.body);

async function held(s: Scene, sdp = peerSdp({ lines: ["a=recvonly"], version: 2 })): Promise<void> {
  s.phone.perform({ kind: "hold", call: "a" });
  await s.wait();
  s.peer.answer(s.peer.last("INVITE"), 200, { sdp });
  await s.wait();
}

describe("hold from here", () => {
  test("FEA-018 FEA-019 FLW-004 re-INVITE with sendonly, then sendrecv; Call-ID the same, CSeq and o= one higher", async () => {
    const s = scene();
    const first = await s.up();
    await held(s);
    const second = s.peer.last("INVITE");
    expect(sdpText(second)).toContain("a=sendonly");
    expect(s.of("hold-done")).toEqual([{ kind: "hold-done", call: "a", isHeld: true }]);
    expect(s.of("media").at(-1)?.media.direction).toBe("sendonly");
    s.phone.perform({ kind: "resume", call: "a" });
    await s.wait();
    const third = s.peer.last("INVITE");
    s.peer.answer(third, 200, { sdp: peerSdp({ version: 3 }) });
    await s.wait();
    expect(sdpText(third)).toContain("a=sendrecv");
    expect(s.of("hold-done").at(-1)?.isHeld).toBe(false);
    expect([first, second, third].map((invite) => soleOf(invite, headers.cseq).number)).toEqual([
      101, 102, 103,
    ]);
    expect(new Set([first, second, third].map((invite) => soleOf(invite, headers.callId))).size).toBe(1);
    const versions = [first, second, third].map((invite) =>
      Number(/^o=\S+ \d+ (\d+)/m.exec(sdpText(invite))?.[1]),
    );
    expect(versions.map((version) => version - (versions[0] ?? 0))).toEqual([0, 1, 2]);
    expect(s.peer.requests("ACK")).toHaveLength(3);
  });

  test("SDP-006 SIP-002 the guide's hold by c=0.0.0.0, where it is asked for", async () => {
    const s = scene({ isOldHold: true });
    await s.up();
    s.phone.perform({ kind: "hold", call: "a" });
    await s.wait();
    expect(sdpText(s.peer.last("INVITE"))).toContain("c=IN IP4 0.0.0.0");
  });

  test("UAC-027 a hold answered 488 changes nothing: both go on talking, and the key shows not held", async () => {
    const s = scene();
    await s.up();
    const before = s.of("media").length;
    s.phone.perform({ kind: "hold", call: "a" });
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 488);
    await s.wait();
    expect(s.of("hold-done")).toEqual([{ kind: "hold-done", call: "a", isHeld: false }]);
    expect(s.of("media")).toHaveLength(before);
    expect(s.of("ended")).toEqual([]);
    expect(s.peer.kinds.at(-1)).toBe("ACK");
  });

  test.each([481, 408])("UAC-025 RSP-031 a hold answered %i clears the call", async (status) => {
    const s = scene();
    await s.up();
    s.phone.perform({ kind: "hold", call: "a" });
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), status);
    await s.wait();
    expect(s.of("ended")).toMatchObject([{ by: "network", status }]);
    expect(s.peer.kinds.at(-1)).toBe("BYE");
  });

  test("UAC-025 a hold that nobody answers clears the call after Timer B", async () => {
    const s = scene();
    await s.up();
    s.phone.perform({ kind: "hold", call: "a" });
    await s.wait(33_000);
    expect(s.of("ended")).toMatchObject([{ by: "network", status: 408 }]);
  });

  test("UAC-027 hold and resume pressed while the re-INVITE is open: one at a time, and the last wish counts", async () => {
    const s = scene();
    await s.up();
    for (const kind of ["hold", "resume", "hold", "resume"] as const) s.phone.perform({ kind, call: "a" });
    await s.wait();
    expect(s.peer.requests("INVITE")).toHaveLength(2);
    s.peer.answer(s.peer.last("INVITE"), 200, { sdp: peerSdp({ lines: ["a=recvonly"] }) });
    await s.wait();
    expect(s.peer.requests("INVITE")).toHaveLength(3);
    expect(sdpText(s.peer.last("INVITE"))).toContain("a=sendrecv");
  });

  test("a hold in the 200 that never gets its 200 leaves when the person hangs up", async () => {
    const s = scene();
    await s.up();
    s.phone.perform({ kind: "hold", call: "a" });
    await s.wait();
    s.phone.perform({ kind: "hang-up", call: "a" });
    await s.wait();
    expect(s.peer.kinds.at(-1)).toBe("BYE");
    expect(soleOf(s.peer.last("BYE"), headers.cseq).number).toBe(103);
  });

  test("UAC-019 the Contact of the 200 to a re-INVITE is where the BYE goes", async () => {
    const s = scene();
    await s.up();
    s.phone.perform({ kind: "hold", call: "a" });
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 200, { sdp: peerSdp(), contact: `<sip:moved@${peerAddress}:5060>` });
    await s.wait();
    s.phone.perform({ kind: "hang-up", call: "a" });
    await s.wait();
    expect(s.peer.last("BYE").uri).toBe(`sip:moved@${peerAddress}:5060`);
  });
});

describe("glare", () => {
  test("RSP-039 UAC-028 after 491 the re-INVITE waits: 2.1 to 4 s for the owner of the Call-ID, 0 to 2 s for the other, in steps of 10 ms", () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = createSeededRandom(seed);
      const owner = glarePauseMs(true, random);
      const other = glarePauseMs(false, random);
      expect(owner).toBeGreaterThanOrEqual(2100);
      expect(owner).toBeLessThanOrEqual(4000);
      expect(other).toBeGreaterThanOrEqual(0);
      expect(other).toBeLessThanOrEqual(2000);
      expect([owner % 10, other % 10]).toEqual([0, 0]);
    }
  });

  test("UAC-028 FLW-036 both ask at once: 491 to theirs, ours is tried again and succeeds", async () => {
    const s = scene();
    const invite = await s.up();
    s.phone.perform({ kind: "hold", call: "a" });
    await s.wait();
    s.inDialog("INVITE", invite, { cseq: 2, sdp: peerSdp({ version: 2 }) });
    await s.wait();
    expect(s.peer.kinds.at(-1)).toBe(491);
    s.peer.answer(s.peer.last("INVITE"), 491);
    await s.wait(2000);
    expect(s.peer.requests("INVITE")).toHaveLength(2);
    await s.wait(2100);
    const numbers = s.peer.requests("INVITE").map((request) => soleOf(request, headers.cseq).number);
    expect([...new Set(numbers)]).toEqual([101, 102, 103]);
    s.peer.answer(s.peer.last("INVITE"), 200, { sdp: peerSdp({ lines: ["a=recvonly"], version: 3 }) });
    await s.wait();
    expect(s.of("hold-done").at(-1)?.isHeld).toBe(true);
  });

  test("UAC-028 not tried again if the call has gone, or the wish", async () => {
    const s = scene();
    await s.up();
    s.phone.perform({ kind: "hold", call: "a" });
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 491);
    await s.wait(100);
    s.phone.perform({ kind: "resume", call: "a" });
    await s.wait(5000);
    expect(s.peer.requests("INVITE")).toHaveLength(2);
    s.phone.perform({ kind: "hold", call: "a" });
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 491);
    await s.wait(100);
    s.phone.perform({ kind: "hang-up", call: "a" });
    await s.wait(10_000);
    expect(s.peer.requests("INVITE")).toHaveLength(3);
  });

  test("UAC-028 RSP-040 a second re-INVITE before the first is answered gets 500 with Retry-After 0 to 10", async () => {
    const s = scene();
    const invite = await s.up();
    s.inDialog("INVITE", invite, { cseq: 2, sdp: peerSdp({ version: 2 }), branch: "z9hG4bKfirst" });
    await s.wait();
    expect(s.peer.kinds.at(-1)).toBe(200);
    s.inDialog("INVITE", invite, { cseq: 3, sdp: peerSdp({ version: 3 }), branch: "z9hG4bKsecond" });
    await s.wait();
    const refusal = s.peer.responses(500)[0] ?? fail();
    expect(firstOf(refusal, headers.retryAfter)?.seconds).toBeGreaterThanOrEqual(0);
    expect(firstOf(refusal, headers.retryAfter)?.seconds).toBeLessThanOrEqual(10);
  });
});

describe("hold from there", () => {
  const offer = async (s: Scene, invite: SipRequest, cseq: number, sdp: string): Promise<void> => {
    s.inDialog("INVITE", invite, { cseq, sdp });
    await s.wait();
    s.inDialog("ACK", invite, { cseq, lines: [] });
    await s.wait();
  };

  test.each([
    ["a=sendonly", peerSdp({ version: 2, lines: ["a=sendonly"] }), "recvonly", true],
    ["a=inactive", peerSdp({ version: 2, lines: ["a=inactive"] }), "inactive", true],
    ["c=0.0.0.0", peerSdp({ version: 2, address: "0.0.0.0" }), "sendrecv", true],
    ["a=recvonly", peerSdp({ version: 2, lines: ["a=recvonly"] }), "sendonly", false],
  ] as const)("SDP-008 held by %s, and taken back", async (_, sdp, direction, isHeld) => {
    const s = scene();
    const invite = await s.up();
    await offer(s, invite, 2, sdp);
    const media = s.of("media").at(-1)?.media;
    expect(media?.direction).toBe(direction);
    if (sdp.includes("0.0.0.0")) expect(media?.remote).toBeUndefined();
    expect(s.of("held-by-peer").map((notice) => notice.isHeld)).toEqual(isHeld ? [true] : []);
    await offer(s, invite, 3, peerSdp({ version: 3 }));
    expect(s.of("held-by-peer").at(-1)?.isHeld ?? false).toBe(false);
    expect(s.of("media").at(-1)?.media.direction).toBe("sendrecv");
  });

  test("both hold at once, and each takes its own back", async () => {
    const s = scene();
    const invite = await s.up();
    await held(s);
    await offer(s, invite, 2, peerSdp({ version: 3, lines: ["a=sendonly"] }));
    expect(s.of("media").at(-1)?.media.direction).toBe("inactive");
    expect(s.of("held-by-peer").at(-1)?.isHeld).toBe(true);
    s.phone.perform({ kind: "resume", call: "a" });
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 200, { sdp: peerSdp({ version: 4, lines: ["a=sendonly"] }) });
    await s.wait();
    expect(s.of("media").at(-1)?.media.direction).toBe("recvonly");
    expect(s.of("hold-done").at(-1)?.isHeld).toBe(false);
  });

  test("UAC-019 a Contact changed by their re-INVITE is where our BYE goes", async () => {
    const s = scene();
    const elsewhere = new Peer(s.hub, s.clock, "192.0.2.77");
    const invite = await s.up();
    s.inDialog("INVITE", invite, {
      cseq: 2,
      sdp: peerSdp({ version: 2 }),
      lines: ["Contact: <sip:moved@192.0.2.77>"],
    });
    await s.wait();
    s.inDialog("ACK", invite, { cseq: 2, lines: [] });
    await s.wait();
    s.phone.perform({ kind: "hang-up", call: "a" });
    await s.wait();
    expect(elsewhere.last("BYE").uri).toBe("sip:moved@192.0.2.77");
  });

  test("a re-INVITE without SDP is answered with our offer, the ACK brings the answer", async () => {
    const s = scene();
    const invite = await s.up();
    s.inDialog("INVITE", invite, { cseq: 2 });
    await s.wait();
    const ok = s.peer.responses(200).at(-1);
    expect(new TextDecoder().decode(ok?.body)).toContain("m=audio 16384");
    s.inDialog("ACK", invite, { cseq: 2, lines: [], sdp: peerSdp({ version: 2, port: 4444 }) });
    await s.wait();
    expect(s.of("media").at(-1)?.media.remote?.port).toBe(4444);
  });

  test("a re-INVITE with nothing usable gets 488, and the call goes on as it was", async () => {
    const s = scene();
    const invite = await s.up();
    const before = s.of("media").length;
    s.inDialog("INVITE", invite, { cseq: 2, sdp: peerSdp({ formats: "3", version: 2 }) });
    await s.wait();
    expect(s.peer.kinds.at(-1)).toBe(488);
    expect(has(s.peer.responses(488)[0] ?? fail(), headers.warning)).toBe(true);
    expect(s.of("media")).toHaveLength(before);
    expect(s.of("ended")).toEqual([]);
  });

  test("UAC-023 an old re-INVITE replayed gets 500", async () => {
    const s = scene();
    const invite = await s.up();
    await offer(s, invite, 7, peerSdp({ version: 2 }));
    s.inDialog("INVITE", invite, { cseq: 3, sdp: peerSdp({ version: 1 }) });
    await s.wait();
    expect(s.peer.kinds.at(-1)).toBe(500);
  });

  test("a repeated re-INVITE after its 200 is answered by the 200's own repeats, not by a second change", async () => {
    const s = scene();
    const invite = await s.up();
    s.inDialog("INVITE", invite, { cseq: 2, sdp: peerSdp({ version: 2 }), branch: "z9hG4bKre" });
    await s.wait(10);
    const media = s.of("media").length;
    s.inDialog("INVITE", invite, { cseq: 2, sdp: peerSdp({ version: 2 }), branch: "z9hG4bKre" });
    await s.wait(600);
    expect(s.of("media")).toHaveLength(media);
    expect(s.peer.responses(200).length).toBeGreaterThanOrEqual(2);
  });
});

function fail(): never {
  throw new Error("it was sent");
}
