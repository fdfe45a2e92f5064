// The lab's server, its numbers and its second telephone, with the phone under test beside them.
import { beforeAll, describe, expect, test } from "vitest";
import { loadSipJs } from "#firmware/sip/core/library.ts";
import type { SipNotice } from "#firmware/sip/notices.ts";
import { digests } from "#hal/linux/digests.ts";
import { LabPhone } from "#test/lab/sip/phone.ts";
import { phoneAddress, type Rig, rig, serverAddress } from "./phone.ts";

beforeAll(() => loadSipJs());

const secondAddress = "192.0.2.20";

function second(r: Rig, more: Partial<ConstructorParameters<typeof LabPhone>[0]> = {}): LabPhone {
  return new LabPhone({
    runtime: r.runtime,
    sockets: r.hub.host(secondAddress),
    resolver: r.zone,
    digests,
    address: secondAddress,
    user: "200",
    password: "secret",
    server: serverAddress,
    signal: r.ended.signal,
    ...more,
  });
}

async function scene(more: Parameters<Rig["phone"]>[0] = {}) {
  const r = rig();
  const server = r.server();
  const phone = r.phone(more);
  await r.clock.advance(100);
  const dial = (target: string, call = "a") =>
    phone.perform({
      kind: "place",
      call,
      line: 1,
      target,
      route: "default",
      local: { portsId: 1, rtpPort: 16_384 },
      isAnonymous: false,
    });
  const of = <K extends SipNotice["kind"]>(kind: K) =>
    r.notices.filter((notice) => notice.kind === kind) as Extract<SipNotice, { kind: K }>[];
  return { ...r, r, server, phone, dial, of };
}

describe("numbers of the lab", () => {
  test("600 answers, and what is sent comes back", async () => {
    const s = await scene();
    const socket = s.hub.host(phoneAddress).openUdp({ port: 16_384 });
    const heard: Uint8Array[] = [];
    socket.datagrams.subscribe(({ bytes }) => heard.push(bytes), { signal: s.ended.signal });
    s.dial("600");
    await s.clock.advance(100);
    expect(s.of("answered")).toHaveLength(1);
    const media = s.of("media")[0]?.media;
    expect(media).toMatchObject({ direction: "sendrecv", send: { encoding: "PCMU" } });
    const packet = new Uint8Array(172).fill(7);
    if (media?.remote !== undefined) socket.send(packet, media.remote);
    await s.clock.advance(100);
    expect(heard).toHaveLength(1);
    expect(heard[0]?.subarray(12)).toEqual(packet.subarray(12));
    s.phone.perform({ kind: "hang-up", call: "a" });
    await s.clock.advance(100);
    expect(s.server.serviceCalls).toBe(0);
  });

  test.each([
    ["604", 486],
    ["605", 503],
    ["999999", 404],
    ["300", 480],
  ])("FLW-027 RSP-036 %s ends with %i", async (number, status) => {
    const s = await scene();
    s.dial(number);
    await s.clock.advance(100);
    expect(s.of("ended")).toMatchObject([{ by: "peer", status }]);
  });

  test("FLW-028 606 rings until the caller gives up: CANCEL, 200, 487, ACK", async () => {
    const s = await scene();
    s.dial("606");
    await s.clock.advance(5000);
    expect(s.of("progress")).toMatchObject([{ status: 180, isRinging: true }]);
    s.phone.perform({ kind: "hang-up", call: "a" });
    await s.clock.advance(100);
    expect(s.of("ended")).toMatchObject([{ by: "us" }]);
    const out = s.hub.lines(phoneAddress, serverAddress).map((text) => text.split(" ")[0]);
    expect(out.slice(2)).toEqual(["INVITE", "CANCEL", "ACK"]);
    const back = s.hub.lines(serverAddress, phoneAddress).map((text) => text.slice(8, 11));
    expect(back.slice(2)).toEqual(["180", "200", "487"]);
    expect(s.server.serviceCalls).toBe(0);
  });

  test("RSP-005 607 sends sound before it answers", async () => {
    const s = await scene();
    s.dial("607");
    await s.clock.advance(100);
    expect(s.of("media")).toHaveLength(1);
    expect(s.of("progress")).toMatchObject([{ status: 183, isRinging: false }]);
    expect(s.of("answered")).toHaveLength(0);
    await s.clock.advance(3000);
    expect(s.of("answered")).toHaveLength(1);
    s.phone.perform({ kind: "hang-up", call: "a" });
    await s.clock.advance(100);
  });

  test("608 hangs up by itself", async () => {
    const s = await scene();
    s.dial("608");
    await s.clock.advance(4000);
    expect(s.of("ended")).toMatchObject([{ by: "peer", status: undefined }]);
  });
});

describe("the second telephone", () => {
  test("a call to it and sound both ways, hold by it, and hang-up from it", async () => {
    const s = await scene();
    const other = second(s.r, { answerAfterMs: 1000 });
    await s.clock.advance(100);
    expect(other.isRegistered).toBe(true);
    s.dial("200");
    await s.clock.advance(2000);
    expect(s.of("progress").some(({ isRinging }) => isRinging)).toBe(true);
    expect(s.of("answered")).toHaveLength(1);
    const call = other.calls[0] ?? "";
    other.hold(call);
    await s.clock.advance(100);
    expect(s.of("held-by-peer")).toEqual([{ kind: "held-by-peer", call: "a", isHeld: true }]);
    expect(s.of("media").at(-1)?.media.direction).toBe("recvonly");
    other.resume(call);
    await s.clock.advance(100);
    expect(s.of("held-by-peer").at(-1)?.isHeld).toBe(false);
    expect(s.of("media").at(-1)?.media.direction).toBe("sendrecv");
    other.hangUp(call);
    await s.clock.advance(100);
    expect(s.of("ended")).toMatchObject([{ by: "peer" }]);
  });

  test("a call from it, hold and resume from here", async () => {
    const s = await scene();
    const other = second(s.r);
    await s.clock.advance(100);
    const theirs = other.call("100");
    await s.clock.advance(100);
    const call = s.of("incoming")[0]?.call ?? "";
    expect(s.of("incoming")[0]?.from).toMatchObject({ name: "Lab 200", number: "200" });
    s.phone.perform({ kind: "ring", call });
    s.phone.perform({ kind: "answer", call, local: { portsId: 1, rtpPort: 16_384 } });
    await s.clock.advance(100);
    s.phone.perform({ kind: "hold", call });
    await s.clock.advance(100);
    expect(s.of("hold-done")).toEqual([{ kind: "hold-done", call, isHeld: true }]);
    expect(other.notices.filter(({ kind }) => kind === "held-by-peer")).toMatchObject([{ isHeld: true }]);
    s.phone.perform({ kind: "resume", call });
    await s.clock.advance(100);
    expect(s.of("hold-done").at(-1)?.isHeld).toBe(false);
    s.phone.perform({ kind: "hang-up", call });
    await s.clock.advance(100);
    expect(other.notices.at(-1)).toMatchObject({ kind: "ended", call: theirs, by: "peer" });
  });

  test("FLW-023 FLW-029 a proxy that asks with 407 is answered once per call", async () => {
    const s = await scene();
    s.server.behaviour.isProxyAuth = true;
    s.dial("600");
    await s.clock.advance(100);
    expect(s.of("answered")).toHaveLength(1);
    const methods = s.hub.lines(phoneAddress, serverAddress).map((text) => text.split(" ")[0]);
    expect(methods.slice(2)).toEqual(["INVITE", "ACK", "INVITE", "ACK"]);
    s.phone.perform({ kind: "hang-up", call: "a" });
    await s.clock.advance(100);
  });

  test("FLW-032 RSP-010 a redirection is followed to the Contact", async () => {
    const s = await scene();
    second(s.r, { answerAfterMs: 100 });
    s.server.behaviour.redirects = { "700": [`<sip:200@${secondAddress}>`] };
    await s.clock.advance(100);
    s.dial("700");
    await s.clock.advance(500);
    expect(s.of("answered")).toHaveLength(1);
  });

  test("ending everything leaves no timer behind", async () => {
    const s = await scene();
    second(s.r, { answerAfterMs: 100 });
    await s.clock.advance(100);
    s.dial("200");
    await s.clock.advance(1000);
    s.ended.abort(new Error("shutdown"));
    await s.clock.advance(0);
    expect(s.runtime.timers.list()).toEqual([]);
    expect(s.clock.alarmCount).toBe(0);
    expect(s.failures).toEqual([]);
  });
});
