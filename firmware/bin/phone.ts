// The phone: every part wired to every other, on whatever hardware it is given. Decides nothing; the machines do.
import type { BoardFacts } from "#boards/schema/board.ts";
import { type Boot, createBoot } from "#firmware/boot/client.ts";
import type { BootEffect, BootEvent, BootSettings, RestartLevel } from "#firmware/boot/events.ts";
import type { TroubleCode } from "#firmware/boot/notices.ts";
import { isBusy } from "#firmware/call/call-facts.ts";
import { startCalls } from "#firmware/call/client.ts";
import type { DialPlan } from "#firmware/call/dialplan/plan.ts";
import { readDialPlan } from "#firmware/call/dialplan/read.ts";
import type { PreferenceName } from "#firmware/call/settings.ts";
import { readMemory } from "#firmware/config/memory.ts";
import type { ConfigNotice } from "#firmware/config/notices.ts";
import type { PhoneConfig } from "#firmware/config/phone-config.ts";
import { startSyncWait } from "#firmware/config/sync-wait.ts";
import { startBrowser } from "#firmware/xml/client.ts";
import { ConfigError } from "#hal/contract/errors.ts";
import type { Hal } from "#hal/contract/hal.ts";
import type { MediaReport, PortRange, StreamStatistics } from "#hal/contract/media.ts";
import type { StorageTrouble } from "#hal/contract/storage.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { type Front, startFront } from "#ui/front/front.ts";
import { ringSpecOf } from "#ui/tones/call-tones.ts";
import { createActs } from "./acts.ts";
import { type Base, createBase, type PhoneOptions } from "./base.ts";
import { callSettingsOf } from "./call-settings.ts";
import { createCaptures } from "./captures.ts";
import type { Phone } from "./composed-phone.ts";
import { createCounted } from "./counted.ts";
import { createImageLoad } from "./image-load.ts";
import { testLamps } from "./lamp-test.ts";
import { createLocalClock } from "./local-clock.ts";
import { createLocale } from "./locale.ts";
import { createLogo } from "./logo.ts";
import { createMenuFacts } from "./menu-facts.ts";
import { startNetworkConsole } from "./network-console.ts";
import { createNetworkSide, voiceMarking } from "./network-side.ts";
import { tellParts } from "./part-troubles.ts";
import { createPersonal } from "./personal.ts";
import { createRingChoice } from "./ring-choice.ts";
import { servedText } from "./served-text.ts";
import { createServices } from "./services.ts";
import { createSyslog } from "./syslog.ts";
import { createTelephony } from "./telephony.ts";
import { createTraces } from "./traces.ts";
import { createTrust } from "./trust.ts";
import { typedNetwork } from "./typed-network.ts";

/** Stations of a media port range until a configuration names one (reference cisco-7960-sip CFG-076). */
const usualPorts = { first: 16384, last: 32766 };
/** Streams whose figures are kept after their end, for `show rtp` and late questions of call managers. */
const mostStatistics = 16;

const preferenceParameters: Readonly<Record<PreferenceName, string>> = {
  doNotDisturb: "dnd_control",
  callWaiting: "call_waiting",
  anonymousCallBlock: "anonymous_call_block",
  callerIdBlocking: "callerid_blocking",
  callHoldRingback: "call_hold_ringback",
};

/** Boots a phone on this hardware. It runs until `stop`. */
export function bootPhone(facts: BoardFacts, hal: Hal, options: PhoneOptions): Phone {
  const life = new AbortController();
  const base = createBase(facts, hal, options, life.signal);
  const { runtime, signal } = base;
  const startedAt = hal.clock.now();
  const statistics = new Map<string, StreamStatistics>();
  let config: PhoneConfig | undefined;
  let dialPlan: DialPlan | undefined;
  const configured = new Emitter<PhoneConfig>();
  const syslog = createSyslog(base);

  const prefix = namePrefix(hal, options.profile);
  const tellBoot = (event: BootEvent): void => boot.send(event);
  const network = createNetworkSide(base, { prefix }, tellBoot);
  const clock = createLocalClock(base, (time, unixMs) => calls.send({ kind: "time", time, unixMs }));
  const services = createServices(base, {
    boot: tellBoot,
    config: (notice) => hearConfig(notice),
    sntp(notice) {
      if (notice.kind !== "synchronised") return;
      clock.wasSet();
      trust.timeCame();
    },
  });
  const trust = createTrust({ storage: hal.storage, runtime, signal });
  const telephony = createTelephony(base, {
    markings: network.markings,
    trust,
    statistics: (call) => statistics.get(call),
    isBusy: (line) => isBusy(calls.state(), line),
    boot: tellBoot,
    calls: () => calls,
    checkSync: () => syncWait.asked(),
    timeTold: services.timeTold,
    userData(data) {
      const text = servedText(data);
      if (text === undefined)
        runtime.log("services").info(`user data that is no text: ${data.length} characters`);
      else front.press({ kind: "served", ...text });
    },
    reset: (level) => boot.send({ kind: "order", level, by: "server" }),
  });
  const syncWait = startSyncWait({
    runtime,
    check: (how) => services.provisioning.checkSync(how),
    restart: () => boot.send({ kind: "order", level: "reset", by: "server" }),
    signal,
  });
  const locale = createLocale(base, (status) => menu.status(status));
  const logo = createLogo(base, () => {
    menu.changed();
    front.changed();
  });
  const browser = startBrowser({
    runtime,
    http: hal.http,
    proxy: () => config?.urls.httpProxy,
    changed() {
      menu.changed();
      front.changed();
    },
    signal,
  });
  const portRange = (): PortRange => {
    const ports =
      config === undefined ? usualPorts : { first: config.media.startPort, last: config.media.endPort };
    return { ...ports, marking: voiceMarking(network.markings(), config?.media.dscp) };
  };
  const personal = createPersonal(base);
  const rings = createRingChoice(base, {
    fetch: (file) => services.provisioning.fetchLater(file, { signal }),
    status: (status) => menu.status(status),
  });
  const calls = startCalls({
    runtime,
    media: hal.media,
    mixer: hal.mixer,
    lamps: testLamps(base),
    hook: hal.hook,
    storage: hal.storage,
    portRange,
    toneSpec: locale.toneSpec,
    ringSpec: (ring) => ringSpecOf(ring, rings.sound()),
    session: telephony.session,
    station: telephony.station,
    preference: (name, isOn) =>
      void services.provisioning.type({ [preferenceParameters[name]]: isOn ? "1" : "0" }),
    forward: (target) => void services.provisioning.type({ cfwd_url: target ?? "" }),
    openService(url) {
      front.press({ kind: "service" });
      browser.open(url);
    },
    signal,
  });
  const boot = createBoot({
    runtime,
    perform: (effect) => perform(effect),
    changed: (view) => calls.send({ kind: "boot", boot: view }),
    signal,
  });
  const menu = createMenuFacts(base, {
    config: () => config,
    lease: network.lease,
    vlanId: () => hal.network.state().vlan?.vlanId,
    media: () => [...statistics.values()].at(-1),
    contrastPct: personal.contrastPct,
    directory: personal.directory,
    rings: () => ({ names: rings.names(), chosen: rings.chosen() }),
    logo: () => logo.picture(),
    service: browser.view,
    prefix,
  });
  const order = (level: RestartLevel): void => {
    boot.send({ kind: "settings", settings: bootSettings(facts, hal) });
    boot.send({ kind: "order", level, by: "person" });
  };
  const act = createActs(base, {
    menu,
    personal,
    rings,
    provisioning: services.provisioning,
    front: () => front,
    order,
    isRinging: () => calls.view().calls.some(({ state }) => state === "ring-in"),
    releaseAddress: () => network.dhcp.release(),
    browser,
    urls: () => config?.urls,
  });
  const front: Front = startFront(
    {
      panel: hal.panel,
      keypad: hal.keypad,
      hook: hal.hook,
      clock: hal.clock,
    },
    {
      words: locale.words,
      view: () => calls.view(),
      facts: menu.facts,
      toLocal: clock.toLocal,
      intend: (intent) => calls.send({ kind: "intent", intent }),
      act,
      signal,
    },
  );

  const fetchLoad = createImageLoad(base, {
    boot: tellBoot,
    status: (status) => menu.status(status),
    settled: (name, isAvailable) => services.provisioning.loadSettled(name, isAvailable),
    server: () => config?.files.findLast(({ server }) => server !== undefined)?.server,
  });

  const perform = (effect: BootEffect): void => {
    if (network.perform(effect) || services.perform(effect) || telephony.perform(effect)) return;
    switch (effect.kind) {
      case "feed-watchdog":
        hal.watchdog?.feed();
        break;
      case "boot-succeeded":
        keep("confirm", hal.images.confirm());
        keep("crash count", hal.crash.clear());
        if (effect.by === "registered") services.provisioning.registered();
        break;
      case "forgive-crashes":
        keep("crash count", hal.crash.clear());
        break;
      case "fetch-load":
        fetchLoad(effect.load);
        break;
      case "restart-board":
        runtime.log("boot").warning(`restart: ${effect.why}`);
        network.lldp.leave();
        keep(
          "restart",
          services.keepTime().then(() => hal.restarter.restart("board")),
        );
        break;
      default:
        break;
    }
  };
  /** Work whose failure is told by the part itself (storage) and stops nothing. */
  const keep = (what: string, work: Promise<void>): void => {
    work.catch((error: unknown) => runtime.log("phone").warning(`${what}: ${String(error)}`));
  };

  const configure = (next: PhoneConfig): void => {
    config = next;
    network.setNameServers(next.network.dnsServers);
    network.setMedia(next.network.mediaType);
    network.setPcPort(next.network.isPcPortEnabled);
    logo.configure(next.urls);
    locale.configure(next);
    syslog.configure(next.access.syslog);
    clock.configure(next);
    calls.send({
      kind: "settings",
      settings: callSettingsOf(next, { lineKeyCount: facts.lineKeyCount, dialPlan }),
    });
    menu.changed();
    configured.emit(next);
  };
  /** A plan that cannot be used leaves the one before in force (reference TFTP-010). */
  const takeDialPlan = (name: string, bytes: Uint8Array | undefined): void => {
    if (bytes === undefined) return;
    try {
      dialPlan = readDialPlan(name, bytes);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      menu.status({ code: "file-malformed", facts: { name, place: error.place, detail: error.code } });
      return;
    }
    const { errors } = dialPlan;
    if (errors.length > 0) menu.status({ code: "parse-errors", facts: { name, count: errors.length } });
    if (config !== undefined) configure(config);
  };
  const takeCa = (name: string, bytes: Uint8Array | undefined): void => {
    const verdict = trust.take(bytes);
    if (verdict === "pinned") telephony.trustChanged();
    if (verdict === "changed") menu.status({ code: "ca-changed", facts: { name } });
    if (verdict === "unreadable") menu.status({ code: "ca-unreadable", facts: { name } });
  };
  const hearConfig = (notice: ConfigNotice): void => {
    switch (notice.kind) {
      case "configured":
      case "changed":
        configure(notice.config);
        break;
      case "status":
        menu.status(notice.status);
        break;
      case "file":
        if (notice.role === "dial-template") takeDialPlan(notice.name, notice.bytes);
        if (notice.role === "dictionary" || notice.role === "tones")
          locale.take(notice.role, notice.name, notice.bytes);
        if (notice.role === "ca") takeCa(notice.name, notice.bytes);
        if (notice.role === "ring-list") {
          rings.take(notice.name, notice.bytes);
          menu.changed();
        }
        break;
      default:
        break;
    }
    front.changed();
  };
  const hearMedia = (report: MediaReport): void => {
    if (report.kind !== "statistics") return;
    statistics.delete(report.statistics.id);
    statistics.set(report.statistics.id, report.statistics);
    for (const oldest of statistics.keys()) {
      if (statistics.size <= mostStatistics) break;
      statistics.delete(oldest);
    }
    menu.changed();
  };

  let callCount = 0;
  calls.views.subscribe(
    (view) => {
      const count = view.calls.filter(({ state }) => state !== "ended" && state !== "remote-in-use").length;
      if (count !== callCount) {
        callCount = count;
        telephony.setCalls(count);
        syncWait.setCalls(count);
        boot.send({ kind: "calls", count });
      }
      front.changed();
    },
    { signal },
  );
  hal.media.reports.subscribe(hearMedia, { signal });
  hal.headset?.events.subscribe(({ isPlugged }) => calls.send({ kind: "headset", isPlugged }), { signal });
  hal.power.changes.subscribe((power) => boot.send({ kind: "power", power }), { signal });
  hal.storage.troubles.subscribe((trouble) => warn(storageCode(trouble)), { signal });

  const warn = (code: TroubleCode, facts_: Readonly<Record<string, string | number>> = {}): void =>
    boot.send({ kind: "warning", trouble: { code, facts: facts_ } });

  const phone: Phone = {
    base,
    boot,
    calls,
    front,
    menu,
    network,
    services,
    telephony,
    captures: createCaptures(base),
    traces: createTraces(base),
    counted: createCounted(hal),
    configured,
    trusted: () => trust.certificates(),
    view: () => calls.view(),
    config: () => config,
    dialPlan: () => dialPlan,
    statistics: () => statistics,
    startedAt,
    order,
    farewell: () => telephony.farewell(),
    async stop() {
      await services.keepTime();
      life.abort(new Error("the phone stops"));
      hal.watchdog?.disarm();
      await hal.close();
    },
  };
  startNetworkConsole(phone);
  begin(base, boot);
  if (hal.storage.trouble !== undefined) warn(storageCode(hal.storage.trouble));
  tellParts({ hal, log: runtime.log("hal"), warn: (facts) => warn("part-missing", facts), signal });
  return phone;
}

/** Tells the boot machine what it starts from. */
function begin({ facts, hal, runtime }: Base, boot: Boot): void {
  const { version } = hal.identity;
  boot.send({
    kind: "begin",
    settings: bootSettings(facts, hal),
    image: {
      name: hal.images.list().find(({ isRunning }) => isRunning)?.name ?? "A",
      version,
      isVerified: true,
    },
    crashes: { countInARow: hal.crash.countInARow, reason: hal.crash.previous?.reason },
  });
  hal.power.read().then(
    (power) => boot.send({ kind: "power", power }),
    (error: unknown) => runtime.fail("power", error),
  );
  boot.send({ kind: "link", isUp: hal.link.state().isUp });
}

function bootSettings({ requestedMilliwatts }: BoardFacts, { storage, watchdog }: Hal): BootSettings {
  return {
    vlanMaster: "switch",
    typedVlan: typedNetwork(storage).vlanId,
    heartbeatMs: watchdog === undefined ? undefined : watchdog.timeoutMs / 4,
    requestedMilliwatts,
  };
}

/** By image type (reference BOOT-014); one that is both: `SIP` where SIP text files worked last, else `SEP`. */
function namePrefix({ storage }: Hal, profile: PhoneOptions["profile"]): "SEP" | "SIP" {
  if (profile !== "auto") return profile === "cisco-sip" ? "SIP" : "SEP";
  return readMemory(storage).lastGood?.kind === "sip-text" ? "SIP" : "SEP";
}

function storageCode(trouble: StorageTrouble): TroubleCode {
  switch (trouble.kind) {
    case "corrupt":
      return "storage-corrupt";
    case "absent":
    case "failed":
      return "storage-absent";
    case "full":
      return "storage-full";
  }
}
