// Configuration and time for the boot: which file servers, which clock servers, and what came of them.
import type { BootEffect, BootEvent } from "#firmware/boot/events.ts";
import { type Provisioning, startConfig } from "#firmware/config/client.ts";
import type { ConfigNotice } from "#firmware/config/notices.ts";
import type { PhoneConfig } from "#firmware/config/phone-config.ts";
import type { Lease } from "#firmware/dhcp/notices.ts";
import { tftpCandidates, tftpServersOf } from "#firmware/dhcp/tftp-servers.ts";
import { startSntp } from "#firmware/sntp/client.ts";
import type { SntpNotice } from "#firmware/sntp/notices.ts";
import type { SntpSettings } from "#firmware/sntp/state.ts";
import { clockFloor, startTimeKeeper } from "#firmware/time/keeper.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { ImageSlots } from "#hal/contract/identity.ts";
import { later } from "#hal/contract/time.ts";
import type { Base } from "./base.ts";
import { createFileFetcher } from "./file-fetcher.ts";
import { broadcastOf } from "./network-side.ts";
import { createTimeStanding } from "./time-standing.ts";
import { typedNetwork } from "./typed-network.ts";

/** How long a name of a file server may take to resolve. */
const resolveMs = 5000;

export interface Services {
  /** True when the effect was one of configuration or time. */
  perform(effect: BootEffect): boolean;
  readonly provisioning: Provisioning;
  /** A call server told the time. */
  timeTold(unixMs: number): void;
  /** For an orderly stop: the time is kept when it resolves. */
  keepTime(): Promise<void>;
}

/** What the rest of the phone hears from here. */
export interface ServicesEars {
  boot(event: BootEvent): void;
  config(notice: ConfigNotice): void;
  sntp(notice: SntpNotice): void;
}

const loadName = (version: string): string => `offhook-${version}`;

function failedLoad(images: ImageSlots): string | undefined {
  const failed = images.list().find(({ state }) => state === "failed");
  return failed?.version === undefined ? undefined : loadName(failed.version);
}

/** Starts provisioning and clock queries; neither asks before the boot says so. */
export function createServices(base: Base, ears: ServicesEars): Services {
  const { hal, runtime, facts, options, signal } = base;
  const { clock, storage, identity } = hal;
  const floorUnixMs = clockFloor(options.buildUnixMs, storage);
  const keeper = startTimeKeeper({ runtime, storage, signal });
  const provisioning = startConfig({
    runtime,
    storage,
    settings: {
      profile: options.profile,
      imageProtocol: "sip",
      mac: hal.link.mac,
      lineKeys: facts.lineKeyCount,
      runningLoad: loadName(identity.version),
      failedLoad: failedLoad(hal.images),
      languages: ["English"],
      isHttpFirst: false,
      isAliasOn: false,
      isUniversalLoader: false,
    },
    fetch: createFileFetcher(base),
    notify(notice) {
      ears.config(notice);
      ears.boot({ kind: "config", notice });
    },
    signal,
  });
  const timeStanding = createTimeStanding();
  const sntp = startSntp({
    runtime,
    sockets: hal.sockets,
    wallClock: hal.wallClock,
    resolver: base.names,
    facts: { buildUnixMs: options.buildUnixMs, floorUnixMs },
    notify(notice) {
      ears.sntp(notice);
      if (notice.kind === "synchronised") keeper.set();
      const standing = timeStanding(notice);
      if (standing !== undefined) ears.boot({ kind: "time", notice: standing });
    },
    signal,
  });
  let asking: AbortController | undefined;

  const fetchConfiguration = (lease: Lease): void => {
    asking?.abort();
    asking = new AbortController();
    const { signal: stop } = asking;
    const { tftpServers: typed } = typedNetwork(storage);
    const isAlternate = typed !== undefined;
    const candidates = tftpCandidates(lease, {
      typed,
      dynamic: provisioning.config?.network.tftpServer,
      triesWellKnownName: options.dhcpProfile === "cisco-7960",
    });
    tftpServersOf(candidates, (name) => addressesOf(name, stop)).then(
      (found) => {
        if (stop.aborted || signal.aborted) return;
        provisioning.begin({ servers: found?.addresses ?? [], isAlternate, controllers: [] });
      },
      (error: unknown) => runtime.fail("config servers", error),
    );
  };
  const addressesOf = async (name: string, stop: AbortSignal): Promise<readonly string[]> => {
    const limit = new AbortController();
    const alarm = runtime.timers.start("config", `resolve ${name}`, clockIn(clock, resolveMs), () =>
      limit.abort(),
    );
    try {
      const { records } = await base.names.resolveA(name, {
        signal: AbortSignal.any([stop, limit.signal]),
      });
      return records;
    } catch (error) {
      if (!(error instanceof HalError) && !stop.aborted && !limit.signal.aborted) throw error;
      return []; // the next source of a server is tried
    } finally {
      alarm.cancel();
    }
  };

  return {
    perform(effect) {
      switch (effect.kind) {
        case "fetch-configuration":
          fetchConfiguration(effect.lease);
          return true;
        case "stop-configuration":
          asking?.abort();
          provisioning.stop();
          return true;
        case "start-time":
          sntp.start(sntpSettings(effect.lease, effect.config));
          return true;
        case "stop-time":
          sntp.stop();
          return true;
        default:
          return false;
      }
    },
    provisioning,
    timeTold: (unixMs) => sntp.told(unixMs),
    keepTime: () => keeper.keepNow(),
  };
}

const clockIn = (clock: Base["hal"]["clock"], spanMs: number) => later(clock.now(), spanMs);

/** Servers of the configuration, else of the lease (option 42), which are asked by unicast. */
function sntpSettings(lease: Lease, config: PhoneConfig | undefined): SntpSettings {
  const broadcast = broadcastOf(lease.address, lease.mask);
  const time = config?.time;
  if (time !== undefined && time.sntpServers.length > 0) {
    return { mode: time.sntpMode, servers: time.sntpServers, broadcast };
  }
  if (lease.ntpServers.length > 0) return { mode: "unicast", servers: lease.ntpServers, broadcast };
  return { mode: time?.sntpMode ?? "unicast", servers: [], broadcast };
}
