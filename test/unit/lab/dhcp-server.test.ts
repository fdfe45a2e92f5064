// The lab's DHCP server, asked as RFC 2131 clients ask; the first frame is one that a real client sent.
import { expect, test } from "vitest";
import { decodeUdpFrame, encodeUdpFrame } from "#firmware/dhcp/datagram.ts";
import { type DhcpMessage, decodeDhcp, dhcpMessage } from "#firmware/dhcp/messages.ts";
import { type DhcpOption, optionOf } from "#firmware/dhcp/options.ts";
import { encode } from "#firmware/wire/field.ts";
import { type DhcpPlay, type DhcpScope, type DhcpSettings, startDhcpServer } from "#test/lab/dhcp-server.ts";
import { createLabLog } from "#test/lab/log.ts";
import { createPair, serverAddress } from "#test/unit/hal/sim-net-rig.ts";
import { vector } from "#test/vectors/load.ts";

const scope: DhcpScope = {
  serverId: serverAddress,
  pool: { first: "10.77.110.20", size: 3 },
  mask: "255.255.255.0",
  routers: ["10.77.110.254"],
  dnsServers: [serverAddress],
  domainName: "lab.example",
  ntpServers: [],
  tftpServers: [serverAddress, "10.77.110.2"],
  tftpServerName: undefined,
  nextServer: undefined,
  leaseSec: 600,
  renewalSec: undefined,
  rebindingSec: undefined,
  extra: [],
};

const phoneMac = "00:11:22:33:44:55";

async function serving(change: Partial<DhcpSettings> = {}) {
  const { clock, phone, server, close } = await createPair();
  await phone.network.setAddress(undefined);
  const log = createLabLog(clock);
  const life = new AbortController();
  const control: { settings: DhcpSettings } = {
    settings: { scope, play: { kind: "good" }, isAuthoritative: false, delayMs: 0, ...change },
  };
  const { leases } = startDhcpServer({
    sockets: server.sockets,
    link: server.link,
    clock,
    settings: () => control.settings,
    tell: log.teller("dhcp"),
    signal: life.signal,
  });
  const heard: { readonly to: string; readonly mac: string; readonly message: DhcpMessage }[] = [];
  phone.link.listen(
    "dhcp",
    ({ bytes }) => {
      const frame = decodeUdpFrame(bytes);
      const message = decodeDhcp(frame.payload);
      heard.push({ to: frame.destination.address, mac: frame.destinationMac, message });
    },
    { signal: life.signal },
  );
  const ask = async (options: readonly DhcpOption[], change: Partial<DhcpMessage> = {}, spanMs = 0) => {
    const message: DhcpMessage = { ...blank, options, ...change };
    phone.link.send(
      encodeUdpFrame({
        destinationMac: "ff:ff:ff:ff:ff:ff",
        sourceMac: message.clientMac,
        source: { address: message.clientAddress, port: 68 },
        destination: { address: "255.255.255.255", port: 67 },
        payload: encode(dhcpMessage, message),
      }),
    );
    await clock.advance(spanMs);
    return heard.splice(0);
  };
  const end = (): number => {
    life.abort();
    close();
    return clock.alarmCount;
  };
  return { clock, phone, control, leases, log, heard, ask, end };
}

const blank: DhcpMessage = {
  op: "request",
  hops: 0,
  transactionId: 0x1234_5678,
  secs: 0,
  isBroadcast: false,
  clientAddress: "0.0.0.0",
  yourAddress: "0.0.0.0",
  serverAddress: "0.0.0.0",
  relayAddress: "0.0.0.0",
  clientMac: phoneMac,
  serverName: "",
  bootFile: "",
  options: [],
};
const discover: DhcpOption = { kind: "messageType", type: "discover" };
const request: DhcpOption = { kind: "messageType", type: "request" };
const want = (address: string): DhcpOption => ({ kind: "requestedAddress", address });
const from = (address: string): DhcpOption => ({ kind: "serverId", address });
const typeOf = (message: DhcpMessage | undefined) => optionOf(message?.options ?? [], "messageType")?.type;
const short = (answers: readonly { message: DhcpMessage }[]): string[] =>
  answers.map(({ message }) => `${typeOf(message)} ${message.yourAddress}`);

test("a real client's DISCOVER gets an offer, unicast to an address it does not have yet", async () => {
  const { clock, phone, heard, log, end } = await serving();
  phone.link.send(vector("dhcp/messages", "discover-asking-150").bytes);
  await clock.advance(0);
  expect(heard).toHaveLength(1);
  expect(heard[0]).toMatchObject({ to: "10.77.110.20", mac: phoneMac });
  expect(heard[0]?.message.options).toEqual([
    { kind: "messageType", type: "offer" },
    { kind: "serverId", address: serverAddress },
    { kind: "leaseTime", seconds: 600 },
    { kind: "subnetMask", mask: "255.255.255.0" },
    { kind: "routers", addresses: ["10.77.110.254"] },
    { kind: "dnsServers", addresses: [serverAddress] },
    { kind: "tftpServers", addresses: [serverAddress, "10.77.110.2"] },
    { kind: "domainName", text: "lab.example" },
  ]);
  expect(log.lines()).toEqual([`dhcp discover ${phoneMac}`, `dhcp offer ${phoneMac} 10.77.110.20`]);
  expect(end()).toBe(0);
});

test("DISCOVER and REQUEST bind, a renewal keeps, a RELEASE frees", async () => {
  const { ask, leases, end } = await serving();
  expect(short(await ask([discover]))).toEqual(["offer 10.77.110.20"]);
  expect(short(await ask([request, want("10.77.110.20"), from(serverAddress)]))).toEqual([
    "ack 10.77.110.20",
  ]);
  const renewed = await ask([request], { clientAddress: "10.77.110.20" });
  expect(short(renewed)).toEqual(["ack 10.77.110.20"]);
  expect(renewed[0]?.message.clientAddress).toBe("10.77.110.20");
  expect(leases.heldBy(phoneMac)).toBe("10.77.110.20");
  await ask([{ kind: "messageType", type: "release" }, from(serverAddress)], {
    clientAddress: "10.77.110.20",
  });
  expect(leases.heldBy(phoneMac)).toBeUndefined();
  expect(end()).toBe(0);
});

test("clients get different addresses, a declined one goes to nobody, a full pool is silent", async () => {
  const { ask, end } = await serving();
  const others = ["00:11:22:33:44:61", "00:11:22:33:44:62", "00:11:22:33:44:63"];
  await ask([request, want("10.77.110.20"), from(serverAddress)]);
  await ask([{ kind: "messageType", type: "decline" }, want("10.77.110.20"), from(serverAddress)]);
  expect(short(await ask([discover]))).toEqual(["offer 10.77.110.21"]);
  await ask([request, want("10.77.110.21"), from(serverAddress)]);
  const next = await ask([discover], { clientMac: others[0] as string }); // three were written above
  expect(short(next)).toEqual(["offer 10.77.110.22"]);
  await ask([request, want("10.77.110.22"), from(serverAddress)], { clientMac: others[0] as string });
  expect(await ask([discover], { clientMac: others[1] as string })).toEqual([]);
  expect(end()).toBe(0);
});

test("after a reboot: the known address is confirmed, a wrong one refused, an unknown client not answered", async () => {
  const { ask, control, end } = await serving();
  expect(await ask([request, want("10.77.110.20")])).toEqual([]);
  await ask([request, want("10.77.110.20"), from(serverAddress)]);
  expect(short(await ask([request, want("10.77.110.20")]))).toEqual(["ack 10.77.110.20"]);
  const refused = await ask([request, want("10.77.110.21")]);
  expect(short(refused)).toEqual(["nak 0.0.0.0"]);
  expect(refused[0]).toMatchObject({ to: "255.255.255.255", mac: "ff:ff:ff:ff:ff:ff" });
  control.settings = { ...control.settings, isAuthoritative: true };
  const stranger = await ask([request, want("192.0.2.9")], { clientMac: "00:11:22:33:44:61" });
  expect(short(stranger)).toEqual(["nak 0.0.0.0"]);
  expect(end()).toBe(0);
});

test("a REQUEST for another server is none of its business; an INFORM gets options without a lease", async () => {
  const { ask, end } = await serving({
    scope: { ...scope, tftpServers: [], tftpServerName: "tftp.lab.example" },
  });
  expect(await ask([request, want("10.77.110.20"), from("10.77.110.2")])).toEqual([]);
  const informed = await ask([{ kind: "messageType", type: "inform" }], { clientAddress: "10.77.110.30" });
  expect(short(informed)).toEqual(["ack 0.0.0.0"]);
  const options = informed[0]?.message.options ?? [];
  expect(optionOf(options, "leaseTime")).toBeUndefined();
  expect(optionOf(options, "tftpServers")).toBeUndefined();
  expect(optionOf(options, "tftpServerName")?.text).toBe("tftp.lab.example");
  expect(end()).toBe(0);
});

test("the broadcast flag brings a broadcast, lease times and site options are sent as set", async () => {
  const extra: DhcpOption[] = [{ kind: "vendorSpecific", bytes: Uint8Array.of(1, 1, 7) }];
  const set = { ...scope, renewalSec: 60, rebindingSec: 100, leaseSec: 120, extra };
  const { ask, clock, leases, end } = await serving({ scope: set });
  const offered = await ask([discover], { isBroadcast: true });
  expect(offered[0]).toMatchObject({ to: "255.255.255.255", mac: "ff:ff:ff:ff:ff:ff" });
  const options = offered[0]?.message.options ?? [];
  expect(optionOf(options, "renewalTime")?.seconds).toBe(60);
  expect(optionOf(options, "rebindingTime")?.seconds).toBe(100);
  expect(options.at(-1)).toEqual(extra[0]);
  await ask([request, want("10.77.110.20"), from(serverAddress)]);
  await clock.advance(120_000);
  expect(leases.heldBy(phoneMac)).toBeUndefined();
  expect(end()).toBe(0);
});

test("silence, one NAK and a slow server are played; changing the play counts NAKs anew", async () => {
  const { ask, control, end } = await serving({ play: { kind: "silent" } });
  const play = (next: DhcpPlay): void => {
    control.settings = { ...control.settings, play: next };
  };
  const bind = [request, want("10.77.110.20"), from(serverAddress)];
  expect(await ask([discover])).toEqual([]);
  play({ kind: "nak", times: 1 });
  expect(short(await ask([discover]))).toEqual(["offer 10.77.110.20"]);
  expect(short(await ask(bind))).toEqual(["nak 0.0.0.0"]);
  expect(short(await ask(bind))).toEqual(["ack 10.77.110.20"]);
  play({ kind: "nak", times: 1 });
  expect(short(await ask(bind))).toEqual(["nak 0.0.0.0"]);
  control.settings = { ...control.settings, delayMs: 500 };
  expect(await ask([discover], {}, 499)).toEqual([]);
  expect(short(await ask([], { op: "reply" }, 1))).toEqual(["offer 10.77.110.20"]);
  expect(end()).toBe(0);
});
