// The phone asks the call server for each line's mailbox: lamp, envelope and stutter tone follow the answers, over a
// server that starts anew too.
import { expect } from "vitest";
import { ladder } from "./site.ts";
import { isHeard } from "./voices.ts";

const config = ['offhook_mwi_subscribe: "1"', 'stutter_msg_waiting: "1"'];

ladder(
  "a mailbox that was asked for lights the lamp and breaks the dial tone",
  ["A"],
  { config },
  async (site) => {
    const a = site.phone("A");
    const { mailboxes } = site.proxy;
    const lamp = async (): Promise<string | undefined> => (await a.show("lcd")).lamps["message"];
    // Nobody had a mailbox when the phone registered: it was told so, and asks again when it registers anew.
    await site.wait(100);
    expect(mailboxes.watcherCount).toBe(0);
    mailboxes.set(a.number, { newCount: 2, oldCount: 0 });
    await a.drive.command("register 0 1");
    await a.until("the line is left", async () => (await a.line1())?.state !== "registered");
    await site.wait(100);
    await a.drive.command("register 1 1");
    await a.until("the lamp is lit", async () => (await lamp()) !== "off", 30_000);
    expect(mailboxes.watcherCount).toBe(1);
    a.heard.length = 0;
    await a.lift();
    await site.wait(600);
    const pieces = a.heard.map((piece) => isHeard([piece], 350));
    expect(pieces.filter((isOn, at) => isOn && pieces[at - 1] === false).length).toBeGreaterThan(1);
    await a.hangUp();
    mailboxes.set(a.number, { newCount: 0, oldCount: 2 });
    await a.until("the lamp is out", async () => (await lamp()) === "off");

    // The server forgets everybody; the refresh finds out, and the phone asks anew.
    mailboxes.end(undefined);
    mailboxes.mail.set(a.number, { newCount: 1, oldCount: 2 });
    await a.until("the lamp is lit again", async () => (await lamp()) !== "off", 300_000);
    expect(mailboxes.watcherCount).toBe(1);
    await a.desk.phone.farewell();
    expect(mailboxes.watcherCount).toBe(0);
  },
);

ladder("without offhook_mwi_subscribe nothing is asked for", ["A"], {}, async (site) => {
  site.proxy.mailboxes.set(site.phone("A").number, { newCount: 1, oldCount: 0 });
  await site.wait(60_000);
  expect(site.proxy.mailboxes.watcherCount).toBe(0);
  expect(site.conversation.texts("A", "SUBSCRIBE")).toEqual([]);
});
