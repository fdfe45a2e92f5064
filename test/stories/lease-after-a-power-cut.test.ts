// The lease of the last run is asked for again, where that may be; the server has the last word, and ARP before it.
import { expect } from "vitest";
import { optionOf } from "#firmware/dhcp/options.ts";
import { place } from "#test/lab/settings.ts";
import { type Wire, watchWire } from "./kit/frames.ts";
import type { Rig } from "./kit/rig.ts";
import { story } from "./kit/story.ts";

/** DHCP messages that left since then: type, transaction id, the address asked for. */
function asked(wire: Wire, sinceMs: number) {
  return wire
    .dhcp()
    .filter(({ atMs }) => atMs >= sinceMs)
    .map(({ message }) => ({
      type: optionOf(message.options, "messageType")?.type,
      id: message.transactionId,
      wanted: optionOf(message.options, "requestedAddress")?.address,
      server: optionOf(message.options, "serverId")?.address,
    }));
}

/** Booted, power off and on, booted again; what it asked for the second time. */
async function twice(rig: Rig, between: () => void = () => {}) {
  const wire = watchWire(rig.lab);
  await rig.ready();
  const first = asked(wire, 0);
  between();
  const sinceMs = rig.drive.now();
  await rig.drive.powerCycle();
  await rig.ready(60_000);
  const probes = wire
    .arp()
    .filter(({ atMs, packet }) => atMs >= sinceMs && packet.senderAddress === "0.0.0.0");
  return { first, second: asked(wire, sinceMs), probed: probes.map(({ packet }) => packet.targetAddress) };
}

story(
  "BOOT-033 same VLAN, lease not over: one REQUEST with a new transaction id, probed after its ACK too",
  { needs: ["lab", "flash"] },
  async (rig) => {
    const { first, second, probed } = await twice(rig);
    expect(first.map(({ type }) => type)).toEqual(["discover", "request"]);
    // RFC 2131 §4.3.2: INIT-REBOOT names the address and no server
    expect(second).toMatchObject([{ type: "request", wanted: place.firstVoice, server: undefined }]);
    expect(first.map(({ id }) => id)).not.toContain(second[0]?.id);
    expect(probed).toContain(place.firstVoice);
    expect((await rig.show("network")).address).toBe(`${place.firstVoice}/24`);
  },
);

story(
  "BOOT-033 another voice VLAN: the kept lease is not asked for, the search begins anew",
  { needs: ["lab", "flash"] },
  async (rig) => {
    const { second } = await twice(rig, () => {
      rig.lab.flapLink(300); // it hears of the change when it has power again
      rig.lab.change((s) => ({
        ...s,
        cdp: { ...s.cdp, voices: [{ deviceId: "lab-switch", voiceVlan: 4095 }] },
      }));
    });
    expect(second[0]).toMatchObject({ type: "discover" });
    expect((await rig.show("network")).address).toBe(`${place.firstData}/24`);
  },
);

story(
  "BOOT-033 NAK to INIT-REBOOT: INIT, with another transaction id, and an address all the same",
  { needs: ["lab", "flash"] },
  async (rig) => {
    const { second } = await twice(rig, () => rig.lab.setFault("dhcp-nak"));
    expect(second.map(({ type }) => type)).toEqual(["request", "discover", "request"]);
    expect(second[1]?.id).not.toBe(second[0]?.id);
    expect((await rig.line1())?.state).toBe("registered");
  },
);

story(
  "BOOT-033 somebody took the kept address meanwhile: the probe after the ACK finds it, DECLINE, another one",
  { needs: ["lab", "flash"] },
  async (rig) => {
    const { second, probed } = await twice(rig, () => rig.lab.setFault("address-conflict"));
    expect(second.slice(0, 3).map(({ type }) => type)).toEqual(["request", "decline", "discover"]);
    expect(probed).toContain(place.firstVoice);
    expect((await rig.show("network")).address).not.toBe(`${place.firstVoice}/24`);
  },
);
