// The simulated voice network as one thing: a switch with a port for the phone, hosts, servers, faults, a log.

import type { Runtime } from "#firmware/runtime/runner.ts";
import type { Random } from "#hal/contract/random.ts";
import { Emitter, type Stream } from "#hal/contract/stream.ts";
import { type Alarm, type Clock, later } from "#hal/contract/time.ts";
import { type CallManagers, startCallManagers } from "./call-managers.ts";
import { type Capture, createCapture } from "./capture.ts";
import { startCdpSpeaker } from "./cdp-speaker.ts";
import { type FaultName, faults } from "./faults.ts";
import type { Files } from "./files.ts";
import { createFlapping } from "./flapping.ts";
import type { Handset } from "./handset.ts";
import { createHost, type Host, type HostSetup } from "./host.ts";
import { startLldpSpeaker } from "./lldp-speaker.ts";
import { createLabLog, type LabLog } from "./log.ts";
import { isProvisionedAlike, provisionedFiles } from "./provisioning.ts";
import { type Registrars, startRegistrars } from "./registrars.ts";
import { labRuntime } from "./runtime.ts";
import { defaultSettings, type LabSettings, type LaterChange, place } from "./settings.ts";
import { type Hosts, openSite } from "./site.ts";
import { createSwitch, type SwitchPort } from "./switch.ts";

export interface LabOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** A network on which everything works, unless told. */
  readonly settings?: LabSettings;
  readonly fault?: FaultName;
}

/** A running lab. */
export interface Lab {
  readonly clock: Clock;
  readonly random: Random;
  /** Where the phone is plugged in: `phone.plug` is its end of the cable. */
  readonly phone: SwitchPort;
  /** Another port like it, with CDP and LLDP speakers of its own. */
  addPhonePort(name: string): SwitchPort;
  /** One more host on the switch; ends with the lab. */
  addHost(setup: HostSetup): Host;
  /** For servers made of the firmware's building blocks. */
  readonly runtime: Runtime;
  readonly hosts: Hosts;
  readonly registrars: Registrars;
  /** The call managers that run now. */
  readonly callManager: CallManagers;
  /** What the TFTP and HTTP servers serve; may be changed at any time. */
  readonly files: Files;
  /** What the servers saw, in order. */
  readonly log: LabLog;
  /** Settings with the present fault in them. */
  settings(): LabSettings;
  /** What the settings say of the handset, for who plugs one in. */
  handset(): Handset;
  /** After each change of settings or fault. */
  readonly changes: Stream<LabSettings>;
  /** Changes the settings beneath the fault. */
  change(edit: (settings: LabSettings) => LabSettings): void;
  readonly fault: FaultName | undefined;
  /** From now on this fault instead of any other; undefined: none. */
  setFault(name: FaultName | undefined): void;
  /** Unplugs the phone for so long. */
  flapLink(downMs: number): void;
  /** Records the phone's port from now on. */
  capture(): Capture;
  /** Aborts with `close`: for services that are added to the lab. */
  readonly signal: AbortSignal;
  /** Ends everything: no alarm and no listener is left. */
  close(): void;
}

/** Starts the lab. Servers are ready when it resolves; the phone's cable has a carrier already. */
export async function createLab(options: LabOptions): Promise<Lab> {
  const { clock, random } = options;
  const life = new AbortController();
  const { signal } = life;
  const changes = new Emitter<LabSettings>();
  let base = options.settings ?? defaultSettings;
  let fault: FaultName | undefined;
  let present = base;

  const runtime = labRuntime(clock, random);
  const log = createLabLog(clock);
  const files = provisionedFiles(base);
  let provisioned = base;
  const network = createSwitch({ clock, random, mac: "00:11:22:33:44:80" });
  const addPhonePort = (name: string): SwitchPort => {
    const port = network.attach({ name, vlans: { access: place.dataVlan, voice: place.voiceVlan } });
    const speaker = { link: port.control, clock, tell: log.teller("switch"), signal };
    startCdpSpeaker({ ...speaker, settings: () => present.cdp, changes });
    startLldpSpeaker({ ...speaker, settings: () => present.lldp });
    return port;
  };
  const phone = addPhonePort("Fa0/1");
  const flapping = createFlapping(phone, clock, log, signal);
  const hosts = await openSite({ network, clock, random, settings: () => present, files, log, signal });

  /** Files follow the settings; what was added or changed by hand stays where nothing of theirs changed. */
  const provision = (): void => {
    if (isProvisionedAlike(present, provisioned)) return;
    for (const name of provisionedFiles(provisioned).keys()) files.delete(name);
    for (const [name, bytes] of provisionedFiles(present)) files.set(name, bytes);
    provisioned = present;
  };
  let hasCable = true;
  let hasChanged: LaterChange[] = [];
  const refresh = (): void => {
    present = fault === undefined ? base : faults[fault].play(base);
    for (const { change } of hasChanged) present = change(present);
    provision();
    phone.cable.impair(present.cable);
    if (present.hasCable !== hasCable) {
      ({ hasCable } = present);
      if (hasCable) phone.cable.plug();
      else phone.cable.unplug();
    }
    if (present.hasSquatter) hosts.squatter.port.cable.plug();
    else hosts.squatter.port.cable.unplug();
    changes.emit(present);
  };
  /** What happens later, once each. */
  const alarms: Alarm[] = [];
  log.added.subscribe(
    ({ what }) => {
      const { later: next } = present;
      if (next?.at !== what || awaited === next) return;
      awaited = next;
      alarms.push(
        clock.alarm(later(clock.now(), next.afterMs), () => {
          hasChanged.push(next);
          refresh();
        }),
      );
    },
    { signal },
  );
  let awaited: LaterChange | undefined;
  signal.addEventListener(
    "abort",
    () => {
      for (const alarm of alarms) alarm.cancel();
    },
    { once: true },
  );
  const setFault = (name: FaultName | undefined): void => {
    fault = name;
    hasChanged = [];
    for (const alarm of alarms.splice(0)) alarm.cancel();
    log.teller("lab")("fault", { name: name ?? "none" });
    refresh();
    flapping.set(present.flap);
  };
  refresh();
  const registrars = startRegistrars({
    hosts: [hosts.server, hosts.second],
    clock,
    runtime,
    settings: () => present,
    changes,
    log,
    signal,
  });
  const callManager = startCallManagers({
    hosts: { first: hosts.server, second: hosts.second, third: hosts.third },
    clock,
    settings: () => present,
    changes,
    log,
    signal,
  });
  if (options.fault === undefined) flapping.set(present.flap);
  else setFault(options.fault);

  return {
    clock,
    random,
    phone,
    addPhonePort,
    addHost(setup) {
      const host = createHost(setup, { network, clock, random });
      signal.addEventListener("abort", () => host.close(), { once: true });
      return host;
    },
    runtime,
    hosts,
    registrars,
    callManager,
    files,
    log,
    settings: () => present,
    handset: () => ({ settings: present.handset, files: provisionedFiles(present) }),
    changes,
    change(edit) {
      base = edit(base);
      refresh();
    },
    get fault() {
      return fault;
    },
    setFault,
    flapLink: (downMs) => flapping.flap(downMs),
    capture() {
      const capture = createCapture(clock);
      capture.add(phone.name, phone.inside);
      signal.addEventListener("abort", () => capture.stop(), { once: true });
      return capture;
    },
    signal,
    close() {
      life.abort();
      network.close();
    },
  };
}
