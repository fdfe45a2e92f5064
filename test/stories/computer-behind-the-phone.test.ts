// A computer plugged into the phone: both on one cable, the computer untagged in its own network, the phone in the voice
// VLAN; neither hears of the other's, and what the computer says of VLANs is not believed.
import { expect } from "vitest";
import { encodeCdpFrame } from "#firmware/cdp/messages.ts";
import { splitTag, withTag } from "#hal/sim/net/ethernet.ts";
import { macAt } from "#hal/sim/net/octets.ts";
import { createStack, type Stack } from "#hal/sim/net/stack.ts";
import { textFile } from "#test/lab/files.ts";
import { sccpPhone } from "#test/lab/provisioning.ts";
import { place } from "#test/lab/settings.ts";
import type { DeskDrive } from "./kit/desk.ts";
import { type SentFrame, watchWire } from "./kit/frames.ts";
import { openSettings, rows } from "./kit/menus.ts";
import { story } from "./kit/story.ts";
import { site } from "./sccp/site.ts";

const computerMac = "00:11:22:33:66:01";
const phoneMac = "00:11:22:33:44:55";
const cdpMac = "01:00:0c:cc:cc:cc";
const address = "10.77.1.77";
const echo = { timeoutMs: 1000, sizeBytes: 56 };

/** Plugs a computer with an address of the data VLAN in; `heard` is everything that came out of the jack. */
function plugIn({ lab, desk }: DeskDrive): { computer: Stack; heard: readonly Uint8Array[] } {
  const { computer: cable } = desk().hal;
  const heard: Uint8Array[] = [];
  cable.b.received.subscribe((frame) => void heard.push(frame), { signal: lab.signal });
  const computer = createStack({
    name: "computer",
    mac: computerMac,
    end: cable.b,
    clock: lab.clock,
    random: lab.random,
    found: { address: { address, prefix: 24 }, router: place.dataRouter },
  });
  lab.signal.addEventListener("abort", () => computer.close(), { once: true });
  cable.plug();
  return { computer, heard };
}

/** What came back for one echo request. */
async function ping(drive: DeskDrive, from: Stack, to: string): Promise<string> {
  const asked = from.probe(to, echo);
  await drive.wait(echo.timeoutMs + 100);
  return (await asked).kind;
}

const from = (frames: readonly SentFrame[], mac: string): readonly SentFrame[] =>
  frames.filter(({ bytes }) => macAt(bytes, 6) === mac);
const tagsOf = (frames: readonly SentFrame[]): ReadonlySet<string> =>
  new Set(frames.map(({ tag }) => (tag === undefined ? "untagged" : `${tag.vlanId} ${tag.priority}`)));

story(
  "NET-002 a computer behind the phone goes untagged into its own network, the phone tagged and prioritised",
  { needs: ["lab", "inside", "echo"] },
  async (rig, drive) => {
    const { computer, heard } = plugIn(drive);
    const wire = watchWire(rig.lab);
    await rig.ready();
    expect(await ping(drive, computer, place.dataServer)).toBe("reply");
    await rig.lift();
    await rig.press("600");
    await rig.call("connected");
    await rig.wait(1000);
    expect(await ping(drive, computer, place.dataRouter)).toBe("reply");
    await rig.hangUp();
    expect([...tagsOf(from(wire.sent, computerMac))]).toEqual(["untagged"]);
    const ip = from(wire.sent, phoneMac).filter(({ etherType }) => etherType === 0x0800);
    const rtp = ip.filter(({ bytes }) => bytes[23] === 17 && (bytes[34] ?? 0) >= 0x40); // from 16384 on
    expect([...tagsOf(rtp)]).toEqual([`${place.voiceVlan} 5`]);
    expect([...tagsOf(ip)].toSorted()).toEqual([`${place.voiceVlan} 3`, `${place.voiceVlan} 5`]);
    expect(heard.every((frame) => splitTag(frame)?.tag === undefined)).toBe(true);
    expect(heard.some((frame) => [phoneMac, cdpMac].includes(macAt(frame, 0)))).toBe(false);
  },
);

story(
  "NET-002 what a computer says of VLANs moves nobody: its CDP and its tagged frames go nowhere",
  { needs: ["lab", "inside"] },
  async (rig, drive) => {
    const { computer } = plugIn(drive);
    await rig.ready();
    const wire = watchWire(rig.lab);
    const cable = drive.desk().hal.computer.b;
    cable.send(
      encodeCdpFrame(computerMac, {
        version: 2,
        ttlSec: 180,
        tlvs: [
          { kind: "deviceId", text: "computer" },
          { kind: "voiceVlan", entries: [{ appliance: 1, vlanId: 666 }] },
        ],
      }),
    );
    const forServer = new Uint8Array(60).fill(0xff, 0, 6);
    forServer.set([0x00, 0x11, 0x22, 0x33, 0x66, 0x01, 0x08, 0x06], 6);
    cable.send(withTag(forServer, { vlanId: place.voiceVlan, priority: 7 }));
    await rig.wait(5000);
    expect(from(wire.sent, computerMac)).toEqual([]);
    expect((await rig.show("network")).vlan).toBe(place.voiceVlan);
    cable.send(withTag(forServer, { vlanId: 0, priority: 7 })); // a marking alone is no VLAN: it crosses, unmarked
    expect(await ping(drive, computer, place.dataServer)).toBe("reply");
    expect([...tagsOf(from(wire.sent, computerMac))]).toEqual(["untagged"]);
  },
);

const withoutPort = sccpPhone.replace(
  "</device>",
  "<vendorConfig><pcPort>1</pcPort></vendorConfig></device>",
);

story(
  "NET-002 NET-020 the menu shows what the computer's port negotiated; a configuration switches it off",
  { needs: ["lab", "inside"], profile: "cisco-sccp", settings: site() },
  async (rig, drive) => {
    const { computer } = plugIn(drive);
    await rig.ready();
    const statistics = async (): Promise<string> => {
      await openSettings(rig, "5", "2");
      const shown = [...(await rows(rig))];
      for (let n = 0; n < 6; n++) await rig.button("down");
      shown.push(...(await rows(rig)));
      await rig.button("settings");
      return shown.join("\n");
    };
    expect(await statistics()).toMatch(/Port 0 Full, 100.*Port 1 Full, 100/s);
    rig.lab.files.set("SEP001122334455.cnf.xml", textFile(withoutPort));
    await rig.drive.command("reset");
    await rig.wait(1000);
    await rig.ready();
    expect(await statistics()).toMatch(/Port 0 Full, 100.*Port 1 Link Down/is);
    expect(await ping(drive, computer, place.dataServer)).toBe("silent");
  },
);
