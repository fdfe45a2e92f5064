// A rig: one handset on some tier with a network around it. Stories do what a person does and read what a person
// reads, through the same console commands on every tier; what only some tiers have is a capability.
import type { KeyId } from "#hal/contract/panel.ts";
import type { Lab } from "#test/lab/lab.ts";
import type { LabEntry } from "#test/lab/log.ts";
import type { Around } from "./around.ts";
import type { Heard } from "./echo.ts";

export type Tier = "desk" | "net" | "image" | "bench";

/** What a story may need beside the handset. */
export type Capability =
  | "lab" // the simulated network: its faults, logs and switch
  | "flash" // what the phone keeps survives `powerCycle`
  | "sound" // what is said and heard can be measured
  | "echo" // 600 answers with an echo
  | "inside" // the firmware runs in this process: its clock and parts can be looked at
  | "other" // another telephone that does as it is told
  | "cable" // can be pulled
  | "peer"; // somebody else's server answers calls

/** The panel as `show lcd json` tells it. */
export interface ShownPanel {
  readonly rows: readonly string[];
  readonly softkeys: readonly string[];
  readonly lines: readonly string[];
  readonly lamps: Readonly<Record<string, string>>;
}

/** A call as `show calls json` tells it. */
export interface ShownCalls {
  readonly calls: readonly {
    readonly call: string;
    readonly line: number;
    readonly state: string;
    readonly direction: string;
    readonly number: string;
    readonly name: string;
    readonly digits: string;
    readonly isSelected: boolean;
    readonly connectedMs: number | null;
    readonly failureStatus: number | null;
    readonly failureReason: string | null;
  }[];
}

/** The timeline as `show boot json` tells it. */
export interface ShownBoot {
  readonly phase: string;
  readonly trouble: {
    readonly code: string;
    readonly facts: Readonly<Record<string, string | number>>;
  } | null;
  readonly warnings: readonly { readonly code: string }[];
  readonly phases: readonly {
    readonly name: string;
    readonly startMs: number;
    readonly endMs: number | null;
    readonly endedBy: string | null;
    readonly waitedFor: string;
  }[];
}

/** Figures as `show rtp json` tells them. */
export interface ShownRtp {
  readonly streams: readonly {
    readonly stream: string;
    readonly codec: string | null;
    readonly sent: number;
    readonly received: number;
    readonly lost: number;
    readonly late: number;
  }[];
}

/** The network as `show network json` tells it. */
export interface ShownNetwork {
  readonly vlan: number | null;
  readonly address: string | null;
  readonly router: string | null;
  readonly dhcp: {
    readonly state: string;
    readonly server: string | null;
    readonly leaseSec: number | null;
    readonly tftpServers: readonly string[];
  };
}

export interface ShownRegister {
  readonly lines: readonly {
    readonly line: number;
    readonly protocol: string;
    readonly state: string;
    readonly server: string | null;
    readonly user: string;
    readonly reason: string | null;
  }[];
}

interface Shown {
  readonly boot: ShownBoot;
  readonly lcd: ShownPanel;
  readonly calls: ShownCalls;
  readonly rtp: ShownRtp;
  readonly register: ShownRegister;
  readonly network: ShownNetwork;
}

/** What was said and what was heard, in samples of 8 kHz. */
export interface Ears {
  said(): Int16Array;
  heard(): Int16Array;
  ringing(): Int16Array;
  /** Forgets what was heard so far. */
  forget(): void;
  /** What was heard since then, against what was said shortly before: an echo. */
  echoes(): Heard;
}

/** How a tier drives its handset. */
export interface Drive {
  readonly tier: Tier;
  readonly can: ReadonlySet<Capability>;
  /** One console command; rejects when it fails. */
  command(line: string): Promise<string>;
  /** Lets time pass. */
  wait(ms: number): Promise<void>;
  /** Milliseconds on the clock that `wait` moves. */
  now(): number;
  readonly lab: Lab | undefined;
  /** Undefined: a drive of its own kind, not opened by a story. */
  readonly around: Around | undefined;
  readonly ears: Ears | undefined;
  /** Power off and on; what the phone keeps stays. */
  powerCycle(): Promise<void>;
  close(): Promise<void>;
}

/** A handset in a story. */
export class Rig {
  readonly drive: Drive;

  constructor(drive: Drive) {
    this.drive = drive;
  }

  /** The simulated network; a story that uses it needs the capability `lab`. */
  get lab(): Lab {
    if (this.drive.lab === undefined) throw new Error("this story did not say that it needs the lab");
    return this.drive.lab;
  }

  get around(): Around {
    if (this.drive.around === undefined) throw new Error("nothing stands around this handset");
    return this.drive.around;
  }

  get ears(): Ears {
    if (this.drive.ears === undefined) throw new Error("this story did not say that it needs sound");
    return this.drive.ears;
  }

  async show<N extends keyof Shown>(name: N): Promise<Shown[N]> {
    return JSON.parse(await this.drive.command(`show ${name} json`)) as Shown[N]; // the console's contract
  }

  wait(ms: number): Promise<void> {
    return this.drive.wait(ms);
  }

  /** Waits until `check` holds; fails with `what` and what the panel shows after `withinMs`. */
  async until(what: string, check: () => Promise<boolean>, withinMs = 10_000): Promise<void> {
    const begin = this.drive.now();
    const end = begin + withinMs;
    for (;;) {
      if (await check()) return;
      if (this.drive.now() >= end) {
        const { rows } = await this.show("lcd");
        throw new Error(`${what}: not within ${withinMs} ms; the panel shows: ${rows.join(" / ")}`);
      }
      // What takes long need not be seen to the millisecond.
      await this.drive.wait(Math.min(1000, Math.max(10, (this.drive.now() - begin) / 20)));
    }
  }

  async untilPhase(phase: string, withinMs = 10_000): Promise<void> {
    await this.until(`phase ${phase}`, async () => (await this.show("boot")).phase === phase, withinMs);
  }

  /** Booted and registered. */
  async ready(withinMs = 20_000): Promise<void> {
    await this.untilPhase("run", withinMs);
  }

  /** A phase as the timeline tells it. */
  async phase(name: string): Promise<ShownBoot["phases"][number]> {
    const { phases } = await this.show("boot");
    const found = phases.find((phase) => phase.name === name);
    if (found === undefined) throw new Error(`no phase ${name}; there are: ${phases.map((p) => p.name)}`);
    return found;
  }

  /**
   * Waits until the panel holds each of these texts: in its running text whatever the line breaks, in a key or in a
   * label. A long note is told in turns, so they need not be there at the same moment.
   */
  async reads(text: string, ...more: readonly [] | readonly string[]): Promise<void> {
    const open = new Set([text, ...more]);
    await this.until(`the panel reads "${[...open].join('", "')}"`, async () => {
      const held = await this.#panel();
      for (const one of open) if (held.some((part) => part.includes(one))) open.delete(one);
      return open.size === 0;
    });
  }

  /** True while the panel holds this text. */
  async shows(text: string): Promise<boolean> {
    return (await this.#panel()).some((part) => part.includes(text));
  }

  async #panel(): Promise<readonly string[]> {
    const { rows, softkeys, lines } = await this.show("lcd");
    return [rows.map((row) => row.trim()).join(" "), ...softkeys, ...lines];
  }

  /** Fails as soon as `check` does not hold any more, within so long. */
  async stays(what: string, check: () => Promise<boolean>, forMs: number, stepMs = 100): Promise<void> {
    const end = this.drive.now() + forMs;
    while (this.drive.now() < end) {
      if (!(await check()))
        throw new Error(`${what}: not any more after ${this.drive.now() - end + forMs} ms`);
      await this.drive.wait(stepMs);
    }
  }

  /** Entries of the lab's diary: of one server, of one kind, from a moment on. */
  saw(filter: {
    readonly by?: string;
    readonly what?: string;
    readonly sinceMs?: number;
  }): readonly LabEntry[] {
    const { by, what, sinceMs = 0 } = filter;
    return this.lab.log.entries.filter(
      (entry) =>
        (by ?? entry.by) === entry.by && (what ?? entry.what) === entry.what && entry.atMs >= sinceMs,
    );
  }

  lift(): Promise<string> {
    return this.drive.command("test offhook");
  }

  hangUp(): Promise<string> {
    return this.drive.command("test onhook");
  }

  /** Digits, one after the other. */
  press(digits: string): Promise<string> {
    return this.drive.command(`test key ${digits}`);
  }

  button(key: KeyId): Promise<string> {
    return this.drive.command(`test button ${key}`);
  }

  line(number: number): Promise<string> {
    return this.drive.command(`test line ${number}`);
  }

  /** The soft key with this label, on whatever page of the keys it stands. */
  async softkey(label: string): Promise<void> {
    let { softkeys } = await this.show("lcd");
    for (let page = 1; page < 3 && !softkeys.includes(label) && softkeys.includes("more"); page++) {
      await this.drive.command(`test softkey ${softkeys.indexOf("more") + 1}`);
      ({ softkeys } = await this.show("lcd"));
    }
    const place = softkeys.indexOf(label);
    if (place < 0) throw new Error(`no soft key "${label}"; there are: ${softkeys.join(" | ")}`);
    await this.drive.command(`test softkey ${place + 1}`);
  }

  /** Waits until a call is in this state. */
  async call(state: string, withinMs = 10_000): Promise<ShownCalls["calls"][number]> {
    let found: ShownCalls["calls"][number] | undefined;
    await this.until(
      `a call that is ${state}`,
      async () => {
        found = (await this.show("calls")).calls.find((call) => call.state === state);
        return found !== undefined;
      },
      withinMs,
    );
    if (found === undefined) throw new Error("until returned without the call");
    return found;
  }

  /** Line 1 stands so with its server. */
  async line1(): Promise<ShownRegister["lines"][number] | undefined> {
    return (await this.show("register")).lines[0];
  }

  async noCalls(withinMs = 10_000): Promise<void> {
    await this.until("no call", async () => (await this.show("calls")).calls.length === 0, withinMs);
  }

  /** The trouble the boot tells, waiting for it. */
  async trouble(code: string, withinMs = 30_000): Promise<ShownBoot> {
    await this.until(
      `trouble ${code}`,
      async () => {
        const { trouble, warnings } = await this.show("boot");
        return trouble?.code === code || warnings.some((warning) => warning.code === code);
      },
      withinMs,
    );
    return this.show("boot");
  }
}
