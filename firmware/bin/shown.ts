// What `show` shows: plain JSON from the parts of the phone. Field names carry units; absent values are null.
import type { PhaseRecord } from "#firmware/boot/notices.ts";
import { callFacts } from "#firmware/call/call-facts.ts";
import { planFacts } from "#firmware/call/dialplan/facts.ts";
import type { Json, ShowName } from "#firmware/console/port.ts";
import type { LldpLocation } from "#firmware/lldp/notices.ts";
import type { LineState } from "#firmware/sip/notices.ts";
import type { Hal } from "#hal/contract/hal.ts";
import type { StreamStatistics } from "#hal/contract/media.ts";
import { lampsOf } from "#ui/screens/lamps.ts";
import type { Phone } from "./composed-phone.ts";
import {
  shownCallMachine,
  shownCrash,
  shownDsp,
  shownFlash,
  shownMallocTable,
  shownMemoryMap,
  shownPersonalDirectory,
  shownSlots,
  shownStacks,
  shownStringPool,
} from "./shown-inside.ts";

/** One line of `show register` and of the JSON report. */
export interface ShownLine {
  readonly line: number;
  readonly protocol: "sip" | "sccp" | "prx";
  readonly state: string;
  readonly server: string | null;
  readonly user: string;
  readonly reason: string | null;
}

const round = (ms: number): number => Math.round(ms * 100) / 100;

/** The timeline as the JSON report has it: milliseconds since the phone began. */
export function shownPhases({ boot, startedAt }: Phone) {
  return boot.timeline().map(({ name, startMs, endMs, endedBy, waitedFor }: PhaseRecord) => ({
    name,
    startMs: round(startMs - startedAt),
    endMs: endMs === undefined ? null : round(endMs - startedAt),
    endedBy: endedBy ?? null,
    waitedFor,
  }));
}

/** Lines by protocol; with a call manager every line stands as the phone does. */
export function shownLines(phone: Phone): readonly ShownLine[] {
  const server = phone.telephony.server();
  if (server !== undefined) {
    const at = server.kind === "unregistered" ? null : `${server.server.address}:${server.server.port}`;
    const keys = phone.view().lineKeys.filter(({ kind }) => kind === "line");
    const reason = server.kind === "failed" ? server.failure : null;
    return (keys.length === 0 ? [{ label: "" }] : keys).map(({ label }, index) => ({
      line: index + 1,
      protocol: "sccp",
      state: server.kind,
      server: at,
      user: label,
      reason,
    }));
  }
  return phone.telephony.lines().map(({ line, user, state }) => ({
    line,
    protocol: "sip",
    state: state.kind,
    server: serverOf(state),
    user,
    reason:
      state.kind === "failed"
        ? `${state.failure}${state.status === undefined ? "" : ` ${state.status}`}`
        : null,
  }));
}

function serverOf(state: LineState): string | null {
  if (state.kind !== "registered" && state.kind !== "registering") return null;
  return state.server === undefined ? null : `${state.server.address}:${state.server.port}`;
}

/** The panel as a person reads it. */
export function shownLcd(phone: Phone) {
  const { text } = phone.front.frame();
  const lamps = Object.entries(lampsOf(phone.view())).map(([lamp, { mode }]) => [lamp, mode] as const);
  return { rows: text.rows, softkeys: text.softkeys, lines: text.lines, lamps: Object.fromEntries(lamps) };
}

function shownCalls(phone: Phone) {
  const digits = new Map(phone.view().calls.map((call) => [call.id, call.digits]));
  return callFacts(phone.calls.state(), phone.base.hal.clock.now()).map(({ id, failure, ...call }) => ({
    call: id,
    ...call,
    digits: digits.get(id) ?? "",
    failureStatus: failure?.status ?? null,
    failureReason: failure?.reason ?? null,
  }));
}

/** Figures of one stream. */
export function shownStream(figures: StreamStatistics) {
  return {
    stream: figures.id,
    codec: figures.sentEncoding ?? figures.receivedEncoding ?? null,
    sent: figures.sentPackets,
    received: figures.receivedPackets,
    lost: figures.lostPackets,
    late: figures.latePackets,
    discarded: figures.discardedPackets,
    jitterMs: round(figures.jitterUnits / 8),
    roundTripMs: figures.roundTripMs ?? null,
    playoutDelayMs: figures.playoutDelayMs,
    sendingMs: Math.round(figures.sendingMs),
    receivingMs: Math.round(figures.receivingMs),
  };
}

function shownNetwork(phone: Phone) {
  const { hal } = phone.base;
  const { vlan, address, router, mtu, media } = hal.network.state();
  const lease = phone.network.lease();
  return {
    interface: hal.link.name,
    mac: hal.link.mac,
    link: { ...hal.link.state() },
    vlan: vlan?.vlanId ?? null,
    address: address === undefined ? null : `${address.address}/${address.prefix}`,
    router: router ?? null,
    mtu,
    media: media === "auto" ? "auto" : `${media.duplex} ${media.speedMbps}`,
    dhcp: {
      state: phone.network.dhcp.state().kind,
      server: lease?.server ?? null,
      leaseSec: lease === undefined || !Number.isFinite(lease.leaseSec) ? null : lease.leaseSec,
      dnsServers: lease?.dnsServers ?? [],
      tftpServers: lease?.tftpServers ?? [],
      domain: lease?.domainName ?? null,
    },
    neighbours: shownNeighbours(phone),
    counters: { ...hal.link.counters() },
  };
}

function shownNeighbours({ network }: Phone) {
  const byCdp = network.cdp.neighbours().map(({ deviceId, portId, platform, location }) => ({
    protocol: "cdp",
    deviceId,
    portId,
    platform,
    location: location ?? null,
  }));
  const byLldp = network.lldp
    .neighbours()
    .map(({ chassisId, systemName, portId, systemDescription, location }) => ({
      protocol: "lldp",
      deviceId: systemName === "" ? chassisId : systemName,
      portId,
      platform: systemDescription,
      location: location === undefined ? null : locationText(location),
    }));
  return [...byCdp, ...byLldp];
}

function locationText(location: LldpLocation): string {
  switch (location.kind) {
    case "coordinates":
      return Buffer.from(location.bytes).toString("hex");
    case "civic":
      return [location.country, ...location.elements.map(({ text }) => text)].join(", ");
    case "elin":
      return location.digits;
  }
}

/** Parts that a board may not have at all: none stands for them, and nobody has to wonder. */
function absentParts({ pcPort, headset, backlight, watchdog }: Hal) {
  const optional = { "pc port": pcPort, headset, backlight, watchdog };
  return Object.entries(optional)
    .filter(([, part]) => part === undefined)
    .map(([part]) => ({ part, attached: "not on this board", state: "absent", detail: null }));
}

function shownHal(phone: Phone) {
  const { hal } = phone.base;
  const health = hal.health.read();
  return {
    parts: [
      ...hal
        .parts()
        .map(({ part, attached, state, detail }) => ({ part, attached, state, detail: detail ?? null })),
      ...absentParts(hal),
    ],
    socTemperatureC: health.socTemperatureC ?? null,
    isThrottled: health.isThrottled ?? null,
    isUnderVoltage: health.isUnderVoltage ?? null,
  };
}

function shownConfig(phone: Phone): Json {
  const values = phone.config()?.values ?? [];
  return Object.fromEntries(values.map(({ name, text }) => [name, text]));
}

function shownVersion(phone: Phone) {
  const { identity, images } = phone.base.hal;
  return {
    product: identity.product,
    version: identity.version,
    commit: identity.commit,
    hardware: identity.hardwareRevision,
    serial: identity.serial,
    slots: shownSlots(images),
  };
}

/** One thing that can be shown. */
export function shown(phone: Phone, name: ShowName): Json {
  const { base, boot } = phone;
  switch (name) {
    case "boot": {
      const { phase, trouble, retryAt } = boot.view();
      const retryInMs =
        retryAt === undefined ? null : Math.max(0, Math.round(retryAt - base.hal.clock.now()));
      return {
        phase,
        trouble: trouble === undefined ? null : { code: trouble.code, facts: trouble.facts },
        warnings: boot.view().warnings.map(({ code, facts }) => ({ code, facts })),
        retryInMs,
        phases: shownPhases(phone),
      };
    }
    case "lcd":
      return shownLcd(phone);
    case "register":
      return { lines: shownLines(phone).map((line) => ({ ...line })) };
    case "calls":
      return { calls: shownCalls(phone) };
    case "rtp":
      return { streams: [...phone.statistics().values()].map(shownStream) };
    case "network":
      return shownNetwork(phone);
    case "hal":
      return shownHal(phone);
    case "timers":
      return { timers: base.runtime.timers.list().map((timer) => ({ ...timer })) };
    case "config":
      return shownConfig(phone);
    case "status":
      return phone.menu.statusMessages().map(({ atMs, code, facts }) => ({ atMs, code, facts }));
    case "dialplan": {
      const plan = phone.dialPlan();
      if (plan === undefined) return { name: null, rules: [], errors: [] };
      const { name: file, rules, errors } = planFacts(plan);
      return { name: file, rules: rules.map((rule) => ({ ...rule })), errors };
    }
    case "debug":
      return phone.traces.keywords();
    case "log":
      return base.book.last(200).map((line) => ({ ...line }));
    case "version":
      return shownVersion(phone);
    case "ethernet":
      return phone.counted.ethernet();
    case "arp":
      return base.hal.tables.arp().map((entry) => ({ ...entry }));
    case "ip":
      return phone.counted.ip();
    case "tcp":
      return phone.counted.tcp();
    case "dspstate":
      return shownDsp(phone);
    case "lsm":
    case "fsm":
    case "fsmdef":
    case "fsmcnf":
    case "fsmxfr":
    case "fim":
    case "gsm":
      return shownCallMachine(phone, name);
    case "flash":
      return shownFlash(phone);
    case "memorymap":
      return shownMemoryMap();
    case "malloctable":
      return shownMallocTable();
    case "strpool":
      return shownStringPool();
    case "stacks":
      return shownStacks();
    case "dump":
    case "abort_vector":
      return shownCrash(phone, name);
    case "personaldir":
      return shownPersonalDirectory(phone);
  }
}
