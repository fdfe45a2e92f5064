// `npm run phone` and `npm run console` as a person uses them: typed, asked, ended by a signal. On a wire at whose end
// nobody answers; what a phone does with servers is told elsewhere.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { product } from "#firmware/bin/product.ts";
import { openCrashRecord } from "#hal/linux/crash-record.ts";
import { makeNet, type Net, phoneMac } from "./namespaces.ts";
import { type Peer, runToEnd, startPeer } from "./peer.ts";
import { askPhone } from "./phone-console.ts";

const startsWithinMs = 30_000;
let net: Net;
beforeAll(() => {
  net = makeNet();
});
afterAll(() => net.close());

interface Typed {
  readonly peer: Peer;
  readonly console: string;
  readonly state: string;
}

/** Types the command, in a session of its own as a terminal gives it; ready when its console answers. */
async function typePhone(name: string): Promise<Typed> {
  const socket = join(net.folder, `${name}.sock`);
  const state = join(net.folder, name);
  const options = ["--interface", "eth0", "--mac", phoneMac, "--state", state, "--console", socket];
  const peer = await startPeer({
    name,
    host: net.phone,
    program: "setsid",
    words: ["npm", "run", "phone", "--", ...options],
    isReady: () =>
      existsSync(socket) &&
      askPhone(socket, "show boot").then(
        () => true,
        () => false, // it binds the socket before it answers on it
      ),
    withinMs: startsWithinMs,
  });
  return { peer: net.keep(peer), console: socket, state };
}

/** `npm run console` with these words: exit code, and both outputs. */
const typeConsole = (name: string, ...words: string[]) =>
  runToEnd({ name, host: net.phone, program: "npm", words: ["run", "--silent", "console", "--", ...words] });

/** Ctrl-C, or a hang-up: everybody in the session gets it. */
const signalAll = ({ pid }: Peer, signal: NodeJS.Signals): void => {
  process.kill(-pid, signal);
};

/** The phone ended in order, then its supervisor, then npm; nobody of them is left. */
async function expectOrderlyEnd({ peer, console, state }: Typed): Promise<void> {
  expect(await peer.exited, peer.output()).toBe(0);
  expect(() => process.kill(-peer.pid, 0)).toThrow("ESRCH");
  await expect(askPhone(console, "show boot")).rejects.toThrow();
  expect(openCrashRecord(state, product.version)).toMatchObject({ previous: undefined, countInARow: 0 });
}

test("npm run phone starts, npm run console asks it and is refused in a sentence, Ctrl-C ends it in order", async () => {
  const phone = await typePhone("typed");
  const asked = await typeConsole("asking", "--socket", phone.console, "show", "boot", "json");
  expect(asked.code).toBe(0);
  expect(JSON.parse(asked.output)).toMatchObject({ phase: "vlan" }); // the answer, and nothing beside it
  const refused = await typeConsole("refused", "--socket", phone.console, "show", "weather");
  expect(refused).toMatchObject({ code: 1, output: expect.stringContaining("weather") });
  signalAll(phone.peer, "SIGINT");
  await expectOrderlyEnd(phone);
});

test("a person sits at npm run console until they leave; SIGTERM to npm alone ends the phone, too", async () => {
  const phone = await typePhone("served");
  const sitting = await startPeer({
    name: "sitting",
    host: net.phone,
    program: "npm",
    words: ["run", "--silent", "console", "--", "--socket", phone.console],
    isReady: (output) => output.includes(">"), // its prompt
  });
  sitting.type("show network\nexit\n");
  expect(await sitting.exited, sitting.output()).toBe(0);
  expect(sitting.output()).toContain(phoneMac);
  process.kill(phone.peer.pid, "SIGTERM");
  await expectOrderlyEnd(phone);
});
