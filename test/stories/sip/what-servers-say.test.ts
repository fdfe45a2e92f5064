// Headers that servers put beside a call, as the person hears and reads them: rings, tones, parties, reasons.
import { expect } from "vitest";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf } from "#firmware/sip/message/message.ts";
import { gatewayAddress } from "./gateway.ts";
import { ladder, rawHeader, type Site, type SitePhone } from "./site.ts";
import { isHeard } from "./voices.ts";

const contact = `Contact: <sip:peer@${gatewayAddress}:5060>`;

/** Lengths of what was rung, in tenths of a second, one for each burst. */
function bursts(pieces: readonly Int16Array[]): readonly number[] {
  const all = Int16Array.from(pieces.flatMap((piece) => [...piece]));
  const tenths = Array.from({ length: Math.floor(all.length / 800) }, (_, at) =>
    all.subarray(at * 800, (at + 1) * 800).some((sample) => sample !== 0),
  );
  const lengths: number[] = [];
  for (const [at, isOn] of tenths.entries())
    if (isOn) lengths.push(tenths[at - 1] === true ? (lengths.pop() ?? 0) + 1 : 1);
  return lengths;
}

/** The phone calls a number that the proxy sends to the gateway. */
async function callGateway(site: Site, a: SitePhone): Promise<void> {
  site.gateway().face(a);
  site.proxy.behaviour.redirects = { "2000": [`<sip:2000@${gatewayAddress}>`] };
  await a.dial("2000");
  await a.until("the gateway is called", async () => site.gateway().peer.requests("INVITE").length > 0);
}

for (const [info, expected] of [
  [undefined, [20]],
  ["<Bellcore-dr2>", [8, 8]],
  ["<file://Bellcore-dr3/>", [4, 4, 8]],
  ["Bellcore-dr4", [3, 10, 3]],
  ["<http://elsewhere/ring.wav>", [20]],
] as const)
  ladder(`HDR-002 Alert-Info ${info ?? "missing"}: how it rings`, ["B"], {}, async (site) => {
    const b = site.phone("B");
    site.gateway().invite(b, { lines: info === undefined ? [contact] : [contact, `Alert-Info: ${info}`] });
    await b.call("ring-in");
    await site.wait(4000);
    for (const [at, tenths] of bursts(b.rung).entries())
      expect(Math.abs(tenths - (expected[at] ?? 0)), `burst ${at}`).toBeLessThanOrEqual(1);
    expect(bursts(b.rung)).toHaveLength(expected.length);
  });

for (const [info, tones, silent] of [
  ["<Bellcore-Alerting>", [440, 480], 620],
  ["<file://Bellcore-Busy/>", [480, 620], 440],
  ["<http://elsewhere/music.wav>", [440, 480], 620],
] as const)
  ladder(`HDR-002 Alert-Info ${info} in a 180: what the caller hears`, ["A"], {}, async (site) => {
    const a = site.phone("A");
    await callGateway(site, a);
    const { peer } = site.gateway();
    peer.answer(peer.last("INVITE"), 180, { lines: [`Alert-Info: ${info}`] });
    await a.call("ring-out");
    a.heard.length = 0;
    await site.wait(400);
    for (const hz of tones) expect(isHeard(a.heard, hz), `${hz} Hz`).toBe(true);
    expect(isHeard(a.heard, silent)).toBe(false);
  });

ladder("HDR-008 CC-Redirect tells who the call was for", ["B"], {}, async (site) => {
  const b = site.phone("B");
  const line = 'CC-Redirect: "Sales" <sip:3333@10.77.110.30>;redir-reason=unconditional';
  site.gateway().invite(b, { lines: [contact, line] });
  await b.call("ring-in");
  await b.reads("PBX", "For Sales");
  expect(b.desk.phone.view().calls[0]?.divertedBy).toMatchObject({ number: "3333", name: "Sales" });
});

ladder("HDR-021 a 480 says when it is worth to call again", ["A"], {}, async (site) => {
  const a = site.phone("A");
  await callGateway(site, a);
  const { peer } = site.gateway();
  const lines = ["Retry-After: 120 (at lunch)"];
  peer.answer(peer.last("INVITE"), 480, { lines, reason: "Gone out" });
  await a.call("failed");
  await a.reads("Gone out", "again in 120 s");
});

ladder("HDR-023 what they are, what went wrong, and when it was asked", ["A", "B"], {}, async (site) => {
  const [a, b, gateway] = [site.phone("A"), site.phone("B"), site.gateway()];
  const more = ["Subject: lunch", "User-Agent: somebody", "Timestamp: 54.2"];
  gateway.invite(b, { lines: [contact, ...more] });
  await site.pickUp(b);
  const [ok] = gateway.peer.responses(200);
  if (ok === undefined) throw new Error("no 200");
  expect(rawHeader(ok, "Server")).toMatch(/^Offhook\/\d/);
  expect(b.desk.phone.base.book.last(200).map(({ text }) => text)).toContainEqual(
    expect.stringContaining("lunch"),
  );
  await b.hangUp();
  await site.wait(50);
  expect(rawHeader(gateway.peer.last("BYE"), "User-Agent")).toMatch(/^Offhook\/\d/);

  await callGateway(site, a);
  expect(rawHeader(gateway.peer.last("INVITE"), "User-Agent")).toMatch(/^Offhook\/\d/);
  const warning = 'Warning: 305 gateway "No codec in common", 399 gateway "Sorry"';
  gateway.peer.answer(gateway.peer.last("INVITE"), 488, { lines: [warning, "Server: somebody"] });
  await a.call("failed");
  await a.reads("No codec in common");
});

ladder(
  "SIP-016 bodies: sessions, the progress of a transfer with and without its version, waiting messages",
  ["B"],
  {},
  async (site) => {
    const [gateway, b] = [site.gateway(), site.phone("B")];
    gateway.invite(b);
    await site.pickUp(b);
    const [ok] = gateway.peer.responses(200);
    if (ok === undefined) throw new Error("no 200");
    expect(firstOf(ok, headers.contentType)?.type).toBe("application/sdp");
    // The phone is asked to call elsewhere, and tells how that goes.
    const dialog = { callId: `gateway-1@${gatewayAddress}`, toTag: tagIn(rawHeader(ok, "To")) };
    const uri = `sip:${b.number}@${b.address}:5060`;
    gateway.peer.ask("REFER", {
      ...dialog,
      uri,
      to: `${uri};user=phone`,
      from: `"PBX" <sip:2000@${gatewayAddress}>`,
      cseq: 2,
      lines: [contact, "Refer-To: <sip:600@10.77.110.1>"],
    });
    await site.wait(300);
    const told = gateway.peer.last("NOTIFY");
    expect(rawHeader(told, "Content-Type")).toBe("message/sipfrag;version=2.0");
    expect(new TextDecoder().decode(told.body)).toMatch(/^SIP\/2\.0 \d{3} /);
    const summary = { sdp: "Messages-Waiting: yes\r\n", bodyType: "application/simple-message-summary" };
    gateway.peer.ask("NOTIFY", {
      uri,
      to: uri,
      callId: "mwi",
      lines: ["Event: message-summary"],
      ...summary,
    });
    await site.wait(50);
    expect((await b.show("lcd")).lamps["message"]).not.toBe("off");
  },
);

ladder(
  "SIP-016 progress of a transfer whose type names no version is understood",
  ["B"],
  {},
  async (site) => {
    const [gateway, b] = [site.gateway(), site.phone("B")];
    gateway.invite(b);
    await site.pickUp(b);
    await b.softkey("Trnsfer");
    await site.wait(50);
    gateway.peer.answer(gateway.peer.last("INVITE"), 200, { sdp: gateway.sdp });
    await b.press("600");
    await b.until("600 answers", async () => (await b.show("calls")).calls.length === 2);
    await b.call("connected");
    await b.softkey("Trnsfer");
    await b.until("the gateway is asked", async () => gateway.peer.requests("REFER").length > 0);
    const refer = gateway.peer.last("REFER");
    gateway.peer.answer(refer, 202);
    const uri = `sip:${b.number}@${b.address}:5060`;
    gateway.peer.ask("NOTIFY", {
      callId: rawHeader(refer, "Call-ID"),
      toTag: tagIn(rawHeader(refer, "From")),
      from: `"PBX" <sip:2000@${gatewayAddress}>`,
      uri,
      to: uri,
      cseq: 2,
      lines: [contact, "Event: refer", "Subscription-State: terminated;reason=noresource"],
      sdp: "SIP/2.0 200 OK\r\n",
      bodyType: "message/sipfrag",
    });
    await b.reads("Transferred");
    await b.noCalls();
  },
);

const tagIn = (value: string): string => /tag=([^;>\s]+)/.exec(value)?.[1] ?? "";
