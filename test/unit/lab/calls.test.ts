// Calls through the lab, every packet a frame: the firmware's SIP on the simulated stack, the lab's numbers, a second phone.
import { beforeAll, expect, test } from "vitest";
import { loadSipJs } from "#firmware/sip/core/library.ts";
import type { SipNotice } from "#firmware/sip/notices.ts";
import { defaultSettings } from "#firmware/sip/settings.ts";
import { startSip } from "#firmware/sip/start.ts";
import { digests } from "#hal/linux/digests.ts";
import { createSimulatedNetwork } from "#hal/sim/network.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import type { FaultName } from "#test/lab/faults.ts";
import { createLab } from "#test/lab/lab.ts";
import { labRuntime } from "#test/lab/runtime.ts";
import { addSecondPhone } from "#test/lab/second-phone.ts";
import { place } from "#test/lab/settings.ts";
import { bytes, collect, text, virtualClock } from "#test/unit/hal/sim-net-rig.ts";

beforeAll(() => loadSipJs());

const address = "10.77.110.20";

async function phoneIn(fault?: FaultName) {
  const clock = virtualClock();
  const random = createSeededRandom(1);
  const lab = await createLab({ clock, random, ...(fault === undefined ? {} : { fault }) });
  const life = new AbortController();
  const network = createSimulatedNetwork({
    name: "eth0",
    mac: "00:11:22:33:44:55",
    end: lab.phone.plug,
    clock,
    random,
    found: { vlan: { vlanId: 110, priority: 5 }, address: { address, prefix: 24 }, router: place.router },
  });
  network.resolver.setServers([place.server]);
  const notices: SipNotice[] = [];
  const proxies = [place.server, place.second].map((host) => ({ host, port: 5060, transport: undefined }));
  const sip = startSip({
    runtime: labRuntime(clock, random),
    sockets: network.sockets,
    resolver: network.resolver,
    digests,
    settings: {
      ...defaultSettings,
      mac: "001122334455",
      lines: [
        {
          line: 1,
          name: "1001",
          authName: "1001",
          password: "lab-1001",
          displayName: "Lab phone",
          contact: undefined,
          domain: undefined,
          proxies,
        },
      ],
    },
    signal: life.signal,
    localAddress: () => address,
    notify: (notice) => notices.push(notice),
  });
  const lineKinds = (): string[] =>
    notices.flatMap((notice) => (notice.kind === "line" ? [notice.state.kind] : []));
  const dial = (target: string): void =>
    sip.perform({
      kind: "place",
      call: "a",
      line: 1,
      target,
      route: "default",
      local: { portsId: 1, rtpPort: 16_384 },
      isAnonymous: false,
    });
  const of = <K extends SipNotice["kind"]>(kind: K) =>
    notices.filter((notice) => notice.kind === kind) as Extract<SipNotice, { kind: K }>[]; // just filtered
  return { clock, lab, network, sip, lineKinds, dial, of, end: () => life.abort() };
}

test("the phone registers, and a call to 600 brings back what is sent", async () => {
  const { clock, lab, network, lineKinds, dial, of, end } = await phoneIn();
  await clock.advance(1000);
  expect(lineKinds().at(-1)).toBe("registered");
  expect(lab.log.lines({ by: "sip 1" })).toEqual([
    `sip 1 REGISTER ${place.server}`,
    `sip 1 401 REGISTER ${place.server}`,
    `sip 1 REGISTER ${place.server}`,
    `sip 1 200 REGISTER ${place.server}`,
    `sip 1 registered ${place.server}`,
  ]);
  dial("600");
  await clock.advance(1000);
  expect(of("answered")).toHaveLength(1);
  const socket = network.sockets.openUdp({ port: 16_384 });
  const heard = collect(socket.datagrams);
  const remote = of("media")[0]?.media.remote;
  if (remote === undefined) throw new Error("an address for the sound");
  expect(remote.address).toBe(place.server);
  socket.send(Uint8Array.of(0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, ...bytes("hello")), remote);
  await clock.advance(100);
  expect(heard.map((datagram) => text(datagram.bytes.subarray(12)))).toEqual(["hello"]);
  end();
  lab.close();
});

test("a second phone is called by its number and answers", async () => {
  const { clock, lab, dial, of, end } = await phoneIn();
  const second = addSecondPhone(lab, { answerAfterMs: 2000 });
  await clock.advance(2000);
  dial(second.user);
  await clock.advance(1000);
  expect(of("progress").some(({ isRinging }) => isRinging)).toBe(true);
  await clock.advance(3000);
  expect(of("answered")).toHaveLength(1);
  expect(of("media").at(-1)?.media.remote?.address).toBe(second.address);
  end();
  lab.close();
});

test.each([
  ["first-registrar-dead", 60_000, "registered"],
  ["first-registrar-refuses", 10_000, "registered"],
  ["wrong-password", 10_000, "failed"],
  ["registrar-rejects", 10_000, "failed"],
  ["all-registrars-dead", 120_000, "failed"],
] as const)("with fault %s the line is, within %d ms, %s", async (fault, spanMs, expected) => {
  const { clock, lab, lineKinds, end } = await phoneIn(fault);
  await clock.advance(spanMs);
  expect(lineKinds()).toContain(expected);
  end();
  lab.close();
});
