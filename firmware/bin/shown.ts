// What `show` shows: plain JSON from the parts of the phone. Field names carry units; absent values are null.
import type { PhaseRecord } from "#firmware/boot/notices.ts";
import type { CallView } from "#firmware/call/view.ts";
import type { Json, ShowName } from "#firmware/console/port.ts";
import type { LineState } from "#firmware/sip/notices.ts";
import type { StreamStatistics } from "#hal/contract/media.ts";
import { lampsOf } from "#ui/screens/lamps.ts";
import type { Phone } from "./phone.ts";

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

/** A phase as the JSON report has it. */
export function shownPhase({ name, startMs, endMs, endedBy, waitedFor }: PhaseRecord) {
  return {
    name,
    startMs: round(startMs),
    endMs: endMs === undefined ? null : round(endMs),
    endedBy: endedBy ?? null,
    waitedFor,
  };
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

function shownCall(phone: Phone, call: CallView) {
  const { clock } = phone.base.hal;
  return {
    call: call.id,
    line: call.line,
    state: call.state,
    direction: call.direction,
    number: call.peer?.number ?? call.digits,
    name: call.peer?.name ?? "",
    digits: call.digits,
    isSelected: call.isSelected,
    connectedMs: call.connectedAt === undefined ? null : Math.round(clock.now() - call.connectedAt),
    failureStatus: call.failure?.status ?? null,
    failureReason: call.failure?.reason ?? null,
  };
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
  const { vlan, address, router, mtu } = hal.network.state();
  const lease = phone.network.lease();
  return {
    interface: hal.link.name,
    mac: hal.link.mac,
    link: { ...hal.link.state() },
    vlan: vlan?.vlanId ?? null,
    address: address === undefined ? null : `${address.address}/${address.prefix}`,
    router: router ?? null,
    mtu,
    dhcp: {
      state: phone.network.dhcp.state().kind,
      server: lease?.server ?? null,
      leaseSec: lease === undefined || !Number.isFinite(lease.leaseSec) ? null : lease.leaseSec,
      dnsServers: lease?.dnsServers ?? [],
      tftpServers: lease?.tftpServers ?? [],
      domain: lease?.domainName ?? null,
    },
    neighbours: phone.network.cdp.neighbours().map(({ deviceId, portId, platform, location }) => ({
      protocol: "cdp",
      deviceId,
      portId,
      platform,
      location: location ?? null,
    })),
    counters: { ...hal.link.counters() },
  };
}

function shownHal(phone: Phone) {
  const { hal } = phone.base;
  const health = hal.health.read();
  return {
    parts: hal
      .parts()
      .map(({ part, attached, state, detail }) => ({ part, attached, state, detail: detail ?? null })),
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
    slots: images
      .list()
      .map(({ name, version, state, isRunning }) => ({ name, version: version ?? null, state, isRunning })),
  };
}

/** One thing that can be shown; undefined: this phone keeps no such thing. */
export function shown(phone: Phone, name: ShowName): Json | undefined {
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
        phases: boot.timeline().map(shownPhase),
      };
    }
    case "lcd":
      return shownLcd(phone);
    case "register":
      return { lines: shownLines(phone).map((line) => ({ ...line })) };
    case "calls":
      return { calls: phone.view().calls.map((call) => shownCall(phone, call)) };
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
    case "debug":
      return base.book.debugged();
    case "log":
      return base.book.last(200).map((line) => ({ ...line }));
    case "version":
      return shownVersion(phone);
    case "ethernet":
      return { ...base.hal.link.counters() };
    default:
      return undefined;
  }
}
