// Every situation of the gallery: a name and what is seen.
import type { PhoneView } from "#firmware/call/view.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import type { Seen } from "#ui/screens/seen.ts";
import { english } from "#ui/words/english.ts";
import { call, idleView, lineKey, noKey, sampleNow, seenOf, softkeysOf, withCalls } from "./samples.ts";
import { sampleTroubleFacts } from "./trouble-facts.ts";

type Boot = PhoneView["boot"];

function boot(changes: Partial<Boot>): Seen {
  return seenOf({
    ...idleView,
    boot: { ...idleView.boot, phase: "link", ...changes },
    softkeys: [],
    time: undefined,
    phoneLabel: "",
  });
}

function idle(changes: Partial<PhoneView>): Seen {
  return seenOf({ ...idleView, ...changes });
}

const alice = {
  name: "Alice Example",
  number: "5550123",
  uri: "sip:5550123@10.77.0.10",
  isAnonymous: false,
};
const nameless = { name: "", number: "5550199", uri: "sip:5550199@10.77.0.10", isAnonymous: false };
const withheld = { name: "", number: "", uri: "sip:anonymous@anonymous.invalid", isAnonymous: true };

const phases = ["power", "image", "link", "vlan", "ip", "config", "load", "register"] as const;
const bootPhases = phases.map((phase) => [`boot-${phase}`, boot({ phase })] as const);

const troublePhase: Partial<Record<keyof typeof english.troubles, Boot["phase"]>> = {
  "no-link": "link",
  "server-silent": "register",
  "server-unreachable": "register",
  "server-rejected": "register",
  "server-list-exhausted": "register",
  "wrong-password": "register",
};
const troubleCodes = Object.keys(english.troubles) as (keyof typeof english.troubles)[];
const troubles = troubleCodes.map((code) => {
  const phase =
    troublePhase[code] ?? (/tftp|config/.test(code) ? "config" : /vlan/.test(code) ? "vlan" : "ip");
  const trouble = { code, facts: sampleTroubleFacts };
  const retryAt = code === "server-list-exhausted" ? ((sampleNow + 11_500) as MonoMs) : undefined;
  return [`trouble-${code}`, boot({ phase, trouble, retryAt })] as const;
});

const failedLine = lineKey("5550101", {
  state: {
    kind: "failed",
    failure: "wrong-password",
    status: 401,
    reason: "Unauthorized",
    retryInMs: 30_000,
  },
});

const idles: readonly (readonly [string, Seen])[] = [
  ["idle", idle({})],
  [
    "idle-six-lines",
    idle({
      lineKeys: [
        lineKey("5550100"),
        lineKey("5550101", { hasMessages: true }),
        lineKey("Sales", { isForwarded: true }),
        lineKey("Zoë Åström", { state: { kind: "registering", server: undefined } }),
        failedLine,
        lineKey("A label that is long"),
      ],
    }),
  ],
  ["idle-line-failed", idle({ lineKeys: [lineKey("5550100"), failedLine, noKey, noKey, noKey, noKey] })],
  [
    "idle-marks",
    idle({
      hasMessages: true,
      isDoNotDisturb: true,
      forwardedTo: "2000",
      prompt: { kind: "code", code: "forwarded-to", facts: { target: "2000" } },
    }),
  ],
  [
    "idle-no-time",
    idle({
      time: undefined,
      boot: { ...idleView.boot, warnings: [{ code: "time-silent", facts: { server: "10.77.0.5" } }] },
    }),
  ],
  [
    "idle-twelve-hours",
    idle({ is24Hour: false, dateFormat: "M-D-YYYY", log: { ...idleView.log, missed: [missed("5550123")] } }),
  ],
  [
    "idle-server-text",
    idle({
      idleText: "Welcome to the lab. Dial 600 for the echo service.",
      prompt: { kind: "text", text: "\uE024: (2/0)" },
    }),
  ],
];

function missed(target: string): PhoneView["log"]["missed"][number] {
  return { line: 1, peer: nameless, target, atUnixMs: Date.UTC(2026, 10, 21, 11, 2), durationSec: 0 };
}

const calls: readonly (readonly [string, PhoneView])[] = [
  [
    "call-off-hook",
    withCalls([call({ state: "off-hook", peer: undefined, digits: "", connectedAt: undefined })]),
  ],
  [
    "call-digits",
    withCalls(
      [call({ state: "off-hook", peer: undefined, digits: "60", connectedAt: undefined, suggestion: "600" })],
      {
        softkeys: softkeysOf(["dial", "backspace", "endCall", "switchNumberUrl"]),
      },
    ),
  ],
  [
    "call-long-url",
    withCalls([
      call({
        state: "off-hook",
        peer: undefined,
        digits: "sip:someone.with.a.long.name@example.com",
        connectedAt: undefined,
      }),
    ]),
  ],
  ["call-proceeding", withCalls([call({ state: "proceeding", peer: undefined, connectedAt: undefined })])],
  ["call-ring-out", withCalls([call({ state: "ring-out", connectedAt: undefined })])],
  [
    "call-incoming",
    withCalls([call({ state: "ring-in", direction: "in", peer: alice, digits: "", connectedAt: undefined })]),
  ],
  [
    "call-incoming-diverted",
    withCalls([
      call({
        state: "ring-in",
        direction: "in",
        peer: nameless,
        digits: "",
        connectedAt: undefined,
        divertedBy: { ...nameless, number: "5550111" },
      }),
    ]),
  ],
  [
    "call-incoming-anonymous",
    withCalls([
      call({ state: "ring-in", direction: "in", peer: withheld, digits: "", connectedAt: undefined }),
    ]),
  ],
  ["call-connected", withCalls([call()], { audio: { path: "handset", isMuted: false, volume: 60 } })],
  [
    "call-muted",
    withCalls([call({ peer: nameless, digits: "5550199" })], {
      audio: { path: "speaker", isMuted: true, volume: 60 },
    }),
  ],
  ["call-hold", withCalls([call({ state: "hold" })], { prompt: { kind: "code", code: "hold", facts: {} } })],
  ["call-held", withCalls([call({ state: "held" })])],
  [
    "call-busy",
    withCalls([call({ state: "busy", connectedAt: undefined })], {
      prompt: { kind: "code", code: "busy", facts: {} },
    }),
  ],
  [
    "call-failed",
    withCalls([
      call({
        state: "failed",
        peer: undefined,
        digits: "5559999",
        connectedAt: undefined,
        failure: { status: 404, reason: "Not Found" },
      }),
    ]),
  ],
  [
    "call-backup",
    withCalls([call({ state: "proceeding", connectedAt: undefined })], {
      prompt: { kind: "code", code: "trying-backup", facts: {} },
    }),
  ],
  [
    "call-waiting",
    withCalls([
      call({ isSelected: false }),
      call({
        id: "c2",
        line: 2,
        state: "ring-in",
        direction: "in",
        peer: alice,
        digits: "",
        connectedAt: undefined,
      }),
    ]),
  ],
  [
    "call-several",
    withCalls([
      call({ isSelected: false, state: "hold" }),
      call({
        id: "c2",
        line: 2,
        direction: "in",
        peer: alice,
        digits: "",
        connectedAt: (sampleNow - 3_725_000) as MonoMs,
      }),
      call({ id: "c3", isSelected: false, state: "ring-out", connectedAt: undefined, peer: nameless }),
    ]),
  ],
  [
    "call-ended",
    withCalls([call({ state: "ended" })], { prompt: { kind: "code", code: "ended-by-peer", facts: {} } }),
  ],
];

/** All of them, in the order of a day: start, trouble, rest, calls. */
export const situations: readonly (readonly [name: string, seen: Seen])[] = [
  ...bootPhases,
  ...troubles,
  ...idles,
  ...calls.map(([name, view]) => [name, seenOf(view)] as const),
];
