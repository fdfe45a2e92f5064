// Menus: opening, choosing, the pages of status, directories, and who has the keys while a call rings.
import { expect, test } from "vitest";
import type { PhoneView } from "#firmware/call/view.ts";
import { call, idleView, sampleFacts, withCalls } from "#test/screens/samples.ts";
import { Front } from "./front.ts";

const settings = [
  "Settings",
  "1 Contrast",
  "2 Ring Type",
  "3 Network Configuration",
  "4 SIP Configuration",
  "5 Status",
  "6 Call Preferences",
  "[Select] [Exit] [] []",
];

test("KEY-006 SET-005 the settings key opens the menu, the same key closes it", () => {
  const front = new Front();
  front.tap("settings");
  expect(front.screen()).toEqual(settings);
  for (let n = 0; n < 8; n++) front.tap("down");
  expect(front.screen().slice(4, 7)).toEqual(["7 Date and Time", "9 Unlock Config", "10 Lock Config"]);
  front.tap("settings");
  expect(front.screen()).toContain("Your current options");
});

test("KEY-012 ENT-001 an item is chosen by scroll and Select, or by its number", () => {
  const status = [
    "Status",
    "1 Status Messages",
    "2 Network Statistics",
    "3 Firmware Versions",
    "[Select] [Exit] [] []",
  ];
  const front = new Front();
  front.tap("settings", "down", "down", "down", "down", "soft1");
  expect(front.screen()).toEqual(status);
  front.tap("soft2", "5");
  expect(front.screen()).toEqual(status);
});

test("a number that could go on waits for its second digit", () => {
  const front = new Front();
  front.tap("settings", "1");
  expect(front.screen()[0]).toBe("Settings");
  front.wait(1500);
  expect(front.screen()[0]).toBe("Contrast");
  front.tap("soft4");
  front.acted();
  front.type("10");
  expect(front.acted()).toEqual([{ kind: "lock" }]);
});

test("STS-001 STS-005 status messages: what is wrong now, then what was reported, newest first; Exit leaves", () => {
  const status = [
    { code: "file-not-found", facts: { name: "SIPDefault.cnf" }, atMs: 1000 },
    { code: "unprovisioned", facts: { parameter: "proxy_backup" }, atMs: 2000 },
  ] as const;
  const warnings = [{ code: "time-silent", facts: {} }] as const;
  const front = new Front({ boot: { ...idleView.boot, warnings } }, { status });
  front.tap("settings", "5", "1");
  expect(front.screen()).toEqual([
    "Status Messages",
    "No time from the network. The time server does",
    "not answer; date and time stay blank. Check the",
    "SNTP server.",
    "W350 unprovisioned proxy_backup",
    "File Not Found : SIPDefault.cnf",
    "[Exit] [] [] []",
  ]);
  front.tap("soft1");
  expect(front.screen()[0]).toBe("Status");
  front.tap("soft2", "soft2");
  expect(front.screen()).toContain("Your current options");
});

test("STS-002 network statistics: counters, time since reset, ports with what they negotiated", () => {
  const front = new Front();
  front.tap("settings", "5", "2");
  expect(front.screen()).toEqual([
    "Network Statistics",
    "Rcv 48213",
    "Xmt 30077",
    "REr 0",
    "BCast 912",
    "Elapsed 1:02:03",
    "Port 0 Full, 100",
    "[Exit] [] [] []",
  ]);
  front.tap("down", "down", "down");
  expect(front.screen()).toContain("Port 1 link down");
});

test("STS-004 firmware versions name the loads", () => {
  const front = new Front();
  front.tap("settings", "5", "3");
  expect(front.screen().slice(0, 5)).toEqual([
    "Firmware Versions",
    "Application Load ID: offhook-0.1.0",
    "Boot Load ID: u-boot 2023.01",
    "Hardware: proto-a rev 2",
    "Serial Number: OH0001",
  ]);
});

const alice = {
  name: "Alice Example",
  number: "5550123",
  uri: "sip:5550123@example.com",
  isAnonymous: false,
};
const nameless = { name: "", number: "5550199", uri: "", isAnonymous: false };
const today = Date.UTC(2026, 10, 21, 11, 2);
const log: PhoneView["log"] = {
  missed: [
    { line: 2, peer: alice, target: "5550123", atUnixMs: today, durationSec: 0 },
    { line: 1, peer: nameless, target: "5550199", atUnixMs: today - 86_400_000, durationSec: 0 },
  ],
  received: [
    { line: 1, peer: { ...nameless, isAnonymous: true }, target: "", atUnixMs: undefined, durationSec: 9 },
  ],
  placed: [{ line: 1, peer: nameless, target: "600", atUnixMs: today, durationSec: 60 }],
};

test("KEY-005 the directories key opens the call logs, with time and name, newest first", () => {
  const front = new Front({ log });
  expect(front.screen()).toContain("2 missed calls");
  front.tap("directories");
  expect(front.screen().slice(0, 5)).toEqual([
    "Directories",
    "1 Missed Calls",
    "2 Received Calls",
    "3 Placed Calls",
    "4 Personal Directory",
  ]);
  const all = new Front({ log }, { directoryUrl: "http://10.77.0.5/directory" });
  all.tap("directories");
  expect(all.screen()[5]).toBe("5 External Directory");
  all.tap("5");
  expect(all.acted()).toEqual([{ kind: "open-directory" }]);
  front.tap("1");
  expect(front.screen()).toEqual([
    "Missed Calls",
    "Alice Example  11:02",
    "5550199  20/11/26",
    "[Dial] [EditDial] [Exit] []",
  ]);
  front.tap("directories");
  front.tap("directories");
  expect(front.screen().join()).not.toContain("missed");
});

test("Dial calls the entry on the line it came by, or on the one whose key was pressed; EditDial changes it first", () => {
  const front = new Front({ log });
  front.tap("directories", "1", "soft1");
  expect(front.asked()).toEqual([{ kind: "dial", target: "5550123", line: 2 }]);
  expect(front.seen.ui.open).toEqual([]);
  front.tap("directories", "1", "down", "line2", "soft1");
  expect(front.asked()).toEqual([{ kind: "dial", target: "5550199", line: 2 }]);
  front.tap("directories", "3", "soft2");
  expect(front.screen()[0]).toBe("Edit Number  123");
  front.tap("soft2", "1", "soft1");
  expect(front.asked()).toEqual(
    [{ kind: "dial", target: "601", line: 1 }].map((intent) => ({ ...intent, target: "601" })),
  );
});

test("lifting the handset in a directory calls the entry; in another menu it is just lifted", () => {
  const front = new Front({ log });
  front.tap("directories", "3");
  front.hook("off-hook");
  expect(front.asked()).toEqual([{ kind: "off-hook" }, { kind: "dial", target: "600", line: 1 }]);
  front.hook("on-hook");
  front.tap("settings");
  front.hook("off-hook");
  expect(front.asked()).toEqual([{ kind: "on-hook" }, { kind: "off-hook" }]);
  expect(front.seen.ui.open).toEqual([]);
});

test("an empty list says so and can be left", () => {
  const front = new Front();
  front.tap("directories", "2");
  expect(front.screen()).toEqual(["Received Calls", "No entries", "[Exit] [] [] []"]);
  front.tap("soft1");
  expect(front.screen()[0]).toBe("Directories");
});

test("DIR-002 the personal directory: a typed number is kept with a name, entries are changed and deleted", () => {
  const front = new Front({ log });
  front.tap("directories", "3", "soft2", "soft4", "soft2");
  expect(front.screen()).toEqual([
    "Personal Directory",
    "1 Name",
    "2 Number  600",
    "[Edit] [Save] [Cancel] []",
  ]);
  front.tap("soft1");
  front.type("2");
  front.wait(1500);
  front.tap("soft1");
  expect(front.screen()[1]).toBe("1 Name  a");
  front.tap("soft2");
  expect(front.acted()).toEqual([{ kind: "store-entry", index: undefined, name: "a", number: "600" }]);

  const kept = new Front(
    {},
    {
      personal: [
        { name: "Echo", number: "600" },
        { name: "", number: "601" },
      ],
    },
  );
  kept.tap("directories", "4");
  expect(kept.screen()).toEqual([
    "Personal Directory",
    "1 Echo  600",
    "2 601",
    "[Dial] [EditDial] [Exit] [more]",
  ]);
  kept.tap("2");
  expect(kept.asked()).toEqual([{ kind: "dial", target: "601", line: undefined }]);
  kept.tap("directories", "4", "down", "soft4", "soft3");
  expect(kept.acted()).toEqual([{ kind: "delete-entry", index: 1 }]);
  kept.tap("soft2");
  expect(kept.screen().slice(0, 3)).toEqual(["Personal Directory", "1 Name  Echo", "2 Number  600"]);
});

test("a ring is listened to with Play and taken with Select", () => {
  const front = new Front({}, { settings: { ring_type: "Chirp2" } });
  front.tap("settings", "2");
  expect(front.screen()).toEqual(["Ring Type", "1 Chirp1", "2 Chirp2", "[Select] [Play] [Exit] []"]);
  front.tap("soft2");
  expect(front.acted()).toEqual([{ kind: "play-ring", name: "Chirp1" }]);
  front.tap("2");
  expect(front.acted()).toEqual([{ kind: "set-ring", name: "Chirp2" }]);
});

test("contrast goes up and down at once, Save keeps it, Cancel gives the old one back", () => {
  const front = new Front();
  front.tap("settings", "1");
  front.wait(1500);
  front.tap("up", "up", "down");
  expect(front.screen().slice(0, 2)).toEqual(["Contrast", "55%"]);
  expect(front.acted().at(-1)).toEqual({ kind: "set-contrast", percent: 55, isKept: false });
  front.tap("soft3");
  expect(front.acted()).toEqual([{ kind: "set-contrast", percent: 55, isKept: true }]);
  front.tap("1");
  front.wait(1500);
  front.tap("soft2", "soft4");
  expect(front.acted()).toEqual([
    { kind: "set-contrast", percent: 45, isKept: false },
    { kind: "set-contrast", percent: 50, isKept: false },
  ]);
});

test("KEY-007 i shows the statistics of the call, and help for what is open", () => {
  const media = {
    id: "c1",
    sentPackets: 600,
    sentOctets: 96_000,
    receivedPackets: 598,
    receivedOctets: 95_680,
    lostPackets: 2,
    latePackets: 0,
    discardedPackets: 0,
    playoutDelayMs: 40,
    jitterUnits: 24,
    sendingMs: 12_000,
    receivingMs: 12_000,
    remoteLostPackets: undefined,
    roundTripMs: 18.4,
    receivedEncoding: "PCMU",
    sentEncoding: "PCMU",
  };
  const front = new Front(withCalls([call()]), { media });
  front.tap("info");
  expect(front.screen()).toEqual([
    "Call Statistics",
    "Codec: PCMU",
    "Packets sent: 600",
    "Packets received: 598",
    "Packets lost: 2",
    "Jitter: 3 ms",
    "Round trip: 18 ms",
    "[Exit] [] [] []",
  ]);
  front.tap("info");
  expect(front.screen()).toContain("Echo service");
  front.tap("settings", "info");
  expect(front.screen()[0]).toBe("Help");
  front.tap("info");
  expect(front.screen()[0]).toBe("Settings");
});

test("the services key asks for the page that is set, or says that there is none", () => {
  const front = new Front();
  front.tap("services");
  expect(front.screen().slice(0, 2)).toEqual(["Services", "No services are set for this phone."]);
  const set = new Front({}, { servicesUrl: "http://10.77.0.5/services" });
  set.tap("services");
  expect(set.acted()).toEqual([{ kind: "open-services" }]);
});

test("a ringing call takes screen and soft keys from an open menu, which comes back afterwards", () => {
  const front = new Front();
  front.tap("settings");
  front.seen = {
    ...front.seen,
    view: withCalls([call({ state: "ring-in", direction: "in", connectedAt: undefined })]),
  };
  expect(front.screen()).toContain("Incoming");
  front.tap("soft1");
  expect(front.asked()).toEqual([{ kind: "softkey", id: "answer", place: 0 }]);
  front.seen = { ...front.seen, view: idleView };
  expect(front.screen()).toEqual(settings);
});

test("a line key leaves the menus and opens its line", () => {
  const front = new Front();
  front.tap("settings", "5", "line2");
  expect(front.asked()).toEqual([{ kind: "line-key", key: 2 }]);
  expect(front.seen.ui.open).toEqual([]);
});

test("`**#` in the settings menu toggles the lock where that is the way, and `**#**` resets", () => {
  const facts = { ...sampleFacts, unlockedBy: "star-star-pound" } as const;
  const front = new Front({}, facts);
  front.tap("settings");
  front.type("**#");
  expect(front.acted()).toEqual([{ kind: "unlock", password: undefined }]);
  front.type("**");
  expect(front.acted()).toEqual([{ kind: "reset" }]);
  const open = new Front({}, { ...facts, isUnlocked: true });
  open.tap("settings");
  open.type("**#");
  expect(open.acted()).toEqual([{ kind: "lock" }]);
  const byPassword = new Front();
  byPassword.tap("settings");
  byPassword.type("**#");
  expect(byPassword.acted()).toEqual([]);
});
