// Every parameter of SIPDefault.cnf, SIP<MAC>.cnf and the phone's menus: one table, from which parsing, checking,
// `show config`, sources and user locks follow (reference cisco-7960-sip 2.3; row ids beside each).
import type { Lockable, SntpMode } from "./phone-config.ts";
import type { Secret } from "./secret.ts";
import { month, offset, timeOfDay, week, weekday } from "./time-values.ts";
import {
  address,
  choice,
  dateOrder,
  directory,
  fileName,
  flag,
  host,
  hostAndPort,
  lock,
  port,
  secret,
  url,
  type ValueType,
  whole,
  words,
} from "./value-types.ts";

/** One parameter. A value that is absent, unset or wrong counts as `fallback`. */
export interface Parameter<T> {
  readonly type: ValueType<NonNullable<T>>;
  readonly fallback: T;
  /** `none`: only the phone's own menus set it; a file line is refused. Any other name is taken from either file. */
  readonly files: "any" | "none";
  /** The user or administrator can change it on the phone. */
  readonly isOnMenu: boolean;
}

type Unset<T> = Parameter<T | undefined>;

/** From a file only. */
function fromFile<T>(type: ValueType<T>, fallback: T): Parameter<T> {
  return { type: type as ValueType<NonNullable<T>>, fallback, files: "any", isOnMenu: false }; // values are never null
}

/** From a file or the menus. */
function anywhere<T>(type: ValueType<T>, fallback: T): Parameter<T> {
  return { ...fromFile(type, fallback), isOnMenu: true };
}

/** From the menus only. */
function onPhone<T>(type: ValueType<T>, fallback: T): Parameter<T> {
  return { ...fromFile(type, fallback), files: "none", isOnMenu: true };
}

/** The same without a built-in value. */
const maybe = {
  file: <T>(type: ValueType<T>): Unset<T> =>
    ({ type, fallback: undefined, files: "any", isOnMenu: false }) as Unset<T>, // NonNullable<T | undefined> is T here
  anywhere: <T>(type: ValueType<T>): Unset<T> =>
    ({ type, fallback: undefined, files: "any", isOnMenu: true }) as Unset<T>,
  phone: <T>(type: ValueType<T>): Unset<T> =>
    ({ type, fallback: undefined, files: "none", isOnMenu: true }) as Unset<T>,
};

const off: Lockable = { isOn: false, isLocked: false };
const on: Lockable = { isOn: true, isLocked: false };
const mediaPort = whole(16_384, 32_766);
const positive = whole(1, 4_294_967_295);
const sntpModes = [
  "unicast",
  "multicast",
  "anycast",
  "directedbroadcast",
] as const satisfies readonly SntpMode[];

/** Parameters with a fixed name. */
const scalars = {
  anonymous_call_block: anywhere(lock, off), // CFG-001
  auto_answer: onPhone(whole(0, 63), 0), // CFG-002: bit 0 is line 1; cannot be set in a file
  autocomplete: anywhere(flag, true), // CFG-003
  call_hold_ringback: anywhere(lock, off), // CFG-004
  call_stats: fromFile(flag, false), // CFG-006
  call_waiting: anywhere(lock, on), // CFG-007
  callerid_blocking: anywhere(lock, off), // CFG-008
  cfwd_url: maybe.phone(words(128)), // CFG-009
  cnf_join_enable: fromFile(flag, true), // CFG-010
  date_format: anywhere(dateOrder, "M/D/Y"), // CFG-011, also in our Date and Time menu
  dial_template: fromFile(fileName, "dialplan"), // CFG-012
  directory_url: maybe.file(url), // CFG-013
  dnd_control: anywhere(lock, off), // CFG-014
  dst_auto_adjust: fromFile(flag, true), // CFG-015
  dst_offset: fromFile(offset, 60), // CFG-016
  dst_start_month: fromFile(month, 4), // CFG-017
  dst_start_day: fromFile(whole(0, 31), 0), // CFG-018: 0 by week and weekday
  dst_start_day_of_week: fromFile(weekday, 1), // CFG-019
  dst_start_week_of_month: fromFile(week, 1), // CFG-020
  dst_start_time: fromFile(timeOfDay, 120), // CFG-021
  dst_stop_month: fromFile(month, 10), // CFG-022
  dst_stop_day: fromFile(whole(0, 31), 0), // CFG-023
  dst_stop_day_of_week: fromFile(weekday, 1), // CFG-024
  dst_stop_week_of_month: fromFile(week, 8), // CFG-025
  dst_stop_time: fromFile(timeOfDay, 120), // CFG-026
  dscpforaudio: maybe.file(whole(0, 255)), // CFG-088, `dscpForAudio` of 8.x: a TOS octet, before tos_media
  dtmf_avt_payload: fromFile(whole(96, 127), 101), // CFG-027
  dtmf_db_level: fromFile(whole(1, 5), 3), // CFG-028
  dtmf_inband: fromFile(flag, true), // CFG-029
  dtmf_outofband: anywhere(choice(["none", "avt", "avt_always"]), "avt"), // CFG-030
  dyn_dns_addr_1: maybe.file(address), // CFG-031
  dyn_dns_addr_2: maybe.file(address), // CFG-031
  dyn_tftp_addr: maybe.file(address), // CFG-032
  enable_vad: anywhere(flag, false), // CFG-033
  end_media_port: anywhere(mediaPort, 32_766), // CFG-034
  http_proxy_addr: maybe.file(host), // CFG-035
  http_proxy_port: fromFile(port, 80), // CFG-036
  image_version: maybe.file(fileName), // CFG-037
  language: fromFile(words(32), "English"), // CFG-038
  logo_url: maybe.file(url), // CFG-045
  messages_uri: maybe.anywhere(words(128)), // CFG-046
  nat_address: maybe.anywhere(host), // CFG-047
  nat_enable: anywhere(flag, false), // CFG-048
  nat_received_processing: anywhere(flag, false), // CFG-049
  network_media_type: anywhere(
    choice(["Auto", "Full100", "Half100", "Full10", "Half10"], {
      "full-100": "Full100",
      "half-100": "Half100",
      "full-10": "Full10",
      "half-10": "Half10",
    }),
    "Auto",
  ), // CFG-050
  network_port2_type: anywhere(choice(["Hub/Switch", "PC"]), "Hub/Switch"), // CFG-051
  outbound_proxy: maybe.anywhere(host), // CFG-052
  outbound_proxy_port: anywhere(port, 5060), // CFG-053
  phone_label: maybe.anywhere(words(11)), // CFG-054
  phone_password: maybe.file(secret(31)), // CFG-055: unset is the public default `cisco`
  phone_prompt: fromFile(words(15), "SIP Phone"), // CFG-056
  preferred_codec: anywhere(choice(["g711ulaw", "g711alaw", "g729a", "none"], { g729: "g729a" }), "g711ulaw"), // CFG-057
  proxy_backup: maybe.anywhere(address), // CFG-061: dotted address only, REG-013
  proxy_backup_port: anywhere(port, 5060), // CFG-062
  proxy_emergency: maybe.anywhere(address), // CFG-063
  proxy_emergency_port: anywhere(port, 5060), // CFG-064
  proxy_register: anywhere(flag, false), // CFG-065
  remote_party_id: fromFile(flag, false), // CFG-066
  rfc_2543_hold: fromFile(flag, false), // CFG-067
  semi_attended_transfer: fromFile(flag, true), // CFG-068
  services_url: maybe.file(url), // CFG-069
  sip_invite_retx: fromFile(whole(0, 100), 6), // CFG-070
  sip_retx: fromFile(whole(0, 100), 10), // CFG-071
  sip_max_forwards: fromFile(whole(1, 255), 70), // CFG-072
  sntp_mode: fromFile(choice(sntpModes), "directedbroadcast"), // CFG-073
  sntp_server: maybe.file(host), // CFG-074
  start_media_port: anywhere(mediaPort, 16_384), // CFG-076
  stutter_msg_waiting: fromFile(flag, false), // CFG-077
  sync: fromFile(words(32), "1"), // CFG-078
  telnet_level: fromFile(whole(0, 2), 0), // CFG-079
  tftp_cfg_dir: maybe.anywhere(directory), // CFG-080
  time_format_24hr: anywhere(flag, true), // CFG-081, likewise
  time_zone: maybe.file(words(64)), // CFG-082: firmware/time knows the names
  timer_invite_expires: fromFile(positive, 180), // CFG-083
  timer_register_delta: fromFile(whole(0, 3600), 5), // CFG-084
  timer_register_expires: anywhere(whole(1, 3_932_100), 3600), // CFG-085
  timer_t1: fromFile(whole(1, 60_000), 500), // CFG-086
  timer_t2: fromFile(whole(1, 600_000), 4000), // CFG-087
  tos_media: fromFile(whole(0, 5), 5), // CFG-088
  transfer_onhook_enabled: fromFile(flag, false), // CFG-089
  user_info: fromFile(choice(["none", "phone", "ip"]), "none"), // CFG-090
  voip_control_port: anywhere(whole(1025, 65_535), 5060), // CFG-091
  local_cfwd_enable: fromFile(flag, true), // CFG-092
  // Our own, listed in README.md.
  offhook_ca: maybe.file(fileName),
  offhook_caller_auto_answer: fromFile(flag, false),
  offhook_http_files: fromFile(flag, false),
  offhook_mwi_subscribe: fromFile(flag, false),
  offhook_sccp_port: fromFile(port, 2000),
  offhook_session_expires: fromFile(whole(0, 86_400), 0),
  offhook_syslog: maybe.file(hostAndPort(514)), // CFG-093
  offhook_transport: fromFile(choice(["udp", "tcp", "tls"]), "udp"),
} as const;

/** `line<N>_<key>`, N 1–6 (7960) or 1–2 (7940). */
const lineParameters = {
  authname: maybe.anywhere(words(128)), // CFG-039
  contact: maybe.file(words(128)), // CFG-040
  displayname: maybe.anywhere(words(128)), // CFG-041
  name: maybe.anywhere(words(128)), // CFG-042
  password: maybe.anywhere(secret(128)), // CFG-043
  shortname: maybe.anywhere(words(64)), // CFG-044
} as const;

/** `proxy<N>_<key>`, N as for lines. */
const proxyParameters = {
  address: maybe.anywhere(host), // CFG-058, CFG-059
  port: anywhere(port, 5060), // CFG-060
} as const;

/** `call_manager<N>_<key>`, N 1–6. */
const managerParameters = {
  addr: maybe.file(host), // CFG-005
  sip_port: fromFile(port, 5060), // CFG-005
} as const;

/** `speed_<key><N>`, N 2–6: from the menus only. */
const speedParameters = {
  label: maybe.phone(words(128)), // CFG-075
  line: maybe.phone(words(128)), // CFG-075
} as const;

export type Scalars = typeof scalars;
export type LineParameters = typeof lineParameters;
export type ProxyParameters = typeof proxyParameters;
export type ManagerParameters = typeof managerParameters;
export type SpeedParameters = typeof speedParameters;

/** The value type of a parameter. */
export type ValueOf<P> = P extends Parameter<infer T> ? T : never;

type ParameterTable = ReadonlyMap<string, Parameter<unknown>>;

/** Made once for each number of line keys: every reading of a file wants one. */
const tables = new Map<number, ParameterTable>();

/** Every parameter by its full name, for a phone with so many line keys; in the order of `show config`. */
export function parameterTable(lineKeys: number): ParameterTable {
  const table = tables.get(lineKeys) ?? makeTable(lineKeys);
  tables.set(lineKeys, table);
  return table;
}

function makeTable(lineKeys: number): ParameterTable {
  const table = new Map<string, Parameter<unknown>>();
  const add = (name: string, parameter: Parameter<unknown>): void => void table.set(name, parameter);
  for (let n = 1; n <= lineKeys; n++) {
    for (const [key, parameter] of Object.entries(lineParameters)) add(`line${n}_${key}`, parameter);
    for (const [key, parameter] of Object.entries(proxyParameters)) add(`proxy${n}_${key}`, parameter);
  }
  for (let n = 2; n <= lineKeys; n++)
    for (const [key, parameter] of Object.entries(speedParameters)) add(`speed_${key}${n}`, parameter);
  for (let n = 1; n <= 6; n++)
    for (const [key, parameter] of Object.entries(managerParameters))
      add(`call_manager${n}_${key}`, parameter);
  for (const [name, parameter] of Object.entries(scalars)) add(name, parameter);
  return table;
}

/** A name that would exist on a phone with more line keys (SEED-022). */
export function isBeyondLineKeys(name: string, lineKeys: number): boolean {
  const match =
    /^(?:line|proxy)([0-9]{1,4})_([a-z]+)$/.exec(name) ?? /^speed_(?:label|line)([0-9]{1,4})()$/.exec(name);
  if (match === null) return false;
  const key = match[2] ?? "";
  const isKnown = key === "" || Object.hasOwn(lineParameters, key) || Object.hasOwn(proxyParameters, key);
  return isKnown && Number(match[1]) > lineKeys;
}

/** A value that is a secret, whatever its parameter is called. */
export function isSecret(value: unknown): value is Secret {
  return typeof value === "object" && value !== null && "reveal" in value;
}
