// `debug` and `undebug`: which log areas and which packets each keyword of the command line shows (reference
// cisco-7960-sip 8.2). Keywords of the old phone's inside stand for the part that does its work here.
import { Redactor } from "#firmware/capture/redact.ts";
import { type TraceCategory, traceCategories, traceFrame } from "#firmware/capture/trace.ts";
import type { ReceivedFrame } from "#hal/contract/link.ts";
import type { Base } from "./base.ts";

/** Log areas by keyword; packets are shown for the keywords that name them. */
const areas: Readonly<Record<string, readonly string[]>> = {
  "sip-task": ["sip"],
  "sip-state": ["sip", "call"],
  "sip-messages": [],
  "sip-reg-state": ["sip"],
  "sip-trx": ["sip"],
  cc: ["call"],
  "cc-msg": ["call", "sccp"],
  fim: ["call"],
  fsm: ["call"],
  gsm: ["call"],
  lsm: ["call"],
  auth: ["sip"],
  error: ["phone", "hal"],
  arp: ["address"],
  "arp-broadcast": [],
  dsp: ["media"],
  vcm: ["media"],
  dtmf: ["media", "call"],
  dns: [],
  http: ["services"],
  sntp: ["sntp", "time"],
  "sntp-packet": ["sntp"],
  tcp: [],
  "task-socket": ["net"],
  flash: ["phone", "config"],
  "console-stall": ["console"],
  config: ["config"],
  malloc: ["phone"],
  malloctable: ["phone"],
  strlib: ["phone"],
  "sk-platform": ["call"],
  "mem-fail": ["phone"],
  "xml-deck": ["services"],
  "xml-events": ["services"],
  "xml-vars": ["services"],
  "xml-post": ["services"],
  dialplan: ["call", "config"],
  timers: ["phone"],
  boot: ["boot", "phone"],
  cdp: ["cdp"],
  lldp: ["lldp"],
  dhcp: ["dhcp", "address"],
  tftp: ["tftp"],
  sccp: ["sccp"],
  prx: ["prx"],
  media: ["media"],
  call: ["call"],
};

/** Traces that are on. */
export interface Traces {
  /** `all` stands for every keyword. */
  set(keyword: string, isOn: boolean): void;
  keywords(): readonly string[];
}

/** No trace is on. */
export function createTraces({ hal, book, signal }: Base): Traces {
  const on = new Set<string>();
  let shown: ReadonlySet<string> = new Set();
  let listening: AbortController | undefined;

  const show = (): void => {
    const next = new Set([...on].flatMap((keyword) => [keyword, ...(areas[keyword] ?? [])]));
    for (const area of shown) if (!next.has(area)) book.setDebug(area, false);
    for (const area of next) if (!shown.has(area)) book.setDebug(area, true);
    shown = next;
    const packets = traceCategories.filter((category) => on.has(category));
    listening?.abort(new Error("other traces are on"));
    listening = undefined;
    if (packets.length > 0) listen(new Set(packets));
  };
  const listen = (packets: ReadonlySet<TraceCategory>): void => {
    listening = new AbortController();
    const redactor = new Redactor();
    const take = ({ bytes, isOwn }: ReceivedFrame): void => {
      for (const { category, text } of traceFrame(redactor.redact(bytes), isOwn))
        if (packets.has(category)) book.area(category).debug(text);
    };
    hal.link.listen("all", take, { signal: AbortSignal.any([listening.signal, signal]) });
  };
  return {
    set(keyword, isOn) {
      const keywords = keyword === "all" ? Object.keys(areas) : [keyword];
      for (const each of keywords) {
        if (isOn) on.add(each);
        else on.delete(each);
      }
      show();
    },
    keywords: () => [...on].sort(),
  };
}
