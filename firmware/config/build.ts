// Values and what else a file said become one PhoneConfig. Pure; the same for every kind of file.
import { buildLines, buildSpeedDials, type LineExtras } from "./build-lines.ts";
import { buildTime } from "./build-time.ts";
import type { StatusMessage } from "./notices.ts";
import type {
  AccessSettings,
  CallServer,
  ConfigFile,
  ConfigKind,
  DisplaySettings,
  HostPort,
  MediaSettings,
  NetworkSettings,
  PhoneConfig,
  Protocol,
  SipSettings,
  SpeedDialConfig,
  UrlSettings,
} from "./phone-config.ts";
import type { Resolved, Values } from "./resolve.ts";

/** What is not a parameter of the text files: known from an XML file, from DHCP, or not at all. */
export interface Extras {
  readonly protocol: Protocol;
  readonly kind: ConfigKind;
  readonly files: readonly ConfigFile[];
  readonly deviceName: string;
  readonly servers: readonly CallServer[];
  readonly monitorSec: number;
  readonly lines: ReadonlyMap<number, LineExtras>;
  readonly speedDials: readonly SpeedDialConfig[];
  readonly sip: Partial<SipSettings>;
  readonly urls: Partial<UrlSettings>;
  readonly network: Partial<NetworkSettings>;
  readonly access: Partial<AccessSettings>;
  readonly display: Partial<DisplaySettings>;
  readonly sntpServers: readonly string[];
  /** DSCP of RTP where the file gives one. */
  readonly mediaDscp: number | undefined;
  readonly load: PhoneConfig["load"];
  readonly versionStamp: string | undefined;
  /** Longer than the text parameter may be. */
  readonly phoneLabel: string | undefined;
  readonly language: string | undefined;
  readonly locale: PhoneConfig["locale"];
  /** The guide's April and October rules hold even when no `dst_*` line stands in the files (X22). */
  readonly isGuideDst: boolean;
}

/** Extras of a phone whose file said nothing beyond parameters. */
export const noExtras: Omit<Extras, "protocol" | "kind" | "files" | "deviceName"> = {
  servers: [],
  monitorSec: 120,
  lines: new Map(),
  speedDials: [],
  sip: {},
  urls: {},
  network: {},
  access: {},
  display: {},
  sntpServers: [],
  mediaDscp: undefined,
  load: undefined,
  versionStamp: undefined,
  phoneLabel: undefined,
  language: undefined,
  locale: { user: undefined, network: undefined },
  isGuideDst: false,
};

export interface Built {
  readonly config: PhoneConfig;
  readonly statuses: readonly StatusMessage[];
}

/** The whole configuration, and what is worth telling about it. */
export function buildConfig(resolved: Resolved, extras: Extras, lineKeys: number): Built {
  const { values } = resolved;
  const isSip = extras.protocol === "sip";
  const lines = isSip ? buildLines(values, extras.lines, lineKeys) : [];
  const sip = buildSip(values, extras);
  const missing = missingFor(extras, values, lines);
  const loadName = values.get("image_version");
  const config: PhoneConfig = {
    protocol: extras.protocol,
    kind: extras.kind,
    files: extras.files,
    deviceName: extras.deviceName,
    servers: extras.servers,
    monitorSec: extras.monitorSec,
    lines,
    speedDials: isSip ? buildSpeedDials(values, extras.speedDials, lines, lineKeys) : [],
    sip,
    media: buildMedia(values, extras),
    time: buildTime(values, extras.sntpServers, extras.isGuideDst),
    features: {
      doNotDisturb: values.get("dnd_control"),
      callWaiting: values.get("call_waiting"),
      callerIdBlocking: values.get("callerid_blocking"),
      anonymousCallBlock: values.get("anonymous_call_block"),
      callHoldRingback: values.get("call_hold_ringback"),
      isAutocomplete: values.get("autocomplete"),
      isCallStats: values.get("call_stats"),
      isConferenceJoin: values.get("cnf_join_enable"),
      isSemiAttendedTransfer: values.get("semi_attended_transfer"),
      isTransferOnHook: values.get("transfer_onhook_enabled"),
      isCallerAutoAnswer: values.get("offhook_caller_auto_answer"),
      isStutterTone: values.get("stutter_msg_waiting"),
      isLocalForwarding: values.get("local_cfwd_enable"),
      forwardTarget: values.get("cfwd_url"),
      messagesUri: values.get("messages_uri"),
      dialTemplate: values.get("dial_template"),
    },
    urls: {
      services: values.get("services_url"),
      directory: values.get("directory_url"),
      messages: undefined,
      information: undefined,
      authentication: undefined,
      idle: undefined,
      idleTimeoutSec: 0,
      logo: values.get("logo_url"),
      httpProxy: hostPort(values.get("http_proxy_addr"), values.get("http_proxy_port")),
      ...extras.urls,
    },
    access: buildAccess(values, extras),
    network: buildNetwork(values, extras),
    display: { ...builtInDisplay, ...extras.display },
    phoneLabel: extras.phoneLabel ?? values.get("phone_label") ?? "",
    language: extras.language ?? values.get("language"),
    locale: extras.locale,
    load: extras.load ?? (loadName === undefined ? undefined : { name: loadName, server: undefined }),
    sync: values.get("sync"),
    versionStamp: extras.versionStamp,
    unprovisioned: missing.needed,
    unknown: resolved.unknown,
    values: values.shown(),
  };
  const unprovisioned = [...missing.needed, ...missing.useful].map(
    (parameter): StatusMessage => ({ code: "unprovisioned", facts: { parameter } }),
  );
  return { config, statuses: [...resolved.statuses, ...crossChecks(values), ...unprovisioned] };
}

/** START-015: what a stand-alone SIP phone lacks; `needed` without which it cannot call. */
function missingFor(extras: Extras, values: Values, lines: PhoneConfig["lines"]) {
  if (extras.protocol !== "sip" || extras.servers.length > 0) return { needed: [], useful: [] };
  const isWithoutProxy =
    lines.length === 0 || lines.some((line) => line.proxy === undefined && !line.usesServerList);
  const needed = [
    ...(lines.length === 0 ? ["line1_name"] : []),
    ...(isWithoutProxy && values.proxy(1, "address") === undefined ? ["proxy1_address"] : []),
  ];
  const useful = (["proxy_backup", "proxy_emergency"] as const).filter(
    (name) => values.get(name) === undefined,
  );
  const logins = values.get("proxy_register")
    ? lines.filter((line) => line.password === undefined).map((line) => `line${line.line}_password`)
    : [];
  return { needed, useful: [...useful, ...logins] };
}

function hostPort(host: string | undefined, port: number): HostPort | undefined {
  return host === undefined ? undefined : { host, port };
}

function buildSip(values: Values, extras: Extras): SipSettings {
  const areTimersSane = values.get("timer_t2") > values.get("timer_t1");
  return {
    isRegistering: values.get("proxy_register"),
    transport: values.get("offhook_transport"),
    outboundProxy: hostPort(values.get("outbound_proxy"), values.get("outbound_proxy_port")),
    backupProxy: hostPort(values.get("proxy_backup"), values.get("proxy_backup_port")),
    emergencyProxy: hostPort(values.get("proxy_emergency"), values.get("proxy_emergency_port")),
    voipControlPort: values.get("voip_control_port"),
    userInfo: values.get("user_info"),
    inviteExpiresSec: values.get("timer_invite_expires"),
    registerExpiresSec: values.get("timer_register_expires"),
    sessionExpiresSec: values.get("offhook_session_expires"),
    registerDeltaSec: values.get("timer_register_delta"),
    keepAliveExpiresSec: 120,
    subscribeExpiresSec: 120,
    isMailboxSubscribed: values.get("offhook_mwi_subscribe"),
    t1Ms: areTimersSane ? values.get("timer_t1") : 500,
    t2Ms: areTimersSane ? values.get("timer_t2") : 4000,
    inviteRetransmissions: values.get("sip_invite_retx"),
    requestRetransmissions: values.get("sip_retx"),
    maxForwards: values.get("sip_max_forwards"),
    isRemotePartyId: values.get("remote_party_id"),
    isRfc2543Hold: values.get("rfc_2543_hold"),
    nat: {
      isEnabled: values.get("nat_enable"),
      address: values.get("nat_address"),
      isReceivedProcessed: values.get("nat_received_processing"),
    },
    ...extras.sip,
  };
}

function buildMedia(values: Values, extras: Extras): MediaSettings {
  const arePortsSane = values.get("end_media_port") > values.get("start_media_port");
  const octet = values.get("dscpforaudio");
  // X23: the text files say IP precedence (5 is DSCP 40), XML and SCCP phones mark 46.
  const isText = extras.kind === "sip-text" || values.isNamed("tos_media");
  return {
    startPort: arePortsSane ? values.get("start_media_port") : 16_384,
    endPort: arePortsSane ? values.get("end_media_port") : 32_766,
    preferredCodec: values.get("preferred_codec"),
    dtmfOutOfBand: values.get("dtmf_outofband"),
    dtmfPayloadType: values.get("dtmf_avt_payload"),
    dtmfDbLevel: values.get("dtmf_db_level"),
    isDtmfInband: values.get("dtmf_inband"),
    isVad: values.get("enable_vad"),
    dscp:
      extras.mediaDscp ??
      (octet === undefined ? undefined : Math.floor(octet / 4)) ??
      (isText ? values.get("tos_media") * 8 : 46),
  };
}

/** Values that are right by themselves and wrong together fall back together. */
function crossChecks(values: Values): readonly StatusMessage[] {
  const told: StatusMessage[] = [];
  const tell = (parameter: string, expected: string): void =>
    void told.push({ code: "bad-value", facts: { file: values.source(parameter), parameter, expected } });
  if (values.get("timer_t2") <= values.get("timer_t1")) tell("timer_t2", "> timer_t1");
  if (values.get("end_media_port") <= values.get("start_media_port"))
    tell("end_media_port", "> start_media_port");
  return told;
}

function buildAccess(values: Values, extras: Extras): AccessSettings {
  const level = values.get("telnet_level");
  return {
    password: values.get("phone_password"),
    telnetLevel: level === 1 || level === 2 ? level : 0,
    prompt: values.get("phone_prompt"),
    settings: "enabled",
    isSshAllowed: false,
    syslog: values.get("offhook_syslog"),
    caFile: values.get("offhook_ca"),
    ...extras.access,
  };
}

function buildNetwork(values: Values, extras: Extras): NetworkSettings {
  const dns = [values.get("dyn_dns_addr_1"), values.get("dyn_dns_addr_2")];
  return {
    dnsServers: dns.filter((address) => address !== undefined),
    tftpServer: values.get("dyn_tftp_addr"),
    tftpDirectory: values.get("tftp_cfg_dir"),
    isHttpFirst: values.get("offhook_http_files"),
    mediaType: values.get("network_media_type"),
    port2Type: values.get("network_port2_type"),
    isPcPortEnabled: true,
    isSpanToPcPort: false,
    isVoiceVlanOnPcPort: true,
    isGratuitousArpTaken: true,
    isCdpOnSwitchPort: true,
    isLldpOnSwitchPort: true,
    lldpAssetId: undefined,
    signallingDscp: undefined,
    ...extras.network,
  };
}

const builtInDisplay: DisplaySettings = {
  isSpeakerDisabled: false,
  isHeadsetDisabled: false,
  isWebAccess: "disabled",
  isG722Allowed: true,
  isLineSelectedAutomatically: true,
  darkDays: [],
  onAtMinute: undefined,
  onForMinutes: undefined,
  idleOffMinutes: undefined,
  isLitByCall: true,
  minimumRingVolume: undefined,
};
