// The LLDP side of a switch port: MED only for those who speak it, and at once.
import { expect, test } from "vitest";
import { decodeLldpFrame, encodeLldpFrame, type LldpTlv } from "#firmware/lldp/messages.ts";
import { neighbourOf } from "#firmware/lldp/neighbour.ts";
import { createPort } from "#hal/sim/net/port.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { type LldpSettings, startLldpSpeaker } from "#test/lab/lldp-speaker.ts";
import { createLabLog } from "#test/lab/log.ts";
import { medSwitch } from "#test/lab/settings.ts";
import { createSwitch } from "#test/lab/switch.ts";
import { virtualClock } from "#test/unit/hal/sim-net-rig.ts";

const { signal } = new AbortController();

/** A phone's frame; MED where it says its class. */
function phoneFrame(ttlSec: number, deviceClass?: number): Uint8Array {
  const tlvs: LldpTlv[] = [
    { kind: "chassisId", subtype: 5, id: Uint8Array.of(1, 0, 0, 0, 0) },
    { kind: "portId", subtype: 3, id: Uint8Array.of(0, 0x11, 0x22, 0x33, 0x44, 0x55) },
    { kind: "timeToLive", seconds: ttlSec },
    { kind: "systemName", text: "SEP001122334455" },
  ];
  if (deviceClass !== undefined) tlvs.push({ kind: "medCapabilities", bits: 0x33, deviceClass });
  return encodeLldpFrame({ source: "00:11:22:33:44:55", tlvs });
}

function phoneBehindLldp(settings: LldpSettings | "silent" = medSwitch) {
  const clock = virtualClock();
  const network = createSwitch({ clock, random: createSeededRandom(1), mac: "00:11:22:33:44:80" });
  const port = network.attach({ name: "Fa0/1", vlans: { access: 1, voice: 110 } });
  const log = createLabLog(clock);
  const life = new AbortController();
  const tell = log.teller("switch");
  startLldpSpeaker({
    link: port.control,
    clock,
    settings: () => (settings === "silent" ? undefined : settings),
    tell,
    signal: life.signal,
  });
  const link = createPort({ name: "eth0", mac: "00:11:22:33:44:55", end: port.plug, clock, signal });
  const heard: string[] = [];
  link.listen(
    "lldp",
    ({ bytes, at }) => {
      const { isMed, voice, grantedMilliwatts } = neighbourOf(decodeLldpFrame(bytes));
      heard.push(
        isMed ? `${at} vlan ${voice?.vlanId} dscp ${voice?.dscp} ${grantedMilliwatts} mW` : `${at} plain`,
      );
    },
    { signal },
  );
  return { clock, port, link, heard, log, stop: () => life.abort() };
}

test("plain frames come every 30 s; a policy comes as soon as an endpoint speaks MED, and stays", async () => {
  const { clock, link, heard, log, stop } = phoneBehindLldp();
  await clock.advance(40_000);
  link.send(phoneFrame(120));
  await clock.advance(1000);
  link.send(phoneFrame(120, 3));
  link.send(phoneFrame(120, 3));
  await clock.advance(20_000);
  expect(heard).toEqual([
    "0 plain",
    "30000 plain",
    "41000 vlan 110 dscp 46 15400 mW",
    "60000 vlan 110 dscp 46 15400 mW",
  ]);
  expect(log.lines()).toHaveLength(3);
  stop();
  expect(clock.alarmCount).toBe(0);
});

test("who takes leave, or loses the link, is a new endpoint next time; a switch is none", async () => {
  const { clock, link, port, heard, log } = phoneBehindLldp();
  link.send(phoneFrame(120, 3));
  await clock.advance(10);
  link.send(phoneFrame(0, 3));
  await clock.advance(10);
  link.send(phoneFrame(120, 3));
  await clock.advance(10);
  port.cable.unplug();
  port.cable.plug();
  link.send(phoneFrame(120, 4));
  await clock.advance(10);
  expect(heard.map((line) => line.split(" ").slice(1, 3).join(" "))).toEqual([
    "plain",
    "vlan 110",
    "vlan 110",
    "plain",
  ]);
  expect(log.lines({ what: "lldp leave" })).toHaveLength(1);
});

test("no settings is silence, no policy is MED without one, and broken frames are told", async () => {
  const silent = phoneBehindLldp("silent");
  silent.link.send(phoneFrame(120, 3));
  await silent.clock.advance(90_000);
  expect(silent.heard).toEqual([]);
  const { clock, link, heard, log } = phoneBehindLldp({
    ...medSwitch,
    voice: undefined,
    grantedMilliwatts: undefined,
  });
  link.send(phoneFrame(120, 3));
  await clock.advance(0);
  expect(heard).toEqual(["0 plain", "0 vlan undefined dscp undefined undefined mW"]);
  link.send(phoneFrame(120, 3).subarray(0, 20));
  await clock.advance(0);
  expect(log.lines({ what: "lldp malformed" })).toHaveLength(1);
});
