// The console's view of the phone.
import { createWriteStream } from "node:fs";
import { erased } from "#firmware/boot/erase.ts";
import type { RestartLevel } from "#firmware/boot/events.ts";
import type { ConsolePort, Hop, PingReply } from "#firmware/console/port.ts";
import { ConfigError, HalError } from "#hal/contract/errors.ts";
import type { ProbeAnswer } from "#hal/contract/probe.ts";
import type { Phone } from "./composed-phone.ts";
import { createMirror } from "./mirror.ts";
import { shown } from "./shown.ts";

const levels: Readonly<Record<"restart" | "reset" | "reset-hard", RestartLevel>> = {
  restart: "restart",
  reset: "reset",
  "reset-hard": "hard-reset",
};

/** Hops that may be silent one after the other before a trace gives up. */
const mostSilentHops = 5;
const hopTimeoutMs = 2000;
const traceBytes = 32;

/** What the console may do with this phone. */
export function createConsolePort(phone: Phone): ConsolePort {
  const { base } = phone;
  const { hal } = base;

  return {
    show: (name) => shown(phone, name),
    async savePicture(file) {
      const { encodePicture } = await import("./picture.ts"); // PNG is for those who ask for one
      const bytes = encodePicture(hal.panel.geometry, phone.front.frame());
      await writeWhole(file, bytes);
    },
    pressKey(key) {
      phone.front.press({ kind: "key", key, isDown: true });
      phone.front.press({ kind: "key", key, isDown: false });
    },
    setHook: (isOffHook) => phone.front.press({ kind: "hook", hook: isOffHook ? "off-hook" : "on-hook" }),
    register(line, isOn) {
      phone.telephony.setRegistered(line === "all" ? undefined : line === "backup" ? 0 : line, isOn);
    },
    restart: (how) => phone.order(levels[how]),
    setDebug: (keyword, isOn) => phone.traces.set(keyword, isOn),
    logLines: base.logLines,
    async *ping({ address, count, sizeBytes, timeoutMs }, { signal }): AsyncIterable<PingReply> {
      for (let sequence = 1; sequence <= count && !signal.aborted; sequence++) {
        const answer = await hal.prober.probe({
          to: await addressOf(phone, address, signal),
          sizeBytes,
          timeoutMs,
          signal,
        });
        yield { sequence, rttMs: answer.kind === "reply" ? answer.tookMs : undefined };
      }
    },
    async *traceroute(address, mostHops, { signal }): AsyncIterable<Hop> {
      const to = await addressOf(phone, address, signal);
      let silent = 0;
      for (let hop = 1; hop <= mostHops && silent < mostSilentHops && !signal.aborted; hop++) {
        const answer = await hal.prober.probe({
          to,
          sizeBytes: traceBytes,
          timeoutMs: hopTimeoutMs,
          ttl: hop,
          signal,
        });
        silent = answer.kind === "silent" ? silent + 1 : 0;
        yield { hop, ...hopOf(answer, to) };
        if (answer.kind === "reply" || answer.kind === "unreachable") return;
      }
    },
    dnsCache: () => ({
      servers: [...base.names.servers()],
      names: base.names.kept().map((kept) => ({ ...kept })),
    }),
    clearDns: () => base.names.forget(),
    setDnsServer: (address, how) => base.names.typed(address, how),
    clear: (table) => phone.counted.clear(table),
    async eraseSettings() {
      await hal.storage.erase(erased["Erase Configuration"]);
      phone.services.provisioning.erased();
      phone.order("reset");
    },
    startCapture: (file) => phone.captures.start(file),
    stopCapture: () => phone.captures.stop(),
    setParameter(name, value) {
      const refusal = phone.services.provisioning.type({ [name]: value });
      if (refusal !== undefined) throw new ConfigError("bad-value", "console", name, refusal.refused);
    },
    mirror(lines, { signal }) {
      return new Promise((resolve) => {
        const mirror = createMirror(phone, {
          send: (message) => lines.write(JSON.stringify(message)),
          signal,
        });
        lines.input.subscribe((line) => mirror.receiveText(line), { signal });
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    },
  };
}

function hopOf(answer: ProbeAnswer, to: string): Pick<Hop, "address" | "rttMs"> {
  switch (answer.kind) {
    case "reply":
      return { address: to, rttMs: answer.tookMs };
    case "expired":
      return { address: answer.from, rttMs: answer.tookMs };
    case "unreachable":
      return { address: answer.from, rttMs: undefined };
    case "silent":
      return { address: undefined, rttMs: undefined };
  }
}

/** Names are resolved as everything else on the phone is. */
async function addressOf(phone: Phone, host: string, signal: AbortSignal): Promise<string> {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return host;
  const { records } = await phone.base.names.resolveA(host, { signal });
  const [address] = records;
  if (address === undefined) throw new HalError("not-found", "dns", host, "the name has no address");
  return address;
}

function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const out = createWriteStream(file);
    out.on("error", (cause) => reject(new HalError("io", file, "write", cause.message, { cause })));
    out.end(bytes, () => resolve());
  });
}
