// Settings typed on the phone before any file is there: Alternate TFTP, an address of one's own, the VLAN.
import { expect } from "vitest";
import type { DeskDrive } from "./kit/desk.ts";
import { story } from "./kit/story.ts";

/** Saves as the network menu does; a refused value fails the story. */
function save({ desk }: DeskDrive, values: Readonly<Record<string, string>>): void {
  const { phone } = desk();
  expect(phone.services.provisioning.type(values)).toBeUndefined();
  phone.order("reset");
}

story(
  "BOOT-039 START-007 Alternate TFTP: the typed server alone is asked, and an offer needs none",
  { needs: ["lab", "inside"] },
  async (rig, drive) => {
    await rig.ready();
    rig.lab.setFault("no-option-150");
    await rig.wait(1000);
    const sinceMs = rig.drive.now();
    save(drive, { alternate_tftp: "1", tftp_server: "10.77.110.2" });
    await rig.wait(1000);
    await rig.ready();
    expect(rig.saw({ by: "tftp 10.77.110.1", what: "read", sinceMs })).toEqual([]);
    expect(rig.saw({ by: "tftp 10.77.110.2", what: "served", sinceMs }).length).toBeGreaterThan(0);
    expect((await rig.line1())?.state).toBe("registered");
  },
);

story(
  "BOOT-039 NET-012 DHCP off: saving resets, the typed address is probed and used, nobody is asked for one",
  { needs: ["lab", "inside"] },
  async (rig, drive) => {
    await rig.ready();
    await rig.wait(1000);
    const sinceMs = rig.drive.now();
    save(drive, {
      dhcp_enabled: "0",
      ip_address: "10.77.110.99",
      subnet_mask: "255.255.255.0",
      default_router_1: "10.77.110.254",
      dns_server_1: "10.77.110.1",
      tftp_server: "10.77.110.1",
    });
    await rig.wait(1000);
    await rig.ready();
    expect(await rig.show("network")).toMatchObject({ address: "10.77.110.99/24", router: "10.77.110.254" });
    expect(rig.saw({ by: "dhcp voice", what: "discover", sinceMs })).toEqual([]);
    expect((await rig.line1())?.state).toBe("registered");
    await rig.drive.powerCycle();
    await rig.ready();
    expect(await rig.show("network")).toMatchObject({ address: "10.77.110.99/24" });
  },
);

story(
  "START-004 an Admin. VLAN Id counts where the switch names none, and is overridden where it names one",
  { needs: ["lab", "inside"], fault: "no-voice-vlan" },
  async (rig, drive) => {
    await rig.ready();
    save(drive, { admin_vlan_id: "110" });
    await rig.wait(4000);
    await rig.ready();
    expect((await rig.phase("vlan")).endedBy).toBe("typed: VLAN 110");
    expect(await rig.show("network")).toMatchObject({ vlan: 110, address: "10.77.110.20/24" });
    save(drive, { admin_vlan_id: "120" });
    rig.lab.setFault(undefined);
    await rig.wait(1000);
    await rig.ready(30_000);
    expect((await rig.phase("vlan")).endedBy).toBe("cdp: voice VLAN 110");
  },
);
