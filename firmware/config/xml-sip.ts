// `sipProfile`: its switches become the text parameters they correspond to, its lines become lines and speed dials.
import { elementAt, elementsAt, textAt, type XmlElement } from "#firmware/xml/read.ts";
import type { LineExtras } from "./build-lines.ts";
import type { SipSettings, SpeedDialConfig } from "./phone-config.ts";
import { serverListWord } from "./value-types.ts";
import { booleanAt, numberAt, present } from "./xml-values.ts";

/** A value for a text parameter. */
export interface XmlEntry {
  readonly name: string;
  readonly value: string | undefined;
}

export interface SipProfile {
  readonly entries: readonly XmlEntry[];
  readonly lines: ReadonlyMap<number, LineExtras>;
  readonly speedDials: readonly SpeedDialConfig[];
  readonly sip: Partial<SipSettings>;
  readonly phoneLabel: string | undefined;
}

/** Path below `sipProfile` → text parameter with the same values. */
const sameValues: readonly (readonly [path: string, parameter: string])[] = [
  ["sipProxies/backupProxy", "proxy_backup"],
  ["sipProxies/backupProxyPort", "proxy_backup_port"],
  ["sipProxies/emergencyProxy", "proxy_emergency"],
  ["sipProxies/emergencyProxyPort", "proxy_emergency_port"],
  ["sipProxies/outboundProxy", "outbound_proxy"],
  ["sipProxies/outboundProxyPort", "outbound_proxy_port"],
  ["sipCallFeatures/callHoldRingback", "call_hold_ringback"],
  ["sipCallFeatures/anonymousCallBlock", "anonymous_call_block"],
  ["sipCallFeatures/callerIdBlocking", "callerid_blocking"],
  ["sipCallFeatures/dndControl", "dnd_control"],
  ["sipStack/sipInviteRetx", "sip_invite_retx"],
  ["sipStack/sipRetx", "sip_retx"],
  ["sipStack/timerInviteExpires", "timer_invite_expires"],
  ["sipStack/timerRegisterExpires", "timer_register_expires"],
  ["sipStack/timerRegisterDelta", "timer_register_delta"],
  ["sipStack/timerT1", "timer_t1"],
  ["sipStack/timerT2", "timer_t2"],
  ["sipStack/maxRedirects", "sip_max_forwards"],
  ["sipStack/userInfo", "user_info"],
  ["preferredCodec", "preferred_codec"],
  ["dtmfOutofBand", "dtmf_outofband"],
  ["dtmfAvtPayload", "dtmf_avt_payload"],
  ["dtmfDbLevel", "dtmf_db_level"],
  ["startMediaPort", "start_media_port"],
  ["stopMediaPort", "end_media_port"],
  ["voipControlPort", "voip_control_port"],
  ["natAddress", "nat_address"],
];

/** The same where the file says `true` and `false`. */
const flags: readonly (readonly [path: string, parameter: string])[] = [
  ["sipProxies/registerWithProxy", "proxy_register"],
  ["sipCallFeatures/cnfJoinEnabled", "cnf_join_enable"],
  ["sipCallFeatures/localCfwdEnable", "local_cfwd_enable"],
  ["sipCallFeatures/semiAttendedTransfer", "semi_attended_transfer"],
  ["sipCallFeatures/rfc2543Hold", "rfc_2543_hold"],
  ["sipStack/remotePartyID", "remote_party_id"],
  ["transferOnhookEnabled", "transfer_onhook_enabled"],
  ["enableVad", "enable_vad"],
  ["stutterMsgWaiting", "stutter_msg_waiting"],
  ["callStats", "call_stats"],
  ["natEnabled", "nat_enable"],
  ["natReceivedProcessing", "nat_received_processing"],
];

/** Reads `sipProfile`; `lineKeys` bounds the buttons. */
export function readSipProfile(profile: XmlElement, lineKeys: number): SipProfile {
  const entries: XmlEntry[] = [];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined && value.toUpperCase() !== serverListWord) entries.push({ name, value });
  };
  for (const [path, name] of sameValues) add(name, textAt(profile, path));
  for (const [path, name] of flags) {
    const value = booleanAt(profile, path);
    if (value !== undefined) add(name, value ? "1" : "0");
  }
  add("dial_template", textAt(profile, "dialTemplate")?.replace(/\.xml$/i, ""));
  const list = elementAt(profile, "sipLines");
  const buttons =
    list === undefined ? [] : elementsAt(list, "line").flatMap((line) => buttonOf(line, lineKeys));
  const lines = new Map<number, LineExtras>();
  const speedDials: SpeedDialConfig[] = [];
  for (const { line, key, featureId } of buttons) {
    if (featureId === 9) {
      entries.push(...lineEntries(line, key));
      lines.set(key, lineExtras(line));
    } else if (featureId === 2 || featureId === 21) {
      speedDials.push(...speedDial(line, key, featureId === 21));
    }
  }
  return {
    entries,
    lines,
    speedDials,
    sip: present<Pick<SipSettings, "keepAliveExpiresSec" | "subscribeExpiresSec">>({
      keepAliveExpiresSec: numberAt(profile, "sipStack/timerKeepAliveExpires", 1, 86_400),
      subscribeExpiresSec: numberAt(profile, "sipStack/timerSubscribeExpires", 1, 86_400),
    }),
    phoneLabel: textAt(profile, "phoneLabel"),
  };
}

function buttonOf(line: XmlElement, lineKeys: number) {
  const text = line.attributes.get("button") ?? line.attributes.get("lineIndex") ?? "";
  const key = /^[0-9]{1,3}$/.test(text) ? Number(text) : 0;
  const featureId = numberAt(line, "featureID", 0, 10_000);
  return key >= 1 && key <= lineKeys && featureId !== undefined ? [{ line, key, featureId }] : [];
}

/** The parameters `line<N>_*` and `proxy<N>_*` of one button. */
function lineEntries(line: XmlElement, key: number): readonly XmlEntry[] {
  const map: readonly (readonly [string, string])[] = [
    ["name", `line${key}_name`],
    ["authName", `line${key}_authname`],
    ["authPassword", `line${key}_password`],
    ["displayName", `line${key}_displayname`],
    ["featureLabel", `line${key}_shortname`],
    ["contact", `line${key}_contact`],
    ["proxy", `proxy${key}_address`],
    ["port", `proxy${key}_port`],
  ];
  return map.flatMap(([element, name]) => {
    const value = textAt(line, element);
    return value === undefined ? [] : [{ name, value }];
  });
}

/** Odd values are on, as in the text files' 0–3. */
function isOdd(line: XmlElement, ...paths: readonly string[]): boolean | undefined {
  for (const path of paths) {
    const value = numberAt(line, path, 0, 3);
    if (value !== undefined) return value % 2 === 1;
  }
  return undefined;
}

function lineExtras(line: XmlElement): LineExtras {
  return {
    isAutoAnswer: isOdd(line, "autoAnswer/autoAnswerEnabled", "autoAnswer") ?? false,
    isCallWaiting: isOdd(line, "callWaiting") ?? true,
    isShared: booleanAt(line, "sharedLine") ?? false,
    maxCalls: numberAt(line, "maxNumCalls", 0, 1000) ?? 0,
    busyTrigger: numberAt(line, "busyTrigger", 0, 1000) ?? 0,
    messagesNumber: textAt(line, "messagesNumber"),
  };
}

function speedDial(line: XmlElement, key: number, isWatched: boolean): readonly SpeedDialConfig[] {
  const target = textAt(line, "speedDialNumber");
  if (target === undefined || target.length > 128) return [];
  return [{ key, target, label: (textAt(line, "featureLabel") ?? target).slice(0, 64), isWatched }];
}
