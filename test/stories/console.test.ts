// The whole command line against a phone at work: every keyword of `show`, tables and counters that can be emptied, names,
// echo requests and hops, traces, register and reset (reference cisco-7960-sip section 8).
import { expect } from "vitest";
import { showNames } from "#firmware/console/port.ts";
import type { Rig } from "./kit/rig.ts";
import { story } from "./kit/story.ts";

const json = async (rig: Rig, line: string) => JSON.parse(await rig.drive.command(`${line} json`));
const server = "10.77.110.1";

story("CLI-022 every keyword of show answers, in text and as JSON", { needs: ["lab"] }, async (rig) => {
  await rig.ready();
  for (const name of showNames) {
    expect((await rig.drive.command(`show ${name}`)).length, name).toBeGreaterThan(0);
    expect(await json(rig, `show ${name}`), name).toBeDefined();
  }
});

story(
  "CLI-033 CLI-035 CLI-036 show register, network and status tell server, VLAN, addresses and what was not found",
  { needs: ["lab"] },
  async (rig) => {
    await rig.ready();
    expect(await json(rig, "show register")).toMatchObject({
      lines: [{ line: 1, state: "registered", server: `${server}:5060`, user: "1001" }],
    });
    expect(await json(rig, "show network")).toMatchObject({
      vlan: 110,
      address: "10.77.110.20/24",
      router: "10.77.110.254",
      link: { isUp: true, speedMbps: 100 },
      dhcp: { server, tftpServers: [server, "10.77.110.2"] },
    });
    expect(await rig.drive.command("show status")).toMatch(/file-not-found.*RINGLIST\.DAT/);
  },
);

story(
  "CLI-009 CLI-038 tables and counters are shown, and clear empties them",
  { needs: ["lab"] },
  async (rig) => {
    await rig.ready();
    expect(await json(rig, "show arp")).toEqual([{ address: server, mac: "00:11:22:33:44:01" }]);
    await rig.drive.command("clear arp");
    expect(await json(rig, "show arp")).toEqual([]);
    const before = await json(rig, "show ip");
    expect(before.OutRequests).toBeGreaterThan(5);
    await rig.drive.command("clear ip");
    expect((await json(rig, "show ip")).OutRequests).toBe(0);
    expect((await json(rig, "show ethernet")).sentFrames).toBeGreaterThan(10);
    await rig.drive.command("clear ethernet");
    expect((await json(rig, "show ethernet")).sentFrames).toBe(0);
    await rig.drive.command("clear tcp-stats");
    expect((await json(rig, "show tcp")).OutSegs).toBe(0);
    await rig.drive.command("clear malloctable");
    await rig.drive.command("clear mem-fail");
  },
);

/** A command that waits for the network, while time passes. */
async function passing(rig: Rig, line: string): Promise<string> {
  const answer = rig.drive.command(line).then(
    (text) => ({ text }),
    (error: unknown) => ({ error }),
  );
  await rig.wait(20_000);
  const result = await answer;
  if ("error" in result) throw result.error;
  return result.text;
}

story(
  "CLI-019 CLI-028 NET-018 ping counts answers, traceroute names the router on the way",
  { needs: ["lab"] },
  async (rig) => {
    await rig.ready();
    expect(await passing(rig, `ping ${server} 3 1480 1`)).toMatch(/3 of 3 answered/);
    expect(await passing(rig, `ping ${server}`)).toMatch(/5 of 5 answered/);
    await expect(passing(rig, "ping 10.77.110.77 2 100 1")).rejects.toThrow(/no answer/);
    await expect(passing(rig, `ping ${server} 1 1481`)).rejects.toThrow(/1480/);
    expect(await passing(rig, `traceroute ${server}`)).toMatch(/^ 1 {2}10\.77\.110\.1 /);
    const far = await passing(rig, "traceroute 10.77.1.1");
    expect(far).toMatch(/^ 1 {2}10\.77\.110\.254 [^\n]*\n 2 {2}10\.77\.1\.1 /);
    expect(await passing(rig, "traceroute 10.77.1.1 1")).not.toContain("10.77.1.1 ");
  },
);

story(
  "CLI-016 NET-014 dns prints and clears what was looked up, sets and adds servers",
  {
    needs: ["lab"],
    settings: (settings) => ({ ...settings, dhcp: { ...settings.dhcp } }),
    fault: "option-66-name",
  },
  async (rig) => {
    await rig.ready();
    const first = await rig.drive.command("dns -p");
    expect(first).toContain(server);
    expect(first).toMatch(/tftp/);
    await rig.drive.command("dns -c");
    expect(await rig.drive.command("dns -p")).not.toMatch(/tftp/);
    await rig.drive.command("dns -a 10.77.110.9");
    await rig.drive.command("dns -i 10.77.110.8");
    expect(await rig.drive.command("dns -p")).toMatch(/10\.77\.110\.8/);
    expect(await rig.drive.command("dns -p")).toMatch(/10\.77\.110\.9/);
    for (const last of [3, 4, 5]) await rig.drive.command(`dns -a 10.77.110.${last}`);
    await expect(rig.drive.command("dns -a 10.77.110.6")).rejects.toThrow(/5 servers/);
  },
);

story(
  "CLI-011 CLI-013 CLI-037 debug shows packets without their secrets, show debug the traces that are on",
  { needs: ["lab"] },
  async (rig) => {
    await rig.drive.command("debug sip-messages arp tftp dhcp sntp-packet cdp");
    expect(await json(rig, "show debug")).toEqual([
      "arp",
      "cdp",
      "dhcp",
      "sip-messages",
      "sntp-packet",
      "tftp",
    ]);
    await rig.ready();
    const lines: { area: string; text: string }[] = await json(rig, "show log");
    const of = (area: string): string =>
      lines
        .filter((line) => line.area === area)
        .map(({ text }) => text)
        .join("\n");
    expect(of("sip-messages")).toMatch(/REGISTER sip:10\.77\.110\.1 SIP\/2\.0/);
    expect(of("sip-messages")).toMatch(/response="x+"/);
    expect(of("sip-messages")).not.toMatch(/response="[0-9a-f]/);
    expect(of("arp")).toMatch(/who has 10\.77\.110\.1, says 10\.77\.110\.20/);
    expect(of("tftp")).toMatch(/RRQ SIPDefault\.cnf/);
    expect(of("sntp-packet")).toMatch(/10\.77\.110\.1:123 48 bytes/);
    await rig.drive.command("undebug all");
    expect(await json(rig, "show debug")).toEqual([]);
  },
);

story(
  "CLI-020 CLI-030 CLI-042 register, undebug and timers act on the phone at work",
  { needs: ["lab"] },
  async (rig) => {
    await rig.ready();
    await rig.drive.command("register 0 1");
    await rig.until(
      "the line to be gone",
      async () => (await rig.show("register")).lines[0]?.state !== "registered",
    );
    await rig.drive.command("register 1 1");
    await rig.until(
      "the line to be back",
      async () => (await rig.show("register")).lines[0]?.state === "registered",
    );
    const { timers } = await json(rig, "show timers");
    expect(timers).toEqual(expect.arrayContaining([expect.objectContaining({ area: "dhcp" })]));
    await rig.drive.command("debug dhcp cc");
    await rig.drive.command("undebug cc");
    expect(await json(rig, "show debug")).toEqual(["dhcp"]);
  },
);

story(
  "CLI-021 CLI-017 reset begins again; erase protflash first forgets what was set here",
  { needs: ["lab", "flash"] },
  async (rig) => {
    await rig.ready();
    await rig.drive.command("reset");
    await rig.until("the boot to begin again", async () => (await rig.show("boot")).phase !== "run");
    await rig.ready();
    await rig.drive.command("dnd_control: 1");
    const config = await json(rig, "show config");
    expect(config.dnd_control).toBe("1");
    await rig.drive.command("erase protflash");
    await rig.until("the boot to begin again", async () => (await rig.show("boot")).phase !== "run");
    await rig.ready();
    expect((await json(rig, "show config")).dnd_control).not.toBe("1");
  },
);

story(
  "CLI-039 CLI-040 CLI-041 show rtp, dspstate and the call machines follow a call",
  { needs: ["lab", "echo"] },
  async (rig) => {
    await rig.ready();
    expect(await json(rig, "show dspstate")).toMatchObject({ streams: [] });
    await rig.lift();
    await rig.press("600");
    await rig.call("connected", 20_000);
    await rig.wait(7000);
    const { streams } = await json(rig, "show rtp");
    expect(streams[0]).toMatchObject({ codec: "PCMU", lost: 0 });
    expect(streams[0].jitterMs).toBeGreaterThanOrEqual(0);
    expect(await json(rig, "show dspstate")).toMatchObject({
      streams: [{ sends: "PCMU", direction: "sendrecv" }],
    });
    expect((await json(rig, "show lsm"))[0]).toMatchObject({ line: 1, calls: 1 });
    expect(await json(rig, "show fsmdef")).toMatchObject([{ number: "600", state: "connected" }]);
    expect(await json(rig, "show gsm")).toMatchObject({ control: "local", calls: 1 });
    expect(await json(rig, "show fsmcnf")).toEqual([]);
    expect((await json(rig, "show fim")).selected).not.toBeNull();
  },
);

story(
  "CLI-043 CLI-044 show flash tells the images and what is kept, show dump and malloctable what the old phone's did",
  { needs: ["lab", "flash"] },
  async (rig) => {
    await rig.ready();
    const flash = await json(rig, "show flash");
    expect(flash.images).toMatchObject([{ isRunning: true }]);
    expect(flash.shelves.find(({ shelf }: { shelf: string }) => shelf === "config").bytes).toBeGreaterThan(0);
    expect(await json(rig, "show dump")).toEqual({
      crashesInARow: 0,
      reason: null,
      version: null,
      stack: [],
      log: [],
    });
    expect((await json(rig, "show malloctable")).heapUsedKb).toBeGreaterThan(100);
    expect(await json(rig, "show personaldir")).toEqual([]);
  },
);
