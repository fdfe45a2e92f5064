// Session descriptions, offer and answer: RFC 3264's own examples, what baresip and Asterisk sent, and the table rows.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseMessage } from "#firmware/sip/message/parse.ts";
import {
  capabilities,
  type LocalSide,
  makeAnswer,
  makeOffer,
  readAnswer,
  undescribed,
} from "#firmware/sip/offer-answer.ts";
import { parseSdp } from "#firmware/sip/sdp.ts";
import { defaultSettings } from "#firmware/sip/settings.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { conversation } from "#test/vectors/sip/load.ts";

const bytes = (lines: readonly string[]): Uint8Array => new TextEncoder().encode(`${lines.join("\r\n")}\r\n`);
const text = (body: Uint8Array | undefined): readonly string[] =>
  new TextDecoder().decode(body).split("\r\n");

const local = (more: Partial<LocalSide["settings"]> = {}, isHeld = false): LocalSide => ({
  settings: { ...defaultSettings, codecs: ["PCMU", "PCMA", "G729"], ...more },
  address: "192.0.2.1",
  rtpPort: 16_384,
  isHeld,
});

const offer = (media: readonly string[], connection = "IN IP4 192.0.2.9") =>
  parseSdp(bytes(["v=0", "o=peer 1 1 IN IP4 192.0.2.9", "s=-", `c=${connection}`, "t=0 0", ...media]));

const answerTo = (media: readonly string[], side = local(), connection?: string) => {
  const answered = makeAnswer(side, undescribed(7), offer(media, connection));
  if (answered.kind !== "answer") throw new Error(`incompatible: ${answered.warning}`);
  return answered;
};

describe("an offer of ours", () => {
  test("SDP-003 SDP-004 SDP-005 the preferred codec first, telephone events last, with their attributes", () => {
    const lines = text(makeOffer(local(), undescribed(1)).body);
    expect(lines).toEqual([
      "v=0",
      "o=Offhook 1 1 IN IP4 192.0.2.1",
      "s=SIP Call",
      "c=IN IP4 192.0.2.1",
      "t=0 0",
      "m=audio 16384 RTP/AVP 0 8 18 101",
      "a=rtpmap:0 PCMU/8000",
      "a=rtpmap:8 PCMA/8000",
      "a=rtpmap:18 G729/8000",
      "a=fmtp:18 annexb=no",
      "a=rtpmap:101 telephone-event/8000",
      "a=fmtp:101 0-15",
      "a=ptime:20",
      "a=sendrecv",
      "",
    ]);
  });

  test("SDP-002 the version goes up by one at each change, and stays with an unchanged description", () => {
    const first = makeOffer(local(), undescribed(500));
    const again = makeOffer(local(), first);
    const held = makeOffer(local({}, true), again);
    const back = makeOffer(local(), held);
    const origins = [first, again, held, back].map(({ body }) => text(body)[1]);
    expect(origins).toEqual(
      [500, 500, 501, 502].map((version) => `o=Offhook 500 ${version} IN IP4 192.0.2.1`),
    );
    expect(again.body).toBe(first.body);
  });

  test("SDP-006 hold is sendonly with the own address, inactive for a stream that only received, c=0.0.0.0 where asked for", () => {
    expect(text(makeOffer(local({}, true), undescribed(1)).body)).toContain("a=sendonly");
    expect(text(makeOffer(local({}, true), undescribed(1)).body)).toContain("c=IN IP4 192.0.2.1");
    expect(text(makeOffer(local({}, true), undescribed(1), "recvonly").body)).toContain("a=inactive");
    const old = text(makeOffer(local({ isOldHold: true }, true), undescribed(1)).body);
    expect(old).toContain("c=IN IP4 0.0.0.0");
    expect(old).toContain("m=audio 16384 RTP/AVP 0 8 18 101");
  });

  test("SDP-007 retrieve offers the own address and sendrecv", () => {
    const held = makeOffer(local({ isOldHold: true }, true), undescribed(1));
    const lines = text(makeOffer(local({ isOldHold: true }), held).body);
    expect(lines).toContain("c=IN IP4 192.0.2.1");
    expect(lines).toContain("a=sendrecv");
  });

  test("DTM-003 COD-005 telephone events are left out on none, comfort noise is offered with silence suppression", () => {
    const none = text(makeOffer(local({ dtmf: { mode: "none", payloadType: 101 } }), undescribed(1)).body);
    expect(none.join("\n")).not.toContain("telephone-event");
    const vad = text(makeOffer(local({ hasSilenceSuppression: true }), undescribed(1)).body);
    expect(vad).toContain("m=audio 16384 RTP/AVP 0 8 18 13 101");
    expect(vad.join("\n")).not.toContain("annexb");
  });

  test("COD-001 COD-002 the order of the settings is the order offered; capabilities have port 0", () => {
    const lines = text(makeOffer(local({ codecs: ["PCMA", "PCMU"] }), undescribed(1)).body);
    expect(lines).toContain("m=audio 16384 RTP/AVP 8 0 101");
    expect(lines).toContain("a=ptime:20");
    expect(text(capabilities(local()))).toContain("m=audio 0 RTP/AVP 0 8 18 101");
  });
});

describe("answering", () => {
  test("SDP-009 the first usable audio line is taken, the others get port 0, in the offer's order and with its t=", () => {
    // RFC 3264 §10.1 with a video line put first and other times.
    const answered = makeAnswer(
      local(),
      undescribed(7),
      parseSdp(
        bytes([
          "v=0",
          "o=alice 2890844526 2890844526 IN IP4 host.anywhere.com",
          "s=",
          "c=IN IP4 192.0.2.9",
          "t=3149328700 0",
          "m=video 51372 RTP/AVP 31",
          "a=rtpmap:31 H261/90000",
          "m=audio 49170 RTP/AVP 97 0",
          "a=rtpmap:97 iLBC/8000",
          "m=audio 49172 RTP/AVP 8",
        ]),
      ),
    );
    if (answered.kind !== "answer") throw new Error("an answer");
    const lines = text(answered.local.body);
    expect(lines.filter((line) => line.startsWith("m="))).toEqual([
      "m=video 0 RTP/AVP 31",
      "m=audio 16384 RTP/AVP 0",
      "m=audio 0 RTP/AVP 8",
    ]);
    expect(lines).toContain("t=3149328700 0");
    expect(answered.media).toMatchObject({
      remote: { address: "192.0.2.9", port: 49_170 },
      remoteRtcp: { address: "192.0.2.9", port: 49_171 },
      direction: "sendrecv",
      send: { payloadType: 0, encoding: "PCMU" },
    });
  });

  test("COD-003 DTM-004 the offer's order counts, and its payload numbers are used", () => {
    const { media, local: side } = answerTo([
      "m=audio 4000 RTP/AVP 8 0 96",
      "a=rtpmap:96 telephone-event/8000",
      "a=fmtp:96 0-15",
    ]);
    expect(media.send).toEqual({ payloadType: 8, encoding: "PCMA", clockRateHz: 8000 });
    expect(media.telephoneEvent?.payloadType).toBe(96);
    expect(text(side.body)).toContain("m=audio 16384 RTP/AVP 8 0 96");
  });

  test.each([
    ["sendrecv", "sendrecv", false],
    ["sendonly", "recvonly", true],
    ["recvonly", "sendonly", false],
    ["inactive", "inactive", true],
  ] as const)("SDP-008 an offer of %s is answered %s", (offered, expected, isHeldByPeer) => {
    const answered = answerTo(["m=audio 4000 RTP/AVP 0", `a=${offered}`]);
    expect(text(answered.local.body)).toContain(`a=${expected}`);
    expect(answered.media.direction).toBe(expected);
    expect(answered.isHeldByPeer).toBe(isHeldByPeer);
  });

  test("SDP-008 c=0.0.0.0 is a hold: nothing is sent anywhere, the direction is answered by the attribute alone", () => {
    const answered = answerTo(["m=audio 4000 RTP/AVP 0"], local(), "IN IP4 0.0.0.0");
    expect(answered.media.remote).toBeUndefined();
    expect(answered.media.remoteRtcp).toBeUndefined();
    expect(text(answered.local.body)).toContain("a=sendrecv");
    expect(answered.isHeldByPeer).toBe(true);
  });

  test("both hold at once: inactive", () => {
    const answered = answerTo(["m=audio 4000 RTP/AVP 0", "a=sendonly"], local({}, true));
    expect(answered.media.direction).toBe("inactive");
  });

  test.each([
    ["m=audio 4000 RTP/AVP 3", "IN IP4 192.0.2.9", 305],
    ["m=audio 4000 RTP/SAVP 0", "IN IP4 192.0.2.9", 304],
    ["m=video 4000 RTP/AVP 31", "IN IP4 192.0.2.9", 304],
    ["m=audio 0 RTP/AVP 0", "IN IP4 192.0.2.9", 304],
    ["m=audio 4000 RTP/AVP 0", "IN IP6 2001:db8::9", 300],
  ])("COD-004 %s at %s has no answer: %i", (line, connection, warning) => {
    expect(makeAnswer(local(), undescribed(7), offer([line], connection))).toEqual({
      kind: "incompatible",
      warning,
    });
  });

  test("telephone events alone are no call", () => {
    const events = ["m=audio 4000 RTP/AVP 101", "a=rtpmap:101 telephone-event/8000"];
    expect(makeAnswer(local(), undescribed(7), offer(events)).kind).toBe("incompatible");
  });

  test("a=rtcp and a=ptime of the peer are heeded", () => {
    const { media } = answerTo(["m=audio 4000 RTP/AVP 0", "a=rtcp:53020 IN IP4 192.0.2.77", "a=ptime:30"]);
    expect(media.remoteRtcp).toEqual({ address: "192.0.2.77", port: 53_020 });
    expect(media.packetMs).toBe(30);
  });
});

describe("reading an answer", () => {
  const sent = makeOffer(local(), undescribed(1));

  test("DTM-001 DTM-002 telephone events are sent if the answer lists them, or always where the settings say so", () => {
    const without = offer(["m=audio 4000 RTP/AVP 8"]);
    const listed = offer(["m=audio 4000 RTP/AVP 8 97", "a=rtpmap:97 telephone-event/8000"]);
    const event = (side: LocalSide, answer: typeof without) => {
      const agreed = readAnswer(side, sent, answer);
      return agreed.kind === "agreed" ? agreed.media.telephoneEvent?.payloadType : "refused";
    };
    expect(event(local(), without)).toBeUndefined();
    expect(event(local(), listed)).toBe(97);
    expect(event(local({ dtmf: { mode: "avt_always", payloadType: 101 } }), without)).toBe(101);
  });

  test("what Asterisk answered to baresip", () => {
    const body = conversation("call-pjsip-baresip")
      .map((datagram) => parseMessage(datagram.bytes))
      .find((message) => message.kind === "response" && message.body.length > 0)?.body;
    const agreed = readAnswer(local(), sent, parseSdp(body ?? new Uint8Array(0)));
    expect(agreed).toMatchObject({ kind: "agreed", isHeldByPeer: false });
    expect(agreed.kind === "agreed" && agreed.media.send?.encoding).toBe("PCMU");
    expect(agreed.kind === "agreed" && agreed.media.telephoneEvent?.payloadType).toBe(101);
    expect(agreed.kind === "agreed" && agreed.media.receive.map(({ payloadType }) => payloadType)).toEqual([
      0, 8, 18, 101,
    ]);
  });

  test("a refused stream is no agreement", () => {
    expect(readAnswer(local(), sent, offer(["m=audio 0 RTP/AVP 0"])).kind).toBe("refused");
    expect(readAnswer(local(), sent, offer([])).kind).toBe("refused");
  });
});

describe("any description", () => {
  test("SDP-001 unknown lines and attributes are passed over", () => {
    const sdp = offer([
      "b=AS:64",
      "k=clear:x",
      "z=0 0",
      "y=what",
      "m=audio 4000/2 RTP/AVP 0",
      "i=title",
      "a=unknown:1",
    ]);
    expect(sdp.media).toMatchObject([{ port: 4000, formats: ["0"] }]);
  });

  test.each([
    "",
    "v=1\r\no=x\r\n",
    "o=x\r\n",
    "v=0\r\n",
    "v=0\r\no=x\r\nm=audio x RTP/AVP 0\r\n",
    "v=0\r\no=x\r\nc=IN\r\n",
    "hello\r\n",
  ])("%j is refused", (body) => {
    expect(() => parseSdp(new TextEncoder().encode(body))).toThrow(WireError);
  });

  test("hostile numbers of media lines are refused", () => {
    expect(() => offer(Array.from({ length: 40 }, () => "m=audio 4000 RTP/AVP 0"))).toThrow(WireError);
  });

  test("any bytes give a description or a WireError, and an answer to each description", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            "v=0",
            "o=a 1 1 IN IP4 x",
            "c=IN IP4 192.0.2.3",
            "m=audio 9 RTP/AVP 0 8",
            "a=rtpmap:0 x/y",
            "a=sendonly",
            "t=",
            "m=",
          ),
        ),
        (lines) => {
          try {
            makeAnswer(local(), undescribed(1), parseSdp(bytes(lines)));
          } catch (error) {
            expect(error).toBeInstanceOf(WireError);
          }
        },
      ),
    );
  });
});
