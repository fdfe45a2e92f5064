// SIP messages longer than an Ethernet frame: over UDP they travel in IP fragments, both ways, and a lost fragment costs a
// retransmission.
import { expect } from "vitest";
import { gatewayAddress } from "./gateway.ts";
import { ladder, type Site, type SitePhone } from "./site.ts";

/** A route of 3 kB that stays in every request of the dialog, and in the answer to its INVITE. */
const route = Array.from(
  { length: 12 },
  (_, hop) => `<sip:${gatewayAddress};lr;hop=${hop}-${"x".repeat(220)}>`,
);
const long = {
  lines: [`Contact: <sip:2000@${gatewayAddress}:5060>`, ...route.map((one) => `Record-Route: ${one}`)],
};
const frameBytes = 1500;

/** IP fragments that arrived at the phone's port, or left it, from now on. */
function watchFragments(
  phone: SitePhone,
  site: Site,
): { readonly to: () => number; readonly from: () => number } {
  const { plug } = phone.port;
  const counts = { to: 0, from: 0 };
  const isFragment = (frame: Uint8Array): boolean => {
    const at = frame[12] === 0x81 ? 18 : 14;
    return (
      frame[at - 2] === 0x08 &&
      frame[at - 1] === 0 &&
      (((frame[at + 6] ?? 0) << 8) | (frame[at + 7] ?? 0)) % 0x4000 > 0
    );
  };
  const count = (way: keyof typeof counts) => (frame: Uint8Array) => {
    if (isFragment(frame)) counts[way]++;
  };
  plug.received.subscribe(count("to"), { signal: site.lab.signal });
  plug.sent.subscribe(count("from"), { signal: site.lab.signal });
  return { to: () => counts.to, from: () => counts.from };
}

ladder(
  "SEED-015 an INVITE of 3 kB is answered at length, and one as long as that arrives whole",
  ["B"],
  {},
  async (site) => {
    const [gateway, b] = [site.gateway(), site.phone("B")];
    const fragments = watchFragments(b, site);
    gateway.invite(b, long);
    await site.pickUp(b);
    expect(fragments.to()).toBeGreaterThanOrEqual(3);
    const [ok] = gateway.peer.got.filter(
      ({ message }) => message.kind === "response" && message.status === 200,
    );
    expect(ok?.text.length).toBeGreaterThan(2 * frameBytes);
    for (const one of route) expect(ok?.text).toContain(one);
    const before = fragments.from();
    expect(before).toBeGreaterThanOrEqual(3);
    await b.softkey("Hold"); // the gateway takes no TCP: what is longer than 1300 bytes comes by UDP after all (RFC 3261 §18.1.1)
    await b.until("a long INVITE of the phone's", async () => gateway.peer.requests("INVITE").length > 0);
    const sent = gateway.peer.got.find(
      ({ message }) => message.kind === "request" && message.method === "INVITE",
    );
    expect(sent?.text.length).toBeGreaterThan(2 * frameBytes);
    for (const one of route) expect(sent?.text).toContain(one);
    expect(fragments.from()).toBeGreaterThan(before);
  },
);

ladder("SEED-015 with a fragment lost on the way the retransmission is answered", ["B"], {}, async (site) => {
  const [gateway, b] = [site.gateway(), site.phone("B")];
  const fragments = watchFragments(b, site);
  gateway.face(b);
  gateway.peer.ask("OPTIONS", { uri: `sip:${b.number}@${b.address}` }); // they know each other's hardware address now
  await site.wait(100);
  b.port.cable.impair({ lossPct: 50 });
  gateway.invite(b, long);
  await site.wait(400);
  expect(fragments.to()).toBeGreaterThan(0); // some arrived, one did not
  expect((await b.show("calls")).calls).toEqual([]);
  b.port.cable.impair({});
  gateway.invite(b, { ...long, callId: `gateway-1@${gatewayAddress}`, branch: "z9hG4bKgateway1" }); // the same, again
  await site.pickUp(b);
  expect(
    gateway.peer.got.filter(({ message }) => message.kind === "response" && message.status === 200).at(-1)
      ?.text.length,
  ).toBeGreaterThan(2 * frameBytes);
});
