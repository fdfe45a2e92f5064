// Whoever is to wait is on hold before anybody else is asked: the other end is slow to take the hold, and the INVITE or
// REFER for the third party leaves only after the hold was acknowledged.
import { expect } from "vitest";
import { ladder, type Site, type SitePhone } from "./site.ts";

const slowMs = 2000;

const ways: readonly (readonly [string, "INVITE" | "REFER", (b: SitePhone) => Promise<void>])[] = [
  ["a transfer with consultation", "INVITE", (b) => b.softkey("Trnsfer")],
  ["a transfer without", "REFER", (b) => b.softkey("BlndXfr")],
  ["a conference", "INVITE", (b) => b.softkey("Confrn")],
  [
    "a consultation",
    "INVITE",
    async (b) => {
      await b.softkey("Hold");
      await b.softkey("NewCall");
    },
  ],
];

/** What the phone sent, in order: `INVITE 1002`, by whom it was for. */
function sent(site: Site): readonly string[] {
  return site.conversation.said
    .filter(({ by }) => by === "B")
    .map(({ name, text }) => (name === "INVITE" && text.startsWith("INVITE sip:1003@") ? "INVITE C" : name));
}

for (const [what, asks, begin] of ways)
  ladder(
    `SEED-020 in ${what} the ${asks} for C leaves after the ACK of A's hold`,
    ["B", "C"],
    {},
    async (site) => {
      const [gateway, b, c] = [site.gateway(), site.phone("B"), site.phone("C")];
      gateway.invite(b);
      await site.pickUp(b);
      site.conversation.clear();
      await begin(b);
      await b.press(c.number);
      await site.wait(slowMs);
      const wanted = asks === "INVITE" ? "INVITE C" : "REFER";
      expect(new Set(sent(site))).toEqual(new Set(["INVITE"])); // the hold, and its repeats
      gateway.peer.answer(gateway.peer.last("INVITE"), 200, { sdp: gateway.sdp });
      await b.until(wanted, async () => sent(site).includes(wanted));
      const order = sent(site).filter((one) => one === "ACK" || one === wanted);
      expect(order.slice(0, 2)).toEqual(["ACK", wanted]);
    },
  );
