// A phone that answers by itself: because its line does (`auto_answer`), or because the caller asks and may.
import { expect } from "vitest";
import { answer, choose, openSettings } from "#test/stories/kit/menus.ts";
import { gatewayAddress } from "./gateway.ts";
import { ladder, type Site } from "./site.ts";
import { wasHeard } from "./voices.ts";

const contact = `Contact: <sip:peer@${gatewayAddress}:5060>`;
/** The beep before somebody is heard. */
const beepHz = 1000;

/** The phone is connected on its speaker after a beep, nobody touched it, and both ways carry sound. */
async function answersItself(site: Site): Promise<void> {
  const [gateway, b] = [site.gateway(), site.phone("B")];
  await site.wait(50);
  gateway.ack();
  await b.call("connected", 1000);
  await site.wait(500);
  expect(b.rung).toEqual([]);
  const beep = Int16Array.from(b.heard.slice(0, 30).flatMap((piece) => [...piece]));
  expect(wasHeard([beep], beepHz)).toBe(true);
  expect((await b.show("lcd")).lamps["speaker"]).toBe("on");
  gateway.play();
  const before = gateway.media.received;
  expect(await site.sound()).toEqual(["B hears gateway"]);
  expect(gateway.media.received).toBeGreaterThan(before);
}

ladder("FEA-029 a line that the person chose answers by itself", ["B"], {}, async (site) => {
  const b = site.phone("B");
  await openSettings(b, "6");
  await choose(b, "Auto-Answer (Intercom)");
  await b.softkey("Select");
  await answer(b, "Line 1", "Yes");
  await b.softkey("Save");
  await b.button("settings");
  b.heard.length = 0;
  site.gateway().invite(b);
  await answersItself(site);
});

for (const asks of [
  "Call-Info: <sip:10.77.110.30>;answer-after=0",
  "Alert-Info: <http://10.77.110.30>;info=alert-autoanswer",
]) {
  const header = asks.split(":")[0];
  ladder(
    `FEA-030 ${header} and offhook_caller_auto_answer 1: the caller is heard at once`,
    ["B"],
    { config: ['offhook_caller_auto_answer: "1"'] },
    async (site) => {
      site.gateway().invite(site.phone("B"), { lines: [contact, asks] });
      await answersItself(site);
    },
  );
  ladder(`FEA-030 ${header} alone makes no phone listen to a room`, ["B"], {}, async (site) => {
    const b = site.phone("B");
    site.gateway().invite(b, { lines: [contact, asks] });
    await b.call("ring-in");
    await site.wait(5000);
    expect(site.gateway().peer.responses(200)).toEqual([]);
    expect(b.rung).not.toEqual([]);
  });
}
