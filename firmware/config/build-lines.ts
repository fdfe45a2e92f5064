// Lines and speed dials from parameters.
import type { HostPort, LineConfig, SpeedDialConfig } from "./phone-config.ts";
import type { Values } from "./resolve.ts";
import { serverListWord } from "./value-types.ts";

/** What an XML file says about one line beyond the text parameters. */
export interface LineExtras {
  readonly isAutoAnswer: boolean;
  readonly isCallWaiting: boolean;
  readonly isShared: boolean;
  readonly maxCalls: number;
  readonly busyTrigger: number;
  readonly messagesNumber: string | undefined;
}

/** The lines that have a name, in key order. */
export function buildLines(
  values: Values,
  extras: ReadonlyMap<number, LineExtras>,
  lineKeys: number,
): readonly LineConfig[] {
  const lines: LineConfig[] = [];
  for (let n = 1; n <= lineKeys; n++) {
    const name = values.line(n, "name");
    if (name === undefined) continue;
    const { user, host } = splitName(name);
    const { proxy, usesServerList } = proxyOf(values, n);
    lines.push({
      line: n,
      user,
      host,
      authName: values.line(n, "authname"),
      password: values.line(n, "password"),
      displayName: values.line(n, "displayname") ?? user, // CFG-041
      label: values.line(n, "shortname") ?? user, // CFG-044, SIPM-002
      contact: values.line(n, "contact"),
      proxy,
      usesServerList,
      isAutoAnswer: Math.floor(values.get("auto_answer") / 2 ** (n - 1)) % 2 === 1, // CFG-002
      isCallWaiting: values.get("call_waiting").isOn,
      isShared: false,
      maxCalls: 0,
      busyTrigger: 0,
      messagesNumber: values.get("messages_uri"),
      ...extras.get(n),
    });
  }
  return lines;
}

/** CFG-042: `user@host` style gives the user part; a leading `sip:` is tolerated. */
function splitName(name: string): { user: string; host: string | undefined } {
  const bare = name.replace(/^sips?:/i, "");
  const at = bare.lastIndexOf("@");
  return at < 0 ? { user: bare, host: undefined } : { user: bare.slice(0, at), host: bare.slice(at + 1) };
}

/** CFG-059: a line without its own proxy uses proxy 1. */
function proxyOf(values: Values, n: number): { proxy: HostPort | undefined; usesServerList: boolean } {
  const own = values.proxy(n, "address");
  const from = own === undefined ? 1 : n;
  const host = own ?? values.proxy(1, "address");
  if (host?.toUpperCase() === serverListWord) return { proxy: undefined, usesServerList: true };
  return {
    proxy: host === undefined ? undefined : { host, port: values.proxy(from, "port") },
    usesServerList: false,
  };
}

/** Speed dials of an XML file, and those typed on the phone for keys that are no line (CFG-075). */
export function buildSpeedDials(
  values: Values,
  fromFile: readonly SpeedDialConfig[],
  lines: readonly LineConfig[],
  lineKeys: number,
): readonly SpeedDialConfig[] {
  const taken = new Set([...lines.map(({ line }) => line), ...fromFile.map(({ key }) => key)]);
  const typed: SpeedDialConfig[] = [];
  for (let key = 2; key <= lineKeys; key++) {
    const target = values.speed(key, "line");
    if (target === undefined || taken.has(key)) continue;
    typed.push({ key, label: values.speed(key, "label") ?? target, target, isWatched: false });
  }
  return [...fromFile, ...typed].sort((a, b) => a.key - b.key);
}
