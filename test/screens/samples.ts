// The phone in every situation that has a screen of its own, as plain values: for the gallery and for unit tests.
import type { PhoneFacts } from "#firmware/call/facts.ts";
import type { CallView, LineKeyView, LocalTime, PhoneView } from "#firmware/call/view.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import type { Seen } from "#ui/screens/seen.ts";
import { initialUiState } from "#ui/screens/ui-state.ts";
import { english } from "#ui/words/english.ts";

/** Monotonic time of all samples. */
export const sampleNow = 60_000 as MonoMs;

export const sampleTime: LocalTime = { year: 2026, month: 11, day: 21, hour: 13, minute: 5, second: 9 };

const server = { address: "10.77.0.10", port: 5060 };

/** A line key; registered unless said otherwise. */
export function lineKey(label: string, changes: Partial<LineKeyView> = {}): LineKeyView {
  return {
    kind: "line",
    label,
    state: { kind: "registered", server, expiresSec: 3600, isBackup: false },
    lamp: "off",
    hasMessages: false,
    isForwarded: false,
    ...changes,
  };
}

export const noKey = lineKey("", { kind: "none", state: { kind: "unprovisioned" } });

/** An idle phone: two lines, two speed dials, registered, time known. */
export const idleView: PhoneView = {
  boot: { phase: "run", trouble: undefined, warnings: [], retryAt: undefined },
  lineKeys: [
    lineKey("5550100"),
    lineKey("5550101"),
    lineKey("Reception", { kind: "speed-dial" }),
    lineKey("Lab", { kind: "speed-dial" }),
    noKey,
    noKey,
  ],
  selectedLine: 1,
  calls: [],
  softkeys: ["redial", "newCall", "forwardAll", "doNotDisturb"].map((id, place) => ({
    id: id as PhoneView["softkeys"][number]["id"],
    serverLabel: undefined,
    place,
  })),
  prompt: undefined,
  audio: { path: undefined, isMuted: false, volume: 60 },
  isOffHook: false,
  time: sampleTime,
  dateFormat: "D/M/Y",
  is24Hour: true,
  phoneLabel: "5550100",
  hasMessages: false,
  isDoNotDisturb: false,
  forwardedTo: undefined,
  idleText: undefined,
  log: { missed: [], received: [], placed: [] },
};

/** A call; outgoing to the echo service and connected for 12 s unless said otherwise. */
export function call(changes: Partial<CallView> = {}): CallView {
  return {
    id: "c1",
    line: 1,
    state: "connected",
    direction: "out",
    peer: { name: "Echo service", number: "600", uri: "sip:600@10.77.0.10", isAnonymous: false },
    digits: "600",
    connectedAt: (sampleNow - 12_300) as MonoMs,
    isSelected: true,
    suggestion: undefined,
    divertedBy: undefined,
    failure: undefined,
    ...changes,
  };
}

/** A view with calls and the soft keys of the first one's state. */
export function withCalls(calls: readonly CallView[], changes: Partial<PhoneView> = {}): PhoneView {
  const state = calls.find((one) => one.isSelected)?.state ?? "connected";
  return { ...idleView, calls, softkeys: softkeysOf(keysByState[state] ?? ["endCall"]), ...changes };
}

type SoftkeyId = PhoneView["softkeys"][number]["id"];

export function softkeysOf(ids: readonly SoftkeyId[]): PhoneView["softkeys"] {
  return ids.map((id, place) => ({ id, serverLabel: undefined, place }));
}

/** The sets of reference table 6.3, for pictures; the real ones come from the call control. */
const keysByState: Partial<Record<CallView["state"], readonly SoftkeyId[]>> = {
  "off-hook": ["redial", "endCall", "forwardAll", "switchNumberUrl", "dial"],
  "ring-in": ["answer"],
  "ring-out": ["endCall"],
  proceeding: ["endCall"],
  connected: ["hold", "endCall", "transfer", "conference", "blindTransfer"],
  hold: ["resume", "newCall", "endCall"],
  busy: ["endCall", "newCall"],
  failed: ["endCall", "newCall"],
};

export const sampleFacts: PhoneFacts = {
  status: [],
  network: {
    mac: "001122334455",
    hostName: "SIP001122334455",
    domain: "example.com",
    dhcpServer: "10.77.0.1",
    address: "10.77.0.23",
    mask: "255.255.0.0",
    tftpServer: "10.77.0.5",
    routers: ["10.77.0.1"],
    dnsServers: ["10.77.0.2"],
    operationalVlan: 110,
    adminVlan: undefined,
    isDhcpEnabled: true,
    isAlternateTftp: false,
  },
  ports: {
    received: 48_213,
    sent: 30_077,
    receiveErrors: 0,
    broadcasts: 912,
    sinceResetMs: 3_723_000,
    ports: ["Full, 100", undefined],
  },
  versions: {
    application: "offhook-0.1.0",
    boot: "u-boot 2023.01",
    hardware: "proto-a rev 2",
    serial: "OH0001",
  },
  lineKeyCount: 6,
  hasSipMenu: true,
  media: undefined,
  settings: {},
  lockedSettings: [],
  isUnlocked: false,
  unlockedBy: "password",
  rings: ["Chirp1", "Chirp2"],
  contrastPct: 50,
  personal: [],
  servicesUrl: undefined,
  service: undefined,
  directoryUrl: undefined,
  logo: undefined,
};

/** Everything a screen needs, around a view. */
export function seenOf(view: PhoneView, changes: Partial<Seen> = {}): Seen {
  return {
    view,
    facts: sampleFacts,
    ui: initialUiState,
    words: english,
    now: sampleNow,
    toLocal: (atUnixMs) => {
      const date = new Date(atUnixMs);
      return {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        hour: date.getUTCHours(),
        minute: date.getUTCMinutes(),
        second: date.getUTCSeconds(),
      };
    },
    ...changes,
  };
}
