// `node test/fuzz/evil-hour.ts --minutes 60 --seed 1`: a whole phone on the desk tier whose switch, DHCP and TFTP servers are
// evil. Every frame that goes to the phone may be followed by a spoilt copy of it with sums that hold; frames of CDP, LLDP
// and DHCP come unasked; once a minute something else is wrong with the network, and every other minute the phone starts
// anew in the midst of it. Run it with Node's `--permission --allow-addons --allow-fs-read=*`: whoever starts a program or
// writes a file then ends the run. Prints one JSON line; exit code 1 for an error nobody handled, settings that changed, a
// phone that waits without a word, or one that does not come back.
import { parseArgs } from "node:util";
import { decodeUdpFrame, encodeUdpFrame } from "#firmware/dhcp/datagram.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { createFlash, type SimFlash } from "#hal/sim/storage.ts";
import { openDeskPhone } from "#test/lab/desk-phone.ts";
import { type FaultName, faults } from "#test/lab/faults.ts";
import { createLab, type Lab } from "#test/lab/lab.ts";
import { defaultSettings } from "#test/lab/settings.ts";
import { repairedCdp } from "./cdp.ts";
import { mutate } from "./mutate.ts";
import { targets } from "./targets.ts";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "60" }, seed: { type: "string", default: "1" } },
});
const minuteMs = 60_000;
/** After the evil ends, and again after a restart; the longest pause of any client is half of this (DHCP's, registration's). */
const backWithinMs = 10 * minuteMs;
/** A phase that takes longer has said why (reference boot 0: every state has a bound). */
const wordlessMostSec = 45;
/** Between unasked frames. */
const noiseEveryMs = 100;

/** Faults that change what the handset keeps, or its parts, by themselves. */
const ownFault = /^(storage|part|crashed|only-kept)/;

/** Tagged or not: the tag, and the frame without it. */
function split(frame: Uint8Array): { readonly tag: Uint8Array; readonly bytes: Uint8Array } {
  if (frame[12] !== 0x81 || frame[13] !== 0) return { tag: new Uint8Array(), bytes: frame };
  return {
    tag: frame.slice(12, 16),
    bytes: Uint8Array.from([...frame.subarray(0, 12), ...frame.subarray(16)]),
  };
}

const retagged = (tag: Uint8Array, bytes: Uint8Array): Uint8Array =>
  Uint8Array.from([...bytes.subarray(0, 12), ...tag, ...bytes.subarray(12)]);

/** A copy with another payload whose lengths and sums hold, so that it reaches what is behind them. */
function spoilt(frame: Uint8Array, spoil: (bytes: Uint8Array) => Uint8Array): Uint8Array | undefined {
  const { tag, bytes } = split(frame);
  const isUdp = bytes[12] === 8 && bytes[13] === 0 && bytes[23] === 17;
  if (!isUdp) return spoil(frame);
  const udp = decodeUdpFrame(bytes);
  const payload = spoil(udp.payload).subarray(0, 1472);
  return retagged(tag, encodeUdpFrame({ ...udp, payload }));
}

/** The evil: what it sent is counted. */
function bedevil(lab: Lab, seed: number): { readonly count: () => number; stop(): void } {
  const random = createSeededRandom(seed);
  const life = new AbortController();
  const { signal } = life;
  const { inside } = lab.phone;
  const chance = (one: number): boolean => random.u32() % one === 0;
  let count = 0;
  let isOurs = false;
  const send = (frame: Uint8Array | undefined): void => {
    if (frame === undefined || frame.length < 14 || frame.length > 1518) return;
    count++;
    isOurs = true;
    inside.send(frame);
    isOurs = false;
  };
  inside.sent.subscribe(
    (frame) => {
      if (!isOurs && chance(3)) send(spoilt(Uint8Array.from(frame), (bytes) => mutate([bytes], random)));
    },
    { signal },
  );
  const seedsOf = (name: string): readonly Uint8Array[] =>
    targets.find((one) => one.name === name)?.seeds ?? [];
  const kinds = [
    () => repairedCdp(mutate(seedsOf("cdp-tlvs"), random)),
    () => mutate(seedsOf("lldp-frame"), random),
    () => mutate(seedsOf("dhcp-frame"), random),
    () => mutate(seedsOf("arp"), random),
  ];
  const tick = (): void => {
    send(kinds[random.u32() % kinds.length]?.());
    alarm = lab.clock.alarm((lab.clock.now() + noiseEveryMs) as ReturnType<typeof lab.clock.now>, tick); // a span later
  };
  let alarm = lab.clock.alarm(lab.clock.now(), tick);
  return {
    count: () => count,
    stop() {
      alarm.cancel();
      life.abort();
    },
  };
}

/** Everything a person typed or a good file gave, as one text. */
function kept(flash: SimFlash, shelf: "settings" | "pin" | "directory"): string {
  const values = [...(flash.shelves.get(shelf) ?? [])].map(
    ([key, bytes]) => `${key}=${Buffer.from(bytes).toString("hex")}`,
  );
  return values.sort().join("\n");
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function main(): Promise<number> {
  const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
  const clock = new VirtualClock({ settle });
  const flash = createFlash();
  const fatal: string[] = [];
  const lab = await createLab({ clock, random: createSeededRandom(seed + 1), settings: defaultSettings });
  const desk = await openDeskPhone({
    clock,
    random: createSeededRandom(seed),
    port: lab.phone,
    flash,
    fatal: (area, error) => fatal.push(`${area}: ${error instanceof Error ? error.stack : String(error)}`),
  });
  const { phone } = desk;
  const phase = (): string => phone.boot.view().phase;
  await clock.runUntil("registered", () => phase() === "run", minuteMs);
  phone.services.provisioning.type({ admin_vlan_id: "110", phone_label: "mine" });
  await clock.advance(5000);
  const before = kept(flash, "settings");
  const findings: string[] = [];
  const evil = bedevil(lab, seed + 2);
  const names = (Object.keys(faults) as FaultName[]).filter((name) => !ownFault.test(name)); // the table's own names
  const random = createSeededRandom(seed + 3);
  let busiest = 0;
  let registeredMinutes = 0;
  let wordlessSec = 0;
  let restarts = 0;
  for (let minute = 0; minute < minutes; minute++) {
    lab.setFault(names[random.u32() % names.length]);
    if (random.u32() % 2 === 0) {
      phone.order(random.u32() % 2 === 0 ? "restart" : "reset");
      restarts++;
    }
    const sent = desk.hal.link.counters().sentFrames;
    for (let second = 0; second < 60; second++) {
      await clock.advance(1000);
      const { trouble, warnings, phase: now } = phone.boot.view();
      const isTold = now === "run" || trouble !== undefined || warnings.length > 0;
      wordlessSec = isTold ? 0 : wordlessSec + 1;
      if (wordlessSec === wordlessMostSec) findings.push(`minute ${minute}: in ${now} without a word`);
      const rows = await desk.command("show lcd text");
      if (rows.trim() === "") findings.push(`minute ${minute}: nothing on the screen in ${now}`);
    }
    busiest = Math.max(busiest, desk.hal.link.counters().sentFrames - sent);
    if (phase() === "run") registeredMinutes++;
    if (kept(flash, "settings") !== before) {
      findings.push(`minute ${minute}: the settings changed`);
      break;
    }
  }
  const sent = evil.count();
  evil.stop();
  lab.setFault(undefined);
  const endMs = clock.now();
  const isBack = async (): Promise<boolean> => {
    for (let waited = 0; waited < backWithinMs && phase() !== "run"; waited += 1000)
      await clock.advance(1000);
    return phase() === "run";
  };
  let isRestarted = false;
  let restartedFor: string | undefined;
  if (!(await isBack())) {
    // A file of an evil minute may have named a server that is none: a phone believes the files it was given, and a
    // restart brings good ones.
    isRestarted = true;
    restartedFor = JSON.stringify(phone.boot.view().trouble);
    phone.order("restart");
    await clock.advance(1000);
    if (!(await isBack())) findings.push(`still ${phase()} ten minutes after the evil ended and a restart`);
  }
  const backMs = Math.round(clock.now() - endMs);
  await desk.stop();
  lab.close();
  if (clock.alarmCount > 0) findings.push(`${clock.alarmCount} alarms left`);
  findings.push(...fatal);
  const facts = {
    minutes,
    seed,
    evilFrames: sent,
    registeredMinutes,
    restarts,
    busiestMinuteFrames: busiest,
    backMs,
    isRestarted,
    restartedFor,
  };
  console.log(JSON.stringify({ ...facts, isPermissionKept: process.permission !== undefined, findings }));
  return findings.length === 0 ? 0 : 1;
}

process.exitCode = await main();
