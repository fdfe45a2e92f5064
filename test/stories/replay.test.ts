// A recorded boot played again does bit for bit what it did: frames, datagrams and streams sent, states, pictures.
import { expect } from "vitest";
import { playPhone } from "#firmware/bin/recording/phone.ts";
import { TapeDiffers } from "#firmware/bin/recording/player.ts";
import { parseTape, printTape, type Tape, type TapeEntry, tapeFormat } from "#firmware/bin/recording/tape.ts";
import { createFlash } from "#hal/sim/storage.ts";
import type { FaultName } from "#test/lab/faults.ts";
import { offerServices } from "#test/lab/services.ts";
import { playAgain, recordBoot } from "#test/replay/boots.ts";
import { deskTest } from "./kit/story.ts";

const shortMs = 5000;

const names = (tape: Tape): ReadonlySet<string> =>
  new Set(tape.entries.flatMap((entry) => ("do" in entry ? [entry.do] : [])));

for (const [protocol, seeds] of [
  ["sip", [1, 2, 3, 4, 5, 6, 7]],
  ["sccp", [8, 9, 10, 11, 12]],
] as const) {
  deskTest(`${seeds.length} ${protocol} boots play bit for bit`, async () => {
    for (const seed of seeds) {
      const { tape, phase } = await recordBoot({ seed, protocol, forMs: shortMs });
      if (protocol === "sip") expect(phase).toBe("run");
      expect((await playAgain(tape)).uses).toBeGreaterThan(300);
      expect(names(tape)).toContain("hal.link.send");
      expect(names(tape)).toContain("hal.panel.show");
      expect(names(tape)).toContain("hal.log.write");
    }
  });
}

const someFaults: readonly FaultName[] = [
  "silent-switch",
  "cdp-against-lldp",
  "dhcp-slow",
  "address-conflict",
  "no-files",
  "wrong-password",
  "flap-config",
  "lossy-cable",
];

deskTest("boots with faults play bit for bit", async () => {
  for (const fault of someFaults) {
    const { tape } = await recordBoot({ seed: 20, fault, forMs: 40_000 });
    expect((await playAgain(tape)).uses, fault).toBeGreaterThan(100);
  }
});

deskTest("a second boot from what was kept, and a call made by hand, play bit for bit", async () => {
  const flash = createFlash();
  await recordBoot({ seed: 30, flash, forMs: shortMs });
  const { tape } = await recordBoot({
    seed: 31,
    flash,
    forMs: 15_000,
    async use(phone, clock) {
      phone.hal.hands.lift();
      await clock.advance(100);
      await phone.command("test key 600");
      await clock.advance(8000);
      const { calls } = JSON.parse(await phone.command("show calls json"));
      expect(calls[0]?.state).toBe("connected");
      phone.hal.hands.hangUp();
      await clock.advance(500);
    },
  });
  expect((await playAgain(tape)).uses).toBeGreaterThan(500);
});

deskTest("pages of XML services, one of them given up while it was fetched, play bit for bit", async () => {
  const { tape } = await recordBoot({
    seed: 33,
    forMs: shortMs,
    prepare: offerServices,
    async use(phone, clock) {
      await phone.command("test button services");
      await phone.command("test softkey 1"); // Cancel, before anything came
      await clock.advance(500);
      await phone.command("test button services");
      await clock.advance(500);
      await phone.command("test key 5");
      await clock.advance(500);
      await phone.command("test key 2");
      await phone.command("test softkey 1"); // Submit
      await clock.advance(500);
      expect(await phone.command("show lcd")).toContain("Campus Directory");
      await phone.command("test button services");
    },
  });
  expect((await playAgain(tape)).uses).toBeGreaterThan(500);
});

const tamper = (tape: Tape, change: (entry: TapeEntry) => TapeEntry | undefined): Tape => {
  let isDone = false;
  const entries = tape.entries.map((entry) => {
    const changed = isDone ? undefined : change(entry);
    isDone ||= changed !== undefined;
    return changed ?? entry;
  });
  if (!isDone) throw new Error("nothing was changed");
  return { ...tape, entries };
};

deskTest(
  "one byte that is sent otherwise, one state more or one picture that differs is told with its line",
  async () => {
    const { tape } = await recordBoot({ seed: 40, forMs: shortMs });
    const others: readonly ((entry: TapeEntry) => TapeEntry | undefined)[] = [
      (entry) => ("do" in entry && entry.do === "hal.link.send" ? { ...entry, args: ["other"] } : undefined),
      (entry) => ("do" in entry && entry.do === "hal.log.write" ? { ...entry, args: ["other"] } : undefined),
      (entry) => ("do" in entry && entry.do === "hal.panel.show" ? { ...entry, args: ["other"] } : undefined),
      (entry) => ("in" in entry && entry.in === "call" ? { ...entry, atMs: entry.atMs + 1 } : undefined),
    ];
    for (const change of others) {
      const failure = await playPhone(tamper(tape, change)).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(TapeDiffers);
    }
  },
);

deskTest("a file that is no tape is refused with its line", () => {
  expect(() => parseTape("x", "{}\n")).toThrow(/line 1/);
  expect(() =>
    parseTape("x", `${printTape({ head: { offhookTape: tapeFormat } as Tape["head"], entries: [] })}{`),
  ).toThrow(/line 2/);
});
