// One headless SIP phone: the firmware's SIP with one line; it registers, and makes no calls.
import { defaultSettings } from "#firmware/sip/settings.ts";
import { startSip } from "#firmware/sip/start.ts";
import { digests } from "#hal/linux/digests.ts";
import type { FleetPhone } from "./phone.ts";
import type { FleetPlace } from "./place.ts";
import type { Subscriber } from "./subscriber.ts";

/** Where the phones listen, each on a port of its own: they share an address. */
const firstPort = 40_000;

export function startSipPhone(
  place: FleetPlace,
  { number, password, deviceName }: Subscriber,
  index: number,
): FleetPhone {
  const { runtime, sockets, resolver } = place;
  const life = new AbortController();
  let registeredAtMs: number | undefined;
  const sip = startSip({
    runtime,
    sockets,
    resolver,
    digests,
    settings: {
      ...defaultSettings,
      mac: deviceName.slice("SEP".length),
      controlPort: firstPort + index,
      lines: [
        {
          line: 1,
          name: number,
          authName: number,
          password,
          displayName: `Fleet ${number}`,
          contact: undefined,
          domain: undefined,
          proxies: [{ host: place.server, port: 5060, transport: "UDP" }],
        },
      ],
    },
    localAddress: () => place.address,
    notify(notice) {
      if (notice.kind !== "line") return;
      registeredAtMs = notice.state.kind === "registered" ? runtime.clock.now() : undefined;
    },
    signal: life.signal,
  });
  const none = (): undefined => undefined;
  return {
    registeredAtMs: () => registeredAtMs,
    lift: none,
    dial: none,
    hangUp: none,
    callState: none,
    receivedPackets: () => 0,
    leave: () => sip.setRegistered(undefined, false),
    stop: () => life.abort(new Error("the fleet ends")),
  };
}
