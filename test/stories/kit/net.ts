// The net tier: the handset is a process of its own in a network namespace, its servers are programs nobody here wrote,
// time is real.

import type { FaultName } from "#test/lab/faults.ts";
import { makeNet } from "#test/net/namespaces.ts";
import { type PhoneProcess, startPhone } from "#test/net/phone.ts";
import { driveOf, lastSeconds, speechOf } from "#test/net/phone-driver.ts";
import { aroundNet, Servers } from "./net-around.ts";
import type { Capability, Drive, Ears } from "./rig.ts";

/** What this tier has. */
export const netCan: ReadonlySet<Capability> = new Set([
  ...(["sound", "echo", "flash", "other", "cable", "peer"] as const),
]);

/** The longest piece that is compared. */
const echoSec = 4;
const anHourSec = 3600;

export interface NetOptions {
  readonly fault?: FaultName | undefined;
  /** How long a registration lasts. */
  readonly expiresSec?: number;
}

/** Makes the net, starts the servers, and plugs a phone in. */
export async function openNet(options: NetOptions): Promise<Drive> {
  const net = makeNet();
  try {
    const servers = new Servers(net, options.expiresSec ?? anHourSec);
    await servers.start(options.fault);
    let phone = await startPhone(net);
    return {
      ...driveOf(() => phone),
      can: netCan,
      around: aroundNet(net, servers, () => phone),
      ears: earsOf(() => phone),
      async powerCycle() {
        await phone.stop();
        phone = await startPhone(net);
      },
      close: () => net.close(),
    };
  } catch (error) {
    await net.close();
    throw error;
  }
}

function earsOf(phone: () => PhoneProcess): Ears {
  let forgotten = 0;
  const heard = (): Int16Array => phone().heard().subarray(forgotten);
  return {
    said: () => phone().said,
    heard,
    ringing: () => new Int16Array(0), // nobody listens to the ringer of a process
    forget() {
      forgotten = phone().heard().length;
    },
    echoes: () => speechOf(lastSeconds(heard(), echoSec), phone().said),
  };
}
