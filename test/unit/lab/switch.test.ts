// The lab's switch: VLANs, learning, tags, and the CDP side of its ports.
import { expect, test } from "vitest";
import { type CdpPacket, decodeCdpFrame, encodeCdpFrame } from "#firmware/cdp/messages.ts";
import { neighbourOf } from "#firmware/cdp/neighbour.ts";
import { createPort } from "#hal/sim/net/port.ts";
import { createStack } from "#hal/sim/net/stack.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { createCapture } from "#test/lab/capture.ts";
import { type CdpSettings, startCdpSpeaker } from "#test/lab/cdp-speaker.ts";
import { createHost, type Host } from "#test/lab/host.ts";
import { createLabLog } from "#test/lab/log.ts";
import { createSwitch } from "#test/lab/switch.ts";
import { collect, virtualClock } from "#test/unit/hal/sim-net-rig.ts";
import { vector } from "#test/vectors/load.ts";

const { signal } = new AbortController();

function world(seed = 1) {
  const clock = virtualClock();
  const random = createSeededRandom(seed);
  const network = createSwitch({ clock, random, mac: "00:11:22:33:44:80" });
  let hosts = 0;
  const host = (name: string, vlan: number, address: string): Host =>
    createHost(
      { name, mac: `00:11:22:33:44:0${++hosts}`, vlan, address, prefix: 24 },
      { network, clock, random },
    );
  return { clock, random, network, host };
}

test("hosts reach each other in their VLAN and nobody in another", async () => {
  const { clock, host } = world();
  const a = host("a", 1, "10.77.1.1");
  const b = host("b", 1, "10.77.1.2");
  const c = host("c", 110, "10.77.1.3");
  expect(await a.stack.ping(b.address, { timeoutMs: 10 })).toBe(0);
  const lost = expect(a.stack.ping(c.address, { timeoutMs: 10 })).rejects.toMatchObject({ code: "timeout" });
  await clock.advance(10);
  await lost;
});

test("a learnt address is not flooded, an unknown one is, and a link going down forgets", async () => {
  const { clock, host, network } = world();
  const a = host("a", 1, "10.77.1.1");
  const b = host("b", 1, "10.77.1.2");
  const c = host("c", 1, "10.77.1.3");
  const overheard = collect(c.port.plug.received);
  await a.stack.ping(b.address, { timeoutMs: 10 });
  expect(overheard).toHaveLength(1); // the ARP request
  expect(network.learned(1, "00:11:22:33:44:02")).toBe("b");
  b.port.cable.unplug();
  b.port.cable.plug();
  expect(network.learned(1, "00:11:22:33:44:02")).toBeUndefined();
  const again = a.stack.ping(b.address, { timeoutMs: 10 });
  await clock.advance(0);
  await again;
  expect(overheard.length).toBeGreaterThan(1);
  await clock.advance(300_001);
  expect(network.learned(1, "00:11:22:33:44:02")).toBeUndefined();
});

test("a phone's port carries data untagged and voice tagged, and drops tags it does not know", async () => {
  const { clock, random, network, host } = world();
  const server = host("server", 110, "10.77.110.1");
  const desk = host("desk", 1, "10.77.1.1");
  const port = network.attach({ name: "phone", vlans: { access: 1, voice: 110 } });
  const stack = createStack({
    name: "phone",
    mac: "00:11:22:33:44:55",
    end: port.plug,
    clock,
    random,
    found: { vlan: { vlanId: 110, priority: 5 }, address: { address: "10.77.110.20", prefix: 24 } },
  });
  expect(await stack.ping(server.address, { timeoutMs: 10 })).toBe(0);
  const link = createPort({ name: "raw", mac: "00:11:22:33:44:55", end: port.plug, clock, signal });
  const tags: unknown[] = [];
  link.listen("all", ({ tag, isOwn }) => isOwn || tags.push(tag?.vlanId), { signal });
  server.stack.announce();
  desk.stack.announce();
  await clock.advance(0);
  expect(tags).toEqual([110, undefined]);
  link.send(new Uint8Array(60).fill(0xff), { vlanId: 999, priority: 0 });
  await clock.advance(0);
  expect(network.droppedFrames).toBe(1);
});

const query: CdpPacket = {
  version: 2,
  ttlSec: 180,
  tlvs: [
    { kind: "deviceId", text: "SEP001122334455" },
    { kind: "voiceVlanQuery", appliance: 0x20, value: Uint8Array.of(2, 0, 1) },
    { kind: "powerRequested", requestId: 1, managementId: 1, milliwatts: [6300] },
  ],
};

function phoneBehindCdp(settings: () => CdpSettings) {
  const { clock, network } = world();
  const log = createLabLog(clock);
  const port = network.attach({ name: "Fa0/1", vlans: { access: 1, voice: 110 } });
  const life = new AbortController();
  startCdpSpeaker({ link: port.control, clock, settings, tell: log.teller("switch"), signal: life.signal });
  const link = createPort({ name: "eth0", mac: "00:11:22:33:44:55", end: port.plug, clock, signal });
  const heard: string[] = [];
  link.listen(
    "cdp",
    ({ bytes, at }) => {
      const frame = decodeCdpFrame(bytes);
      if (frame.kind !== "cdp") return;
      const { voiceVlan, power } = neighbourOf(frame.source, frame.packet);
      const vlan = voiceVlan.kind === "vlan" ? voiceVlan.vlanId : voiceVlan.kind;
      heard.push(`${at} ${vlan} ${power?.requestId ?? "-"}:${power?.availableMilliwatts ?? "-"}`);
    },
    { signal },
  );
  return { clock, port, link, heard, log, stop: () => life.abort() };
}

const voices = [{ deviceId: "sw1", voiceVlan: 110 }];

test("the switch speaks every 60 s, and at once when asked; power is granted with the request's number", async () => {
  const settings = { voices, nativeVlan: 1, availableMilliwatts: 15_400 };
  const { clock, link, heard, log, stop } = phoneBehindCdp(() => settings);
  await clock.advance(1000);
  link.send(encodeCdpFrame(link.mac, query));
  await clock.advance(119_000);
  expect(heard).toEqual(["0 110 0:15400", "1000 110 1:6300", "60000 110 1:6300", "120000 110 1:6300"]);
  expect(log.lines()).toEqual(["switch cdp query Fa0/1 SEP001122334455"]);
  stop();
  expect(clock.alarmCount).toBe(0);
});

test("two voices answer one after the other, none is silent, and a voice may have no voice VLAN", async () => {
  let present: CdpSettings = {
    voices: [...voices, { deviceId: "sw2", voiceVlan: 120 }],
    nativeVlan: 1,
    availableMilliwatts: undefined,
  };
  const { clock, link, heard } = phoneBehindCdp(() => present);
  await clock.advance(0);
  expect(heard).toEqual(["0 110 -:-", "0 120 -:-"]);
  present = { ...present, voices: [] };
  link.send(encodeCdpFrame(link.mac, query));
  await clock.advance(0);
  expect(heard).toHaveLength(2);
  present = { ...present, voices: [{ deviceId: "sw1", voiceVlan: undefined }] };
  link.send(encodeCdpFrame(link.mac, query));
  await clock.advance(0);
  expect(heard[2]).toBe("0 none -:-");
});

test("a new link begins with a frame and an empty power table; broken CDP is told and ignored", async () => {
  const settings = { voices, nativeVlan: 1, availableMilliwatts: 15_400 };
  const { clock, link, port, heard, log } = phoneBehindCdp(() => settings);
  link.send(encodeCdpFrame(link.mac, query));
  await clock.advance(10);
  port.cable.unplug();
  await clock.advance(120_000);
  heard.length = 0;
  port.cable.plug();
  const broken = encodeCdpFrame(link.mac, query);
  broken[24] = (broken[24] ?? 0) ^ 1;
  link.send(broken);
  await clock.advance(0);
  expect(heard).toEqual(["120010 110 0:15400"]);
  expect(log.lines({ what: "cdp malformed" })).toHaveLength(1);
});

test("the same seed gives the same capture, byte for byte", async () => {
  const run = async (seed: number): Promise<Uint8Array> => {
    const { clock, network, host } = world(seed);
    const a = host("a", 1, "10.77.1.1");
    const b = host("b", 1, "10.77.1.2");
    const capture = createCapture(clock);
    capture.add("b", b.port.inside);
    b.port.cable.impair({ lossPct: 30, jitterMs: 5, duplicatePct: 20, reorderPct: 10 });
    for (let n = 0; n < 20; n++) {
      void a.stack.ping(b.address, { timeoutMs: 1000 }).catch(() => undefined); // lost ones do not matter here
      await clock.advance(100);
    }
    network.close();
    return capture.bytes();
  };
  const first = await run(1);
  expect(first.length).toBeGreaterThan(1000);
  expect(await run(1)).toEqual(first);
  expect(await run(2)).not.toEqual(first);
});

test("a capture is a pcapng file: these bytes were read by tshark without complaint", async () => {
  const { clock, network } = world();
  const port = network.attach({ name: "Fa0/1", vlans: { access: 1 } });
  const capture = createCapture(clock);
  capture.add("Fa0/1", port.inside);
  await clock.advance(1500.25);
  port.plug.send(vector("net", "arp-request-linux").bytes);
  await clock.advance(0);
  port.inside.send(vector("net", "arp-reply-linux").bytes);
  capture.stop();
  port.inside.send(vector("net", "arp-reply-linux").bytes);
  expect(capture.frameCount).toBe(2);
  expect(capture.bytes()).toEqual(vector("pcapng", "arp-two-directions").bytes);
});
