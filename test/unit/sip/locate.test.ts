// Names to addresses: RFC 3263 and RFC 2782, with answers kept for their TTL.
import { describe, expect, test } from "vitest";
import { Locator, orderedByWeight, type Target } from "#firmware/sip/locate.ts";
import type { ServerAddress } from "#firmware/sip/settings.ts";
import { HalError } from "#hal/contract/errors.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { Zone } from "./phone.ts";
import { virtualRuntime } from "./rig.ts";

const srv = (target: string, priority = 0, weight = 0, port = 5060) => ({ target, priority, weight, port });

function rig() {
  const { clock, runtime } = virtualRuntime();
  const zone = new Zone();
  const locator = new Locator(zone, runtime);
  const { signal } = new AbortController();
  const locate = async (server: Partial<ServerAddress>): Promise<readonly string[]> => {
    const targets: readonly Target[] = await locator.locate(
      { host: "example.com", port: undefined, transport: undefined, ...server },
      signal,
    );
    return targets.map(({ transport, endpoint }) => `${transport} ${endpoint.address}:${endpoint.port}`);
  };
  return { clock, zone, locator, locate, signal };
}

describe("which questions are asked", () => {
  test("SIP-033 an address needs none, and is there at once", () => {
    const { locator, zone, signal } = rig();
    expect(locator.locate({ host: "192.0.2.7", port: undefined, transport: undefined }, signal)).toEqual([
      { transport: "UDP", endpoint: { address: "192.0.2.7", port: 5060 }, serverName: "192.0.2.7" },
    ]);
    expect(zone.asked).toEqual([]);
  });

  test("SIP-033 SIP-034 a name with a port is asked for its A record only", async () => {
    const { zone, locate } = rig();
    zone.records.set("a example.com", ["192.0.2.1", "192.0.2.2"]);
    expect(await locate({ port: 5070 })).toEqual(["UDP 192.0.2.1:5070", "UDP 192.0.2.2:5070"]);
    expect(zone.asked).toEqual(["a example.com"]);
  });

  test("SIP-034 a name without port and with a transport: SRV, then A with the usual port", async () => {
    const { zone, locate } = rig();
    zone.records.set("a example.com", ["192.0.2.1"]);
    expect(await locate({ transport: "UDP" })).toEqual(["UDP 192.0.2.1:5060"]);
    expect(await locate({ transport: "TLS" })).toEqual(["TLS 192.0.2.1:5061"]);
    expect(zone.asked).toEqual(["srv _sip._udp.example.com", "a example.com", "srv _sips._tcp.example.com"]);
  });

  test("SIP-035 without a transport NAPTR is asked first, and leads to UDP, TCP or TLS in its order", async () => {
    const { zone, locate } = rig();
    const naptr = (service: string, order: number, replacement: string) => ({
      order,
      preference: 10,
      flags: "s",
      service,
      regexp: "",
      replacement,
    });
    zone.records.set("naptr example.com", [
      naptr("SIP+D2U", 20, "_sip._udp.x"),
      naptr("SIPS+D2T", 10, "_sips._tcp.x"),
      naptr("E2U+email", 1, "y"),
    ]);
    zone.records.set("srv _sip._udp.x", [srv("u.x")]);
    zone.records.set("srv _sips._tcp.x", [srv("t.x", 0, 0, 5061)]);
    zone.records.set("a u.x", ["192.0.2.1"]);
    zone.records.set("a t.x", ["192.0.2.2"]);
    expect(await locate({})).toEqual(["TLS 192.0.2.2:5061", "UDP 192.0.2.1:5060"]);
  });

  test("SIP-034 a target of . is no service", async () => {
    const { zone, locate } = rig();
    zone.records.set("srv _sip._udp.example.com", [srv(".")]);
    zone.records.set("a example.com", ["192.0.2.1"]);
    expect(await locate({ transport: "UDP" })).toEqual([]);
  });

  test("a name that leads nowhere, and a DNS server that is silent, give nothing", async () => {
    const { locate, zone } = rig();
    expect(await locate({})).toEqual([]);
    zone.resolveSrv = () => Promise.reject(new HalError("timeout", "dns", "srv", "no answer"));
    zone.resolveA = () => Promise.reject(new HalError("timeout", "dns", "a", "no answer"));
    expect(await locate({ host: "other.example", transport: "UDP" })).toEqual([]);
  });
});

describe("answers are kept", () => {
  test("for their TTL, a missing name for 10 s, and an old answer is used while the server is silent", async () => {
    const { clock, zone, locate } = rig();
    zone.ttlSec = 300;
    zone.records.set("a example.com", ["192.0.2.1"]);
    const ask = () => locate({ port: 5060 });
    await ask();
    await clock.advance(299_000);
    await ask();
    expect(zone.asked).toHaveLength(1);
    await clock.advance(2000);
    zone.resolveA = (name) => {
      zone.asked.push(`a ${name}`);
      return Promise.reject(new HalError("timeout", "dns", "a", "no answer"));
    };
    expect(await ask()).toEqual(["UDP 192.0.2.1:5060"]);
    expect(zone.asked).toHaveLength(2);
  });

  test("until they are forgotten", async () => {
    const { zone, locator, locate } = rig();
    zone.records.set("a example.com", ["192.0.2.1"]);
    await locate({ port: 5060 });
    locator.clear();
    await locate({ port: 5060 });
    expect(zone.asked).toHaveLength(2);
  });
});

describe("weights (RFC 2782)", () => {
  test("SIP-034 lowest priority first, then in proportion to the weights, zero weights rarely before others", () => {
    const records = [srv("c", 1, 0), srv("a", 0, 75), srv("b", 0, 25), srv("z", 0, 0)];
    const first = { a: 0, b: 0, z: 0 };
    for (let seed = 0; seed < 4000; seed++) {
      const ordered = orderedByWeight(records, createSeededRandom(seed)).map(({ target }) => target);
      expect(ordered).toHaveLength(4);
      expect(ordered.at(-1)).toBe("c");
      first[ordered[0] as keyof typeof first]++;
    }
    expect(first.a / 4000).toBeGreaterThan(0.7);
    expect(first.b / 4000).toBeGreaterThan(0.2);
    expect(first.z / 4000).toBeLessThan(0.03);
  });
});
