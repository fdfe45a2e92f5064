// Transfers from every side, against scripted peers: RFC 3515, RFC 3891, RFC 3892, and the ladders of the guide.
import { beforeAll, describe, expect, test } from "vitest";
import { loadSipJs } from "#firmware/sip/core/library.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { linesOf, soleOf, tagOf } from "#firmware/sip/message/message.ts";
import { unescaped } from "#firmware/sip/message/uri.ts";
import { type Scene, scene } from "./call-scene.ts";
import { Peer, peerAddress, peerSdp } from "./peer.ts";

beforeAll(() => loadSipJs());

const third = "192.0.2.60";
const target = `sip:300@${third}`;

const progress = (s: Scene) => s.of("transfer-progress").map(({ status }) => status);

const notify = (s: Scene, cseq: number, status: number, isLast = false, event = "refer"): void => {
  const fragment = `SIP/2.0 ${status} Whatever\r\n`;
  const text = [
    "NOTIFY sip:100@192.0.2.1:5060 SIP/2.0",
    `Via: SIP/2.0/UDP ${peerAddress};branch=z9hG4bKn${cseq}`,
    `From: <sip:200@${peerAddress}>;tag=peer-tag`,
    `To: <sip:100@192.0.2.1>;tag=${tagOf(s.peer.requests("INVITE")[0] ?? fail(), headers.from)}`,
    `Call-ID: ${soleOf(s.peer.requests("INVITE")[0] ?? fail(), headers.callId)}`,
    `CSeq: ${cseq} NOTIFY`,
    `Contact: <sip:peer@${peerAddress}>`,
    `Event: ${event}`,
    `Subscription-State: ${isLast ? "terminated;reason=noresource" : "active;expires=60"}`,
    "Content-Type: message/sipfrag",
    `Content-Length: ${fragment.length}`,
    "",
    fragment,
  ];
  s.peer.send(text.join("\r\n"));
};

describe("we transfer", () => {
  test("FEA-020 SIP-025 HDR-016 REFER with Refer-To and Referred-By; 202 is told, then what NOTIFY says", async () => {
    const s = scene();
    await s.up();
    s.phone.perform({ kind: "transfer", call: "a", target });
    await s.wait();
    const refer = s.peer.last("REFER");
    expect(linesOf(refer, headers.referTo)[0]?.value).toBe(`<${target}>`);
    expect(linesOf(refer, headers.referredBy)[0]?.value).toBe("<sip:100@192.0.2.1>");
    expect(refer.uri).toBe(`sip:peer@${peerAddress}:5060`);
    s.peer.answer(refer, 202);
    await s.wait();
    expect(progress(s)).toEqual([202]);
    notify(s, 2, 100);
    await s.wait();
    notify(s, 3, 200, true);
    await s.wait();
    expect(progress(s)).toEqual([202, 100, 200]);
    expect(s.peer.kinds.slice(-3)).toEqual([200, 200, "BYE"]);
    expect(s.of("ended")).toMatchObject([{ call: "a", by: "us" }]);
  });

  test("RSP-007 a 200 to REFER means the same as 202", async () => {
    const s = scene();
    await s.up();
    s.phone.perform({ kind: "transfer", call: "a", target });
    await s.wait();
    s.peer.answer(s.peer.last("REFER"), 200);
    await s.wait();
    expect(progress(s)).toEqual([202]);
  });

  test("FLW-007 left by BYE after the 202: the NOTIFYs that follow get 200, not 481", async () => {
    const s = scene();
    await s.up();
    s.phone.perform({ kind: "transfer", call: "a", target });
    await s.wait();
    s.peer.answer(s.peer.last("REFER"), 202);
    await s.wait();
    s.phone.perform({ kind: "hang-up", call: "a" });
    await s.wait();
    s.peer.answer(s.peer.last("BYE"), 200);
    await s.wait(60_000);
    notify(s, 2, 180);
    notify(s, 3, 200, true);
    await s.wait();
    expect(s.peer.kinds.slice(-2)).toEqual([200, 200]);
    notify(s, 4, 200, true);
    await s.wait();
    expect(s.peer.kinds.at(-1)).toBe(481);
  });

  test.each([501, 405, 420])(
    "FLW-008 FEA-020 REFER answered %i: BYE with Also, statistics beside it",
    async (status) => {
      const s = scene();
      await s.up();
      s.phone.perform({ kind: "transfer", call: "a", target });
      await s.wait();
      s.peer.answer(s.peer.last("REFER"), status);
      await s.wait();
      expect(linesOf(s.peer.last("BYE"), headers.also)[0]?.value).toBe(`<${target}>`);
      expect(progress(s)).toEqual([200]);
      expect(s.of("ended")).toHaveLength(1);
    },
  );

  test("FEA-026 a transfer that is refused, or fails at the other end, leaves the call as it was", async () => {
    const s = scene();
    await s.up();
    s.phone.perform({ kind: "transfer", call: "a", target });
    await s.wait();
    s.peer.answer(s.peer.last("REFER"), 603);
    await s.wait();
    s.phone.perform({ kind: "transfer", call: "a", target });
    await s.wait();
    s.peer.answer(s.peer.last("REFER"), 202);
    await s.wait();
    notify(s, 2, 486, true);
    await s.wait();
    expect(progress(s)).toEqual([603, 202, 486]);
    expect(s.of("ended")).toEqual([]);
  });

  test("a NOTIFY that overtakes the 202, and one that never comes", async () => {
    const s = scene();
    await s.up();
    s.phone.perform({ kind: "transfer", call: "a", target });
    await s.wait();
    notify(s, 2, 100);
    await s.wait();
    s.peer.answer(s.peer.last("REFER"), 202);
    await s.wait(181_000);
    expect(progress(s)).toEqual([100, 202, 408]);
    expect(s.of("ended")).toEqual([]);
  });

  test("FEA-021 FLW-009 HDR-017 with consultation: Replaces names the dialog with C, to-tag C's own, escaped in the Refer-To", async () => {
    const s = scene();
    await s.up();
    const c = new Peer(s.hub, s.clock, third);
    s.place(target, "b");
    await s.wait();
    c.answer(c.last("INVITE"), 200, { sdp: peerSdp(), toTag: "tag-c", contact: `<sip:c@${third}:5060>` });
    await s.wait();
    s.phone.perform({ kind: "transfer-to-call", call: "a", consultation: "b" });
    await s.wait();
    const value = linesOf(s.peer.last("REFER"), headers.referTo)[0]?.value ?? "";
    expect(value).toMatch(new RegExp(`^<sip:c@${third}:5060\\?Replaces=[^;>]*>$`));
    const invite = c.last("INVITE");
    expect(unescaped(/Replaces=([^>]*)/.exec(value)?.[1] ?? "")).toBe(
      `${soleOf(invite, headers.callId)};to-tag=tag-c;from-tag=${tagOf(invite, headers.from)}`,
    );
  });

  test("FEA-022 while C still rings: the consultation is cancelled, REFER goes without Replaces", async () => {
    const s = scene();
    await s.up();
    const c = new Peer(s.hub, s.clock, third);
    s.place(target, "b");
    await s.wait();
    c.answer(c.last("INVITE"), 180);
    await s.wait();
    s.phone.perform({ kind: "transfer-to-call", call: "a", consultation: "b" });
    await s.wait();
    expect(c.requests("CANCEL")).toHaveLength(1);
    expect(linesOf(s.peer.last("REFER"), headers.referTo)[0]?.value).toBe(`<${target}>`);
  });
});

describe("we are transferred", () => {
  const refer = (s: Scene, parts: { cseq?: number; lines?: readonly string[] } = {}): void =>
    s.inDialog("REFER", s.peer.requests("INVITE")[0] ?? fail(), {
      cseq: parts.cseq ?? 2,
      lines: parts.lines ?? [
        `Contact: <sip:peer@${peerAddress}>`,
        `Refer-To: <${target}>`,
        `Referred-By: <sip:200@${peerAddress}>`,
      ],
    });

  const fragments = (s: Scene) =>
    s.peer
      .requests("NOTIFY")
      .map((request) => [
        new TextDecoder().decode(request.body).split("\r\n")[0],
        linesOf(request, headers.subscriptionState)[0]?.value,
      ]);

  test("FEA-024 FLW-007 202, NOTIFY 100, INVITE with Referred-By unchanged, NOTIFY of the result; the person talks to C", async () => {
    const s = scene();
    const c = new Peer(s.hub, s.clock, third);
    await s.up();
    refer(s);
    await s.wait();
    expect(s.peer.kinds).toContain(202);
    const invite = c.last("INVITE");
    expect(linesOf(invite, headers.referredBy)[0]?.value).toBe(`<sip:200@${peerAddress}>`);
    c.answer(invite, 180);
    await s.wait();
    c.answer(invite, 200, { sdp: peerSdp({ address: third, port: 5555 }) });
    await s.wait();
    expect(fragments(s)).toEqual([
      ["SIP/2.0 100 Trying", "active;expires=180"],
      ["SIP/2.0 180 Ringing", "active;expires=180"],
      ["SIP/2.0 200 OK", "terminated;reason=noresource"],
    ]);
    expect(s.of("media").at(-1)).toMatchObject({
      call: "a",
      media: { remote: { address: third, port: 5555 } },
    });
    expect(s.of("party").at(-1)?.peer.number).toBe("300");
    expect(s.of("ended")).toEqual([]);
    s.phone.perform({ kind: "hang-up", call: "a" });
    await s.wait();
    expect(c.kinds.at(-1)).toBe("BYE");
    expect(s.of("ended")).toHaveLength(1);
  });

  test("the transferor leaves by BYE before C answers: nobody is told of an end until C has spoken", async () => {
    const s = scene();
    const c = new Peer(s.hub, s.clock, third);
    const invite = await s.up();
    refer(s);
    await s.wait();
    s.inDialog("BYE", invite, { cseq: 3 });
    await s.wait();
    expect(s.of("ended")).toEqual([]);
    c.answer(c.last("INVITE"), 200, { sdp: peerSdp() });
    await s.wait();
    expect(s.of("ended")).toEqual([]);
    expect(fragments(s).at(-1)?.[0]).toBe("SIP/2.0 200 OK");
  });

  test("FEA-026 C refuses: the transferor hears why, and the call goes on as it was", async () => {
    const s = scene();
    const c = new Peer(s.hub, s.clock, third);
    await s.up();
    refer(s);
    await s.wait();
    c.answer(c.last("INVITE"), 486);
    await s.wait();
    expect(fragments(s).at(-1)).toEqual(["SIP/2.0 486 Busy Here", "terminated;reason=noresource"]);
    expect(s.of("ended")).toEqual([]);
    s.phone.perform({ kind: "hold", call: "a" });
    await s.wait();
    expect(s.peer.kinds.at(-1)).toBe("INVITE");
  });

  test("C refuses after the transferor left: the call has ended", async () => {
    const s = scene();
    const c = new Peer(s.hub, s.clock, third);
    const invite = await s.up();
    refer(s);
    await s.wait();
    s.inDialog("BYE", invite, { cseq: 3 });
    c.answer(c.last("INVITE"), 603);
    await s.wait();
    expect(s.of("ended")).toMatchObject([{ call: "a", by: "peer" }]);
  });

  test("hanging up while C rings ends both", async () => {
    const s = scene();
    const c = new Peer(s.hub, s.clock, third);
    await s.up();
    refer(s);
    await s.wait();
    c.answer(c.last("INVITE"), 180);
    await s.wait();
    s.phone.perform({ kind: "hang-up", call: "a" });
    await s.wait();
    expect(c.kinds.at(-1)).toBe("CANCEL");
    expect(s.peer.kinds).toContain("BYE");
    expect(s.of("ended")).toHaveLength(1);
  });

  test("FEA-024 from the second REFER on NOTIFYs say which; not exactly one Refer-To: 400; another scheme: 416", async () => {
    const s = scene();
    const c = new Peer(s.hub, s.clock, third);
    await s.up();
    refer(s);
    await s.wait();
    c.answer(c.last("INVITE"), 486);
    await s.wait();
    refer(s, { cseq: 5 });
    await s.wait();
    expect(linesOf(s.peer.requests("NOTIFY")[0] ?? fail(), headers.event)[0]?.value).toBe("refer");
    expect(linesOf(s.peer.last("NOTIFY"), headers.event)[0]?.value).toBe("refer;id=5");
    c.answer(c.last("INVITE"), 486);
    await s.wait();
    refer(s, { cseq: 6, lines: [`Contact: <sip:peer@${peerAddress}>`] });
    refer(s, {
      cseq: 7,
      lines: [`Contact: <sip:peer@${peerAddress}>`, `Refer-To: <${target}>, <${target}>`],
    });
    refer(s, { cseq: 8, lines: [`Contact: <sip:peer@${peerAddress}>`, "Refer-To: <tel:+1>"] });
    await s.wait();
    expect(s.peer.kinds.filter((kind) => kind === 400 || kind === 416)).toEqual([400, 400, 416]);
  });

  test("Refer-Sub: false wants no NOTIFY (RFC 4488); Replaces in the Refer-To goes into the INVITE", async () => {
    const s = scene();
    const c = new Peer(s.hub, s.clock, third);
    await s.up();
    const to = `Refer-To: <${target}?Replaces=x%40y%3Bto-tag%3D1%3Bfrom-tag%3D2&Route=evil>`;
    refer(s, { lines: [`Contact: <sip:peer@${peerAddress}>`, to, "Refer-Sub: false"] });
    await s.wait();
    expect(s.peer.requests("NOTIFY")).toEqual([]);
    expect(linesOf(c.last("INVITE"), headers.replaces)[0]?.value).toBe("x@y;to-tag=1;from-tag=2");
    expect(linesOf(c.last("INVITE"), headers.route)).toEqual([]);
    expect(c.last("INVITE").uri).toBe(target);
  });

  test("FLW-008 HDR-004 HDR-018 BYE with Also: 200, and an INVITE to its target with Requested-By", async () => {
    const s = scene();
    const c = new Peer(s.hub, s.clock, third);
    const invite = await s.up();
    s.inDialog("BYE", invite, { cseq: 2, lines: [`Also: <${target}>`] });
    await s.wait();
    expect(s.peer.kinds.at(-1)).toBe(200);
    expect(linesOf(c.last("INVITE"), headers.requestedBy)[0]?.value).toBe(`<sip:200@${peerAddress}>`);
    c.answer(c.last("INVITE"), 200, { sdp: peerSdp() });
    await s.wait();
    expect(s.of("ended")).toEqual([]);
    expect(s.of("party")).toHaveLength(1);
  });
});

describe("we are the target", () => {
  const replacing = (s: Scene, replaces: string, parts: { sdp?: string } = {}): Peer => {
    const a = new Peer(s.hub, s.clock, third);
    a.ask("INVITE", {
      callId: "from-a@x",
      fromTag: "tag-a",
      from: `"A" <sip:400@${third}>`,
      sdp: parts.sdp ?? peerSdp({ address: third, port: 6666 }),
      lines: [`Contact: <sip:a@${third}:5060>`, `Replaces: ${replaces}`, "Require: replaces"],
    });
    return a;
  };

  test("FEA-025 FLW-009 INVITE with Replaces: no ring, the talk goes on with A, BYE to B", async () => {
    const s = scene();
    await s.upFromThere();
    const incoming = s.of("incoming").length;
    const a = replacing(s, `peer-call@192.0.2.9;to-tag=${s.ourTag()};from-tag=peer-tag`);
    await s.wait();
    expect(a.kinds).toEqual([200]);
    expect(s.of("incoming")).toHaveLength(incoming);
    expect(s.peer.kinds.at(-1)).toBe("BYE");
    expect(s.of("party").at(-1)).toMatchObject({ call: "sip-1", peer: { name: "A", number: "400" } });
    expect(s.of("media").at(-1)?.media.remote).toEqual({ address: third, port: 6666 });
    expect(s.of("ended")).toEqual([]);
    a.ask("ACK", {
      callId: "from-a@x",
      fromTag: "tag-a",
      toTag: tagOf(a.responses(200)[0] ?? fail(), headers.to) ?? "",
      lines: [],
    });
    await s.wait();
    s.phone.perform({ kind: "hang-up", call: "sip-1" });
    await s.wait();
    expect(a.kinds.at(-1)).toBe("BYE");
  });

  test.each([
    ["unknown dialog", "other@x;to-tag=1;from-tag=2", 481],
    ["tags the wrong way round", "peer-call@192.0.2.9;to-tag=peer-tag;from-tag=OURS", 481],
    [
      "early-only, and answered long ago",
      "peer-call@192.0.2.9;to-tag=OURS;from-tag=peer-tag;early-only",
      486,
    ],
  ])("FEA-025 %s: %3$i", async (_, replaces, status) => {
    const s = scene();
    await s.upFromThere();
    const a = replacing(s, replaces.replace("OURS", s.ourTag()));
    await s.wait();
    expect(a.kinds).toEqual([status]);
    expect(s.of("ended")).toEqual([]);
  });

  test("FEA-025 a dialog that has just ended: 603; two Replaces: 400; a new call that is not acceptable: the old one stays", async () => {
    const s = scene();
    const call = await s.upFromThere();
    const tag = s.ourTag();
    const bad = replacing(s, `peer-call@192.0.2.9;to-tag=${tag};from-tag=peer-tag`, {
      sdp: peerSdp({ formats: "3" }),
    });
    await s.wait();
    expect(bad.kinds).toEqual([488]);
    expect(s.of("ended")).toEqual([]);
    s.phone.perform({ kind: "hang-up", call });
    await s.wait();
    bad.ask("INVITE", {
      callId: "again@x",
      sdp: peerSdp(),
      lines: [`Contact: <sip:a@${third}>`, `Replaces: peer-call@192.0.2.9;to-tag=${tag};from-tag=peer-tag`],
    });
    await s.wait();
    expect(bad.kinds.at(-1)).toBe(603);
  });

  test("FEA-025 an early dialog C started may be replaced, one it did not: 481", async () => {
    const s = scene();
    s.peer.ask("INVITE", { sdp: peerSdp() });
    await s.wait();
    s.phone.perform({ kind: "ring", call: "sip-1" });
    await s.wait();
    const refused = replacing(s, `peer-call@192.0.2.9;to-tag=${s.ourTag()};from-tag=peer-tag`);
    await s.wait();
    expect(refused.kinds).toEqual([481]);
    s.place();
    await s.wait();
    const invite = s.peer.last("INVITE");
    s.peer.answer(invite, 180);
    await s.wait();
    refused.ask("INVITE", {
      callId: "early@x",
      sdp: peerSdp(),
      lines: [
        `Contact: <sip:a@${third}>`,
        `Replaces: ${soleOf(invite, headers.callId)};to-tag=${tagOf(invite, headers.from)};from-tag=peer-tag`,
      ],
    });
    await s.wait();
    expect(refused.kinds.at(-1)).toBe(200);
    expect(s.of("answered").at(-1)).toMatchObject({ call: "a" });
    expect(s.peer.kinds.at(-1)).toBe("CANCEL");
  });
});

test("a call from there that was diverted says who it was for first (FEA-017)", async () => {
  const s = scene();
  const lines = [
    `Contact: <sip:peer@${peerAddress}>`,
    'Diversion: <sip:2@x>;reason=no-answer, "Front desk" <sip:1@x>;reason=unconditional',
  ];
  s.peer.ask("INVITE", { sdp: peerSdp(), lines });
  await s.wait();
  expect(s.of("incoming")[0]?.divertedBy).toMatchObject({ name: "Front desk", number: "1" });
});

function fail(): never {
  throw new Error("it was sent");
}
