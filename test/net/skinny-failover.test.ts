// Two Asterisks and two SCCP phones of ours that talk; the server that has them dies: killed, which closes its sockets,
// or stopped, which does not. Their sound goes from phone to phone. Five deaths in every run, fifty with
// OFFHOOK_SERVER_DEATHS=50; each has a fixed seed.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { below } from "#firmware/runtime/chance.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import type { Rig } from "#test/stories/kit/rig.ts";
import { type Asterisk, startAsterisk } from "./asterisk.ts";
import { startDnsmasq, tftpRoot } from "./dhcp-servers.ts";
import { makeNet, type Net, secondAddress, serverAddress } from "./namespaces.ts";
import { eventually } from "./peer.ts";
import { type PhoneProcess, startPhone } from "./phone.ts";
import { driverOf, expectTalking } from "./phone-driver.ts";
import { startSwitch } from "./site.ts";
import { skinnyDevice, skinnyFile } from "./skinny-rig.ts";

const deaths = Number(process.env["OFFHOOK_SERVER_DEATHS"] ?? 5);
const keepAliveSec = 5;
/** The phone is elsewhere this soon after a closed socket, or after the third keepalive without an answer. */
const soonMs = 5000;
const addresses = [serverAddress, secondAddress] as const;
type Address = (typeof addresses)[number];
const secondMac = "00:11:22:33:44:66";

/** A phone and the person at it. */
interface Party {
  readonly phone: PhoneProcess;
  readonly rig: Rig;
}

let net: Net;
let one: Party;
let other: Party;
const servers = new Map<Address, Asterisk>();
/** Which one has both phones. */
let atServer: Address = serverAddress;

async function startServer(address: Address): Promise<void> {
  const name = address === serverAddress ? "asterisk" : "asterisk2";
  const server = await startAsterisk(net, {
    name,
    address,
    skinnyDevice,
    keepAliveSec,
    hasDirectMedia: true,
  });
  servers.set(address, server);
}

beforeAll(async () => {
  net = makeNet();
  const host = net.addPhone("tel1", secondMac);
  for (const device of [skinnyDevice, "SEP001122334466"])
    writeFileSync(join(tftpRoot(net), `${device}.cnf.xml`), skinnyFile(addresses));
  await Promise.all([
    ...addresses.map(startServer),
    startDnsmasq(net),
    startSwitch(net),
    startSwitch(net, "tel1"),
  ]);
  const [first, second] = await Promise.all([
    startPhone(net, { name: "one", voice: 5 }),
    startPhone(net, { name: "other", voice: 6, at: { host, mac: secondMac } }),
  ]);
  one = { phone: first, rig: driverOf(first) };
  other = { phone: second, rig: driverOf(second) };
  await bothAt(serverAddress, 30_000);
});
afterAll(() => net.close());

/** Which server has the phone. */
async function serverOf({ rig }: Party): Promise<string | null> {
  const [line] = (await rig.show("register")).lines;
  return line?.state === "registered" ? line.server : null;
}

/** Waits until that server has both; how long it took. */
async function bothAt(address: Address, withinMs: number): Promise<number> {
  const from = performance.now();
  await Promise.all(
    [one, other].map((party) =>
      party.rig.until(
        `registered with ${address}`,
        async () => (await serverOf(party)) === `${address}:2000`,
        withinMs,
      ),
    ),
  );
  return performance.now() - from;
}

/** Both hear each other, now. */
async function talk(): Promise<void> {
  await one.rig.wait(1600);
  expectTalking(one.phone, other.phone, 1);
}

/** Both hear each other soon, as in a call that has just begun. */
async function soonTalk(): Promise<void> {
  await eventually("both hear each other for a second", () => {
    try {
      expectTalking(one.phone, other.phone, 1);
      return true;
    } catch {
      return false; // not yet
    }
  });
}

async function call(): Promise<void> {
  try {
    await one.rig.lift();
    await one.rig.press("6004");
    await Promise.all([one.rig.call("ring-out"), other.rig.call("ring-in")]);
    await other.rig.wait(300); // an OffHook within the same milliseconds can lock chan_skinny's session for good
    await other.rig.lift();
    await Promise.all([one.rig.call("connected"), other.rig.call("connected")]);
  } catch (error) {
    const panels = [one, other].map(async ({ rig }) => (await rig.show("lcd")).rows.join(" / "));
    const channels = servers.get(atServer)?.cli("core show channels verbose");
    throw new Error([...(await Promise.all(panels)), channels].join("\n"), { cause: error });
  }
  await soonTalk();
}

/** The other hangs up once his call is over, or kept by the phone alone: as people do, not both at the same moment. */
async function hangUp(): Promise<void> {
  await one.rig.hangUp();
  await one.rig.noCalls();
  await other.rig.hangUp();
  await other.rig.noCalls();
}

/** One that failed leaves nothing to the next. */
afterEach(hangUp);

for (let seed = 1; seed <= deaths; seed++) {
  const isSilent = seed % 5 === 3;
  const afterMs = below(createSeededRandom(seed * 104_729), 1000);
  test(`death ${seed}: the server ${isSilent ? "falls silent" : "is killed"} ${afterMs} ms into a call`, async () => {
    const dying = atServer;
    const next = dying === serverAddress ? secondAddress : serverAddress;
    const pid = servers.get(dying)?.pid;
    if (pid === undefined) throw new Error(`${dying} runs`);
    await call();
    await one.rig.wait(afterMs);
    process.kill(pid, isSilent ? "SIGSTOP" : "SIGKILL");
    try {
      // Three keepalives are sent before a silent server counts as gone; a closed socket counts at once.
      const tookMs = await bothAt(next, (isSilent ? 3 * keepAliveSec * 1000 : 0) + soonMs);
      console.log(
        JSON.stringify({ death: seed, isSilent, from: dying, to: next, tookMs: Math.round(tookMs) }),
      );
      atServer = next;
      await talk();
      for (const { rig } of [one, other]) expect((await rig.show("calls")).calls).toHaveLength(1);
      await hangUp();
      await call();
      await hangUp();
    } finally {
      if (isSilent) process.kill(pid, "SIGKILL");
      await startServer(dying); // one that failed leaves a server to the next
    }
  });
}

test("with nobody talking the phones go back to the first of their list, and talk", async () => {
  await bothAt(serverAddress, 55_000);
  await call();
  await hangUp();
});
