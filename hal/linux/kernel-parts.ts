// Opens every part that the kernel and Node meet, in order, and closes them in the other one. Boards add the rest:
// panel, keys, hook, lamps, sound, power.
import { HalError } from "#hal/contract/errors.ts";
import type { Hal, PartStatus } from "#hal/contract/hal.ts";
import type { Mac } from "#hal/contract/link.ts";
import type { StorageTrouble } from "#hal/contract/storage.ts";
import { createClock, processOriginNs } from "./clock.ts";
import { openCrashRecord } from "./crash-record.ts";
import { digests } from "./digests.ts";
import { createHealthMonitor, type HealthPaths } from "./health.ts";
import { createHttpClient } from "./http.ts";
import { chooseMac, type Product, readIdentity } from "./identity.ts";
import { type Io, startIo } from "./io/io.ts";
import { openLinkPort } from "./link-port.ts";
import { createLogSink } from "./log-sink.ts";
import { decodeLink } from "./netlink/facts.ts";
import { getLink } from "./netlink/requests.ts";
import { monitorChanges, Rtnetlink } from "./netlink/rtnetlink.ts";
import { type LinuxNetwork, openNetwork } from "./network-config.ts";
import { openPcPort } from "./pc-port.ts";
import { createProber } from "./prober.ts";
import { createRandom } from "./random.ts";
import { createResolver } from "./resolver.ts";
import { createSockets } from "./sockets.ts";
import { openStorage } from "./storage.ts";
import { createTables } from "./tables.ts";
import type { Interface } from "./udp.ts";
import { createWallClock, type WallClockKind } from "./wall-clock.ts";
import type { WorkerPaths } from "./workers.ts";

export interface KernelOptions {
  readonly interfaceName: string;
  /** The port for a computer. */
  readonly pcPortName?: string | undefined;
  /** The board's own address, and the command line's; see `chooseMac`. */
  readonly boardMac?: Mac;
  readonly mac?: Mac;
  /** Where settings, the crash record and the rest are kept. */
  readonly stateDirectory: string;
  readonly wallClock: WallClockKind;
  readonly health: HealthPaths;
  readonly workers: WorkerPaths;
  readonly product: Product;
  /** Descriptor that log lines go to. */
  readonly logDescriptor: number;
  /** PEM certificates that HTTPS trusts beside the built-in set. */
  trusted(): readonly string[];
  /** A thread of ours died, or a promise nobody waits for failed: ends the process. */
  failed(what: string, error: unknown): void;
}

/** The parts of the Hal that are met here. */
export type KernelParts = Pick<
  Hal,
  | "clock"
  | "wallClock"
  | "random"
  | "identity"
  | "log"
  | "storage"
  | "crash"
  | "link"
  | "network"
  | "sockets"
  | "resolver"
  | "http"
  | "digests"
  | "prober"
  | "tables"
  | "health"
  | "pcPort"
> & {
  readonly network: LinuxNetwork;
  /** For drivers and the media host: the poll, the origin of time, the way out. */
  readonly io: Io;
  readonly originNs: bigint;
  /** The interface that carries IP traffic now; undefined without an address. */
  via(): Interface | undefined;
  parts(): readonly PartStatus[];
  /** Ends everything, waits for writes under way, notes an orderly stop. */
  close(): Promise<void>;
};

/** The interface, its frames and its addresses, with their common end. */
function openNetworkParts(options: KernelOptions, io: Io) {
  const { interfaceName: name } = options;
  const controller = new AbortController();
  const netlink = new Rtnetlink();
  try {
    const [answer] = netlink.ask(getLink(name), name);
    if (answer === undefined) throw new HalError("missing", name, "look up", "no such interface");
    const given = { board: options.boardMac, commandLine: options.mac };
    const choice = chooseMac(decodeLink(answer), given);
    const monitor = monitorChanges(io);
    const shared = { name, netlink, messages: monitor.messages, signal: controller.signal };
    const { mac } = choice;
    const pcName = options.pcPortName;
    const computer =
      pcName === undefined ? undefined : openPcPort({ ...shared, name: pcName, networkPort: name, mac });
    const network = openNetwork({ ...shared, bridge: computer?.bridge }, mac);
    const link = openLinkPort({ ...shared, io, isShared: computer?.bridge !== undefined });
    const close = (): void => {
      controller.abort();
      link.close();
      monitor.close();
      netlink.close();
    };
    return { network, link, choice, netlink, computer, close };
  } catch (error) {
    netlink.close();
    throw error;
  }
}

const troubleDetail = (trouble: StorageTrouble | undefined): string | undefined => {
  switch (trouble?.kind) {
    case undefined:
      return undefined;
    case "corrupt":
      return `was damaged; set aside as ${trouble.setAsideAs}`;
    case "absent":
      return "no folder to keep anything in";
    case "full":
      return "no space left";
    case "failed":
      return trouble.detail;
  }
};

/** Opens them. HalError `missing` (no such interface) or `denied` (no right to packet sockets or netlink). */
export async function openKernelParts(options: KernelOptions): Promise<KernelParts> {
  const originNs = processOriginNs();
  const io = startIo({
    worker: options.workers.io,
    originNs,
    failed: (error) => options.failed("I/O worker", error),
  });
  let net: ReturnType<typeof openNetworkParts>;
  try {
    net = openNetworkParts(options, io);
  } catch (error) {
    await io.close();
    throw error;
  }
  const { network, link, choice } = net;
  const clock = createClock({ originNs, wall: () => wallClock.wall() });
  const wallClock = createWallClock({ kind: options.wallClock, now: clock.now });
  const log = createLogSink(options.logDescriptor);
  const crash = openCrashRecord(options.stateDirectory, options.product.version);
  const storage = openStorage({
    directory: options.stateDirectory,
    worker: options.workers.store,
    failed: (error) => options.failed("store worker", error),
  });
  const random = createRandom();
  const via = (): Interface | undefined =>
    network.state().address === undefined ? undefined : network.via();
  const route = () => {
    const out = via();
    if (out === undefined) throw new HalError("unreachable", "network", "connect", "no address yet");
    return { io, via: out };
  };
  const resolver = createResolver();
  let lastTrouble = storage.trouble;
  const ended = new AbortController();
  storage.troubles.subscribe((trouble) => (lastTrouble = trouble), { signal: ended.signal });
  return {
    clock,
    wallClock,
    random,
    identity: readIdentity(choice.mac, options.product),
    log,
    storage,
    crash,
    link,
    network,
    sockets: createSockets({ io, via }),
    resolver,
    http: createHttpClient({ resolver, route, trusted: options.trusted }),
    digests,
    prober: createProber({ io, clock, random, via }),
    tables: createTables({ netlink: net.netlink, via: () => network.via() }),
    health: createHealthMonitor(options.health),
    pcPort: net.computer?.pcPort,
    io,
    originNs,
    via,
    parts: () => [
      {
        part: "network",
        attached: `${link.name} (${choice.mac}, ${choice.source})`,
        state: "working",
        detail: undefined,
      },
      ...(net.computer === undefined ? [] : [net.computer.status]),
      wallClock.status(),
      {
        part: "storage",
        attached: options.stateDirectory,
        state: lastTrouble === undefined ? "working" : lastTrouble.kind === "absent" ? "missing" : "degraded",
        detail: troubleDetail(lastTrouble),
      },
    ],
    async close() {
      ended.abort();
      clock.close();
      net.close();
      await Promise.all([io.close(), storage.close()]);
      crash.close();
      await log.flush();
    },
  };
}
