// What the engine sends: pacing, codecs, digits, silence suppression, holds, mute, conferences.
import { describe, expect, test } from "vitest";
import { inBandLevelDbfs } from "#firmware/media/dtmf.ts";
import { aLaw, muLaw } from "#firmware/media/g711.ts";
import { rtpPacket } from "#firmware/media/rtp.ts";
import { decode } from "#firmware/wire/field.ts";
import { hex } from "#test/vectors/load.ts";
import { call, EngineRig, events, joined, Peer, pcma, pcmu, peer, sine } from "./engine-rig.ts";
import { levelAtDbfs, powerDbfs } from "./spectrum.ts";

const voice = (tick: number): Int16Array => sine(440, 8000, 160, tick * 160);

describe("pacing", () => {
  test("COD-002 one packet per 20 ms of samples, marked at the beginning, without drift", () => {
    const rig = new EngineRig();
    rig.connect();
    rig.ticks(1000, voice);
    const packets = rig.rtp();
    expect(packets).toHaveLength(1000);
    expect(packets.map(({ marker }) => marker)).toEqual([true, ...Array(999).fill(false)]);
    const [first, last] = [packets[0], packets[999]];
    expect(((last?.sequence ?? 0) - (first?.sequence ?? 0)) & 0xffff).toBe(999);
    expect(((last?.timestamp ?? 0) - (first?.timestamp ?? 0)) >>> 0).toBe(999 * 160);
    expect(new Set(packets.map(({ ssrc }) => ssrc)).size).toBe(1);
    expect(rig.sent.filter(({ isRtcp }) => !isRtcp).map(({ at }) => at)).toEqual(
      Array.from({ length: 1000 }, (_, i) => i * 20),
    );
  });

  test("the payload is what the microphone gave, sample by sample", () => {
    const rig = new EngineRig();
    rig.connect();
    rig.ticks(5, voice);
    const sent = joined(rig.rtp().map(({ payload }) => muLaw.decode(payload)));
    expect(sent).toEqual(muLaw.decode(muLaw.encode(joined([0, 1, 2, 3, 4].map(voice)))));
  });

  test.each([
    [10, 80],
    [30, 240],
    [60, 480],
  ])("packets of %i ms hold %i octets", (packetMs, octets) => {
    const rig = new EngineRig();
    rig.connect({ packetMs });
    rig.ticks(60, voice);
    const packets = rig.rtp();
    expect(packets).toHaveLength(1200 / packetMs);
    expect(packets.every(({ payload }) => payload.length === octets)).toBe(true);
    expect(((packets[1]?.timestamp ?? 0) - (packets[0]?.timestamp ?? 0)) >>> 0).toBe(octets);
  });

  test("whatever pieces the sound card gives samples in, the same packets are sent and the same sound is played", () => {
    const microphone = joined(Array.from({ length: 50 }, (_, tick) => voice(tick)));
    const runs = [[160], [80], [37, 251, 160, 1, 191]].map((sizes) => {
      const rig = new EngineRig();
      rig.connect();
      rig.tick(new Int16Array(0));
      const remote = new Peer();
      for (let i = 0; i < 5; i++) rig.receive(remote.sound(sine(600, 5000, 160, i * 160)));
      for (let at = 0, i = 0; at < 6400; i++) {
        const size = Math.min(sizes[i % sizes.length] ?? 160, 6400 - at);
        rig.tick(microphone.slice(at, at + size));
        at += size;
      }
      return { payloads: rig.rtp().map(({ payload }) => payload), heard: rig.heard().slice(0, 1000) };
    });
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]?.payloads).toEqual(runs[0]?.payloads);
  });
});

describe("where and when", () => {
  test("COD-011 packets go to the address of the description, whatever the source of the peer's packets", () => {
    const rig = new EngineRig();
    rig.connect();
    const remote = new Peer();
    for (let i = 0; i < 10; i++) {
      rig.receive(remote.sound(sine(440, 8000, 160, i * 160)), {
        peer: { address: "192.0.2.99", port: 5999 },
      });
      rig.tick();
    }
    expect(rig.sent.every((packet) => packet.peer === peer)).toBe(true);
    expect(powerDbfs(rig.heard(4))).toBeGreaterThan(-20);
  });

  test("either law is sent and both are heard, as payload types 0 and 8", () => {
    const rig = new EngineRig();
    rig.connect({ send: pcma });
    const remote = new Peer();
    for (let i = 0; i < 10; i++) {
      rig.receive(remote.sound(sine(440, 8000, 160, i * 160), { payloadType: i < 5 ? 0 : 8 }));
      rig.tick(voice(i));
    }
    expect(rig.rtp().every(({ payloadType }) => payloadType === 8)).toBe(true);
    expect(joined(rig.rtp().map(({ payload }) => aLaw.decode(payload)))[41]).toBe(
      aLaw.decode(aLaw.encode(voice(0)))[41],
    );
    for (const from of [2, 7]) expect(levelAtDbfs(rig.heard(from).slice(0, 320), 440)).toBeCloseTo(-12.25, 0);
  });

  test.each([
    ["no address yet", { remote: undefined }],
    ["no format agreed", { send: undefined }],
    ["recvonly", { direction: "recvonly" }],
    ["inactive", { direction: "inactive" }],
    ["port 0", { remote: { address: "192.0.2.20", port: 0 } }],
    ["a codec that is not there", { send: { payloadType: 18, encoding: "G729", clockRateHz: 8000 } }],
  ] as const)("%s: nothing is sent", (_, more) => {
    const rig = new EngineRig();
    rig.connect(more);
    rig.ticks(50, voice);
    expect(rig.rtp()).toEqual([]);
  });

  test("on hold nothing is sent; after it the timestamps have gone on, and the first packet is marked", () => {
    const rig = new EngineRig();
    rig.connect();
    rig.ticks(10, voice);
    rig.connect({ direction: "inactive" });
    rig.ticks(50, voice);
    rig.connect();
    rig.ticks(10, voice);
    const packets = rig.rtp();
    expect(packets).toHaveLength(20);
    expect(packets[10]?.marker).toBe(true);
    expect(((packets[10]?.sequence ?? 0) - (packets[9]?.sequence ?? 0)) & 0xffff).toBe(1);
    expect(((packets[10]?.timestamp ?? 0) - (packets[9]?.timestamp ?? 0)) >>> 0).toBe(51 * 160);
  });

  test("a stream nobody listens to is not sent the microphone", () => {
    const rig = new EngineRig();
    rig.command({ kind: "stream", spec: call });
    rig.ticks(20, voice);
    expect(rig.rtp()).toEqual([]);
  });

  test("mute sends silence, not nothing", () => {
    const rig = new EngineRig();
    rig.connect();
    rig.command({ kind: "mute", isMuted: true });
    rig.ticks(10, voice);
    expect(rig.rtp()).toHaveLength(10);
    expect(rig.rtp().every(({ payload }) => payload.every((octet) => octet === 0xff))).toBe(true);
  });

  test("each of two parties of a conference hears this person and the other party, and we hear both", () => {
    const rig = new EngineRig();
    const specs = [
      { ...call, id: "a", portsId: 1 },
      { ...call, id: "b", portsId: 2 },
    ];
    rig.command(...specs.map((spec) => ({ kind: "stream", spec }) as const), {
      kind: "listen",
      ids: ["a", "b"],
    });
    const [a, b] = [new Peer({ ssrc: 1 }), new Peer({ ssrc: 2 })];
    for (let i = 0; i < 60; i++) {
      rig.receive(a.sound(sine(500, 4000, 160, i * 160)), { portsId: 1 });
      rig.receive(b.sound(sine(700, 4000, 160, i * 160)), { portsId: 2 });
      rig.tick(sine(1000, 4000, 160, i * 160));
    }
    const sentTo = (portsId: number): Int16Array =>
      joined(
        rig.sent
          .filter((packet) => packet.portsId === portsId && !packet.isRtcp)
          .slice(10, 60)
          .map(({ bytes }) => muLaw.decode(decode("rtp", rtpPacket, bytes).payload)),
      );
    const levels = (sound: Int16Array): number[] =>
      [500, 700, 1000].map((hz) => Math.round(levelAtDbfs(sound, hz)));
    expect(levels(sentTo(1)).map((level) => level > -30)).toEqual([false, true, true]);
    expect(levels(sentTo(2)).map((level) => level > -30)).toEqual([true, false, true]);
    expect(levels(rig.heard(10)).map((level) => level > -30)).toEqual([true, true, false]);
  });
});

describe("digits", () => {
  test("DTM-005 a digit goes out as events with the sound left out, byte by byte", () => {
    const rig = new EngineRig();
    rig.connect();
    rig.ticks(2, voice);
    rig.command({ kind: "send-digit", id: "call", digit: "#", durationMs: 60 });
    rig.ticks(8, voice);
    const packets = rig.rtp();
    const start = ((packets[1]?.timestamp ?? 0) + 160) >>> 0;
    const digit = packets.slice(2, 7);
    expect(digit.map(({ payloadType }) => payloadType)).toEqual([101, 101, 101, 101, 101]);
    expect(digit.map(({ marker }) => marker)).toEqual([true, false, false, false, false]);
    expect(digit.map(({ timestamp }) => timestamp)).toEqual(Array(5).fill(start));
    expect(digit.map(({ payload }) => payload)).toEqual(
      ["0b0a00a0", "0b0a0140", "0b8a01e0", "0b8a01e0", "0b8a01e0"].map(hex),
    );
    expect(packets.map(({ sequence }) => (sequence - (packets[0]?.sequence ?? 0)) & 0xffff)).toEqual(
      Array.from({ length: 10 }, (_, i) => i),
    );
    // Sound again, where its own time has come.
    expect(packets[7]).toMatchObject({ payloadType: 0, timestamp: (start + 5 * 160) >>> 0, marker: false });
  });

  test("the payload type is the one the peer asked for", () => {
    const rig = new EngineRig();
    rig.connect({ telephoneEvent: { ...events, payloadType: 96 } });
    rig.command({ kind: "send-digit", id: "call", digit: "1", durationMs: 60 });
    rig.ticks(3, voice);
    expect(rig.rtp().map(({ payloadType }) => payloadType)).toEqual([96, 96, 96]);
  });

  test("without events a digit is in the sound: two frequencies of the level asked for, for its time", () => {
    const rig = new EngineRig();
    rig.connect({ telephoneEvent: undefined, inBandDigitDbfs: -12 });
    rig.command({ kind: "send-digit", id: "call", digit: "6", durationMs: 100 });
    rig.ticks(10);
    const packets = rig.rtp();
    expect(packets.every(({ payloadType }) => payloadType === 0)).toBe(true);
    const sound = joined(packets.map(({ payload }) => muLaw.decode(payload)));
    const during = sound.slice(80, 720);
    expect(levelAtDbfs(during, 770)).toBeCloseTo(-12, 0);
    expect(levelAtDbfs(during, 1477)).toBeCloseTo(-12, 0);
    expect(levelAtDbfs(during, 1209)).toBeLessThan(-30);
    expect(sound.slice(800).every((sample) => sample === 0)).toBe(true);
  });

  test("DTM-006 TON-019 TON-020 every digit in the sound, 50 ms at least, at the level of dtmf_db_level 1 to 5", () => {
    const rows = ["123", "456", "789", "*0#"];
    for (const [row, digits] of rows.entries()) {
      for (const [column, digit] of [...digits].entries()) {
        const dbLevel = 1 + ((row + column) % 5);
        const rig = new EngineRig();
        rig.connect({ telephoneEvent: undefined, inBandDigitDbfs: inBandLevelDbfs(dbLevel) });
        rig.command({ kind: "send-digit", id: "call", digit, durationMs: 10 });
        rig.ticks(6);
        const sound = joined(rig.rtp().map(({ payload }) => muLaw.decode(payload))).slice(80, 400);
        const level = inBandLevelDbfs(3) + ([-6, -3, 0, 3, 6][dbLevel - 1] ?? 0);
        expect(levelAtDbfs(sound, [697, 770, 852, 941][row] ?? 0), digit).toBeCloseTo(level, -0.3);
        expect(levelAtDbfs(sound, [1209, 1336, 1477][column] ?? 0), digit).toBeCloseTo(level, -0.3);
      }
    }
    // Events have a level of their own, whatever is set for the sound.
    const rig = new EngineRig();
    rig.connect({ inBandDigitDbfs: inBandLevelDbfs(5) });
    rig.command({ kind: "send-digit", id: "call", digit: "1", durationMs: 60 });
    rig.ticks(1);
    expect(rig.rtp()[0]?.payload).toEqual(hex("010a00a0"));
  });

  test("with neither events nor in-band tones agreed nothing is sent", () => {
    const rig = new EngineRig();
    rig.connect({ telephoneEvent: undefined });
    rig.command({ kind: "send-digit", id: "call", digit: "6", durationMs: 100 });
    rig.ticks(10);
    expect(rig.rtp().every(({ payload }) => payload.every((octet) => octet === 0xff))).toBe(true);
  });
});

describe("silence suppression", () => {
  test("COD-005 silence is one packet of comfort noise, then nothing until somebody speaks", () => {
    const rig = new EngineRig();
    rig.connect({ hasSilenceSuppression: true });
    const hiss = (tick: number): Int16Array => sine(1234, 12, 160, tick * 160);
    rig.ticks(25, voice);
    rig.ticks(75, hiss);
    rig.ticks(25, voice);
    const packets = rig.rtp();
    const noise = packets.filter(({ payloadType }) => payloadType === 13);
    expect(noise).toHaveLength(1);
    expect(noise[0]?.payload).toEqual(Uint8Array.of(72)); // −71.7 dBov: a sine of amplitude 12
    expect(noise[0]?.marker).toBe(false);
    const speech = packets.filter(({ payloadType }) => payloadType === 0);
    expect(speech.filter(({ marker }) => marker)).toHaveLength(2);
    expect(packets.length).toBeLessThan(25 + 15 + 25);
    expect(((packets.at(-1)?.timestamp ?? 0) - (packets[0]?.timestamp ?? 0)) >>> 0).toBe(124 * 160);
  });

  test("pcmu alone is sent where it was not asked for", () => {
    const rig = new EngineRig();
    rig.connect({ send: pcmu });
    rig.ticks(50);
    expect(rig.rtp()).toHaveLength(50);
  });
});
