// Where a fleet stands: in the lab, as one more host on its switch, or on this machine's own network.
import type { Runtime } from "#firmware/runtime/runner.ts";
import type { Resolver } from "#hal/contract/names.ts";
import type { Sockets } from "#hal/contract/sockets.ts";
import { processOriginNs } from "#hal/linux/clock.ts";
import { startIo } from "#hal/linux/io/io.ts";
import { createRandom } from "#hal/linux/random.ts";
import { createSockets } from "#hal/linux/sockets.ts";
import { sourceWorkers } from "#hal/linux/workers.ts";
import { createResolver } from "#hal/sim/net/resolver.ts";
import { createLab } from "#test/lab/lab.ts";
import type { RealClock } from "#test/lab/real-time.ts";
import { labRuntime } from "#test/lab/runtime.ts";
import { defaultSettings, place as labPlace } from "#test/lab/settings.ts";
import { subscriber } from "./subscriber.ts";

/** What a fleet runs on. */
export interface FleetPlace {
  readonly runtime: Runtime;
  readonly sockets: Sockets;
  readonly resolver: Resolver;
  /** The server that all phones belong to. */
  readonly server: string;
  /** The address they come from. */
  readonly address: string;
  close(): Promise<void>;
}

/** The lab in real time: its servers know every phone, and their work is in the figures. */
export async function labFleet(clock: RealClock, count: number): Promise<FleetPlace> {
  const random = createRandom();
  const everyone = Array.from({ length: count }, (_, i) => subscriber(i));
  const { sccp, sip } = defaultSettings;
  const lab = await createLab({
    clock,
    random,
    settings: {
      ...defaultSettings,
      sccp: {
        ...sccp,
        devices: Object.fromEntries(
          everyone.map(({ deviceName, number }) => [
            deviceName,
            { buttons: [{ kind: "line", number, name: `Fleet ${number}`, label: number }] },
          ]),
        ),
      },
      sip: {
        ...sip,
        users: Object.fromEntries(everyone.map(({ number, password }) => [number, password])),
      },
    },
  });
  const address = "10.77.110.200";
  const host = lab.addHost({
    name: "fleet",
    mac: "00:11:22:33:44:c8",
    vlan: labPlace.voiceVlan,
    address,
    prefix: 24,
    router: labPlace.router,
  });
  const { sockets } = host.stack;
  return {
    runtime: labRuntime(clock, random),
    sockets,
    resolver: createResolver({ sockets, clock, random }),
    server: labPlace.server,
    address,
    close: () => Promise.resolve(lab.close()),
  };
}

/** This machine's network, or that of the namespace it was started in. */
export function kernelFleet(clock: RealClock, server: string, address: string): FleetPlace {
  const random = createRandom();
  const io = startIo({
    worker: sourceWorkers().io,
    originNs: processOriginNs(),
    failed: (error) => {
      throw error;
    },
  });
  const sockets = createSockets({ io, via: () => "any" });
  return {
    runtime: labRuntime(clock, random),
    sockets,
    resolver: createResolver({ sockets, clock, random }),
    server,
    address,
    close: () => io.close(),
  };
}
