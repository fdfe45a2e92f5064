// Options of a lease at work: times, routers, name servers, domain, the three ways to name a TFTP server.
import { expect } from "vitest";
import type { DhcpScope } from "#test/lab/dhcp-server.ts";
import type { LabSettings } from "#test/lab/settings.ts";
import { place } from "#test/lab/settings.ts";
import { openSettings, rows } from "./kit/menus.ts";
import { story } from "./kit/story.ts";

const scoped =
  (change: Partial<DhcpScope>) =>
  (settings: LabSettings): LabSettings => {
    const { dhcp } = settings;
    const voice = { ...dhcp.voice, scope: { ...dhcp.voice.scope, ...change } };
    return { ...settings, dhcp: { ...dhcp, voice } };
  };

story(
  "NET-008 mask, routers, name servers, domain and lease times of the options are the phone's",
  {
    needs: ["lab"],
    settings: scoped({
      routers: [place.router, "10.77.110.253"],
      dnsServers: [place.server, "10.77.110.9"],
      leaseSec: 7200,
      renewalSec: 600,
      rebindingSec: 1200,
    }),
  },
  async (rig) => {
    await rig.ready();
    expect(await rig.show("network")).toMatchObject({
      address: `${place.firstVoice}/24`,
      router: place.router,
      dhcp: { leaseSec: 7200, dnsServers: [place.server, "10.77.110.9"], domain: place.domain },
    });
    const bound = rig.saw({ by: "dhcp voice", what: "ack" })[0]?.atMs ?? 0;
    await rig.wait(605_000);
    const renewal = rig.saw({ by: "dhcp voice", what: "request", sinceMs: bound + 1000 })[0];
    const renewedAfterMs = (renewal?.atMs ?? 0) - bound;
    expect(renewedAfterMs).toBeGreaterThan(580_000); // a little earlier, not all phones at once (RFC 2131 §4.4.5)
    expect(renewedAfterMs).toBeLessThanOrEqual(600_000);
  },
);

const ways: readonly (readonly [string, Partial<DhcpScope>])[] = [
  ["option 150, two addresses", { tftpServers: [place.server, place.second] }],
  ["option 66 as an address", { tftpServers: [], tftpServerName: place.server }],
  ["option 66 as a name", { tftpServers: [], tftpServerName: "tftp.lab.example" }],
  ["siaddr", { tftpServers: [], nextServer: place.server }],
];
for (const [way, scope] of ways)
  story(`NET-008 the file server by ${way}`, { needs: ["lab"], settings: scoped(scope) }, async (rig) => {
    await rig.ready();
    expect(rig.saw({ by: `tftp ${place.server}`, what: "served" }).length).toBeGreaterThan(0);
  });

story(
  "NET-013 five name servers of the lease are kept; dyn_dns_addr takes their place for what is looked up",
  {
    needs: ["lab"],
    settings: scoped({
      dnsServers: ["10.77.110.91", "10.77.110.92", "10.77.110.93", "10.77.110.94", "10.77.110.95"],
    }),
    files: {
      "SIP001122334455.cnf": `line1_name: "1001"\nline1_password: "lab-1001"\nproxy1_address: "sip1.lab.example"\ndyn_dns_addr_1: "${place.server}"\n`,
    },
  },
  async (rig) => {
    await rig.ready(60_000);
    const { dhcp } = JSON.parse(await rig.drive.command("show network json"));
    expect(dhcp.dnsServers).toHaveLength(5);
    expect((await rig.line1())?.state).toBe("registered");
    expect(rig.saw({ what: "REGISTER" }).length).toBeGreaterThan(0);
  },
);

story("NET-020 network statistics have port 0 with what it negotiated", { needs: ["lab"] }, async (rig) => {
  await rig.ready();
  await openSettings(rig, "5", "2");
  const shown: string[] = [...(await rows(rig))];
  for (let n = 0; n < 6; n++) await rig.button("down");
  shown.push(...(await rows(rig)));
  expect(shown.join("\n")).toMatch(/Port 0 Full, 100/);
});
