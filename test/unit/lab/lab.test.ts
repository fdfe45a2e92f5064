// The lab as a whole: who answers where, what the settings change, what the log tells, and that it all ends.
import { expect, test } from "vitest";
import type { Datagram } from "#hal/contract/sockets.ts";
import { createSimulatedNetwork, type SimulatedNetwork } from "#hal/sim/network.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import type { FaultName } from "#test/lab/faults.ts";
import { createLab, type Lab } from "#test/lab/lab.ts";
import { defaultSettings, place } from "#test/lab/settings.ts";
import { bytes, collect, text, virtualClock } from "#test/unit/hal/sim-net-rig.ts";
import { vector } from "#test/vectors/load.ts";

const { signal } = new AbortController();
const phoneVoice = { address: "10.77.110.200", prefix: 24 };

/** Each REGISTER is a transaction of its own, and the same one in the next run. */
let branches = 0;

async function open(fault?: FaultName, seed = 1) {
  branches = 0;
  const clock = virtualClock();
  const random = createSeededRandom(seed);
  const lab = await createLab({ clock, random, ...(fault === undefined ? {} : { fault }) });
  const phone = createSimulatedNetwork({
    name: "eth0",
    mac: "00:11:22:33:44:55",
    end: lab.phone.plug,
    clock,
    random,
    found: {
      vlan: { vlanId: place.voiceVlan, priority: 5 },
      address: phoneVoice,
      router: place.router,
    },
  });
  phone.resolver.setServers([place.server]);
  const end = (): number => {
    phone.close();
    lab.close();
    return clock.alarmCount;
  };
  return { clock, lab, phone, end };
}

/** One datagram to a server, and what comes back within a second. */
async function ask(
  { clock, phone }: { clock: ReturnType<typeof virtualClock>; phone: SimulatedNetwork },
  address: string,
  port: number,
  question: Uint8Array,
): Promise<readonly Datagram[]> {
  const socket = phone.sockets.openUdp({});
  const answers = collect(socket.datagrams);
  socket.send(question, { address, port });
  await clock.advance(900);
  socket.close();
  return answers;
}

const readRequest = (name: string): Uint8Array => bytes(`\0\x01${name}\0octet\0`);
const register = (user: string): Uint8Array =>
  bytes(
    [
      `REGISTER sip:${place.server} SIP/2.0`,
      `Via: SIP/2.0/UDP ${phoneVoice.address}:5060;branch=z9hG4bK${++branches}`,
      `From: <sip:${user}@${place.server}>;tag=1`,
      `To: <sip:${user}@${place.server}>`,
      `Call-ID: ${user}@lab`,
      "CSeq: 1 REGISTER",
      `Contact: <sip:${user}@${phoneVoice.address}:5060>`,
      "Max-Forwards: 70",
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n"),
  );

/** As `ask`, from port 5060: registrars answer to the port in the Via. */
async function askSip(
  { clock, phone }: { clock: ReturnType<typeof virtualClock>; phone: SimulatedNetwork },
  address: string,
): Promise<string> {
  const socket = phone.sockets.openUdp({ port: 5060 });
  const answers = collect(socket.datagrams);
  const failures = collect(socket.failures);
  socket.send(register("1001"), { address, port: 5060 });
  await clock.advance(300);
  socket.close();
  const first = answers[0];
  return first === undefined
    ? (failures[0]?.error.code ?? "silence")
    : (text(first.bytes).split("\r\n")[0] ?? "");
}

test("from the voice VLAN every server answers, and the log says what was asked", async () => {
  const world = await open();
  const { phone, lab, end } = world;
  const digits = "001122334455";
  expect(await phone.stack.ping(place.server, { timeoutMs: 10 })).toBe(0);
  const [data] = await ask(world, place.server, 69, readRequest(`SIP${digits}.cnf`));
  expect(text(data?.bytes ?? new Uint8Array())).toContain('line1_name: "1001"');
  expect((await ask(world, place.second, 69, readRequest("nothing")))[0]?.bytes[1]).toBe(5);
  const url = `http://${place.server}:6970/SIPDefault.cnf`;
  const answer = await phone.http.request({ method: "GET", url, timeoutMs: 100, maxBytes: 9999, signal });
  expect(text(answer.body)).toContain(`proxy1_address: "${place.server}"`);
  expect((await phone.resolver.resolveA("sip2.lab.example", { signal })).records).toEqual([place.second]);
  const ntp = vector("net", "ntp-client-v4").bytes.subarray(42);
  expect((await ask(world, place.server, 123, ntp))[0]?.bytes.length).toBe(48);
  expect(await askSip(world, place.second)).toBe("SIP/2.0 401 Unauthorized");
  expect(lab.log.lines().filter((line) => !line.startsWith("switch"))).toEqual([
    `tftp ${place.server} read SIP${digits}.cnf serve`,
    `tftp ${place.second} read nothing not-found`,
    `tftp ${place.server} refused SIP${digits}.cnf`, // its client had gone
    `http ${place.server} read SIPDefault.cnf serve`,
    "dns query sip2.lab.example A good",
    `ntp query ${phoneVoice.address} good`,
    `sip 2 REGISTER ${place.second}`,
    `sip 2 401 REGISTER ${place.second}`,
  ]);
  end();
});

test("from the data VLAN the same servers are reached through the router", async () => {
  const world = await open();
  const { phone, end } = world;
  await phone.network.setVlan(undefined);
  await phone.network.setAddress({ address: "10.77.1.200", prefix: 24 });
  await phone.network.setRouter(place.dataRouter);
  expect(await phone.stack.ping(place.server, { timeoutMs: 10, sizeBytes: 4000 })).toBe(0);
  expect(await phone.stack.ping(place.dataServer, { timeoutMs: 10 })).toBe(0);
  const [data] = await ask(world, place.server, 69, readRequest("SIPDefault.cnf"));
  expect(data?.from.address).toBe(place.server);
  end();
});

test("the squatter is there only while the fault is", async () => {
  const { clock, lab, phone, end } = await open("address-conflict");
  expect(await phone.stack.ping(place.firstVoice, { timeoutMs: 10 })).toBe(0);
  lab.setFault(undefined);
  const gone = expect(phone.stack.ping(place.firstVoice, { timeoutMs: 10 })).rejects.toMatchObject({
    code: "timeout",
  });
  await clock.advance(10);
  await gone;
  end();
});

test.each([
  [undefined, "SIP/2.0 401 Unauthorized", "SIP/2.0 401 Unauthorized"],
  ["first-registrar-dead", "silence", "SIP/2.0 401 Unauthorized"],
  ["first-registrar-refuses", "refused", "SIP/2.0 401 Unauthorized"],
  ["all-registrars-dead", "silence", "silence"],
  ["registrar-rejects", "SIP/2.0 403 Forbidden", "SIP/2.0 403 Forbidden"],
] as const)("with fault %s the registrars answer %s and %s", async (fault, first, second) => {
  const world = await open(fault);
  expect([await askSip(world, place.server), await askSip(world, place.second)]).toEqual([first, second]);
  world.lab.setFault(undefined);
  expect(await askSip(world, place.server)).toBe("SIP/2.0 401 Unauthorized");
  world.end();
});

test("a registrar that is to restart stops after a registration and comes back", async () => {
  const world = await open("registrar-restarts");
  const { clock, lab, end } = world;
  expect(lab.registrars.first()).toBeDefined();
  lab.log.teller("sip 1")("registered");
  await clock.advance(10_000);
  expect(await askSip(world, place.server)).toBe("refused");
  await clock.advance(60_000);
  expect(await askSip(world, place.server)).toBe("SIP/2.0 401 Unauthorized");
  lab.log.teller("sip 1")("registered");
  await clock.advance(80_000);
  expect(lab.log.lines({ what: "stopped" })).toHaveLength(1);
  end();
});

test("a flap unplugs the phone once, when its moment comes", async () => {
  const { clock, lab, phone, end } = await open("flap-config");
  const changes = collect(phone.link.changes);
  const request = phone.sockets.openUdp({});
  request.send(readRequest("SIPDefault.cnf"), { address: place.server, port: 69 });
  await clock.advance(10_000);
  request.send(readRequest("SIPDefault.cnf"), { address: place.server, port: 69 });
  await clock.advance(10_000);
  expect(changes.map(({ isUp }) => isUp)).toEqual([false, true]);
  expect(
    lab.log.entries.filter(({ by }) => by === "cable").map(({ atMs, what }) => `${atMs} ${what}`),
  ).toEqual(["0 unplugged", "2000 plugged"]);
  end();
});

test("a flap at power-up has the cable out from the start", async () => {
  const { clock, phone, end } = await open("flap-link");
  expect(phone.link.state().isUp).toBe(false);
  await clock.advance(2000);
  expect(phone.link.state().isUp).toBe(true);
  end();
});

test("settings change beneath a fault, and listeners hear of both", async () => {
  const { lab, end } = await open();
  const heard = collect(lab.changes);
  lab.change((settings) => ({ ...settings, protocol: "sccp" }));
  lab.setFault("ntp-absent");
  lab.change((settings) => ({ ...settings, protocol: "sip" }));
  expect(lab.settings()).toMatchObject({ protocol: "sip", time: { play: { kind: "silent" } } });
  expect(heard).toHaveLength(3);
  lab.setFault(undefined);
  expect(lab.settings()).toEqual(defaultSettings);
  end();
});

test("a second phone port has the same VLANs and a voice of its own", async () => {
  const { clock, lab, end } = await open();
  const port = lab.addPhonePort("Fa0/2");
  const other = createSimulatedNetwork({
    name: "eth0",
    mac: "00:11:22:33:44:56",
    end: port.plug,
    clock,
    random: createSeededRandom(2),
    found: { vlan: { vlanId: 110, priority: 5 }, address: { address: "10.77.110.201", prefix: 24 } },
  });
  const spoken = collect(port.plug.received);
  expect(await other.stack.ping(phoneVoice.address, { timeoutMs: 10 })).toBe(0);
  await clock.advance(60_000);
  expect(spoken.some((frame) => frame[0] === 1 && frame[5] === 0xcc)).toBe(true);
  other.close();
  end();
});

async function morning(lab: Lab, world: Parameters<typeof ask>[0]): Promise<Uint8Array> {
  const capture = lab.capture();
  await ask(world, place.server, 69, readRequest("SIPDefault.cnf"));
  await askSip(world, place.server);
  await world.clock.advance(5000);
  return capture.bytes();
}

test("the same seed gives the same frames on a bad cable, and closing leaves nothing behind", async () => {
  const run = async (seed: number): Promise<Uint8Array> => {
    const world = await open("lossy-cable", seed);
    const recorded = await morning(world.lab, world);
    expect(world.end()).toBe(0);
    return recorded;
  };
  const first = await run(5);
  expect(first.length).toBeGreaterThan(1000);
  expect(await run(5)).toEqual(first);
  expect(await run(6)).not.toEqual(first);
});
