// Console input: any bytes typed into a session, over telnet too, give an answer and nothing else.
import { createSessionMachine, type SessionState } from "#firmware/console/session.ts";
import { TelnetFilter } from "#firmware/console/telnet.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import type { FuzzTarget } from "./target.ts";

const lines = [
  "show boot json\r\n",
  'line1_name: "2001"\rreset hard\r',
  "test open\rsecret\rtest key 23234\rtest softkey 2\r",
  "ping 192.0.2.1 10 1480 5\r\u0003tty timeout 3\rexit\r",
  "register 1 2\rdns -i 192.0.2.1\rdebug sip-messages cc\rundebug all\r",
];

/** Types bytes into a session whose commands end at once. */
function type(bytes: Uint8Array): void {
  const machine = createSessionMachine({
    way: "serial",
    prompt: "SIP Phone",
    password: "secret",
    telnetLevel: 2,
    isDevelopmentImage: false,
  });
  const moment = { now: 0 as MonoMs, random: createSeededRandom(1) }; // time stands still
  let state: SessionState = machine.step(machine.initial, { kind: "open" }, moment).state;
  const hear = (text: string): void => {
    const step = machine.step(state, { kind: "text", text }, moment);
    state = step.state;
    for (const effect of step.effects)
      if (effect.kind === "run")
        state = machine.step(state, { kind: "done", failure: undefined }, moment).state;
  };
  const half = bytes.length >> 1;
  hear(new TextDecoder().decode(bytes.subarray(0, half)));
  hear(new TextDecoder().decode(bytes.subarray(half)));
}

const seeds = lines.map((line) => new TextEncoder().encode(line));

export const consoleTargets: readonly FuzzTarget[] = [
  { name: "console", seeds, run: type },
  { name: "console-telnet", seeds, run: (bytes) => type(new TelnetFilter().take(bytes).data) },
];
