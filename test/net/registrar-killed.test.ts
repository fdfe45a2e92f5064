// A registrar dies during a call, again and again: killed (its machine answers with ICMP) or stopped (nothing answers). The
// call goes on, the phone registers at the other one, and back at the first when that returns. OFFHOOK_KILLS says how
// often; five unless told.
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Rig } from "#test/stories/kit/rig.ts";
import { type Baresip, startBaresip } from "./baresip.ts";
import { type Capture, startCapture } from "./capture.ts";
import { type Kamailio, startKamailio } from "./kamailio.ts";
import { makeNet, type Net, phoneMac, secondAddress, serverAddress } from "./namespaces.ts";
import { type PhoneProcess, startPhone } from "./phone.ts";
import { driverOf, expectBothWays } from "./phone-driver.ts";
import { startSite } from "./site.ts";

const kills = Number(process.env["OFFHOOK_KILLS"] ?? 5);
const otherAddress = "10.77.0.3";
/** Short, so that the phone soon asks a server that is gone. */
const expiresSec = { least: 8, most: 8 };
/** Two intervals T1 of silence, and a second. */
const silentBoundMs = 2 * 500 + 1000;
/** "At once", on a machine that does other things as well. */
const refusedBoundMs = 300;
/** Packets come every 20 ms; a machine under load delays some, a call that was touched loses far more. */
const mostGapMs = 500;

interface Server {
  readonly address: string;
  kamailio: Kamailio;
}

let net: Net;
let servers: readonly Server[];
let baresip: Baresip;
let phone: PhoneProcess;
let rig: Rig;
let capture: Capture;

const start = (address: string): Promise<Kamailio> =>
  startKamailio(net, { address, expiresSec, name: `registrar-${address}-${Date.now()}` });

beforeAll(async () => {
  net = makeNet();
  const host = net.addHost("other", otherAddress);
  const list = { call_manager1_addr: serverAddress, call_manager2_addr: secondAddress };
  const [first, second] = await Promise.all([
    start(serverAddress),
    start(secondAddress),
    startSite(net, { parameters: { ...list, proxy1_address: "USECALLMANAGER" } }),
  ]);
  servers = [
    { address: serverAddress, kamailio: first },
    { address: secondAddress, kamailio: second },
  ];
  baresip = await startBaresip(net, {
    host,
    address: otherAddress,
    user: "6003",
    registrar: serverAddress,
    answers: "auto",
    saysSec: 120 + kills * 20,
  });
  capture = await startCapture(net, { ...net.servers, interfaceName: net.phonePort });
  phone = await startPhone(net);
  rig = driverOf(phone);
  await rig.ready();
  await rig.lift();
  await rig.press("6003");
  await rig.call("connected");
});
afterAll(() => net.close());

/** The program and what it forked. */
function signalAll(pid: number, signal: NodeJS.Signals): void {
  const children = execFileSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" });
  for (const each of [pid, ...children.trim().split(/\s+/).map(Number)]) process.kill(each, signal);
}

async function registeredAt(): Promise<Server | undefined> {
  const { lines } = await rig.show("register");
  const [line] = lines;
  return line?.state === "registered"
    ? servers.find(({ address }) => line.server?.startsWith(`${address}:`))
    : undefined;
}

/** From the first REGISTER that the dead one got to the other's 200, as the capture has it, ms. */
function movedMs(dead: string, sinceEpochSec: number): number {
  const times = (filter: string): number[] =>
    capture.rows(`frame.time_epoch > ${sinceEpochSec} && ${filter}`, "frame.time_epoch").flat().map(Number);
  const [unanswered = Number.NaN] = times(`ip.dst == ${dead} && sip.Method == REGISTER`);
  const registered = times(`ip.src != ${dead} && sip.Status-Code == 200 && sip.CSeq.method == REGISTER`);
  return ((registered.find((at) => at > unanswered) ?? Number.NaN) - unanswered) * 1000;
}

/** One death: the phone is elsewhere in time; afterwards the server is back. */
async function die(how: "killed" | "stopped"): Promise<void> {
  await rig.until("registered", async () => (await registeredAt()) !== undefined, 60_000);
  const dead = await registeredAt();
  if (dead === undefined) throw new Error("not registered");
  const sinceEpochSec = Date.now() / 1000;
  signalAll(dead.kamailio.pid, how === "killed" ? "SIGKILL" : "SIGSTOP");
  await rig.until(
    "registered elsewhere",
    async () => {
      const now = await registeredAt();
      return now !== undefined && now !== dead;
    },
    (expiresSec.most + 5) * 1000,
  );
  await rig.wait(100); // the capture is written a little later
  const tookMs = movedMs(dead.address, sinceEpochSec);
  expect(tookMs, how).toBeLessThanOrEqual(how === "killed" ? refusedBoundMs : silentBoundMs);
  if (how === "stopped") signalAll(dead.kamailio.pid, "SIGCONT");
  else dead.kamailio = await start(dead.address);
  expect((await rig.show("calls")).calls).toMatchObject([{ state: "connected" }]);
}

test(
  `a registrar dies ${kills} times: registered elsewhere in time, the call is never touched`,
  async () => {
    for (let i = 0; i < kills; i++) await die(i % 2 === 0 ? "killed" : "stopped");
    expectBothWays(phone, baresip);
  },
  kills * 30_000,
);

test("the phone goes back to the first server when that is there again", async () => {
  const isBack = async (): Promise<boolean> => (await registeredAt()) === servers[0];
  await rig.until("back at the first", isBack, 45_000);
  expect((await rig.show("calls")).calls).toMatchObject([{ state: "connected" }]);
});

test("sound never stopped, either way, and nothing we sent is malformed", async () => {
  await capture.stop();
  for (const way of ["src", "dst"]) {
    const between = `eth.${way} == ${phoneMac} && ip.addr == ${otherAddress}`;
    const times = capture
      .rows(`${between} && udp.length > 100 && !sip`, "frame.time_epoch")
      .flat()
      .map(Number);
    expect(times.length).toBeGreaterThan(500);
    const gapsMs = times.slice(1).map((at, i) => (at - (times[i] ?? at)) * 1000);
    expect(Math.max(...gapsMs)).toBeLessThan(mostGapMs);
  }
  expect(capture.malformedFrom(phoneMac)).toEqual([]);
});
