// Calls from here, against a scripted peer: RFC 3261 §9, §12, §13, §15 from the caller's side.
import { beforeAll, describe, expect, test } from "vitest";
import { loadSipJs } from "#firmware/sip/core/library.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, has, linesOf, soleOf, tagOf, valuesOf } from "#firmware/sip/message/message.ts";
import { printMessage } from "#firmware/sip/message/print.ts";
import { scene } from "./call-scene.ts";
import { Peer, peerAddress, peerSdp } from "./peer.ts";

beforeAll(() => loadSipJs());

const tagOfTo = (message: Parameters<typeof tagOf>[0]) => tagOf(message, headers.to);

describe("set-up and end", () => {
  test("SIP-017 SIP-019 INVITE with an offer, 180, 200, ACK, BYE, 200", async () => {
    const s = scene();
    s.place();
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 180);
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 200, { sdp: peerSdp() });
    await s.wait();
    expect(s.peer.kinds).toEqual(["INVITE", "ACK"]);
    expect(s.kinds()).toEqual(["progress", "media", "answered"]);
    s.phone.perform({ kind: "hang-up", call: "a" });
    await s.wait();
    s.peer.answer(s.peer.last("BYE"), 200);
    await s.wait();
    expect(s.peer.kinds).toEqual(["INVITE", "ACK", "BYE"]);
    expect(s.of("ended")).toEqual([{ kind: "ended", call: "a", by: "us", status: undefined, reason: "" }]);
  });

  test("SIP-006 SIP-012 UAC-019 what an INVITE says", async () => {
    const s = scene();
    s.place("*69#");
    s.place("5551234", "b");
    await s.wait();
    expect(s.peer.requests("INVITE")).toEqual([]); // no proxy: the phone's own address is the domain
    s.place();
    await s.wait();
    const invite = s.peer.last("INVITE");
    expect(invite.uri).toBe(`sip:200@${peerAddress}`);
    expect(valuesOf(invite, headers.contact)).toHaveLength(1);
    expect(firstOf(invite, headers.contact)?.uri.text).toBe("sip:100@192.0.2.1:5060;transport=udp");
    expect(firstOf(invite, headers.via)?.parameters.get("branch")).toMatch(/^z9hG4bK[0-9a-f]{16}$/);
    expect(soleOf(invite, headers.cseq)).toEqual({ number: 101, method: "INVITE" });
    expect(soleOf(invite, headers.maxForwards)).toBe(70);
    expect(firstOf(invite, headers.expires)).toBe(180);
    expect(soleOf(invite, headers.from).displayName).toBe("Phone 100");
    expect(valuesOf(invite, headers.allow)).toEqual(
      expect.arrayContaining(["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "NOTIFY", "REFER"]),
    );
    expect(firstOf(invite, headers.userAgent)).toBe("Offhook");
  });

  test("UAC-018 the longest INVITE stays under 1300 bytes", async () => {
    const s = scene({
      codecs: ["PCMU", "PCMA", "G722", "G729", "opus"],
      hasSilenceSuppression: true,
      isRemotePartyIdUsed: true,
      sessionExpiresSec: 1800,
    });
    s.place(`sip:${"9".repeat(60)}@${peerAddress}`);
    await s.wait();
    expect(printMessage(s.peer.last("INVITE")).length).toBeLessThan(1300);
  });

  test("SIP-014 Date stands in INVITE once the time is known", async () => {
    const s = scene();
    s.clock.step(Date.UTC(2026, 0, 2, 3, 4, 5) as never);
    s.place();
    await s.wait();
    expect(firstOf(s.peer.last("INVITE"), headers.date)).toBe(Date.UTC(2026, 0, 2, 3, 4, 5));
  });

  test("SIP-008 SIP-009 UAC-020 two calls have different Call-IDs and tags", async () => {
    const s = scene();
    s.place();
    s.place(undefined, "b");
    await s.wait();
    const invites = s.peer.requests("INVITE");
    expect(new Set(invites.map((invite) => soleOf(invite, headers.callId))).size).toBe(2);
    expect(new Set(invites.map((invite) => tagOf(invite, headers.from))).size).toBe(2);
    for (const invite of invites) {
      expect(soleOf(invite, headers.callId)).toMatch(/^00005e005301-[0-9a-f]{16}@192\.0\.2\.1$/);
      expect(tagOf(invite, headers.from)).toMatch(/^00005e005301[0-9a-f]{16}$/);
    }
  });

  test("UAC-021 the other side hangs up, with another To URI than it was called by", async () => {
    const s = scene();
    const invite = await s.up();
    s.inDialog("BYE", invite, { to: "sip:somebody@else.example" });
    await s.wait();
    expect(s.peer.kinds.at(-1)).toBe(200);
    expect(s.of("ended")).toMatchObject([{ by: "peer", status: undefined }]);
  });

  test("UAC-025 a BYE that nobody answers frees the line at once", async () => {
    const s = scene();
    await s.up();
    s.phone.perform({ kind: "hang-up", call: "a" });
    expect(s.of("ended")).toHaveLength(1);
    await s.wait(40_000);
    expect(s.peer.requests("BYE")).toHaveLength(11);
    expect(s.of("ended")).toHaveLength(1);
  });

  test("RSP-006 UAC-005 three 200s get three ACKs, in the dialog, with branches of their own", async () => {
    const s = scene();
    s.place();
    await s.wait();
    for (let i = 0; i < 3; i++) {
      s.peer.answer(s.peer.last("INVITE"), 200, {
        sdp: peerSdp(),
        contact: `<sip:contact@${peerAddress}:5060>`,
      });
      await s.wait();
    }
    const acks = s.peer.requests("ACK");
    expect(acks).toHaveLength(3);
    const invite = s.peer.last("INVITE");
    for (const ack of acks) {
      expect(ack.uri).toBe(`sip:contact@${peerAddress}:5060`);
      expect(soleOf(ack, headers.cseq)).toEqual({ number: 101, method: "ACK" });
      expect(tagOfTo(ack)).toBe("peer-tag");
      expect(firstOf(ack, headers.via)?.parameters.get("branch")).not.toBe(
        firstOf(invite, headers.via)?.parameters.get("branch"),
      );
    }
    await s.wait(40_000);
    expect(s.peer.requests("ACK")).toHaveLength(3);
    expect(s.of("answered")).toHaveLength(1);
  });

  test("UAC-006 a second 200 with another To tag is acknowledged and ended, the first call goes on", async () => {
    const s = scene();
    await s.up();
    s.peer.answer(s.peer.last("INVITE"), 200, { sdp: peerSdp(), toTag: "other-tag" });
    await s.wait();
    expect(s.peer.requests("ACK").map(tagOfTo)).toEqual(["peer-tag", "other-tag"]);
    expect(s.peer.requests("BYE").map(tagOfTo)).toEqual(["other-tag"]);
    expect(s.of("ended")).toEqual([]);
  });

  test("UAC-004 a 200 after 33 s is ignored", async () => {
    const s = scene();
    await s.up();
    await s.wait(33_000);
    s.peer.answer(s.peer.last("INVITE"), 200, { sdp: peerSdp(), toTag: "late" });
    await s.wait();
    expect(s.peer.requests("ACK")).toHaveLength(1);
    expect(s.peer.requests("BYE")).toEqual([]);
  });

  test("an answer without usable media is acknowledged and ended", async () => {
    const s = scene();
    await s.up({ sdp: peerSdp({ formats: "3" }) });
    expect(s.peer.kinds).toEqual(["INVITE", "ACK", "BYE"]);
    expect(s.of("ended")).toMatchObject([{ by: "network", status: 488 }]);
  });
});

describe("giving up", () => {
  test("SIP-022 UAC-009 no CANCEL before a 1xx; then the same Request-URI, Call-ID, From, To, CSeq number and Via", async () => {
    const s = scene();
    s.place();
    await s.wait();
    s.phone.perform({ kind: "hang-up", call: "a" });
    await s.wait(1000);
    expect(s.peer.requests("CANCEL")).toEqual([]);
    const invite = s.peer.last("INVITE");
    s.peer.answer(invite, 100);
    await s.wait();
    const cancel = s.peer.last("CANCEL");
    expect(cancel.uri).toBe(invite.uri);
    for (const type of [headers.via, headers.from, headers.to, headers.callId])
      expect(linesOf(cancel, type).map(({ value }) => value)).toEqual(
        linesOf(invite, type).map(({ value }) => value),
      );
    expect(soleOf(cancel, headers.cseq)).toEqual({ number: 101, method: "CANCEL" });
    expect(has(cancel, headers.require)).toBe(false);
    s.peer.answer(cancel, 200);
    s.peer.answer(invite, 487);
    await s.wait();
    expect(s.peer.kinds.at(-1)).toBe("ACK");
    expect(s.of("ended")).toMatchObject([{ by: "us" }]);
    expect(s.runtime.timers.list().some(({ name }) => name === "end of a cancelled INVITE")).toBe(false);
  });

  test("UAC-010 FLW-031 a 200 that crosses the CANCEL is acknowledged and ended by BYE", async () => {
    const s = scene();
    s.place();
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 180);
    await s.wait();
    s.phone.perform({ kind: "hang-up", call: "a" });
    s.peer.answer(s.peer.last("INVITE"), 200, { sdp: peerSdp() });
    await s.wait();
    expect(s.peer.kinds.filter((kind) => kind !== "CANCEL")).toEqual(["INVITE", "ACK", "BYE"]);
    expect(s.of("answered")).toEqual([]);
    expect(s.of("ended")).toHaveLength(1);
  });

  test("UAC-010 without any final response the call is forgotten 64·T1 after the CANCEL", async () => {
    const s = scene();
    s.place();
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 180);
    await s.wait();
    s.phone.perform({ kind: "hang-up", call: "a" });
    await s.wait();
    s.peer.answer(s.peer.last("CANCEL"), 200);
    await s.wait(70_000);
    expect(s.runtime.timers.list()).toEqual([]);
    expect(s.lines.join("\n")).toContain("cancelling -> ended (408)");
  });

  test("TMR-005 FLW-022 an INVITE nobody answers is cancelled after its Expires", async () => {
    const s = scene({ inviteExpiresSec: 20 });
    s.place();
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 180);
    await s.wait(20_000);
    expect(s.peer.kinds.at(-1)).toBe("CANCEL");
    expect(s.of("ended")).toMatchObject([{ by: "network", status: 408 }]);
  });

  test("RSP-021 UAC-003 no answer at all counts as 408, a closed port as 503", async () => {
    const s = scene();
    s.place("sip:200@192.0.2.99");
    await s.wait(33_000);
    expect(s.of("ended")).toMatchObject([{ by: "network", status: 408 }]);
    s.place(`sip:200@${peerAddress}:5999`, "b");
    await s.wait();
    expect(s.of("ended")[1]).toMatchObject({ call: "b", by: "network", status: 503 });
  });
});

describe("early dialogs", () => {
  test("UAC-026 183 of X and Y, 200 of Y: sound from Y, X forgotten; the first SDP of a dialog counts", async () => {
    const s = scene();
    s.place();
    await s.wait();
    const invite = s.peer.last("INVITE");
    s.peer.answer(invite, 183, { toTag: "x", sdp: peerSdp({ port: 5000 }) });
    s.peer.answer(invite, 183, { toTag: "y", sdp: peerSdp({ port: 6000 }) });
    s.peer.answer(invite, 183, { toTag: "y", sdp: peerSdp({ port: 7000 }) });
    await s.wait();
    s.peer.answer(invite, 200, { toTag: "y", sdp: peerSdp({ port: 8000 }) });
    await s.wait();
    expect(s.of("media").map(({ media }) => media.remote?.port)).toEqual([5000, 6000, 6000]);
    expect(s.peer.requests("ACK").map(tagOfTo)).toEqual(["y"]);
  });

  test("RSP-002 RSP-003 RSP-004 180, 181 and 182 keep the call waiting", async () => {
    const s = scene();
    s.place();
    await s.wait();
    for (const status of [181, 182, 180]) s.peer.answer(s.peer.last("INVITE"), status);
    await s.wait();
    expect(s.of("progress").map(({ status, isRinging }) => [status, isRinging])).toEqual([
      [181, false],
      [182, false],
      [180, true],
    ]);
  });

  test("RSP-042 an unknown provisional is taken as 183, an unknown final as x00 of its class", async () => {
    const s = scene();
    s.place();
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 199, { sdp: peerSdp() });
    await s.wait();
    expect(s.of("media")).toHaveLength(1);
    s.peer.answer(s.peer.last("INVITE"), 499);
    await s.wait();
    expect(s.of("ended")).toMatchObject([{ by: "peer", status: 499 }]);
    expect(s.peer.kinds.at(-1)).toBe("ACK");
  });

  test("a peer of RFC 2543, without To tag and Contact, is called, held and ended", async () => {
    const s = scene();
    s.place();
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 180, { toTag: "", contact: undefined as never });
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 200, { toTag: "", contact: "", sdp: peerSdp() });
    await s.wait();
    expect(s.of("answered")).toHaveLength(1);
    expect(tagOfTo(s.peer.last("ACK"))).toBeUndefined();
    s.phone.perform({ kind: "hang-up", call: "a" });
    await s.wait();
    expect(s.peer.last("BYE").uri).toBe(`sip:200@${peerAddress}`);
    expect(linesOf(s.peer.last("BYE"), headers.to)[0]?.value).not.toContain("tag");
  });
});

describe("routes", () => {
  test.each([
    ["loose", "<sip:192.0.2.31;lr>, <sip:192.0.2.32;lr>", "sip:contact@192.0.2.9:5060", "192.0.2.32"],
    ["strict", "<sip:192.0.2.31>, <sip:192.0.2.32>", "sip:192.0.2.32", "192.0.2.32"],
    ["mixed, strict next", "<sip:192.0.2.31;lr>, <sip:192.0.2.32>", "sip:192.0.2.32", "192.0.2.32"],
    [
      "mixed, loose next",
      "<sip:192.0.2.31>, <sip:192.0.2.32;lr>",
      "sip:contact@192.0.2.9:5060",
      "192.0.2.32",
    ],
  ])(
    "UAC-022 HDR-015 a route set of %s proxies, reversed for the caller",
    async (_, recordRoute, uri, hop) => {
      const s = scene();
      const proxy = new Peer(s.hub, s.clock, hop);
      s.place();
      await s.wait();
      s.peer.answer(s.peer.last("INVITE"), 200, {
        sdp: peerSdp(),
        contact: "<sip:contact@192.0.2.9:5060>",
        lines: [`Record-Route: ${recordRoute}`],
      });
      await s.wait();
      expect(proxy.kinds).toEqual(["ACK"]);
      s.phone.perform({ kind: "hang-up", call: "a" });
      await s.wait();
      const bye = proxy.last("BYE");
      expect(bye.uri).toBe(uri);
      const routes = valuesOf(bye, headers.route).map((route) => route.uri.text);
      const isStrict = uri === "sip:192.0.2.32";
      const first = recordRoute.split(", ")[0]?.slice(1, -1) ?? "";
      expect(routes).toEqual(
        isStrict ? [first, "sip:contact@192.0.2.9:5060"] : [recordRoute.split(", ")[1]?.slice(1, -1), first],
      );
    },
  );

  test("UAC-022 the 2xx sets the route anew, a 1xx before it does not stay", async () => {
    const s = scene();
    s.place();
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 180, { lines: ["Record-Route: <sip:192.0.2.44;lr>"] });
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 200, { sdp: peerSdp() });
    await s.wait();
    expect(valuesOf(s.peer.last("ACK"), headers.route)).toEqual([]);
  });

  test("UAC-019 the Contact of the 200 is where later requests go, whatever a 180 said", async () => {
    const s = scene();
    s.place();
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 180, { contact: "<sip:early@192.0.2.9:5060>" });
    await s.wait();
    s.peer.answer(s.peer.last("INVITE"), 200, { sdp: peerSdp(), contact: "<sip:final@192.0.2.9:5060>" });
    await s.wait();
    expect(s.peer.last("ACK").uri).toBe("sip:final@192.0.2.9:5060");
  });
});
