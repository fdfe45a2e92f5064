// Others speak IPv6: the whole phone, whose own network is IPv4, reads their literals wherever RFC 5118 names them, calls
// where an IPv4 way is given, and says what it cannot do where none is.
import { expect } from "vitest";
import { gatewayAddress } from "./gateway.ts";
import { ladder, rawHeader } from "./site.ts";

const contact = `Contact: <sip:peer@${gatewayAddress}:5060>`;
const far = "[2001:db8::20]";

/** Headers of an INVITE that came through an IPv6 network. */
const passedOn = [
  `Via: SIP/2.0/UDP ${far}:5070;received=2001:db8::9:255;branch=z9hG4bKfar`,
  `P-Asserted-Identity: <sip:2000@${far}>`,
  `Call-Info: <http://${far}/photo.png>`,
];

const described = (session: string, media: string): string =>
  [
    "v=0",
    "o=far 1 1 IN IP6 2001:db8::20",
    "s=-",
    `c=IN ${session}`,
    "t=0 0",
    "m=audio 4000 RTP/AVP 0",
    ...(media === "" ? [] : [`c=IN ${media}`]),
    "",
  ].join("\r\n");

ladder(
  "RFC 5118 4.1 to 4.9: a call whose every other party has an IPv6 literal, with sound",
  ["B"],
  {},
  async (site) => {
    const [gateway, b] = [site.gateway(), site.phone("B")];
    gateway.invite(b, {
      from: `"Far" <sip:2000@${far}:5070>`,
      lines: [contact, ...passedOn],
      sdp: described("IP6 2001:db8::20", `IP4 ${gatewayAddress}`),
    });
    await b.reads("Far", "2000");
    await site.pickUp(b);
    expect(gateway.peer.responses(200)[0]?.headers.filter(({ id }) => id === "via")).toHaveLength(2);
    gateway.play();
    expect(await site.sound()).toEqual(["B hears gateway"]);
    expect(gateway.media.received).toBeGreaterThan(10);
    await b.hangUp();
    await site.wait(50);
    expect(rawHeader(gateway.peer.last("BYE"), "To")).toContain(`sip:2000@${far}:5070`);
  },
);

ladder("RFC 5118 4.7: sound that can only go by IPv6 is refused with the reason", ["B"], {}, async (site) => {
  const [gateway, b] = [site.gateway(), site.phone("B")];
  gateway.invite(b, { lines: [contact, ...passedOn], sdp: described("IP6 2001:db8::20", "") });
  await site.wait(50);
  const [refused] = gateway.peer.responses(488);
  if (refused === undefined) throw new Error(`no 488 among ${gateway.peer.kinds.join(" ")}`);
  expect(rawHeader(refused, "Warning")).toMatch(/^300 /);
});

ladder(
  "a Contact that only IPv6 reaches: the phone is free again after the call",
  ["B"],
  {},
  async (site) => {
    const [gateway, b] = [site.gateway(), site.phone("B")];
    gateway.invite(b, { lines: [`Contact: <sip:peer@${far}:5060>`] });
    await site.pickUp(b);
    await b.hangUp();
    await b.noCalls();
    await site.wait(40_000);
    gateway.invite(b);
    await site.pickUp(b);
  },
);
