// DNS in the simulated network: the codec against dig and dnsmasq, the resolver against the lab's server.
import { expect, test } from "vitest";
import { buildDns, type DnsMessage, type DnsRecord, parseDns, recordType } from "#hal/sim/net/dns-message.ts";
import { isMalformed } from "#hal/sim/net/octets.ts";
import { createResolver } from "#hal/sim/net/resolver.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { type DnsSettings, startDnsServer } from "#test/lab/dns-server.ts";
import { createLabLog } from "#test/lab/log.ts";
import { vector, vectors } from "#test/vectors/load.ts";
import { createPair, serverAddress } from "./sim-net-rig.ts";

function parsed(name: string): DnsMessage {
  const message = parseDns(vector("dns", name).bytes);
  if (isMalformed(message)) throw new Error(`refused: ${message.malformed}`);
  return message;
}

test("answers of dnsmasq are read, compressed names included", () => {
  expect(parsed("answer-a-dnsmasq").answers).toEqual([
    { name: "sip1.lab.example", ttlSec: 300, type: "A", address: "10.77.110.1" },
  ]);
  expect(parsed("answer-cname-dnsmasq").answers[0]).toEqual({
    name: "www.lab.example",
    ttlSec: 300,
    type: "CNAME",
    target: "sip1.lab.example",
  });
  const srv = parsed("answer-srv-dnsmasq");
  expect(srv.answers).toContainEqual({
    name: "_sip._udp.lab.example",
    ttlSec: 300,
    type: "SRV",
    priority: 10,
    weight: 60,
    port: 5060,
    target: "sip1.lab.example",
  });
  expect(srv.additionals.map(({ name, type }) => `${name} ${type}`)).toContain("sip2.lab.example A");
  expect(parsed("answer-naptr-dnsmasq").answers).toContainEqual({
    name: "lab.example",
    ttlSec: 300,
    type: "NAPTR",
    order: 50,
    preference: 50,
    flags: "s",
    service: "SIP+D2U",
    regexp: "",
    replacement: "_sip._udp.lab.example",
  });
  expect(parsed("answer-nxdomain-dnsmasq").responseCode).toBe(3);
});

test("our question is the one dig asks, but for the bit that says authentic data", () => {
  const theirs = vector("dns", "query-srv-dig").bytes;
  const query = parsed("query-srv-dig");
  expect(query.questions).toEqual([{ name: "_sip._udp.lab.example", type: recordType.SRV }]);
  expect(buildDns(query)).toEqual(theirs.with(3, (theirs[3] ?? 0) & ~0x20));
});

test("every message is written and read again the same", () => {
  for (const { name } of vectors("dns")) {
    const message = parsed(name);
    expect(parseDns(buildDns(message)), name).toEqual(message);
  }
});

test("pointers that lead forward or in a circle, and lengths that lie, are refused", () => {
  const answer = vector("dns", "answer-a-dnsmasq").bytes;
  const at = answer.length - 16; // the owner's pointer
  expect(Array.from(answer.subarray(at, at + 2))).toEqual([0xc0, 0x0c]);
  expect(parseDns(answer.with(at + 1, at))).toEqual({ malformed: "bad-value" });
  expect(parseDns(answer.with(at + 1, at + 2))).toEqual({ malformed: "bad-value" });
  expect(parseDns(answer.with(answer.length - 5, 200))).toEqual({ malformed: "truncated" });
  expect(parseDns(answer.with(answer.length - 5, 3))).toMatchObject({ malformed: expect.any(String) });
  for (let n = 0; n < answer.length; n++) expect(isMalformed(parseDns(answer.subarray(0, n)))).toBe(true);
});

const zone: readonly DnsRecord[] = [
  { name: "sip1.lab.example", ttlSec: 60, type: "A", address: "10.77.110.1" },
  { name: "www.lab.example", ttlSec: 30, type: "CNAME", target: "sip1.lab.example" },
  { name: "loop.lab.example", ttlSec: 30, type: "CNAME", target: "loop.lab.example" },
  {
    name: "_sip._udp.lab.example",
    ttlSec: 60,
    type: "SRV",
    priority: 10,
    weight: 60,
    port: 5060,
    target: "sip1.lab.example",
  },
  {
    name: "lab.example",
    ttlSec: 60,
    type: "NAPTR",
    order: 50,
    preference: 50,
    flags: "s",
    service: "SIP+D2U",
    regexp: "",
    replacement: "_sip._udp.lab.example",
  },
];

async function resolving(change: Partial<DnsSettings> = {}) {
  const pair = await createPair();
  const { clock, phone, server } = pair;
  const life = new AbortController();
  const log = createLabLog(clock);
  const control: { settings: DnsSettings } = {
    settings: { zone, play: "good", mostUdpBytes: 512, ...change },
  };
  await startDnsServer({
    sockets: server.sockets,
    settings: () => control.settings,
    tell: log.teller("dns"),
    signal: life.signal,
  });
  const resolver = createResolver({ sockets: phone.sockets, clock, random: createSeededRandom(1) });
  resolver.setServers([serverAddress]);
  const end = (): number => {
    life.abort();
    pair.close();
    return clock.alarmCount;
  };
  return { ...pair, control, resolver, log, end, signal: life.signal };
}

test("addresses, services and rules are found with their time to live, through an alias too", async () => {
  const { resolver, signal, end } = await resolving();
  expect(await resolver.resolveA("SIP1.lab.example.", { signal })).toEqual({
    records: ["10.77.110.1"],
    ttlSec: 60,
  });
  expect(await resolver.resolveA("www.lab.example", { signal })).toEqual({
    records: ["10.77.110.1"],
    ttlSec: 30,
  });
  expect((await resolver.resolveSrv("_sip._udp.lab.example", { signal })).records).toEqual([
    { priority: 10, weight: 60, port: 5060, target: "sip1.lab.example" },
  ]);
  expect((await resolver.resolveNaptr("lab.example", { signal })).records).toEqual([
    {
      order: 50,
      preference: 50,
      flags: "s",
      service: "SIP+D2U",
      regexp: "",
      replacement: "_sip._udp.lab.example",
    },
  ]);
  expect(end()).toBe(0);
});

test("an answer that is too long for a datagram is fetched over TCP", async () => {
  const many = Array.from({ length: 40 }, (_, n) => `10.77.110.${n + 1}`);
  const records = many.map(
    (address): DnsRecord => ({ name: "many.lab.example", ttlSec: 9, type: "A", address }),
  );
  const { resolver, signal, log, end } = await resolving({ zone: records });
  expect((await resolver.resolveA("many.lab.example", { signal })).records).toEqual(many);
  expect(log.entries).toHaveLength(2);
  end();
});

test("what is not there is not found; no server and a dead one are told apart", async () => {
  const { clock, resolver, signal, control, end } = await resolving();
  const look = (name: string): Promise<unknown> => resolver.resolveA(name, { signal });
  await expect(look("nobody.lab.example")).rejects.toMatchObject({ code: "not-found" });
  await expect(look("lab.example")).rejects.toMatchObject({ code: "not-found" });
  await expect(look("loop.lab.example")).rejects.toMatchObject({ code: "not-found" });
  control.settings = { ...control.settings, play: "server-failure" };
  await expect(look("sip1.lab.example")).rejects.toMatchObject({ code: "io" });
  control.settings = { ...control.settings, play: "silent" };
  const silent = expect(look("sip1.lab.example")).rejects.toMatchObject({ code: "timeout" });
  await clock.advance(4500);
  await silent;
  resolver.setServers([]);
  await expect(look("sip1.lab.example")).rejects.toMatchObject({ code: "unreachable" });
  end();
  const closed = await createPair();
  const alone = createResolver({
    sockets: closed.phone.sockets,
    clock: closed.clock,
    random: createSeededRandom(1),
  });
  alone.setServers([serverAddress]); // a host without a DNS server
  const lonely = alone.resolveA("sip1.lab.example", { signal: new AbortController().signal });
  await expect(lonely).rejects.toMatchObject({ code: "unreachable" });
  closed.close();
});

test("the second server answers when the first is silent, and aborting ends it all", async () => {
  const { clock, resolver, signal, end } = await resolving();
  resolver.setServers(["10.77.110.99", serverAddress]);
  const found = resolver.resolveA("sip1.lab.example", { signal });
  await clock.advance(1500);
  expect((await found).records).toEqual(["10.77.110.1"]);
  resolver.setServers(["10.77.110.99"]);
  const controller = new AbortController();
  const abandoned = resolver.resolveA("sip1.lab.example", { signal: controller.signal });
  const failed = expect(abandoned).rejects.toThrow("enough");
  controller.abort(new Error("enough"));
  await failed;
  expect(end()).toBe(0);
});
