// Telnet, where the configuration allows it: opened when a configuration says so, on the address the phone has then.
import { serveTelnet } from "#firmware/console/serve.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { Phone } from "./composed-phone.ts";
import { consoleOptions } from "./console-options.ts";

/** Listens while `telnet_level` is 1 or 2, and on no other address than the phone's own. */
export function startNetworkConsole(phone: Phone): void {
  const { base } = phone;
  const { signal } = base;
  const log = base.runtime.log("console");
  let listening: { readonly on: string; readonly life: AbortController } | undefined;

  const close = (): void => {
    listening?.life.abort(new Error("telnet is closed"));
    listening = undefined;
  };
  const open = (on: string): void => {
    const life = new AbortController();
    listening = { on, life };
    const options = { ...consoleOptions(phone), signal: AbortSignal.any([signal, life.signal]) };
    serveTelnet({ ...options, sockets: base.hal.sockets }).catch((error: unknown) => {
      if (life.signal.aborted || signal.aborted) return;
      if (!(error instanceof HalError)) return base.runtime.fail("console", error);
      log.warning(`telnet: ${error.message}`);
      close();
    });
  };
  phone.configured.subscribe(
    (config) => {
      const { vlan, address } = base.hal.network.state();
      const on = `${vlan?.vlanId ?? "untagged"} ${address?.address ?? ""}`;
      const isWanted = config.access.telnetLevel > 0 && address !== undefined;
      if (listening !== undefined && (!isWanted || listening.on !== on)) close();
      if (isWanted && listening === undefined) open(on);
    },
    { signal },
  );
}
