// The SCCP client on connections of the test's own: which bytes leave in which write, when, and on which connection.
import { expect, test } from "vitest";
import { startSccp } from "#firmware/sccp/client.ts";
import { codecFor } from "#firmware/sccp/messages/codec.ts";
import type { ServerMessage } from "#firmware/sccp/messages/server-messages.ts";
import type { SccpNotice } from "#firmware/sccp/notices.ts";
import { InvariantError } from "#hal/contract/errors.ts";
import type { CloseReason, Connection, Endpoint, Sockets } from "#hal/contract/sockets.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { labRuntime } from "#test/lab/runtime.ts";
import { virtualClock } from "#test/unit/hal/sim-net-rig.ts";
import { ack, settings } from "./play.ts";

interface Write {
  readonly atMs: number;
  readonly bytes: Uint8Array;
  readonly kind: string;
}

/** One connection as the server sees it. */
class Peer implements Connection {
  readonly local: Endpoint = { address: "192.0.2.10", port: 50_000 };
  readonly remote: Endpoint;
  readonly chunks = new Emitter<Uint8Array>();
  readonly closed = new Emitter<CloseReason>();
  readonly queuedBytes = 0;
  readonly writes: Write[] = [];
  isOpen = true;
  readonly #now: () => number;

  constructor(remote: Endpoint, now: () => number) {
    this.remote = remote;
    this.#now = now;
  }

  /** A write that is not one whole message fails here. */
  write(bytes: Uint8Array): void {
    const { message } = codecFor(11).decodePhone(bytes);
    this.writes.push({ atMs: this.#now(), bytes, kind: message.kind });
  }

  close(): void {
    this.isOpen = false;
  }

  reset(): void {
    this.isOpen = false;
  }

  says(...messages: readonly ServerMessage[]): void {
    for (const message of messages) this.chunks.emit(codecFor(11).encodeServer(message));
  }

  kinds(): readonly string[] {
    return this.writes.map(({ kind }) => kind);
  }
}

async function start() {
  const clock = virtualClock();
  const peers: Peer[] = [];
  const notices: SccpNotice[] = [];
  const none = (): never => {
    throw new InvariantError("SCCP opens plain TCP only");
  };
  const sockets: Sockets = {
    openUdp: none,
    connectTls: none,
    listenTcp: none,
    connectTcp(to) {
      const peer = new Peer(to, () => clock.now());
      peers.push(peer);
      return Promise.resolve(peer);
    },
  };
  const life = new AbortController();
  const sccp = startSccp({
    runtime: labRuntime(clock, createSeededRandom(1)),
    sockets,
    resolver: { setServers: none, resolveA: none, resolveSrv: none, resolveNaptr: none },
    settings,
    marking: { dscp: 24 },
    notify: (notice) => void notices.push(notice),
    signal: life.signal,
  });
  await clock.advance(10);
  const peer = (address: string): Peer => {
    const found = peers.findLast(({ remote }) => remote.address === address);
    if (found === undefined) throw new Error(`nobody connected to ${address}`);
    return found;
  };
  return { clock, sccp, peer, notices, peers };
}

async function registered() {
  const phone = await start();
  phone.peer("192.0.2.1").says(ack, { kind: "capabilitiesReq" });
  await phone.clock.advance(10);
  return phone;
}

test("SCCP-005 SCCP-006 each message leaves in one write of its own, under header version 0", async () => {
  const { clock, sccp, peer } = await registered();
  sccp.perform({ kind: "off-hook", at: { line: 0, ref: 0 } });
  await clock.advance(31_000);
  const { writes } = peer("192.0.2.1");
  expect(writes.length).toBeGreaterThan(15);
  for (const { bytes } of writes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    expect(view.getUint32(0, true)).toBe(bytes.length - 8); // the whole of one message and no other
    expect(view.getUint32(4, true)).toBe(0);
  }
});

test("SCCP-055 keepalives leave at the interval of RegisterAck, to 2 %, without drifting", async () => {
  const { clock, peer } = await registered();
  const first = peer("192.0.2.1");
  const begin = first.writes[0]?.atMs ?? 0;
  for (let i = 0; i < 20; i++) {
    await clock.advance(30_000);
    first.says({ kind: "keepAliveAck" });
    for (const address of ["192.0.2.2"]) peer(address).says({ kind: "keepAliveAck" });
  }
  const times = first.writes.filter(({ kind }) => kind === "keepAliveReq").map(({ atMs }) => atMs);
  expect(times.length).toBeGreaterThanOrEqual(19);
  for (const [i, at] of times.entries()) expect(Math.abs(at - begin - (i + 1) * 30_000)).toBeLessThan(600);
});

test("SCCP-057 the standby connection has keepalives at its own interval, and no Register", async () => {
  const { clock, peer } = await registered();
  for (let i = 0; i < 10; i++) {
    await clock.advance(30_000);
    for (const address of ["192.0.2.1", "192.0.2.2"]) peer(address).says({ kind: "keepAliveAck" });
  }
  const { writes, isOpen } = peer("192.0.2.2");
  expect(isOpen).toBe(true);
  expect(writes.map(({ kind }) => kind)).toEqual(Array(writes.length).fill("keepAliveReq"));
  expect(writes.slice(1).map(({ atMs }, i) => atMs - (writes[i]?.atMs ?? 0))).toEqual(
    Array(writes.length - 1).fill(60_000),
  );
  expect(writes.length).toBeGreaterThanOrEqual(4);
});

test("SCCP-062 leaving sends Unregister; the answer ends it, and so does its absence", async () => {
  for (const isAnswered of [true, false]) {
    const { clock, sccp, peer, notices } = await registered();
    const first = peer("192.0.2.1");
    sccp.stop();
    expect(first.kinds().at(-1)).toBe("unregisterReq");
    expect(first.isOpen).toBe(true);
    if (isAnswered) first.says({ kind: "unregisterAck", status: 0 });
    else await clock.advance(2100);
    expect(first.isOpen).toBe(false);
    expect(notices.at(-1)).toEqual({ kind: "server", state: { kind: "unregistered" } });
  }
});

test("SCCP-058 back by token: a reject is waited out on its own connection, the ack moves the phone there", async () => {
  const { clock, peer } = await registered();
  peer("192.0.2.1").closed.emit({ kind: "finished" });
  await clock.advance(10);
  const second = peer("192.0.2.2");
  second.says(ack, { kind: "capabilitiesReq" });
  await clock.advance(30_100);
  const asked = peer("192.0.2.1");
  expect(asked.kinds()).toEqual(["registerTokenReq"]);
  asked.says({ kind: "registerTokenReject", waitSec: 20 });
  second.says({ kind: "keepAliveAck" });
  await clock.advance(19_500);
  expect([asked.isOpen, peer("192.0.2.1") === asked]).toEqual([false, true]);
  expect(second.isOpen).toBe(true);
  await clock.advance(1000);
  const again = peer("192.0.2.1");
  expect(again.kinds()).toEqual(["registerTokenReq"]);
  again.says({ kind: "registerTokenAck" });
  expect(second.kinds().at(-1)).toBe("unregisterReq");
  expect(again.kinds()).not.toContain("registerReq");
  second.says({ kind: "unregisterAck", status: 0 });
  expect(again.kinds().slice(1, 3)).toEqual(["alarm", "registerReq"]);
  expect(second.isOpen).toBe(false);
});
