// A quarter of all packets lost, each way: registration and calls still come about, each once; and a registrar that dies
// during a call takes nothing with it.
import { beforeAll, describe, expect, test } from "vitest";
import { loadSipJs } from "#firmware/sip/core/library.ts";
import type { SipNotice } from "#firmware/sip/notices.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { local } from "./call-scene.ts";
import { lastState, line, rig, server, serverAddress } from "./phone.ts";

beforeAll(() => loadSipJs());

const second = "192.0.2.11";

describe("with 25 % of the packets lost each way", () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    "seed %i: 20 of 20 calls are set up, held, resumed and torn down, none doubled",
    async (seed) => {
      const r = rig(seed);
      const lab = r.server();
      const phone = r.phone();
      r.hub.loss = 0.25;
      const heard = (kind: SipNotice["kind"], call: string) =>
        r.notices.filter((notice) => notice.kind === kind && "call" in notice && notice.call === call);
      await r.clock.runUntil("registered", () => lastState(r.notices)?.kind === "registered", 300_000);
      for (let i = 0; i < 20; i++) {
        const call = `call ${i}`;
        phone.perform({
          kind: "place",
          call,
          line: 1,
          target: "600",
          route: "default",
          local,
          isAnonymous: false,
        });
        await r.clock.runUntil("answered", () => heard("answered", call).length === 1, 60_000);
        expect(lab.serviceCalls).toBe(1);
        phone.perform({ kind: "hold", call });
        await r.clock.runUntil("held", () => heard("hold-done", call).length === 1, 60_000);
        phone.perform({ kind: "resume", call });
        await r.clock.runUntil("resumed", () => heard("hold-done", call).length === 2, 60_000);
        phone.perform({ kind: "hang-up", call });
        await r.clock.runUntil("gone at the other end", () => lab.serviceCalls === 0, 60_000);
        expect(heard("ended", call)).toMatchObject([{ by: "us" }]);
        expect(heard("hold-done", call)).toMatchObject([{ isHeld: true }, { isHeld: false }]);
      }
      expect(r.failures).toEqual([]);
    },
  );
});

describe("a registrar that dies during a call", () => {
  const twice = { lines: [line({ proxies: [server(), server(second)] })], registerExpiresSec: 120 };

  test.each(Array.from({ length: 50 }, (_, i) => i + 1))(
    "seed %i: the call goes on, and the line is elsewhere in time",
    async (seed) => {
      const random = createSeededRandom(seed);
      const isSilent = random.u32() % 2 === 0;
      const r = rig(seed);
      const lab = r.server();
      r.server(second);
      const phone = r.phone(twice);
      await r.clock.advance(100);
      phone.perform({
        kind: "place",
        call: "a",
        line: 1,
        target: "600",
        route: "default",
        local,
        isAnonymous: false,
      });
      await r.clock.advance(100);
      await r.clock.advance(random.u32() % 110_000);
      const unanswered = r.hub.seen.length;
      if (isSilent) r.hub.setSilent(serverAddress, true);
      else lab.stop();
      const registered = () => {
        const state = lastState(r.notices);
        return state?.kind === "registered" && state.server.address === second;
      };
      await r.clock.runUntil("registered elsewhere", registered, 130_000);
      const first = r.hub.seen
        .slice(unanswered)
        .find(({ from, to }) => from.startsWith("192.0.2.1:") && to.startsWith(`${serverAddress}:`));
      expect(r.clock.now() - (first?.atMs ?? 0)).toBeLessThanOrEqual(isSilent ? 2 * 500 + 1000 : 100);
      expect(r.notices.filter(({ kind }) => kind === "ended")).toEqual([]);
      expect(r.states()).not.toContain("failed");
      // Back to the first server when it returns; the call is still not touched.
      if (isSilent) r.hub.setSilent(serverAddress, false);
      else r.server();
      await r.clock.advance(700_000);
      expect(lastState(r.notices)).toMatchObject({ kind: "registered", server: { address: serverAddress } });
      expect(r.notices.filter(({ kind }) => kind === "ended")).toEqual([]);
    },
  );

  test("the last server of the list falls silent: an earlier one that is back has the line in time", async () => {
    const r = rig();
    const first = r.server();
    r.server(second);
    r.phone(twice);
    await r.clock.advance(100);
    first.stop();
    const isAt = (address: string) => (): boolean => {
      const state = lastState(r.notices);
      return state?.kind === "registered" && state.server.address === address;
    };
    await r.clock.runUntil("at the second", isAt(second), 130_000);
    r.server();
    r.hub.setSilent(second, true);
    const before = r.hub.seen.length;
    await r.clock.runUntil("at the first again", isAt(serverAddress), 130_000);
    const asked = r.hub.seen.slice(before).find(({ to }) => to.startsWith(`${second}:`));
    const until = r.clock.now() - (asked?.atMs ?? Number.NEGATIVE_INFINITY);
    expect(asked === undefined || until <= 2 * 500 + 1000).toBe(true);
  });

  test("refreshing with a later server does not put off the way back to the first", async () => {
    const r = rig();
    const first = r.server();
    r.server(second);
    r.phone({ ...twice, registerExpiresSec: 20 });
    await r.clock.advance(100);
    first.stop();
    await r.clock.advance(20_000);
    expect(lastState(r.notices)).toMatchObject({ kind: "registered", server: { address: second } });
    r.server();
    await r.clock.advance(31_000);
    expect(lastState(r.notices)).toMatchObject({ kind: "registered", server: { address: serverAddress } });
  });

  test("a request inside the call keeps sip_retx although its server is suspected", async () => {
    const r = rig();
    r.server();
    r.server(second);
    const phone = r.phone(twice);
    await r.clock.advance(100);
    phone.perform({
      kind: "place",
      call: "a",
      line: 1,
      target: "600",
      route: "default",
      local,
      isAnonymous: false,
    });
    await r.clock.advance(100);
    r.hub.setSilent(serverAddress, true);
    phone.perform({ kind: "hang-up", call: "a" });
    await r.clock.advance(40_000);
    expect(r.hub.lines("192.0.2.1", serverAddress).filter((text) => text.startsWith("BYE"))).toHaveLength(11);
    expect(lastState(r.notices)).toMatchObject({ kind: "registered", server: { address: second } });
  });
});
