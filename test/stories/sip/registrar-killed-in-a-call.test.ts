// The registrar dies during a call between two whole phones, again and again: killed (its machine answers with ICMP) or cut
// off (nothing answers). Sound never stops, the line is elsewhere in time, and back at the first when that returns.
// OFFHOOK_KILLS says how often; five unless told.
import { expect } from "vitest";
import { createSeededRandom } from "#hal/sim/random.ts";
import { place, type RegistrarState } from "#test/lab/settings.ts";
import { ladder, type Site, type SitePhone } from "./site.ts";

const kills = Number(process.env["OFFHOOK_KILLS"] ?? 5);
/** Short, so that the phone soon asks a server that is gone. */
const expiresSec = 20;
/** Two intervals T1 of silence, and a second. */
const silentBoundMs = 2 * 500 + 1000;
/** Figures of a stream are told once in so long. */
const toldEachSec = 1.1;
/** At once. */
const refusedBoundMs = 50;

const list = [
  `call_manager1_addr: "${place.server}"`,
  `call_manager2_addr: "${place.second}"`,
  'proxy1_address: "USECALLMANAGER"',
  `timer_register_expires: "${expiresSec}"`,
];

const servers = { first: place.server, second: place.second } as const;

/** As the conversation names them. */
const nameOf = { first: "proxy", second: "second server" } as const;

/** Which of the two has the phone's line. */
async function registeredAt(phone: SitePhone): Promise<keyof typeof servers | undefined> {
  const line = await phone.line1();
  if (line?.state !== "registered") return undefined;
  return line.server?.startsWith(`${servers.first}:`) === true ? "first" : "second";
}

/** One death of the server that has the line; it is back once the line is elsewhere. */
async function die(site: Site, how: Exclude<RegistrarState, "up">): Promise<void> {
  const a = site.phone("A");
  const which = await registeredAt(a);
  if (which === undefined) throw new Error("not registered");
  const set = (state: RegistrarState): void =>
    site.lab.change((settings) => ({ ...settings, sip: { ...settings.sip, [which]: state } }));
  const deadAt = site.clock.now();
  set(how);
  const isElsewhere = async (): Promise<boolean> => ![undefined, which].includes(await registeredAt(a));
  await a.until("registered elsewhere", isElsewhere, (expiresSec + 5) * 1000);
  const asked = site.conversation.registers.find(
    ({ atMs, by, to }) => atMs >= deadAt && by === "A" && to === servers[which],
  );
  const taken = site.conversation.registers.findLast(
    ({ name, by }) => name === "200" && by !== nameOf[which],
  );
  const tookMs = (taken?.atMs ?? Number.NaN) - (asked?.atMs ?? Number.NaN);
  expect(tookMs, how).toBeLessThanOrEqual(how === "off" ? silentBoundMs : refusedBoundMs);
  set("up");
}

/** Packets of the call that A has received, and those that it missed. */
async function received(a: SitePhone): Promise<{ readonly received: number; readonly lost: number }> {
  const { streams } = await a.show("rtp");
  return streams[0] ?? { received: 0, lost: 0 };
}

ladder(
  `a registrar dies ${kills} times in a call: registered elsewhere in time, the sound never stops`,
  ["A", "B"],
  { config: list },
  async (site) => {
    const random = createSeededRandom(7);
    const [a, b] = [site.phone("A"), site.phone("B")];
    await site.connect(a, b);
    await site.wait(500);
    const [from, before] = [site.clock.now(), await received(a)];
    for (let i = 0; i < kills; i++) {
      await site.wait(random.u32() % 3000);
      await die(site, random.u32() % 2 === 0 ? "stopped" : "off");
      expect((await a.show("calls")).calls).toMatchObject([{ state: "connected" }]);
    }
    const after = await received(a);
    expect(after.lost).toBe(0);
    expect(Math.abs(after.received - before.received - (site.clock.now() - from) / 20)).toBeLessThan(
      toldEachSec * 50,
    );
    expect(await site.sound()).toEqual(["A hears B", "B hears A"]);
    const isBack = async (): Promise<boolean> => (await registeredAt(a)) === "first";
    await a.until("back at the first", isBack, 700_000);
    expect((await a.show("calls")).calls).toMatchObject([{ state: "connected" }]);
  },
);
