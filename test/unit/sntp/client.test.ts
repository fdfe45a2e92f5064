// The four modes, losses and kisses, over scripted sockets in virtual time.
import { describe, expect, test } from "vitest";
import { timestampOf } from "#firmware/sntp/arithmetic.ts";
import { startSntp } from "#firmware/sntp/client.ts";
import { decodeNtp, encodeNtp, type NtpPacket } from "#firmware/sntp/messages.ts";
import type { SntpNotice } from "#firmware/sntp/notices.ts";
import type { SntpSettings } from "#firmware/sntp/state.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { Resolver } from "#hal/contract/names.ts";
import { createScriptedSockets, type Sent } from "#test/unit/scripted-sockets.ts";
import { createTestRuntime } from "#test/unit/test-runtime.ts";

const truth = Date.UTC(2026, 10, 21, 9, 0, 0);
const build = Date.UTC(2026, 9, 1);
const [one, two, broadcast] = ["192.0.2.1", "192.0.2.2", "192.0.2.255"] as const;

/** A server's answer `lateMs` after `truth` began, `thereMs` of them on the way there. */
function answer(sent: Sent, change: Partial<NtpPacket> = {}, ahead = 0): Uint8Array {
  const question = decodeNtp(sent.bytes);
  const now = timestampOf(truth + sent.atMs + 5 + ahead);
  return encodeNtp({
    ...question,
    flags: { leap: 0, version: question.flags.version, mode: 4 },
    stratum: 2,
    originate: question.transmit,
    receive: now,
    transmit: now,
    ...change,
  });
}

function announcement(atMs: number): Uint8Array {
  const packet = decodeNtp(encodeNtp({ ...emptyPacket, transmit: timestampOf(truth + atMs) }));
  return encodeNtp(packet);
}

const emptyPacket: NtpPacket = {
  flags: { leap: 0, version: 4, mode: 5 },
  stratum: 2,
  poll: 6,
  precision: -20,
  rootDelaySec: 0,
  rootDispersionSec: 0,
  referenceId: new Uint8Array(4),
  reference: 0n,
  originate: 0n,
  receive: 0n,
  transmit: 0n,
  extension: new Uint8Array(0),
};

type Respond = (sent: Sent) => void;
const honest: Respond = (sent) => sent.reply(answer(sent), { ...sent.to, port: 123 }, { delayMs: 10 });

function rig(
  respond: Respond,
  options: { names?: Record<string, string>; refusal?: () => HalError | undefined } = {},
) {
  const { clock, runtime, timers, failures, lines } = createTestRuntime();
  const sockets = createScriptedSockets(clock, respond, options.refusal);
  const notices: SntpNotice[] = [];
  const clockActs: string[] = [];
  const stop = new AbortController();
  const names = options.names ?? {};
  const resolver: Resolver = {
    setServers: () => {},
    resolveA(name) {
      const address = names[name];
      return address === undefined
        ? Promise.reject(new HalError("not-found", "dns", name, "no such name"))
        : Promise.resolve({ records: [address], ttlSec: 300 });
    },
    resolveSrv: () => Promise.reject(new HalError("unsupported", "dns", "srv", "not here")),
    resolveNaptr: () => Promise.reject(new HalError("unsupported", "dns", "naptr", "not here")),
  };
  const sntp = startSntp({
    runtime,
    sockets,
    resolver,
    wallClock: {
      step(at) {
        clockActs.push("step");
        clock.step(at);
      },
      slew(offsetMs) {
        clockActs.push(`slew ${Math.round(offsetMs)}`);
        clock.slew(offsetMs);
      },
    },
    facts: { buildUnixMs: build, floorUnixMs: build + 86_400_000 },
    notify: (notice) => notices.push(notice),
    signal: stop.signal,
  });
  return {
    clock,
    timers,
    failures,
    lines,
    sockets,
    notices,
    clockActs,
    stop,
    sntp,
    start: (settings: Partial<SntpSettings>) =>
      sntp.start({ mode: "unicast", servers: [], broadcast, ...settings }),
    to: () => sockets.sent.map(({ to }) => to.address),
    kinds: () => notices.map(({ kind }) => kind),
    /** How wrong the wall clock is now. */
    errorMs: () => {
      const wall = clock.wall();
      return wall === undefined ? undefined : wall - (truth + clock.now());
    },
  };
}

describe("unicast", () => {
  test("TIM-001 TIM-006 the first question goes out at once to port 123, and its answer sets the clock", async () => {
    const t = rig(honest);
    t.start({ servers: [one] });
    expect(t.sockets.sent[0]).toMatchObject({ to: { address: one, port: 123 }, atMs: 0 });
    expect(decodeNtp(t.sockets.sent[0]?.bytes ?? new Uint8Array()).flags).toEqual({
      leap: 0,
      version: 4,
      mode: 3,
    });
    expect(t.errorMs()).toBeUndefined();
    await t.clock.advance(10);
    expect(Math.abs(t.errorMs() ?? 99)).toBeLessThan(1);
    expect(t.notices.at(-1)).toMatchObject({ kind: "synchronised", server: one, stratum: 2, isStep: true });
    expect(t.timers.list()).toEqual([{ area: "sntp", name: "next question", dueInMs: 64_000 }]);
    expect(t.sockets.openCount).toBe(0);
  });

  test("TIM-001 without a server nothing is sent and nothing is listened to", async () => {
    const t = rig(honest);
    t.start({});
    await t.clock.advance(100_000);
    expect([t.sockets.sent.length, t.sockets.openCount]).toEqual([0, 0]);
  });

  test("TIM-001 answers of others are not believed, told once, and the right one still counts", async () => {
    const t = rig((sent) => {
      for (let i = 0; i < 5; i++) sent.reply(answer(sent, {}, 99_000), { address: two, port: 123 });
      honest(sent);
    });
    t.start({ servers: [one] });
    await t.clock.advance(20);
    expect(t.kinds()).toEqual(["asking", "doubtful", "synchronised"]);
    expect(Math.abs(t.errorMs() ?? 99)).toBeLessThan(1);
  });

  test("a second answer to one question changes nothing", async () => {
    const t = rig((sent) => {
      honest(sent);
      sent.reply(answer(sent, {}, 5000), { ...sent.to, port: 123 }, { delayMs: 11 });
    });
    t.start({ servers: [one] });
    await t.clock.advance(100);
    expect(t.kinds()).toEqual(["asking", "synchronised"]);
  });

  test("TIM-007 BOOT-066 polls: 64, 64, 64, 1024 s …, an hour in the end", async () => {
    const t = rig(honest);
    t.start({ servers: [one] });
    await t.clock.advance(20_000_000);
    const at = t.sockets.sent.map(({ atMs }) => atMs);
    const gaps = at.slice(1).map((time, i) => Math.round((time - (at[i] ?? 0)) / 1000));
    expect(gaps).toEqual([64, 64, 1024, 1024, 1024, 3600, 3600, 3600, 3600]);
  });

  test("silence: the other server at once, then both again after growing pauses, alternating", async () => {
    const t = rig(() => {});
    t.start({ servers: [one, two] });
    await t.clock.advance(600_000);
    expect(t.sockets.sent.map(({ to, atMs }) => [to.address, atMs / 1000])).toEqual([
      [one, 0],
      [two, 5],
      [one, 74],
      [two, 79],
      [one, 212],
      [two, 217],
      [one, 478],
      [two, 483],
    ]);
    expect(t.notices.find(({ kind }) => kind === "no-answer")).toEqual({
      kind: "no-answer",
      servers: [one, two],
      nextInMs: 64_000,
    });
  });

  test("a name is resolved, kept for its time to live, and asked again when unknown", async () => {
    const t = rig(honest, { names: { "ntp.example.com": one } });
    t.start({ servers: ["ntp.example.com"] });
    await t.clock.advance(20);
    expect(t.to()).toEqual([one]);
    const unknown = rig(honest);
    unknown.start({ servers: ["nowhere.example.com", two] });
    await unknown.clock.advance(20);
    expect(unknown.to()).toEqual([two]);
  });
});

describe("multicast", () => {
  test("TIM-002 nothing is sent; group and broadcast of anybody are taken on port 123", async () => {
    const t = rig(honest);
    t.start({ mode: "multicast" });
    expect(t.sockets.options).toEqual([{ port: 123, groups: ["224.0.1.1"] }]);
    for (const to of ["224.0.1.1", broadcast]) {
      t.sockets.broadcast(announcement(0), { address: two, port: 123 }, to);
      expect(t.notices.at(-1)).toMatchObject({ kind: "synchronised", server: two });
    }
    expect(t.sockets.sent).toEqual([]);
  });

  test("TIM-002 with a server only its broadcasts are taken, by name too; what is sent to the phone alone never", async () => {
    for (const servers of [[one], ["ntp.example.com"]]) {
      const t = rig(honest, { names: { "ntp.example.com": one } });
      t.start({ mode: "multicast", servers });
      t.sockets.broadcast(announcement(0), { address: two, port: 123 }, broadcast);
      await t.clock.advance(1);
      t.sockets.broadcast(announcement(1), { address: one, port: 123 }, "192.0.2.40");
      expect(t.kinds()).not.toContain("synchronised");
      t.sockets.broadcast(announcement(1), { address: one, port: 123 }, broadcast);
      expect(t.notices.at(-1)).toMatchObject({ kind: "synchronised", server: one });
    }
  });

  test("a port 123 that is taken is told, not fatal", () => {
    const t = rig(honest, { refusal: () => new HalError("denied", "udp", "bind 123", "not permitted") });
    t.start({ mode: "multicast" });
    expect(t.notices).toMatchObject([{ kind: "cannot-listen" }]);
  });

  test("an hour without a broadcast is told", async () => {
    const t = rig(honest);
    t.start({ mode: "multicast" });
    await t.clock.advance(3_600_000);
    expect(t.kinds()).toEqual(["no-answer"]);
  });
});

describe("anycast", () => {
  test("TIM-003 the configured server is ignored: broadcast first, then the one that answered first", async () => {
    const t = rig((sent) => {
      if (sent.to.address === broadcast) {
        sent.reply(answer(sent), { address: two, port: 123 }, { delayMs: 10 });
        sent.reply(answer(sent, {}, 7000), { address: one, port: 123 }, { delayMs: 20 });
      } else honest(sent);
    });
    t.start({ mode: "anycast", servers: [one] });
    expect(t.sockets.options[0]).toEqual({ canBroadcast: true });
    await t.clock.advance(130_000);
    expect(t.to()).toEqual([broadcast, two, two]);
    expect(t.notices.filter(({ kind }) => kind === "synchronised")).toHaveLength(3);
  });

  test("a server that falls silent three times is looked for anew", async () => {
    let isAlive = true;
    const t = rig((sent) => {
      if (!isAlive) return;
      sent.reply(answer(sent), { address: two, port: 123 }, { delayMs: 10 });
      isAlive = false;
    });
    t.start({ mode: "anycast" });
    await t.clock.advance(1_000_000);
    expect(t.to().slice(0, 5)).toEqual([broadcast, two, two, two, broadcast]);
  });
});

describe("directedbroadcast", () => {
  test("TIM-004 without a server: the local broadcast is asked, then anybody's broadcasts are taken", async () => {
    const t = rig((sent) => sent.reply(answer(sent), { address: two, port: 123 }, { delayMs: 10 }));
    t.start({ mode: "directedbroadcast" });
    await t.clock.advance(10);
    expect(t.to()).toEqual([broadcast]);
    t.sockets.broadcast(announcement(10), { address: one, port: 123 }, "224.0.1.1");
    expect(t.notices.at(-1)).toMatchObject({ kind: "synchronised", server: one });
    await t.clock.advance(3_000_000);
    expect(t.to()).toEqual([broadcast]);
  });

  test("TIM-004 with a server: it is asked, then only its broadcasts are taken; an hour of silence asks again", async () => {
    const t = rig(honest);
    t.start({ mode: "directedbroadcast", servers: [one] });
    await t.clock.advance(10);
    t.sockets.broadcast(announcement(10_000), { address: two, port: 123 }, broadcast);
    expect(t.notices.at(-1)).toMatchObject({ kind: "doubtful", doubt: "other-server" });
    await t.clock.advance(3_600_100);
    expect(t.to()).toEqual([one, one]);
  });
});

describe("kisses", () => {
  const kiss = (code: string) => ({
    stratum: 0,
    flags: { leap: 3, version: 4, mode: 4 },
    referenceId: new TextEncoder().encode(code),
    receive: 0n,
    transmit: 0n,
  });

  test.each(["DENY", "RSTR"])("BOOT-066 %s ends the questions to that server for this boot", async (code) => {
    const t = rig((sent) =>
      sent.to.address === one
        ? sent.reply(answer(sent, kiss(code)), { address: one, port: 123 })
        : honest(sent),
    );
    t.start({ servers: [one, two] });
    await t.clock.advance(300_000);
    t.sntp.stop();
    t.start({ servers: [one, two] });
    await t.clock.advance(300_000);
    expect(t.to().filter((address) => address === one)).toHaveLength(1);
    expect(t.kinds()).toContain("kiss");
  });

  test("every server refusing is told, and nobody is asked any more", async () => {
    const t = rig((sent) => sent.reply(answer(sent, kiss("DENY")), { ...sent.to, port: 123 }));
    t.start({ servers: [one, two] });
    await t.clock.advance(10_000_000);
    expect(t.to()).toEqual([one, two]);
    expect(t.kinds().at(-1)).toBe("refused");
  });

  test("BOOT-066 RATE halves the rate each time; an X code is ignored; another code is as silence", async () => {
    const rate = rig((sent) => sent.reply(answer(sent, kiss("RATE")), { ...sent.to, port: 123 }));
    rate.start({ servers: [one] });
    await rate.clock.advance(1_000_000);
    expect(rate.sockets.sent.map(({ atMs }) => Math.round(atMs / 1000))).toEqual([0, 128, 384, 896]);
    const odd = rig((sent) => {
      sent.reply(answer(sent, kiss("XABC")), { ...sent.to, port: 123 });
      honest(sent);
    });
    odd.start({ servers: [one] });
    await odd.clock.advance(20);
    expect(odd.kinds()).toEqual(["asking", "synchronised"]);
    const init = rig((sent) => sent.reply(answer(sent, kiss("INIT")), { ...sent.to, port: 123 }));
    init.start({ servers: [one, two] });
    await init.clock.advance(20);
    expect(init.to()).toEqual([one, two]);
  });
});

describe("setting the clock", () => {
  test("first a step, then small errors are slewed and large ones stepped", async () => {
    let error = 0;
    const t = rig((sent) => sent.reply(answer(sent, {}, error), { ...sent.to, port: 123 }, { delayMs: 10 }));
    t.start({ servers: [one] });
    await t.clock.advance(10);
    error = 400;
    await t.clock.advance(64_010);
    error = 2000;
    await t.clock.advance(64_010);
    expect(t.clockActs).toEqual(["step", "slew 400", "step"]);
  });

  test.each([
    ["before this software was built", Date.UTC(2020, 0, 1)],
    ["at 1970", 0],
    ["in 2090", Date.UTC(2090, 0, 1)],
  ])("a time %s is absurd and not believed", async (_what, unixMs) => {
    const stamp = timestampOf(unixMs);
    const t = rig((sent) => {
      const absurd = answer(sent, { receive: stamp, transmit: stamp });
      sent.reply(absurd, { ...sent.to, port: 123 });
    });
    t.start({ servers: [one] });
    await t.clock.advance(100);
    expect(t.notices.at(-1)).toMatchObject({ kind: "doubtful", doubt: "absurd" });
    expect(t.clock.wall()).toBeUndefined();
  });

  test("the time of a call server counts only while nothing better came", async () => {
    const t = rig(honest);
    t.sntp.told(truth);
    expect(t.notices).toMatchObject([{ kind: "synchronised", server: "signalling", isStep: true }]);
    t.sntp.told(truth + 60_000);
    t.sntp.told(0);
    expect(t.notices).toHaveLength(1);
  });

  test("TIM-011 nothing is known before an answer", () => {
    const t = rig(() => {});
    t.start({ servers: [one] });
    expect(t.clock.wall()).toBeUndefined();
  });
});

describe("interruptions", () => {
  test("malformed packets are counted and dropped", async () => {
    const t = rig((sent) => {
      sent.reply(Uint8Array.of(1, 2, 3), { ...sent.to, port: 123 });
      honest(sent);
    });
    t.start({ servers: [one] });
    await t.clock.advance(20);
    expect(t.kinds()).toEqual(["asking", "synchronised"]);
    expect(t.lines.filter((line) => line.includes("so far"))).toHaveLength(1);
  });

  test("a lost address ends everything; no address yet is no failure", async () => {
    for (const mode of ["unicast", "multicast", "anycast", "directedbroadcast"] as const) {
      const t = rig(honest);
      t.start({ mode, servers: [one] });
      await t.clock.advance(7);
      t.sntp.stop();
      expect([t.sockets.openCount, t.timers.list().length]).toEqual([0, 0]);
    }
    const homeless = rig(honest, { refusal: () => new HalError("unreachable", "udp", "open", "no address") });
    homeless.start({ servers: [one] });
    await homeless.clock.advance(10_000);
    expect(homeless.kinds()).toEqual(["asking", "no-answer"]);
    expect(homeless.failures).toEqual([]);
  });

  test("shutdown in any mode and at any moment leaves nothing", async () => {
    for (const mode of ["unicast", "multicast", "anycast", "directedbroadcast"] as const) {
      for (const at of [0, 3, 12, 70_000]) {
        const t = rig(honest);
        t.start({ mode, servers: [one] });
        await t.clock.advance(at);
        t.stop.abort(new Error("shutdown"));
        expect([t.sockets.openCount, t.timers.list().length]).toEqual([0, 0]);
      }
    }
  });
});
