// The only call manager goes away and comes back: the phone is in again by itself, and says meanwhile what is wrong.
import { expect } from "vitest";
import { story } from "#test/stories/kit/story.ts";
import { hearsEcho, idle, manager, serverOf, servers, setServers, site } from "./site.ts";

for (const [name, play] of servers)
  story(
    `${name}: a server that is started anew has the phone again without a hand`,
    { needs: ["lab", "sound"], settings: site(play) },
    async (rig) => {
      await rig.ready();
      setServers(rig, { second: "stopped", third: "stopped" });
      await rig.wait(1000);
      setServers(rig, { first: "stopped" });
      await rig.until("the loss is told", async () => (await rig.show("boot")).phase !== "run", 30_000);
      await rig.wait(20_000);
      setServers(rig, { first: "up" });
      await rig.until("registered", async () => (await serverOf(rig)) === "10.77.110.1:2000", 180_000);
      await rig.lift();
      await rig.press("600");
      await rig.call("connected");
      await hearsEcho(rig);
      await rig.hangUp();
      await idle(rig);
    },
  );

story(
  "SCCP-061 a restart ordered in a call waits for its end",
  { needs: ["lab", "sound"], settings: site() },
  async (rig) => {
    await rig.ready();
    await rig.lift();
    await rig.press("600");
    await rig.call("connected");
    const registrations = () => rig.lab.log.entries.filter(({ what }) => what === "registered").length;
    expect(registrations()).toBe(1);
    manager(rig).reset("SEP001122334455", 2);
    await rig.wait(20_000);
    await hearsEcho(rig);
    expect(registrations()).toBe(1);
    await rig.hangUp();
    await rig.until(
      "registered again",
      async () => registrations() === 2 && (await serverOf(rig)) !== null,
      60_000,
    );
    const { heard } = manager(rig).only();
    expect(heard.find(({ kind }) => kind === "alarm")).toMatchObject({
      text: expect.stringContaining("Last=Reset-Restart"),
    });
  },
);

for (const [type, phases] of [
  [1, "from the VLAN on"],
  [3, "its files alone"],
] as const)
  story(
    `an ordered ${type === 1 ? "reset" : "apply-configuration"} begins ${phases}`,
    { needs: ["lab"], settings: site() },
    async (rig) => {
      await rig.ready();
      const reads = () =>
        rig.lab.log.entries.filter(({ what, by }) => what === "read" && by.startsWith("tftp")).length;
      const leases = () => rig.lab.log.entries.filter(({ by }) => by.startsWith("dhcp")).length;
      const before = { reads: reads(), leases: leases() };
      manager(rig).reset("SEP001122334455", type);
      await rig.wait(100);
      await rig.until(
        "in again",
        async () => reads() > before.reads && (await serverOf(rig)) !== null,
        60_000,
      );
      expect(leases() > before.leases).toBe(type === 1);
    },
  );
