// Nobody renews the lease and it runs out in a call: the address is dropped there and then, and the search begins anew.
import { expect } from "vitest";
import { watchWire } from "./kit/frames.ts";
import { story } from "./kit/story.ts";

story(
  "BOOT-036 NET-011 the lease expires in a call: no packet of the old address any more, DISCOVER until somebody answers",
  { needs: ["lab", "echo"], fault: "dhcp-dies" },
  async (rig) => {
    const wire = watchWire(rig.lab);
    await rig.ready();
    const bound = rig.saw({ by: "dhcp voice", what: "ack" })[0]?.atMs ?? 0;
    await rig.lift();
    await rig.press("600");
    await rig.call("connected", 20_000);
    const own = String((await rig.show("network")).address).split("/")[0];
    await rig.until("the address is gone", async () => (await rig.show("network")).address === null, 130_000);
    const goneMs = rig.drive.now();
    expect(goneMs - bound).toBeGreaterThan(118_000);
    expect(goneMs - bound).toBeLessThan(123_000);
    await rig.trouble("dhcp-lease-expired");
    await rig.wait(70_000);
    const late = wire.ip(17).filter(({ atMs }) => atMs > goneMs + 1000);
    const senders = new Set(late.map(({ bytes }) => bytes.subarray(26, 30).join(".")));
    expect(senders).toEqual(new Set(["0.0.0.0"]));
    expect(String(own)).toMatch(/^10\.77\.110\./);
    expect(late.length).toBeGreaterThan(2);
    expect((await rig.show("boot")).phase).toBe("ip");
    await rig.hangUp();
    rig.lab.setFault(undefined);
    rig.lab.change((s) => ({
      ...s,
      later: undefined,
      dhcp: { ...s.dhcp, voice: { ...s.dhcp.voice, play: { kind: "good" } } },
    }));
    await rig.ready(120_000);
    expect((await rig.line1())?.state).toBe("registered");
  },
);
