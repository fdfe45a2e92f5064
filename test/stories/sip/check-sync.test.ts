// NOTIFY check-sync from the call server: after 20 idle seconds syncinfo.xml is read, and only another level restarts.
import { expect } from "vitest";
import { textFile } from "#test/lab/files.ts";
import { place } from "#test/lab/settings.ts";
import { Peer } from "#test/unit/sip/peer.ts";
import { ladder, type Site } from "./site.ts";

const order = { lines: ["Event: check-sync"] };

let asked = 0;

/** The server's administrator presses a button. */
function ask(site: Site, callId: string): Peer {
  const b = site.phone("B");
  const port = 5099 + asked++; // one for each question
  const peer = new Peer({ host: () => site.lab.hosts.server.stack.sockets }, site.clock, place.server, port);
  peer.target = { address: b.address, port: 5060 };
  const to = `sip:${b.number}@${b.address}:5060`;
  peer.ask("NOTIFY", { ...order, uri: to, to, callId });
  return peer;
}

const reads = (site: Site, name: string): number =>
  site.lab.log.entries.filter(({ what, facts }) => what === "read" && facts["file"] === name).length;

const sync = (level: string) => textFile(`<SYNCINFO><IMAGE VERSION="*" SYNC="${level}"/></SYNCINFO>`);

ladder(
  "FLW-034 SYN-002 SYN-008 check-sync while idle: after 20 s the level is read and the dial plan taken anew",
  ["B"],
  { config: ['sync: "7"'] },
  async (site) => {
    const b = site.phone("B");
    site.lab.files.set("syncinfo.xml", sync("7"));
    site.lab.files.set(
      "dialplan.xml",
      textFile('<DIALTEMPLATE><TEMPLATE MATCH="9.." Timeout="0"/></DIALTEMPLATE>'),
    );
    const plans = reads(site, "dialplan.xml");
    const peer = ask(site, "first");
    await site.wait(100);
    expect(peer.kinds).toEqual([200]);
    await site.wait(19_000);
    expect(reads(site, "syncinfo.xml")).toBe(0);
    await site.wait(2000);
    expect(reads(site, "syncinfo.xml")).toBe(1);
    expect(reads(site, "dialplan.xml")).toBe(plans + 1);
    expect((await b.show("boot")).phase).toBe("run");
    await b.dial("911");
    expect(b.desk.phone.dialPlan()?.rules).toHaveLength(1);
  },
);

ladder(
  "SYN-006 SYN-002 another level: the phone waits for the end of the call and 20 s more, then starts again",
  ["B"],
  { config: ['sync: "7"'] },
  async (site) => {
    const b = site.phone("B");
    site.lab.files.set("syncinfo.xml", sync("8"));
    await b.dial("600");
    await b.call("connected");
    ask(site, "second");
    await site.wait(60_000);
    expect(reads(site, "syncinfo.xml")).toBe(0);
    await b.hangUp();
    const files = reads(site, "SIPDefault.cnf");
    await site.wait(19_000);
    expect(reads(site, "syncinfo.xml")).toBe(0);
    await b.until("the files are read again", async () => reads(site, "SIPDefault.cnf") > files);
    await b.ready();
    expect((await b.show("register")).lines[0]).toMatchObject({ state: "registered" });
  },
);

/** Asks, and tells whether the phone read its files again. */
async function restarts(site: Site, callId: string): Promise<boolean> {
  const b = site.phone("B");
  const before = reads(site, "SIPDefault.cnf");
  ask(site, callId);
  await site.wait(60_000);
  await b.ready();
  await site.wait(1000);
  return reads(site, "SIPDefault.cnf") > before;
}

ladder(
  "the level of syncinfo.xml is the phone's after the restart it asked for, until a file names another",
  ["B"],
  {},
  async (site) => {
    const b = site.phone("B");
    const level = (): string | undefined => b.desk.phone.config()?.sync;
    expect(level()).toBe("1");
    site.lab.files.set("syncinfo.xml", sync("8"));
    expect(await restarts(site, "first")).toBe(true);
    expect(level()).toBe("8");
    expect(await restarts(site, "second")).toBe(false);
    site.lab.files.set("syncinfo.xml", sync("9"));
    expect(await restarts(site, "third")).toBe(true);
    expect(level()).toBe("9");
  },
);

ladder(
  "a level in the configuration file is applied again at each start: the operator must raise it there too",
  ["B"],
  { config: ['sync: "7"'] },
  async (site) => {
    site.lab.files.set("syncinfo.xml", sync("8"));
    for (const callId of ["first", "second"]) {
      expect(await restarts(site, callId)).toBe(true);
      expect(site.phone("B").desk.phone.config()?.sync).toBe("7");
    }
  },
);

ladder("SYN-009 check-sync from anybody else is refused", ["B"], {}, async (site) => {
  const [gateway, b] = [site.gateway(), site.phone("B")];
  gateway.face(b);
  const to = `sip:${b.number}@${b.address}:5060`;
  gateway.peer.ask("NOTIFY", { ...order, uri: to, to });
  await site.wait(60_000);
  expect(gateway.peer.kinds).toEqual([403]);
  expect(reads(site, "syncinfo.xml")).toBe(0);
});
