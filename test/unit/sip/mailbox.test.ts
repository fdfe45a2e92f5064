// Subscriptions to mailboxes (RFC 3842, RFC 6665): asked, proved, refreshed, ended by either side, and NOTIFYs that are
// nobody's.
import { describe, expect, test } from "vitest";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, type SipRequest, tagOf } from "#firmware/sip/message/message.ts";
import type { SubscriptionEvent, SubscriptionState } from "#firmware/sip/subscription.ts";
import { subscription } from "#firmware/sip/subscription.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { Peer } from "./peer.ts";
import { line, phoneAddress, rig, serverAddress } from "./phone.ts";

const mailboxes = { isSubscribed: true, expiresSec: 600 };

/** A phone that registers nowhere, and a server that does what the test says. */
function scripted() {
  const r = rig();
  const server = new Peer(r.hub, r.clock, serverAddress);
  const sip = r.phone({ isRegistering: false, mailboxes });
  const wait = (ms = 10): Promise<void> => r.clock.advance(ms);
  const notify = (subscribe: SipRequest, cseq: number, more: Parameters<Peer["ask"]>[1] = {}): void =>
    server.ask("NOTIFY", {
      callId: firstOf(subscribe, headers.callId) ?? "",
      toTag: tagOf(subscribe, headers.from) ?? "",
      cseq,
      lines: ["Event: message-summary", "Subscription-State: active;expires=600"],
      sdp: "Messages-Waiting: yes\r\nVoice-Message: 1/0\r\n",
      bodyType: "application/simple-message-summary",
      ...more,
    });
  const accept = (seconds = 600): SipRequest => {
    const subscribe = server.last("SUBSCRIBE");
    server.answer(subscribe, 200, { lines: [`Expires: ${seconds}`] });
    return subscribe;
  };
  const mail = () => r.notices.filter(({ kind }) => kind === "messages-waiting");
  return { r, server, sip, wait, notify, accept, mail };
}

describe("on the wire", () => {
  test("a line asks for its mailbox, with what it takes, and takes the news of that subscription", async () => {
    const s = scripted();
    await s.wait();
    const subscribe = s.accept();
    expect(subscribe.uri).toBe(`sip:100@${serverAddress}`);
    expect(firstOf(subscribe, headers.event)?.value).toBe("message-summary");
    expect(firstOf(subscribe, headers.expires)).toBe(600);
    expect(firstOf(subscribe, headers.accept)).toBe("application/simple-message-summary");
    expect(firstOf(subscribe, headers.contact)?.uri.text).toBe(`sip:100@${phoneAddress}:5060;transport=udp`);
    s.notify(subscribe, 1);
    await s.wait();
    expect(s.mail()).toMatchObject([{ line: 1, isWaiting: true, newCount: 1, oldCount: 0 }]);
  });

  test("a NOTIFY that is before its 200, or twice, or of another dialog", async () => {
    const s = scripted();
    await s.wait();
    const subscribe = s.server.last("SUBSCRIBE");
    s.notify(subscribe, 1);
    await s.wait();
    s.accept();
    await s.wait();
    s.notify(subscribe, 1, { branch: "z9hG4bKagain" });
    await s.wait();
    s.notify(subscribe, 2, { fromTag: "another-fork" });
    await s.wait();
    s.notify(subscribe, 2, { callId: "made-up" });
    await s.wait();
    expect(s.server.kinds.slice(1)).toEqual([200, 500, 481, 481]);
    expect(s.mail()).toHaveLength(1);
  });

  test("refreshed in its dialog, along its route, before it ends; ended when the phone leaves", async () => {
    const s = scripted();
    await s.wait();
    const first = s.server.last("SUBSCRIBE");
    const contact = `<sip:mail@${serverAddress}:5060>`;
    const record = `Record-Route: <sip:${serverAddress};lr>`;
    s.server.answer(first, 200, { contact, lines: ["Expires: 600", record] });
    s.notify(first, 1, {
      lines: [`Contact: ${contact}`, "Event: message-summary", "Subscription-State: active"],
    });
    await s.wait(594_000);
    expect(s.server.requests("SUBSCRIBE")).toHaveLength(1);
    await s.wait(2000);
    const second = s.accept();
    expect(second.uri).toBe(`sip:mail@${serverAddress}:5060`);
    expect(firstOf(second, headers.route)?.uri.text).toBe(`sip:${serverAddress};lr`);
    expect(tagOf(second, headers.to)).toBe("peer-tag");
    expect(firstOf(second, headers.callId)).toBe(firstOf(first, headers.callId));
    expect(firstOf(second, headers.cseq)?.number).toBe(102);
    let isGone = false;
    s.sip.leave(() => {
      isGone = true;
    });
    await s.wait();
    expect(firstOf(s.server.last("SUBSCRIBE"), headers.expires)).toBe(0);
    s.accept(0);
    await s.wait();
    expect(isGone).toBe(true);
  });

  test.each([
    ["deactivated", 10],
    ["probation;retry-after=40", 40_010],
  ])("terminated for %s after a while: asked anew, in another dialog", async (reason, withinMs) => {
    const s = scripted();
    await s.wait();
    const first = s.accept();
    s.notify(first, 1);
    await s.wait(100_000);
    s.notify(first, 2, {
      lines: ["Event: message-summary", `Subscription-State: terminated;reason=${reason}`],
    });
    await s.wait(withinMs - 10);
    const before = s.server.requests("SUBSCRIBE").length;
    await s.wait(20);
    const second = s.server.last("SUBSCRIBE");
    expect(before).toBeLessThanOrEqual(2);
    expect(firstOf(second, headers.callId)).not.toBe(firstOf(first, headers.callId));
    expect(tagOf(second, headers.to)).toBeUndefined();
  });

  test("a server that does not know mailboxes is asked once; one that fails, again and again with growing pauses", async () => {
    const s = scripted();
    await s.wait();
    s.server.answer(s.server.last("SUBSCRIBE"), 489);
    await s.wait(3_600_000);
    expect(s.server.requests("SUBSCRIBE")).toHaveLength(1);
    const t = scripted();
    const at: number[] = [];
    for (let n = 1; n <= 5; n++) {
      await t.r.clock.runUntil("asked", () => t.server.requests("SUBSCRIBE").length === n, 1_000_000);
      at.push(t.r.clock.now());
      t.server.answer(t.server.last("SUBSCRIBE"), 500);
    }
    const pauses = at.slice(1).map((ms, i) => ms - (at[i] ?? 0));
    for (const [i, pause] of pauses.entries()) expect(pause).toBeGreaterThanOrEqual(15_000 * 2 ** (i + 1));
  });
});

test("with a registrar that asks for proof, each line after it has registered; nothing where it is not wanted", async () => {
  for (const isSubscribed of [true, false]) {
    const r = rig();
    const server = r.server();
    server.mailboxes.set("100", { newCount: 2, oldCount: 1 });
    server.mailboxes.set("200", { newCount: 0, oldCount: 4 });
    r.phone({
      mailboxes: { ...mailboxes, isSubscribed },
      lines: [line(), line({ line: 2, name: "200", authName: "200" })],
    });
    await r.clock.advance(200);
    const told = r.notices.filter(({ kind }) => kind === "messages-waiting");
    expect(server.mailboxes.watcherCount).toBe(isSubscribed ? 2 : 0);
    if (!isSubscribed) expect(told).toEqual([]);
    else
      expect(told).toEqual([
        { kind: "messages-waiting", line: 1, isWaiting: true, newCount: 2, oldCount: 1 },
        { kind: "messages-waiting", line: 2, isWaiting: false, newCount: 0, oldCount: 4 },
      ]);
  }
});

describe("the machine", () => {
  const machine = subscription({ name: "mailbox", expiresSec: 600, deltaSec: 5, notifyWithinMs: 32_000 });
  const random = createSeededRandom(1);
  const told = (
    more: Partial<Extract<SubscriptionEvent, { kind: "told" }>["told"]> = {},
  ): SubscriptionEvent => ({
    kind: "told",
    told: { isTerminated: false, expiresSec: undefined, reason: "", retryAfterSec: undefined, ...more },
  });
  const ended = (reason: string) => told({ isTerminated: true, reason });
  const accepted = { kind: "accepted", grantedSec: 600 } as const;
  const timer = (name: string) => ({ kind: "timer", name }) as const;
  const run = (...events: readonly (Parameters<typeof machine.step>[1] | number)[]) => {
    let state: SubscriptionState = machine.initial;
    let now = 0;
    const effects: string[] = [];
    for (const event of events) {
      if (typeof event === "number") {
        now = event;
        continue;
      }
      const step = machine.step(state, event, { now: now as MonoMs, random }); // a time of this test
      state = step.state;
      effects.push(...step.effects.map(({ kind }) => kind));
    }
    return { kind: state.kind, count: effects.length, timers: machine.timers(state).map(({ at }) => at) };
  };
  const start = { kind: "start" } as const;

  test.each([
    ["accepted and never told", [start, accepted], "notify-wait", 1],
    ["no NOTIFY by Timer N", [start, accepted, 32_000, timer("notify")], "waiting", 1],
    ["told", [start, accepted, told()], "active", 1],
    ["a shorter time by NOTIFY", [start, accepted, told({ expiresSec: 60 })], "active", 1],
    ["refreshed", [start, accepted, told(), 595_000, timer("refresh"), accepted], "active", 2],
    [
      "lost at the refresh",
      [start, accepted, told(), 595_000, timer("refresh"), failed(481)],
      "notify-wait",
      3,
    ],
    ["lost at once after it began", [start, accepted, told(), 100, ended("deactivated")], "waiting", 1],
    [
      "no answer to the refresh",
      [start, accepted, told(), 595_000, timer("refresh"), failed(408)],
      "waiting",
      2,
    ],
    ["rejected", [start, accepted, told(), 100_000, ended("rejected")], "refused", 1],
    ["rejected, and started again", [start, accepted, told(), ended("noresource"), start], "notify-wait", 2],
    ["423", [start, { kind: "too-brief", leastSec: 3600 }], "notify-wait", 2],
    ["423 that asks for less", [start, { kind: "too-brief", leastSec: 60 }], "waiting", 1],
    ["stopped before it was told", [start, { kind: "stop" }], "stopped", 1],
    ["stopped", [start, accepted, told(), { kind: "stop" }, accepted], "stopped", 2],
    ["another server", [start, accepted, told(), { kind: "restart" }], "notify-wait", 2],
    ["another server, never started", [{ kind: "restart" }], "idle", 0],
    ["late answers", [accepted, failed(500), told(), timer("retry")], "idle", 0],
  ] as const)("%s", (_, events, kind, count) => {
    const { kind: is, count: effects } = run(...events);
    expect([is, effects]).toEqual([kind, count]);
  });

  test("refreshed as early as a registration is", () => {
    expect(run(start, accepted, told()).timers).toEqual([595_000]);
    expect(run(start, accepted, told({ expiresSec: 60 })).timers).toEqual([55_000]);
  });

  function failed(status: number): SubscriptionEvent {
    return { kind: "failed", status, retryAfterSec: 0 };
  }
});
