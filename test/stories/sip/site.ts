// A site with several whole phones, a proxy and a gateway: the ground of the ladders. Each phone is the product itself,
// and says a tone of its own, so that it can be told who hears whom.
import { readAhead } from "#firmware/bin/recording/phone.ts";
import type { SipMessage } from "#firmware/sip/message/message.ts";
import { VirtualClock } from "#hal/sim/clock.ts";
import type { Cable, Impairment } from "#hal/sim/net/cable.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { createFlash } from "#hal/sim/storage.ts";
import { type DeskPhone, openDeskPhone } from "#test/lab/desk-phone.ts";
import { textFile } from "#test/lab/files.ts";
import { createLab, type Lab } from "#test/lab/lab.ts";
import { defaultSettings, type LabSettings, place } from "#test/lab/settings.ts";
import type { LabSipServer } from "#test/lab/sip/server.ts";
import type { SwitchPort } from "#test/lab/switch.ts";
import { type Capability, type Drive, Rig } from "#test/stories/kit/rig.ts";
import { phonesTest } from "#test/stories/kit/story.ts";
import { Conversation } from "./conversation.ts";
import { Gateway, gatewayAddress } from "./gateway.ts";
import { isHeard, toneOf } from "./voices.ts";

/** Who plays: name, number, own tone. */
const cast = {
  A: { number: "1001", mac: "00:11:22:33:44:a1", hz: 1100 },
  B: { number: "1002", mac: "00:11:22:33:44:b1", hz: 1750 },
  C: { number: "1003", mac: "00:11:22:33:44:c1", hz: 2300 },
} as const;
export type Name = keyof typeof cast;

/** The gateway's milliwatt (ITU-T G.711). */
const milliwattHz = 1000;

export interface SiteOptions {
  readonly seed?: number;
  readonly settings?: (settings: LabSettings) => LabSettings;
  /** Lines of every phone's file, and of one phone's. */
  readonly config?: readonly string[];
  readonly configOf?: Partial<Record<Name, readonly string[]>>;
  /** `dialplan.xml`; the lab's unless told. */
  readonly dialPlan?: string;
  readonly model?: "7960" | "7940";
  /** The registrars refuse everybody; the story begins when the phones know. */
  readonly isUnregistered?: true;
  /** What each phone's cable does to frames, once all are registered. */
  readonly cable?: Impairment;
}

/** A whole phone of the site. */
export class SitePhone extends Rig {
  readonly name: Name;
  readonly number: string;
  readonly desk: DeskPhone;
  /** Where it is plugged in. */
  readonly port: SwitchPort;
  readonly heard: Int16Array[];
  /** What its ringer played. */
  readonly rung: Int16Array[];

  constructor(name: Name, drive: Drive, desk: DeskPhone, own: Pick<SitePhone, "port" | "heard" | "rung">) {
    super(drive);
    this.name = name;
    this.number = cast[name].number;
    this.desk = desk;
    this.port = own.port;
    this.heard = own.heard;
    this.rung = own.rung;
  }

  get address(): string {
    return this.desk.hal.network.state().address?.address ?? "";
  }

  /** Lifts and dials. */
  async dial(number: string): Promise<void> {
    await this.lift();
    await this.press(number);
  }
}

/** Everything of one story. */
export interface Site {
  readonly lab: Lab;
  readonly clock: VirtualClock;
  readonly proxy: LabSipServer;
  readonly conversation: Conversation;
  phone(name: Name): SitePhone;
  gateway(): Gateway;
  /** A redirect server behind the proxy sends calls for a number to these, the first that takes it. */
  redirect(number: string, targets: readonly string[], how?: { readonly noAnswerMs: number }): void;
  /** One phone calls another, which is lifted: they talk. */
  connect(caller: SitePhone, called: SitePhone): Promise<void>;
  /** The phone that the gateway calls is lifted, and the gateway knows. */
  pickUp(called: SitePhone): Promise<void>;
  wait(ms: number): Promise<void>;
  /** What was said, as `Conversation.lines`. */
  ladder(): readonly string[];
  /** Who hears whom: `A hears B`, in order of names. Listens for a while. */
  sound(): Promise<readonly string[]>;
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const can: ReadonlySet<Capability> = new Set(["lab", "sound"]);

function driveOf(lab: Lab, clock: VirtualClock, desk: DeskPhone): Drive {
  return {
    tier: "desk",
    can,
    lab,
    around: undefined,
    ears: undefined,
    command: (line) => desk.command(line),
    wait: (ms) => clock.advance(ms),
    now: () => clock.now(),
    powerCycle: () => Promise.reject(new Error("these phones stay plugged in")),
    close: () => desk.stop(),
  };
}

const fileOf = (mac: string, name: Name, more: readonly string[]): string =>
  [
    `line1_name: "${cast[name].number}"`,
    `line1_authname: "${cast[name].number}"`,
    `line1_password: "secret-${name}"`,
    `line1_displayname: "Phone ${name}"`,
    `# ${mac}`,
    ...more,
    "",
  ].join("\n");

/** Opens a site, lets the phones register, tells the story, and pulls the plugs. */
async function withSite(
  names: readonly Name[],
  options: SiteOptions,
  tell: (site: Site) => Promise<void>,
): Promise<void> {
  await readAhead(); // as openDesk
  const clock = new VirtualClock({ settle });
  const seed = options.seed ?? 1;
  const users = Object.fromEntries(
    Object.entries(cast).map(([name, { number }]) => [number, `secret-${name}`]),
  );
  const registerStatus = options.isUnregistered === true ? 403 : undefined;
  const base: LabSettings = {
    ...defaultSettings,
    sip: { ...defaultSettings.sip, users, registerStatus },
  };
  const lab = await createLab({
    clock,
    random: createSeededRandom(seed),
    settings: (options.settings ?? ((same) => same))(base),
  });
  const conversation = new Conversation(clock, lab.signal);
  conversation.add("proxy", lab.hosts.server.port);
  conversation.add("second server", lab.hosts.second.port);
  if (options.dialPlan !== undefined) lab.files.set("dialplan.xml", textFile(options.dialPlan));
  const phones = new Map<Name, SitePhone>();
  const cables: Cable[] = [];
  for (const name of names) phones.set(name, await plugIn(name));
  let gateway: Gateway | undefined;

  async function plugIn(name: Name): Promise<SitePhone> {
    const { mac, hz } = cast[name];
    const lines = [...(options.config ?? []), ...(options.configOf?.[name] ?? [])];
    lab.files.set(`SIP${mac.replaceAll(":", "").toUpperCase()}.cnf`, textFile(fileOf(mac, name, lines)));
    const port = lab.addPhonePort(name);
    cables.push(port.cable);
    conversation.add(name, port);
    const [heard, rung]: [Int16Array[], Int16Array[]] = [[], []];
    const sound = {
      microphone: toneOf(hz),
      speaker: (samples: Int16Array) => void heard.push(samples.slice()),
      ringer: (samples: Int16Array) => void rung.push(samples.slice()),
    };
    const random = createSeededRandom(seed * 100 + hz);
    const model = options.model ?? "7960";
    const desk = await openDeskPhone({ clock, random, port, mac, flash: createFlash(), sound, model });
    return new SitePhone(name, driveOf(lab, clock, desk), desk, { port, heard, rung });
  }

  const site: Site = {
    lab,
    clock,
    conversation,
    get proxy() {
      const server = lab.registrars.first();
      if (server === undefined) throw new Error("the first registrar does not run");
      return server;
    },
    phone(name) {
      const phone = phones.get(name);
      if (phone === undefined) throw new Error(`${name} is not in this story`);
      return phone;
    },
    gateway() {
      if (gateway !== undefined) return gateway;
      const host = lab.addHost({
        name: "gateway",
        mac: "00:11:22:33:44:30",
        vlan: place.voiceVlan,
        address: gatewayAddress,
        prefix: 24,
        router: place.router,
      });
      conversation.add("gateway", host.port);
      gateway = new Gateway(host.stack.sockets, clock, lab.signal);
      return gateway;
    },
    redirect(number, targets, how = { noAnswerMs: 20_000 }) {
      const second = lab.registrars.second();
      if (second === undefined) throw new Error("the second server does not run");
      second.behaviour.redirects = { [number]: targets.map((target) => `<sip:${target}@${place.server}>`) };
      site.proxy.behaviour.redirector = { endpoint: { address: place.second, port: 5060 }, ...how };
    },
    async connect(caller, called) {
      await caller.dial(called.number);
      await called.call("ring-in");
      await called.lift();
      await caller.call("connected");
    },
    async pickUp(called) {
      await called.call("ring-in");
      await called.lift();
      await clock.advance(50);
      site.gateway().ack();
      await called.call("connected");
    },
    wait: (ms) => clock.advance(ms),
    ladder: () => conversation.lines(["proxy", "second server"]),
    async sound() {
      await clock.advance(200); // what was on its way
      const listeners = [...phones.values()];
      for (const { heard } of listeners) heard.length = 0;
      await clock.advance(400);
      const voices: readonly (readonly [string, number])[] = [
        ...names.map((name) => [name, cast[name].hz] as const),
        ["gateway", milliwattHz],
      ];
      return listeners.flatMap(({ name, heard }) =>
        voices.flatMap(([voice, hz]) => (isHeard(heard, hz) ? [`${name} hears ${voice}`] : [])),
      );
    },
  };
  try {
    for (const phone of phones.values()) if (options.isUnregistered !== true) await phone.ready();
    for (const cable of cables) cable.impair(options.cable ?? {});
    await tell(site);
  } finally {
    for (const phone of phones.values()) await phone.drive.close();
    lab.close();
  }
}

/** A header's value as it was sent; empty: not there. */
export function rawHeader(message: SipMessage, name: string): string {
  return message.headers.find((line) => line.name.toLowerCase() === name.toLowerCase())?.value ?? "";
}

/** Registers a story of these phones with the test runner. Several whole phones in one process: the desk tier alone. */
export function ladder(
  name: string,
  names: readonly Name[],
  options: SiteOptions,
  tell: (site: Site) => Promise<void>,
): void {
  phonesTest(name, () => withSite(names, options, tell));
}
