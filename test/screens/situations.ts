// Every situation of the gallery: a name and what is seen.
import type { PhoneFacts } from "#firmware/call/facts.ts";
import type { PhoneView } from "#firmware/call/view.ts";
import type { KeyId, PanelGeometry } from "#hal/contract/panel.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { press } from "#ui/input/press.ts";
import type { Seen } from "#ui/screens/seen.ts";
import { english } from "#ui/words/english.ts";
import {
  call,
  idleView,
  lineKey,
  noKey,
  sampleFacts,
  sampleNow,
  seenOf,
  softkeysOf,
  withCalls,
} from "./samples.ts";
import { serviceFacts, serviceSituations } from "./services.ts";
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

const log: PhoneView["log"] = {
  missed: [
    { ...missed("5550123"), peer: alice },
    { ...missed("5550199"), atUnixMs: Date.UTC(2026, 10, 20, 9, 30) },
    { ...missed(""), peer: withheld, atUnixMs: Date.UTC(2026, 10, 19, 9, 30) },
  ],
  received: [],
  placed: [],
};

const status: PhoneFacts["status"] = [
  { code: "file-not-found", facts: { name: "SIPDefault.cnf" }, atMs: 900 },
  { code: "unprovisioned", facts: { parameter: "proxy_backup" }, atMs: 1200 },
];

/** A page as it is after these keys. */
function page(
  keys: readonly KeyId[],
  facts: Partial<PhoneFacts> = {},
  view: PhoneView = { ...idleView, log },
  geometry: PanelGeometry = { kind: "pixels", width: 240, height: 120, depthBits: 2 },
): Seen {
  let seen = seenOf(view, { facts: { ...sampleFacts, status, ...facts } });
  for (const key of keys)
    for (const isDown of [true, false])
      seen = { ...seen, ui: press({ ...seen, geometry }, { kind: "key", key, isDown }).ui };
  return seen;
}

const pages: readonly (readonly [string, Seen])[] = [
  ["menu-settings", page(["settings"])],
  ["menu-settings-end", page(["settings", ...new Array<KeyId>(8).fill("down")])],
  ["menu-contrast", page(["settings", "soft1"])],
  ["menu-ring-type", page(["settings", "2"], { settings: { ring_type: "Chirp2" } })],
  ["menu-network", page(["settings", "3"])],
  ["menu-network-mac", page(["settings", "3", "down", "down"])],
  [
    "menu-network-unlocked",
    page(["settings", "3", ...new Array<KeyId>(19).fill("down")], { isUnlocked: true }),
  ],
  ["menu-sip", page(["settings", "4"], { settings: { line1_name: "5550100", line2_name: "5550101" } })],
  ["menu-status", page(["settings", "5"])],
  ["menu-status-messages", page(["settings", "5", "1"])],
  ["menu-network-statistics", page(["settings", "5", "2"])],
  ["menu-versions", page(["settings", "5", "3"])],
  [
    "menu-preferences",
    page(["settings", "6"], { settings: { call_waiting: "1" }, lockedSettings: ["call_waiting"] }),
  ],
  ["menu-password", page(["settings", "9", "2", "3", "3"])],
  ["menu-directories", page(["directories"])],
  ["menu-missed", page(["directories", "1"])],
  ["menu-received-empty", page(["directories", "2"])],
  [
    "menu-personal",
    page(["directories", "4"], {
      personal: [
        { name: "Echo service", number: "600" },
        { name: "Zoë Åström", number: "5550177" },
      ],
    }),
  ],
  ["menu-edit-number", page(["directories", "1", "soft2"])],
  ["menu-services", page(["services"])],
  ["menu-help", page(["info"])],
  [
    "menu-boot-status",
    page(["*"], {}, { ...idleView, boot: { ...idleView.boot, phase: "ip" }, softkeys: [] }),
  ],
  ["menu-volume", page(["volumeUp"])],
];

/** Where pages have the least room, scroll keys scroll. */
const smallest: PanelGeometry = { kind: "pixels", width: 128, height: 64, depthBits: 1 };
const services = serviceSituations.map(
  ([name, keys, service]) =>
    [name, page(["services", ...keys], serviceFacts(service), idleView, smallest)] as const,
);

/** All of them, in the order of a day: start, trouble, rest, calls, menus. */
export const situations: readonly (readonly [name: string, seen: Seen])[] = [
  ...bootPhases,
  ...troubles,
  ...idles,
  ...calls.map(([name, view]) => [name, seenOf(view)] as const),
  ...pages,
  ...services,
];
