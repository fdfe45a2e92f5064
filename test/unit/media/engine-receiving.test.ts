// What the engine makes of what arrives: sound, digits, comfort noise, sources that change, statistics, silence.
import { describe, expect, test } from "vitest";
import { digitOfEvent } from "#firmware/media/telephone-event.ts";
import { later } from "#hal/contract/time.ts";
import { hex } from "#test/vectors/load.ts";
import { call, EngineRig, Peer, sine } from "./engine-rig.ts";
import { levelAtDbfs, powerDbfs } from "./spectrum.ts";

const tone = (hz: number, i: number): Int16Array => sine(hz, 8000, 160, i * 160);

/** A connected rig that has heard `count` packets of 440 Hz from `remote`. */
function talking(count: number, remote = new Peer()): EngineRig {
  const rig = new EngineRig();
  rig.connect();
  rig.tick();
  for (let i = 0; i < count; i++) {
    rig.receive(remote.sound(tone(440, i)));
    rig.tick();
  }
  return rig;
}

describe("sound", () => {
  test("is heard as it was sent, and the first packet is told at once", () => {
    const rig = talking(50);
    expect(rig.reports[0]).toEqual({ kind: "first-packet", id: "call" });
    expect(rig.reports.filter(({ kind }) => kind === "first-packet")).toHaveLength(1);
    const heard = rig.heard(5);
    expect(levelAtDbfs(heard, 440)).toBeCloseTo(-12.25, 1);
    expect(powerDbfs(heard)).toBeCloseTo(-12.25, 1);
  });

  test("early media is heard before anything may be sent", () => {
    const rig = new EngineRig();
    rig.connect({ remote: undefined, send: undefined });
    const remote = new Peer();
    rig.tick();
    for (let i = 0; i < 20; i++) {
      rig.receive(remote.sound(tone(440, i)));
      rig.tick();
    }
    expect(powerDbfs(rig.heard(5))).toBeGreaterThan(-20);
    expect(rig.rtp()).toEqual([]);
  });

  test("is not heard while the direction excludes it, nor is it counted, and what follows is no loss", () => {
    const remote = new Peer();
    const rig = talking(20, remote);
    rig.connect({ direction: "sendonly" });
    rig.tick();
    for (let i = 0; i < 50; i++) {
      rig.receive(remote.sound(tone(440, i)));
      rig.tick();
    }
    expect(powerDbfs(rig.heard(rig.played.length - 20))).toBe(Number.NEGATIVE_INFINITY);
    rig.connect();
    rig.tick();
    for (let i = 0; i < 60; i++) {
      rig.receive(remote.sound(tone(440, i)));
      rig.tick();
    }
    expect(rig.statistics()).toMatchObject({ lostPackets: 0, latePackets: 0 });
    expect(powerDbfs(rig.heard(rig.played.length - 40))).toBeGreaterThan(-20);
  });

  test("nothing of a stream is heard that nobody listens to, and its sound does not pile up", () => {
    const remote = new Peer();
    const rig = talking(5, remote);
    rig.command({ kind: "listen", ids: [] });
    rig.tick();
    for (let i = 0; i < 100; i++) {
      rig.receive(remote.sound(tone(440, i)));
      rig.tick();
    }
    expect(powerDbfs(rig.heard(rig.played.length - 50))).toBe(Number.NEGATIVE_INFINITY);
    expect(rig.statistics().playoutDelayMs).toBeLessThan(40);
  });

  test("malformed packets and unknown payload types are counted and do nothing else", () => {
    const rig = talking(5);
    rig.receive(hex("00"));
    rig.receive(hex("ff"), { isRtcp: true });
    rig.receive(new Peer().sound(tone(440, 0), { payloadType: 77 }));
    rig.ticks(60);
    expect(rig.statistics()).toMatchObject({ receivedPackets: 5, discardedPackets: 3 });
  });

  test("packets for ports no stream has are nobody's", () => {
    const rig = talking(5);
    rig.receive(new Peer().sound(tone(440, 0)), { portsId: 9 });
    rig.ticks(60);
    expect(rig.statistics()).toMatchObject({ receivedPackets: 5, discardedPackets: 0 });
  });
});

describe("sources", () => {
  test("a peer that goes over to another SSRC, sequence and timestamp is heard without a gap", () => {
    const rig = talking(50);
    const other = new Peer({ ssrc: 0x77, sequence: 60_000, timestamp: 4_000_000_000 });
    for (let i = 0; i < 50; i++) {
      rig.receive(other.sound(tone(440, 50 + i)));
      rig.tick();
    }
    const heard = rig.heard(5);
    expect(powerDbfs(heard)).toBeCloseTo(-12.25, 0);
    rig.ticks(50);
    expect(rig.statistics()).toMatchObject({ receivedPackets: 100, lostPackets: 0, discardedPackets: 0 });
  });

  test("a stray packet of somebody else disturbs nothing", () => {
    const remote = new Peer();
    const rig = talking(20, remote);
    const stray = new Peer({ ssrc: 0x99 });
    for (let i = 0; i < 60; i++) {
      if (i % 7 === 0) rig.receive(stray.sound(tone(1000, i)));
      if (i % 7 === 0) stray.sequence += 5;
      rig.receive(remote.sound(tone(440, 20 + i)));
      rig.tick();
    }
    expect(levelAtDbfs(rig.heard(20), 440)).toBeCloseTo(-12.25, 0);
    expect(levelAtDbfs(rig.heard(20), 1000)).toBeLessThan(-50);
  });

  test("of two that send at once, the one the description names is heard", () => {
    const rig = new EngineRig();
    rig.connect();
    rig.tick();
    const [early, right] = [new Peer({ ssrc: 1 }), new Peer({ ssrc: 2 })];
    for (let i = 0; i < 100; i++) {
      rig.receive(early.sound(tone(1000, i)), { peer: { address: "192.0.2.50", port: 4000 } });
      if (i >= 20) rig.receive(right.sound(tone(440, i)));
      rig.tick();
    }
    expect(levelAtDbfs(rig.heard(30), 440)).toBeCloseTo(-12.25, 0);
    expect(levelAtDbfs(rig.heard(30), 1000)).toBeLessThan(-50);
  });

  test("an echo service that sends our own packets back, SSRC and all, is heard", () => {
    const rig = new EngineRig();
    rig.connect();
    for (let i = 0; i < 60; i++) {
      const { packets } = rig.tick(tone(440, i));
      for (const packet of packets) if (!packet.isRtcp) rig.receive(packet.bytes);
    }
    expect(levelAtDbfs(rig.heard(10), 440)).toBeCloseTo(-12.25, 0);
  });

  test("sequence numbers and timestamps wrap unnoticed", () => {
    const rig = talking(100, new Peer({ sequence: 65_500, timestamp: 2 ** 32 - 8000 }));
    expect(powerDbfs(rig.heard(5))).toBeCloseTo(-12.25, 1);
    rig.ticks(50);
    expect(rig.statistics()).toMatchObject({ receivedPackets: 100, lostPackets: 0, latePackets: 0 });
  });
});

describe("digits and noise", () => {
  test("DTM-008 a digit of the peer is told once and not heard", () => {
    const remote = new Peer();
    const rig = talking(20, remote);
    const payloads = ["030a00a0", "030a0140", "030a01e0", "038a0280", "038a0280", "038a0280"];
    for (const [i, payload] of payloads.entries()) {
      rig.receive(remote.packet(hex(payload), { payloadType: 101, marker: i === 0 }));
      rig.tick();
    }
    rig.ticks(20);
    expect(rig.reports.filter(({ kind }) => kind === "digit")).toEqual([
      { kind: "digit", id: "call", digit: "3", durationMs: 80 },
    ]);
    expect(powerDbfs(rig.heard(24))).toBe(Number.NEGATIVE_INFINITY);
    expect(digitOfEvent(3)).toBe("3");
  });

  test.each([13, 19])(
    "COD-005 comfort noise of payload type %i is heard at its level until speech goes on",
    (type) => {
      const remote = new Peer();
      const rig = talking(20, remote);
      rig.receive(remote.packet(Uint8Array.of(50), { payloadType: type }));
      rig.ticks(100);
      remote.timestamp += 100 * 160;
      for (let i = 0; i < 20; i++) {
        rig.receive(remote.sound(tone(440, i)), i === 0 ? {} : {});
        rig.tick();
      }
      // −50 dBov is −47 dB relative to a full-scale sine.
      expect(powerDbfs(rig.heard(30).slice(0, 80 * 160))).toBeCloseTo(-47, 0);
      expect(levelAtDbfs(rig.heard(130), 440)).toBeCloseTo(-12.25, 0);
    },
  );
});

describe("what is told", () => {
  test("COD-007 STA-003 STA-004 packets, octets of payload, late, lost, jitter and times, each second and at the end", () => {
    const remote = new Peer();
    const rig = new EngineRig();
    rig.connect();
    rig.tick();
    for (let i = 0; i < 50; i++) {
      const bytes = remote.sound(tone(440, i));
      if (i !== 30) rig.receive(bytes, { at: later(rig.now, i % 2 === 0 ? -3 : -1) });
      rig.tick();
    }
    rig.command({ kind: "end-stream", id: "call" });
    rig.tick();
    const last = rig.reports.at(-1);
    if (last?.kind !== "statistics") throw new Error("the last report is the statistics");
    expect(last.isFinal).toBe(true);
    expect(last.statistics).toMatchObject({
      id: "call",
      sentPackets: 51,
      sentOctets: 51 * 160,
      receivedPackets: 49,
      receivedOctets: 49 * 160,
      lostPackets: 1,
      latePackets: 0,
      sendingMs: 1020,
      receivingMs: 51 * 20 - 17,
      sentEncoding: "PCMU",
      receivedEncoding: "PCMU",
    });
    // |D| is 2 ms = 16 units for every packet but the first, and 0 across the lost one: it tends to 16.
    expect(last.statistics.jitterUnits).toBeGreaterThan(13);
    expect(last.statistics.jitterUnits).toBeLessThanOrEqual(16);
    expect(rig.reports.filter(({ kind }) => kind === "statistics")).toHaveLength(2);
  });

  test("silence that should not be is told after 5 s, and again after every 5 s", () => {
    const rig = talking(50);
    rig.ticks(600);
    expect(rig.reports.filter(({ kind }) => kind === "silent")).toMatchObject([
      { silentMs: expect.closeTo(5000, -2) },
      { silentMs: expect.closeTo(10_000, -2) },
    ]);
  });

  test("no silence is told on hold", () => {
    const rig = new EngineRig();
    rig.connect({ direction: "sendonly" });
    rig.ticks(600);
    expect(rig.reports.filter(({ kind }) => kind === "silent")).toEqual([]);
  });

  test("audio is needed while a stream, a tone or a ring lasts", () => {
    const rig = new EngineRig();
    expect(rig.tick().needsAudio).toBe(false);
    rig.connect();
    expect(rig.tick().needsAudio).toBe(true);
    rig.command({ kind: "end-stream", id: call.id });
    expect(rig.tick().needsAudio).toBe(false);
    const segments = [{ frequenciesHz: [440], levelDbfs: -16, onMs: 40, offMs: 0 }];
    rig.command({ kind: "tone", tone: { name: "beep", segments, repeats: 1 } });
    expect([rig.tick(), rig.tick(), rig.tick()].map(({ needsAudio }) => needsAudio)).toEqual([
      true,
      false,
      false,
    ]);
    expect(rig.reports.at(-1)).toEqual({ kind: "tone-ended", name: "beep" });
    rig.command({ kind: "ring", ring: { name: "ring", segments, repeats: 0 } });
    const ringing = rig.tick();
    expect(ringing.needsAudio).toBe(true);
    expect(powerDbfs(ringing.ringer ?? new Int16Array(0))).toBeGreaterThan(-20);
    expect(powerDbfs(ringing.played ?? new Int16Array(0))).toBe(Number.NEGATIVE_INFINITY);
    rig.command({ kind: "ring", ring: undefined });
    expect(rig.tick()).toMatchObject({ needsAudio: false, ringer: undefined });
  });

  test("without samples only commands and packets are taken in", () => {
    const rig = new EngineRig();
    const output = rig.engine.step({
      now: rig.now,
      commands: [{ kind: "stream", spec: call }],
      packets: [],
      refusedPorts: [],
      captured: undefined,
    });
    expect(output).toMatchObject({ played: undefined, ringer: undefined, packets: [], needsAudio: true });
  });
});
