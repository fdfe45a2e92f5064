// The lab's time server, asked with the bytes that a real client sent.
import { expect, test } from "vitest";
import { createLabLog } from "#test/lab/log.ts";
import { type SntpPlay, startSntpServer } from "#test/lab/sntp-server.ts";
import { createPair, serverAddress } from "#test/unit/hal/sim-net-rig.ts";
import { vector } from "#test/vectors/load.ts";

const unixMsAtZero = Date.UTC(2026, 0, 1);

async function asked(play: SntpPlay, broadcastTo: readonly string[] = []) {
  const { clock, phone, server, close } = await createPair();
  const life = new AbortController();
  startSntpServer({
    sockets: server.sockets,
    clock,
    settings: () => ({ play, unixMsAtZero, broadcastTo, broadcastEveryMs: 64_000 }),
    tell: createLabLog(clock).teller("ntp"),
    signal: life.signal,
  });
  const socket = phone.sockets.openUdp({ port: 123, groups: ["224.0.1.1"] });
  const heard: Uint8Array[] = [];
  socket.datagrams.subscribe(({ bytes }) => heard.push(bytes), { signal: life.signal });
  await clock.advance(1500);
  const request = vector("net", "ntp-client-v4").bytes.subarray(42);
  socket.send(request, { address: serverAddress, port: 123 });
  await clock.advance(0);
  return {
    clock,
    heard,
    request,
    answer: heard[0],
    end: () => {
      life.abort();
      close();
      return clock.alarmCount;
    },
  };
}

const seconds = (packet: Uint8Array | undefined, at: number): number =>
  new DataView((packet ?? new Uint8Array(48)).slice().buffer).getUint32(at) - 2_208_988_800;

test("a good answer echoes the client's timestamp and carries the lab's time", async () => {
  const { answer, request, end } = await asked({ kind: "good" });
  expect(answer?.length).toBe(48);
  expect(answer?.[0]).toBe((4 << 3) | 4);
  expect(answer?.subarray(24, 32)).toEqual(request.subarray(40, 48));
  expect(seconds(answer, 40)).toBe(unixMsAtZero / 1000 + 1);
  expect(answer?.[44]).toBe(0x80); // half a second
  expect(end()).toBe(0);
});

test("each fault is told apart by its bytes", async () => {
  expect((await asked({ kind: "silent" })).heard).toHaveLength(0);
  const { answer: kiss } = await asked({ kind: "kiss", code: "RATE" });
  expect([kiss?.[0], kiss?.[1]]).toEqual([0xe4, 0]);
  expect(new TextDecoder().decode(kiss?.subarray(12, 16))).toBe("RATE");
  expect((await asked({ kind: "unsynchronised" })).answer?.[0]).toBe(0xe4);
  const { answer: stray, request } = await asked({ kind: "stray" });
  expect(stray?.subarray(24, 32)).not.toEqual(request.subarray(40, 48));
  expect((await asked({ kind: "zero" })).answer?.subarray(40)).toEqual(new Uint8Array(8));
  const { answer: wrong } = await asked({ kind: "wrong", offsetMs: 86_400_000 });
  expect(seconds(wrong, 40)).toBe(unixMsAtZero / 1000 + 86_401);
});

test("broadcasts go to the group and to the subnet, in mode 5", async () => {
  const { clock, heard, end } = await asked({ kind: "silent" }, ["224.0.1.1", "10.77.110.255"]);
  await clock.advance(128_000);
  expect(heard.map((packet) => [(packet[0] ?? 0) & 7, seconds(packet, 40)])).toEqual([
    [5, unixMsAtZero / 1000 + 64],
    [5, unixMsAtZero / 1000 + 64],
    [5, unixMsAtZero / 1000 + 128],
    [5, unixMsAtZero / 1000 + 128],
  ]);
  expect(end()).toBe(0);
});
