// The flashable image from power-on to a phone of a real Asterisk 16, first over SIP, then over SCCP by another file: hook
// lifted and 6 0 0 pressed on lines driven from outside the guest, the echo through the sound device, the panel read back.
import { once } from "node:events";
import { PNG } from "pngjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { splitTag } from "#hal/sim/net/ethernet.ts";
import { macAt } from "#hal/sim/net/octets.ts";
import { createStack } from "#hal/sim/net/stack.ts";
import { place } from "#test/lab/settings.ts";
import { user } from "#test/net/site.ts";
import { type PageMessage, type PhoneMessage, protocolVersion, socketPath } from "#ui/handset/protocol.ts";
import {
  type AsteriskInLab,
  asteriskAddress,
  plugInAsterisk,
  provisionForSkinny,
  withAsterisk,
} from "./asterisk.ts";
import { serveGuestPage } from "./page.ts";
import { createPerson, pl061Hands } from "./person.ts";
import { guestMac, makeRig, type QemuRig, registered, registeredAt, shown, taggedVlans } from "./rig.ts";

const phoneAddress = "10.77.110.20";
const person = createPerson({ hands: pl061Hands });
let rig: QemuRig;
let server: AsteriskInLab;
let tags: ReadonlySet<number>;

beforeAll(async () => {
  rig = await makeRig({ plainDisks: person.disks, hasPage: true }, withAsterisk);
  tags = taggedVlans(rig.lab);
  server = await plugInAsterisk(rig.lab);
  await registered(rig.machine);
});
afterAll(async () => {
  await rig.close();
  await server.close();
  person.close();
});

test("power-on, voice VLAN by CDP, tagged DHCP, files by TFTP, registered at Asterisk over SIP", async () => {
  const { lab, machine } = rig;
  const report = await registered(machine);
  const ends = Object.fromEntries(report.phases.map(({ name, endedBy }) => [name, endedBy]));
  expect(ends["vlan"]).toContain("110");
  expect(lab.log.lines({ by: "dhcp voice" }).length).toBeGreaterThan(0);
  expect(lab.log.entries.some(({ by, what }) => by.startsWith("tftp") && what === "read")).toBe(true);
  expect(ends["register"]).toBe(`registered with ${asteriskAddress}:5060`);
  expect(server.asterisk.cli("pjsip show contacts")).toContain(
    `${user.name}/sip:${user.name}@${phoneAddress}:5060`,
  );
  expect([...tags]).toEqual([110]);
});

test("every part of the board works, and the firmware is no root", async () => {
  const { machine } = rig;
  const hal = await shown(machine, "show hal");
  for (const part of ["panel", "keypad", "hook", "lamp", "sound", "storage", "supervisor", "pc port"])
    expect(hal).toContain(part);
  expect(hal).not.toMatch(/missing|degraded/);
  const status = await machine.shell("cat /proc/$(cat /run/offhook.pid)/status");
  expect(status).toMatch(/Uid:\s+100\s+100\s+100\s+100/);
  expect(status).toMatch(/CapEff:\s+0000000002803000/); // NET_ADMIN, NET_RAW, SYS_NICE, SYS_TIME
});

test("lifted, 6 0 0 by lines from outside: Asterisk's echo is heard, the panel shows what show lcd says", async () => {
  const { machine } = rig;
  await person.call(machine, ["6", "0", "0"]);
  expect(await person.hearsItself(machine)).toBeGreaterThanOrEqual(0.9);
  await machine.until("the panel shows what show lcd says", 60_000, async () => {
    const path = "/run/offhook/lcd.png";
    await machine.console(`show lcd png ${path}`);
    const screen = await machine.outside.screen(); // at once: the call's seconds go on
    const picture = PNG.sync.read(
      Buffer.from((await machine.shell(`base64 ${path}`)).replace(/\s/g, ""), "base64"),
    );
    expect([screen.width, screen.height]).toEqual([picture.width, picture.height]);
    return differing(picture, screen.pixels) === 0 ? true : undefined;
  });
  await person.hangUp(machine);
});

test("the handset's page attaches: it shows the guest's panel, and its hook and keys are those of the machine", async () => {
  const { machine } = rig;
  const server = await serveGuestPage(machine, 0);
  const socket = new WebSocket(`${server.url.replace("http", "ws")}${socketPath}`, {
    origin: server.url.slice(0, -1),
  });
  const said: PhoneMessage[] = [];
  socket.on("message", (data: Buffer) => said.push(JSON.parse(data.toString("utf8")))); // the phone's own words
  const tell = (message: PageMessage): void => socket.send(JSON.stringify(message));
  const reads = (text: string): Promise<true> =>
    machine.until(`the page reads ${text}`, 60_000, async () => {
      const frame = said.findLast((message) => message.type === "frame");
      return frame?.text.rows.some((row) => row.includes(text)) === true ? true : undefined;
    });
  await once(socket, "open");
  tell({ type: "hello", version: protocolVersion });
  await reads("Your current options");
  expect(said.find((message) => message.type === "hello")).toMatchObject({
    geometry: { kind: "pixels", width: 320, height: 240 },
  });
  tell({ type: "hook", isOffHook: true });
  await reads("Enter number");
  tell({ type: "key", key: "6", isDown: true });
  await machine.until("the digit is dialled", 60_000, async () =>
    (await shown(machine, "show calls json")).includes('"digits":"6"') ? true : undefined,
  );
  tell({ type: "key", key: "6", isDown: false });
  tell({ type: "hook", isOffHook: false });
  await reads("Your current options");
  await server.close();
});

test("NET-002 a computer in the second port is in its own network, untagged, while a call is up in the voice VLAN", async () => {
  const { lab, machine } = rig;
  const { clock, random } = lab;
  const sent: { readonly from: string; readonly tag: string }[] = [];
  lab.phone.inside.received.subscribe(
    (frame) => {
      const split = splitTag(frame);
      if (split === undefined) return;
      const { bytes, tag } = split;
      const isVoice = bytes[12] === 8 && bytes[23] === 17 && (bytes[34] ?? 0) >= 0x40; // UDP from 16384 on
      const from = macAt(bytes, 6) === guestMac ? (isVoice ? "voice" : "phone") : "computer";
      sent.push({ from, tag: tag === undefined ? "none" : `${tag.vlanId} ${tag.priority}` });
    },
    { signal: lab.signal },
  );
  const heard: Uint8Array[] = [];
  rig.computer.received.subscribe((frame) => void heard.push(frame), { signal: lab.signal });
  const computer = createStack({
    name: "computer",
    mac: "00:11:22:33:66:01",
    end: rig.computer,
    clock,
    random,
    found: { address: { address: "10.77.1.77", prefix: 24 }, router: place.dataRouter },
  });
  lab.signal.addEventListener("abort", () => computer.close(), { once: true });
  await person.call(machine, ["6", "0", "0"]);
  const answer = await computer.probe(place.dataServer, { timeoutMs: 60_000, sizeBytes: 56 });
  await person.hangUp(machine);
  expect(answer.kind).toBe("reply");
  const tagsOf = (from: string): ReadonlySet<string> =>
    new Set(sent.filter((frame) => frame.from === from).map(({ tag }) => tag));
  expect([...tagsOf("computer")]).toEqual(["none"]);
  expect([...tagsOf("voice")]).toEqual(["110 5"]);
  expect([...tagsOf("phone")]).toContain("110 3");
  expect(heard.length).toBeGreaterThan(0);
  expect(heard.every((frame) => splitTag(frame)?.tag === undefined)).toBe(true);
  expect(heard.some((frame) => [guestMac, "01:00:0c:cc:cc:cc"].includes(macAt(frame, 0)))).toBe(false);
});

test("with SEP<MAC>.cnf.xml and a reset it registers over SCCP at chan_skinny, and hears the echo of 600", async () => {
  const { lab, machine } = rig;
  provisionForSkinny(lab);
  await machine.console("reset");
  await registeredAt(machine, `${asteriskAddress}:2000`);
  expect(server.asterisk.cli("skinny show devices")).toMatch(
    new RegExp(`dev6001\\s+SEP001122334455\\s+${phoneAddress}\\s+7960\\s+Y`),
  );
  await person.call(machine, ["6", "0", "0"]);
  expect(await person.hearsItself(machine)).toBeGreaterThanOrEqual(0.9);
  await person.hangUp(machine);
  expect([...tags]).toEqual([110]);
});

function differing(picture: PNG, pixels: Uint32Array): number {
  let count = 0;
  for (const [index, pixel] of pixels.entries()) if (pixel !== picture.data.readUIntBE(index * 4, 3)) count++;
  return count;
}
