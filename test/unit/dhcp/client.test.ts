// The DHCP client at the network port: golden frames, VLAN tags, the kept lease, bad frames, shutdown.
import { expect, test } from "vitest";
import { encodeArpProbe } from "#firmware/dhcp/arp.ts";
import { type DhcpClient, type DhcpStart, startDhcp, startStaticAddress } from "#firmware/dhcp/client.ts";
import { decodeUdpFrame, encodeUdpFrame } from "#firmware/dhcp/datagram.ts";
import { decodeDhcp, dhcpMessage } from "#firmware/dhcp/messages.ts";
import type { DhcpNotice } from "#firmware/dhcp/notices.ts";
import {
  decline,
  discover,
  identityOf,
  release,
  requestKept,
  requestMore,
  requestOffer,
} from "#firmware/dhcp/requests.ts";
import { encode } from "#firmware/wire/field.ts";
import type { VlanTag } from "#hal/contract/link.ts";
import type { UnixMs } from "#hal/contract/time.ts";
import { createFlash, createSimStorage, type SimFlash } from "#hal/sim/storage.ts";
import { createFakeLink, type FakeLink } from "#test/unit/fake-link.ts";
import { createFakeRuntime, type FakeRuntime } from "#test/unit/fake-runtime.ts";
import { vector } from "#test/vectors/load.ts";
import {
  type AnswerOptions,
  answerTo,
  offeredAddress,
  own,
  phoneMac,
  serverAddress,
  serverMac,
} from "./server.ts";

const heading = { transactionId: 0x11223344, secs: 0 };
const lease = { address: offeredAddress, server: serverAddress };

const golden = [
  ["discover", discover(own, phoneMac, heading), "broadcast"],
  ["request-offer", requestOffer(own, phoneMac, { ...heading, secs: 4 }, lease), "broadcast"],
  ["request-kept", requestKept(own, phoneMac, heading, offeredAddress), "broadcast"],
  ["request-renewing", requestMore(own, phoneMac, heading, offeredAddress), "unicast"],
  ["request-rebinding", requestMore(own, phoneMac, heading, offeredAddress), "broadcast"],
  ["decline", decline(phoneMac, heading.transactionId, lease), "broadcast"],
  ["release", release(phoneMac, heading.transactionId, lease), "unicast"],
] as const;

test.each(golden)("BOOT-032 golden frame of %s: fields and options per message", (name, message, how) => {
  const frame = encodeUdpFrame({
    destinationMac: how === "unicast" ? serverMac : "ff:ff:ff:ff:ff:ff",
    sourceMac: phoneMac,
    source: { address: message.clientAddress, port: 68 },
    destination: { address: how === "unicast" ? serverAddress : "255.255.255.255", port: 67 },
    payload: encode(dhcpMessage, message),
  });
  expect(frame).toEqual(vector("dhcp/golden", name).bytes);
});

interface Rig {
  readonly runtime: FakeRuntime;
  readonly link: FakeLink;
  readonly flash: SimFlash;
  readonly client: DhcpClient;
  readonly notices: DhcpNotice[];
  readonly ended: AbortController;
}

function rigOf(flash = createFlash()): Rig {
  const runtime = createFakeRuntime();
  const link = createFakeLink(runtime.clock);
  const notices: DhcpNotice[] = [];
  const ended = new AbortController();
  const client = startDhcp({
    runtime,
    link,
    storage: createSimStorage(flash),
    notify: (notice) => void notices.push(notice),
    signal: ended.signal,
  });
  return { runtime, link, flash, client, notices, ended };
}

const startOptions: DhcpStart = { identity: own, tftp: "needed", vlan: undefined };

/** What the phone sent last, as a DHCP message. */
function lastSent(rig: Rig) {
  const last = rig.link.sent.findLast(({ bytes }) => bytes[12] === 8 && bytes[13] === 0);
  if (last === undefined) throw new Error("nothing was sent");
  const frame = decodeUdpFrame(last.bytes);
  return { ...last, frame, message: decodeDhcp(frame.payload) };
}

/** An answer of the server to the last message, unicast to the address on offer as dnsmasq does. */
function answer(
  rig: Rig,
  type: "offer" | "ack" | "nak",
  options: AnswerOptions & { tag?: VlanTag; to?: string } = {},
): void {
  const frame = encodeUdpFrame({
    destinationMac: options.to ?? phoneMac,
    sourceMac: serverMac,
    source: { address: serverAddress, port: 67 },
    destination: { address: offeredAddress, port: 68 },
    payload: encode(dhcpMessage, answerTo(lastSent(rig).message.transactionId, type, options)),
  });
  rig.link.deliver("dhcp", frame, options.tag);
}

async function bind(rig: Rig, options: DhcpStart = startOptions): Promise<void> {
  rig.client.start(options);
  const tagged = options.vlan === undefined ? {} : { tag: options.vlan };
  if (rig.client.state().kind === "selecting") answer(rig, "offer", tagged);
  answer(rig, "ack", tagged);
  await rig.runtime.clock.advance(20);
}

const kinds = (rig: Rig): string[] => rig.notices.map(({ kind }) => kind);

test("BOOT-031 the Cisco-compatible DISCOVER on the wire, byte for byte but its transaction id", () => {
  const rig = rigOf();
  rig.client.start(startOptions);
  const { bytes, message } = lastSent(rig);
  const fresh = encode(dhcpMessage, { ...message, transactionId: heading.transactionId });
  expect(fresh).toEqual(decodeUdpFrame(vector("dhcp/golden", "discover").bytes).payload);
  expect(bytes.length).toBe(vector("dhcp/golden", "discover").bytes.length);
});

test("BOOT-031 the profiles: own name and parameters, Cisco's with and without NUL, Mitel's; host name by image type", () => {
  const of = (profile: Parameters<typeof identityOf>[0]) =>
    identityOf(profile, { hostName: "SIP001122334455", product: "Offhook" });
  expect(of("own")).toMatchObject({
    vendorClass: "Offhook",
    parameters: [1, 3, 6, 15, 42, 43, 66, 67, 120, 125, 150],
    hostName: "SIP001122334455",
  });
  expect(of("cisco-7960")).toMatchObject({
    vendorClass: "Cisco Systems, Inc. IP Phone CP-7960G\0",
    parameters: [1, 66, 6, 3, 15, 150, 35],
  });
  expect(of("cisco-7912").vendorClass).toBe("Cisco Systems, Inc. IP Phone 7912");
  expect(of("mitel").vendorClass).toBe("ipphone.mitel.com");
});

test("an offer sent unicast to an address the phone does not have yet leads to a lease", async () => {
  const rig = rigOf();
  await bind(rig);
  expect(kinds(rig)).toEqual(["bound"]);
  expect(rig.notices[0]).toMatchObject({
    lease: { address: offeredAddress, server: serverAddress, leaseSec: 600 },
  });
  expect(
    rig.link.sent.map(({ atMs, bytes }) => [atMs, bytes[12] === 8 && bytes[13] === 6 ? "arp" : "dhcp"]),
  ).toEqual([
    [0, "dhcp"],
    [0, "dhcp"],
    [0, "arp"],
    [20, "arp"],
  ]);
});

test("on a VLAN every frame is tagged, and answers from another VLAN do not count", async () => {
  const rig = rigOf();
  const vlan = { vlanId: 110, priority: 5 };
  rig.client.start({ ...startOptions, vlan });
  answer(rig, "offer");
  answer(rig, "offer", { tag: { vlanId: 120, priority: 0 } });
  expect(rig.client.state().kind).toBe("selecting");
  answer(rig, "offer", { tag: { vlanId: 110, priority: 0 } });
  answer(rig, "ack", { tag: { vlanId: 110, priority: 0 } });
  await rig.runtime.clock.advance(3000);
  expect(rig.client.state().kind).toBe("bound");
  expect(new Set(rig.link.sent.map(({ tag }) => tag))).toEqual(new Set([vlan]));
});

test("untagged and priority-tagged answers are the same", () => {
  const rig = rigOf();
  rig.client.start(startOptions);
  answer(rig, "offer", { tag: { vlanId: 0, priority: 3 } });
  expect(rig.client.state().kind).toBe("requesting");
});

test("renewal is sent unicast from the own address to where the ACK came from", async () => {
  const rig = rigOf();
  await bind(rig);
  await rig.runtime.clock.runUntil("renewing", () => rig.client.state().kind === "renewing");
  const { frame, message } = lastSent(rig);
  expect(frame).toMatchObject({
    destinationMac: serverMac,
    source: { address: offeredAddress, port: 68 },
    destination: { address: serverAddress, port: 67 },
  });
  expect(message.clientAddress).toBe(offeredAddress);
  answer(rig, "ack");
  expect(kinds(rig)).toEqual(["bound", "renewed"]);
});

test("BOOT-069 a step of the wall clock moves no timer of a lease", async () => {
  const rig = rigOf();
  await bind(rig);
  const before = rig.runtime.timers.list();
  rig.runtime.clock.step(1_900_000_000_000 as UnixMs);
  rig.runtime.clock.step(1_000_000_000_000 as UnixMs);
  expect(rig.runtime.timers.list()).toEqual(before);
  await rig.runtime.clock.advance(305_000);
  expect(rig.client.state().kind).toBe("renewing");
});

test("the lease is kept for the next start: same VLAN, same MAC, not over; else the search begins anew", async () => {
  const first = rigOf();
  first.runtime.clock.step(1_800_000_000_000 as UnixMs);
  await bind(first);
  const begun = (vlan: VlanTag | undefined, unixMs: number | undefined): string => {
    const next = rigOf(first.flash);
    if (unixMs !== undefined) next.runtime.clock.step(unixMs as UnixMs);
    next.client.start({ ...startOptions, vlan });
    return next.client.state().kind;
  };
  expect(begun(undefined, undefined)).toBe("rebooting");
  expect(begun(undefined, 1_800_000_500_000)).toBe("rebooting");
  expect(begun(undefined, 1_800_000_700_000)).toBe("selecting");
  expect(begun({ vlanId: 110, priority: 5 }, undefined)).toBe("selecting");
});

test("the same address is written again only after an hour, or once the time is known", async () => {
  const rig = rigOf();
  const stored = (): string => Buffer.from(rig.flash.shelves.get("lease")?.get("lease") ?? []).toString();
  const renew = async (): Promise<void> => {
    await rig.runtime.clock.runUntil("renewing", () => rig.client.state().kind === "renewing");
    answer(rig, "ack");
  };
  await bind(rig);
  rig.flash.shelves.get("lease")?.set("lease", Buffer.from("untouched"));
  await renew();
  expect(stored()).toBe("untouched");
  rig.runtime.clock.step(1_800_000_000_000 as UnixMs);
  await renew();
  expect(stored()).toMatch(/"endsUnixMs":1800000/);
  rig.flash.shelves.get("lease")?.set("lease", Buffer.from("untouched"));
  for (let i = 0; i < 11; i++) await renew();
  expect(stored()).toBe("untouched");
  for (let i = 0; i < 2; i++) await renew();
  expect(stored()).toMatch(/"endsUnixMs":1800/);
});

test("a released lease is kept no longer, and nonsense on the shelf is no lease", async () => {
  const rig = rigOf();
  await bind(rig);
  expect(rig.flash.shelves.get("lease")?.size).toBe(1);
  rig.client.release();
  expect(rig.flash.shelves.get("lease")?.size).toBe(0);
  for (const text of [
    "{",
    "7",
    "{}",
    '{"version":1,"mac":"x","address":"10.0.0.999","mask":"255.0.0.0"}',
    '{"version":2}',
  ]) {
    rig.flash.shelves.get("lease")?.set("lease", Buffer.from(text));
    const next = rigOf(rig.flash);
    next.client.start(startOptions);
    expect(next.client.state().kind).toBe("selecting");
  }
});

test("a full store costs a warning, not the lease", async () => {
  const flash = createFlash();
  flash.fault = "full";
  const rig = rigOf(flash);
  await bind(rig);
  expect(rig.client.state().kind).toBe("bound");
  expect(rig.runtime.lines.join("\n")).toMatch(/lease not kept: .*no space left/);
});

test("frames that are damaged, for somebody else or to another port are counted and change nothing", () => {
  const rig = rigOf();
  rig.client.start(startOptions);
  const { message } = lastSent(rig);
  const good = {
    destinationMac: phoneMac,
    sourceMac: serverMac,
    source: { address: serverAddress, port: 67 },
    destination: { address: offeredAddress, port: 68 },
    payload: encode(dhcpMessage, answerTo(message.transactionId, "offer")),
  };
  const other = encode(dhcpMessage, { ...answerTo(message.transactionId, "offer"), clientMac: serverMac });
  rig.link.deliver("dhcp", encodeUdpFrame({ ...good, payload: good.payload.subarray(0, 100) }));
  rig.link.deliver("arp", new Uint8Array(60));
  rig.link.deliver("dhcp", encodeUdpFrame({ ...good, payload: other }));
  rig.link.deliver("dhcp", encodeUdpFrame({ ...good, destination: { address: offeredAddress, port: 69 } }));
  rig.link.deliver("dhcp", encodeUdpFrame({ ...good, payload: encode(dhcpMessage, message) }));
  expect(rig.client.counters()).toEqual({ received: 5, malformed: 2, foreign: 3 });
  expect(rig.client.state().kind).toBe("selecting");
  // RFC 2131 §4.1 fixes the destination port alone.
  rig.link.deliver("dhcp", encodeUdpFrame({ ...good, source: { address: serverAddress, port: 1067 } }));
  expect(rig.client.state().kind).toBe("requesting");
});

test("after the end nothing listens, waits or fails", async () => {
  const rig = rigOf();
  await bind(rig);
  rig.ended.abort(new Error("shutdown"));
  await rig.runtime.clock.advance(0);
  expect([rig.link.listenerCount(), rig.runtime.clock.alarmCount, rig.runtime.failures]).toEqual([0, 0, []]);
});

test("a typed-in address is probed, announced twice, defended once, and tried again after a conflict", async () => {
  const runtime = createFakeRuntime();
  const link = createFakeLink(runtime.clock);
  const notices: DhcpNotice[] = [];
  const ended = new AbortController();
  const address = startStaticAddress({
    runtime,
    link,
    notify: (notice) => void notices.push(notice),
    signal: ended.signal,
  });
  const settings = {
    address: "10.77.0.50",
    mask: "255.255.255.0",
    routers: ["10.77.0.1"],
    dnsServers: [],
    domainName: undefined,
    tftpServers: ["10.77.0.9"],
  };
  const other = encodeArpProbe("00:11:22:33:44:99", "10.77.0.50");
  const claim = other.slice();
  claim.set([10, 77, 0, 50], 28);
  address.start(settings, undefined);
  link.deliver("arp", other);
  expect(notices).toMatchObject([{ kind: "conflict", count: 1, retryAt: 10_000 }]);
  await runtime.clock.advance(10_020);
  expect(notices[1]).toMatchObject({
    kind: "bound",
    how: "static",
    lease: { origin: "static", leaseSec: Number.POSITIVE_INFINITY },
  });
  await runtime.clock.advance(5000);
  expect(link.sent.map(({ atMs }) => atMs)).toEqual([0, 10_000, 10_020, 12_020]);
  link.deliver("arp", claim);
  link.deliver("arp", claim);
  expect(notices.slice(2).map(({ kind }) => kind)).toEqual(["lost", "conflict"]);
  await runtime.clock.advance(10_020);
  expect(address.state().kind).toBe("bound");
  address.verify();
  expect(address.state()).toMatchObject({ kind: "bound", watchUntil: 27_040 });
  address.stop();
  expect(runtime.timers.list()).toEqual([]);
});
