// Which ports sound and its reports use, what is sent to keep a way open, and which proxy a line's calls go to.
import { expect } from "vitest";
import { place } from "#test/lab/settings.ts";
import { gatewayAddress } from "./gateway.ts";
import { ladder, rawHeader } from "./site.ts";

ladder(
  "NAT-004 sound leaves from and arrives at an even port of the range, its reports at the next one",
  ["A", "B"],
  { config: ['start_media_port: "20001"', 'end_media_port: "20004"'] },
  async (site) => {
    await site.connect(site.phone("A"), site.phone("B"));
    site.conversation.clear();
    await site.wait(12_000); // RTCP begins within some seconds (RFC 3550 §6.2)
    for (const by of ["A", "B"]) {
      const sent = site.conversation.datagrams.filter(
        ({ by: who, ports }) => who === by && ports.to >= 16_384 && ports.to < 32_768,
      );
      expect(sent.every(({ ports }) => ports.from === ports.to)).toBe(true);
      const counts = [20_002, 20_003].map((port) => sent.filter(({ ports }) => ports.from === port).length);
      expect(counts[0]).toBeGreaterThan(500);
      expect(counts[1]).toBeGreaterThanOrEqual(1);
      expect(sent).toHaveLength((counts[0] ?? 0) + (counts[1] ?? 0));
      const reports = sent.filter(({ ports }) => ports.from === 20_003);
      expect(reports.every(({ bytes }) => [200, 201].includes(bytes[1] ?? 0))).toBe(true);
    }
  },
);

/** Ten idle minutes. */
const longMs = 600_000;

for (const [natEnable, least, most] of [
  ["0", 0, 0],
  ["1", 20, 25],
] as const)
  ladder(
    `nat_enable ${natEnable}: ${least} to ${most} keep-alives in ten idle minutes, and never STUN`,
    ["A"],
    { config: [`nat_enable: "${natEnable}"`] },
    async (site) => {
      site.conversation.clear();
      await site.wait(longMs);
      const toServer = site.conversation.datagrams.filter(
        ({ by, to, ports }) => by === "A" && to === place.server && ports.to === 5060,
      );
      expect(toServer.length).toBeGreaterThanOrEqual(least);
      expect(toServer.length).toBeLessThanOrEqual(most);
      for (const { bytes, ports } of toServer) {
        expect([...bytes]).toEqual([13, 10, 13, 10]);
        expect(ports.from).toBe(5060);
      }
      const stun = site.conversation.datagrams.filter(({ ports }) => ports.to === 3478);
      expect(stun).toEqual([]);
    },
  );

const dialPlan = `<DIALTEMPLATE>
<TEMPLATE MATCH="911" Timeout="0" Route="Emergency"/>
<TEMPLATE MATCH="1..." Timeout="0"/>
</DIALTEMPLATE>
`;

ladder(
  "REG-016 with backup and emergency proxies each line still reaches its own proxy; the plan's routes go theirs",
  ["A"],
  {
    dialPlan,
    config: [
      'line2_name: "1002"',
      'line2_authname: "1002"',
      'line2_password: "secret-B"',
      `proxy2_address: "${place.second}"`,
      `proxy_backup: "${gatewayAddress}"`,
      `proxy_emergency: "${gatewayAddress}"`,
    ],
  },
  async (site) => {
    const [a, gateway] = [site.phone("A"), site.gateway()];
    gateway.face(a);
    const servers = async (): Promise<readonly unknown[]> =>
      (await a.show("register")).lines.map(({ state, server }) => `${state} ${server}`);
    const both = [`registered ${place.server}:5060`, `registered ${place.second}:5060`];
    await a.until("both lines are registered", async () => String(await servers()) === String(both));
    for (const [line, server] of [
      [1, place.server],
      [2, place.second],
    ] as const) {
      site.conversation.clear();
      await a.line(line);
      await a.press("1003");
      await a.until("a server answered", async () => (await a.show("calls")).calls[0]?.state !== "off-hook");
      await site.wait(500);
      const invites = site.conversation.said.filter(({ by, name }) => by === "A" && name === "INVITE");
      expect(new Set(invites.map(({ to }) => to))).toEqual(new Set([server]));
      await a.softkey("EndCall");
      await a.noCalls();
    }
    expect(gateway.peer.requests("INVITE")).toEqual([]);
    await a.line(2);
    await a.press("911");
    await a.until("the emergency proxy is called", async () => gateway.peer.requests("INVITE").length > 0);
    expect(rawHeader(gateway.peer.last("INVITE"), "From")).toContain("1002@");
  },
);
