// Transfers that end otherwise: by hanging up, while the target rings, or not at all.
import { expect } from "vitest";
import { ladder, type Site, type SiteOptions } from "./site.ts";

async function consulting(site: Site): Promise<void> {
  const [a, b, c] = [site.phone("A"), site.phone("B"), site.phone("C")];
  await site.connect(a, b);
  await b.softkey("Trnsfer");
  await b.press(c.number);
  await c.call("ring-in");
}

const onHook: SiteOptions = { config: ['transfer_onhook_enabled: "1"'] };

ladder("FEA-023 hanging up completes the transfer", ["A", "B", "C"], onHook, async (site) => {
  await consulting(site);
  await site.phone("C").lift();
  await site.phone("C").call("connected");
  await site.phone("B").hangUp();
  await site.phone("B").noCalls();
  expect(await site.sound()).toEqual(["A hears C", "C hears A"]);
});

ladder(
  "FEA-022 the second press while C still rings: C rings on, for A",
  ["A", "B", "C"],
  {},
  async (site) => {
    await consulting(site);
    await site.phone("B").softkey("Trnsfer");
    await site.wait(500);
    await site.phone("C").reads("1001");
    await site.phone("C").lift();
    await site.phone("C").call("connected");
    await site.phone("B").noCalls();
    expect(await site.sound()).toEqual(["A hears C", "C hears A"]);
  },
);

ladder("FEA-026 the target refuses: A waits where it was, and comes back", ["A", "B"], {}, async (site) => {
  const [a, b] = [site.phone("A"), site.phone("B")];
  await site.connect(a, b);
  site.gateway();
  await b.softkey("Trnsfer");
  await b.press("604");
  await b.call("busy");
  await b.softkey("EndCall");
  await b.softkey("Resume");
  await a.call("connected");
  expect(await site.sound()).toEqual(["A hears B", "B hears A"]);
});
