// The netlink codec against what iproute2 sends and this kernel answers, recorded with strace; and against nonsense.
import fc from "fast-check";
import { expect, test } from "vitest";
import { HalError } from "#hal/contract/errors.ts";
import { addBridge, endGroupHere, setLinkMaster } from "#hal/linux/netlink/bridge.ts";
import { decodeAddress, decodeLink, decodeRoute } from "#hal/linux/netlink/facts.ts";
import {
  decodeAttributes,
  decodeError,
  decodeMessages,
  encodeRequest,
  type Message,
  type Request,
} from "#hal/linux/netlink/message.ts";
import {
  addVlan,
  broadcastOf,
  deleteAddress,
  deleteDefaultRoute,
  deleteLink,
  replaceAddress,
  setDefaultRoute,
  setLinkDown,
  setLinkMtu,
  setLinkUp,
} from "#hal/linux/netlink/requests.ts";
import { vector } from "#test/vectors/load.ts";

const eth0 = 3; // as in the recordings
const address = { address: "10.77.0.9", prefix: 24 };
const route = { index: eth0, router: "10.77.0.1" };
const vlan = { parentIndex: eth0, name: "eth0.110", vlanId: 110 };
const egress = [0, 1, 2, 3, 4, 5, 6, 7].map((from) => [from, from === 0 ? 5 : from] as const);

const bridge = { name: "switch0", mac: "00:11:22:33:44:55" };
const switch0 = 5;

const requests: Readonly<Record<string, Request>> = {
  "request-vlan-110": addVlan(vlan),
  "request-vlan-110-egress": addVlan({ ...vlan, egress }),
  "request-vlan-110-both-maps": addVlan({
    ...vlan,
    ingress: [[5, 5]],
    egress: [
      [0, 5],
      [6, 6],
    ],
  }),
  "request-address": replaceAddress(eth0, address),
  "request-delete-address": deleteAddress(eth0, address),
  "request-default-route": setDefaultRoute(route, "replace"),
  "request-delete-route": deleteDefaultRoute(route),
  "request-mtu": setLinkMtu(eth0, 1400),
  "request-up": setLinkUp(eth0),
  "request-delete-link": deleteLink(eth0),
  "request-down": setLinkDown(eth0),
  "request-bridge": addBridge({ ...bridge, isFiltering: false }),
  "request-bridge-filtering": addBridge({ ...bridge, isFiltering: true }),
  "request-bridge-port": setLinkMaster(eth0, switch0),
  "request-bridge-group": endGroupHere(switch0, "01:00:0c:cc:cc:cc"),
};

for (const [name, request] of Object.entries(requests)) {
  test(`${name}: the bytes are those that ip sends`, () => {
    const { bytes } = vector("netlink", name);
    const sequence = decodeMessages(bytes)[0]?.sequence ?? 0;
    expect(Buffer.from(encodeRequest(request, sequence)).toString("hex")).toBe(
      Buffer.from(bytes).toString("hex"),
    );
  });
}

const answers = (name: string): Message[] => decodeMessages(vector("netlink", name).bytes);

test("a link as the kernel describes it", () => {
  const [link] = answers("reply-link").map(decodeLink);
  expect(link).toMatchObject({
    index: 3,
    name: "eth0",
    mac: "00:11:22:33:44:55",
    permanentMac: undefined,
    mtu: 1500,
    isUp: true,
    hasCarrier: true,
    parentIndex: 2,
    vlan: undefined,
  });
  expect(link?.counters?.sentFrames).toBeGreaterThan(0);
});

test("a VLAN link's request, read back, is the VLAN that was asked for", () => {
  const [link] = answers("request-vlan-110-egress").map(decodeLink);
  expect(link).toMatchObject({ name: "eth0.110", parentIndex: 3, vlan: { vlanId: 110, egressOfZero: 5 } });
});

test("addresses and routes as the kernel lists them", () => {
  expect(answers("reply-addresses").map(decodeAddress)).toEqual([
    { index: 1, address: "127.0.0.1", prefix: 8 },
    { index: 3, address: "10.77.0.9", prefix: 24 },
  ]);
  expect(answers("reply-routes").map(decodeRoute)).toEqual([
    { index: 3, router: "10.77.0.1", prefix: 0, table: 254, metric: 0 },
    { index: 3, router: undefined, prefix: 24, table: 254, metric: 0 },
    { index: 3, router: "10.77.0.2", prefix: 16, table: 254, metric: 0 },
  ]);
});

test("a kernel without 802.1Q refuses with a number and a reason", () => {
  const [message] = answers("reply-vlan-unsupported") as [Message];
  expect(decodeError(message)).toEqual({ errno: 95, text: "Unknown device type" });
});

test("broadcast addresses of prefixes from 0 to 32", () => {
  const of = (prefix: number) => broadcastOf({ address: "10.77.130.9", prefix });
  expect([0, 8, 17, 24, 30, 31, 32].map(of)).toEqual([
    "255.255.255.255",
    "10.255.255.255",
    "10.77.255.255",
    "10.77.130.255",
    "10.77.130.11",
    "10.77.130.9",
    "10.77.130.9",
  ]);
});

test("any bytes, and any recording with bytes changed, give values or HalError and nothing else", () => {
  const read = (bytes: Uint8Array): void => {
    try {
      decodeAttributes(bytes);
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
    }
    try {
      for (const message of decodeMessages(bytes))
        for (const decode of [decodeLink, decodeAddress, decodeRoute, decodeError]) {
          try {
            decode(message);
          } catch (error) {
            if (!(error instanceof HalError)) throw error;
          }
        }
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), read), { numRuns: 500 });
  const names = ["reply-link", "reply-addresses", "reply-routes", "reply-vlan-unsupported"];
  const change = fc.tuple(fc.constantFrom(...names), fc.nat(), fc.nat(255), fc.nat());
  fc.assert(
    fc.property(change, ([name, at, value, cut]) => {
      const bytes = vector("netlink", name).bytes.slice();
      bytes[at % bytes.length] = value;
      read(bytes.subarray(0, cut % 3 === 0 ? cut % bytes.length : bytes.length));
    }),
    { numRuns: 500 },
  );
});
