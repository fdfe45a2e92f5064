// B-17: an emergency number reaches another phone through the emergency proxy; the primary hears nothing of it.
import { expect } from "vitest";
import { place } from "#test/lab/settings.ts";
import { ladder } from "./site.ts";

const dialPlan = `<DIALTEMPLATE>
<TEMPLATE MATCH="911" Timeout="0" Route="Emergency" Rewrite="1002"/>
<TEMPLATE MATCH="*" Timeout="5"/>
</DIALTEMPLATE>
`;

ladder(
  "FLW-017 B-17: phone to phone via the emergency proxy",
  ["A", "B"],
  {
    dialPlan,
    configOf: { A: [`proxy_emergency: "${place.second}"`], B: [`proxy1_address: "${place.second}"`] },
  },
  async (site) => {
    const [a, b] = [site.phone("A"), site.phone("B")];
    await a.dial("911");
    await b.call("ring-in");
    await b.lift();
    await a.call("connected");
    expect(await site.sound()).toEqual(["A hears B", "B hears A"]);
    await a.hangUp();
    await b.reads("Call Ended");
    expect(site.ladder()).toEqual([
      "A → B INVITE",
      "B → A 180",
      "B → A 200",
      "A → B ACK",
      "A → B BYE",
      "B → A 200",
    ]);
    expect(site.conversation.said.filter(({ by }) => by === "proxy")).toEqual([]);
  },
);
