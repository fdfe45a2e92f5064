// What a language must have. A second language is one more object of this type; a missing sentence does not compile.
import type { PhoneFacts } from "#firmware/call/facts.ts";
import type { SoftkeyId } from "#firmware/call/intents.ts";
import type { CallState, LineKeyView, PhoneView, PromptCode } from "#firmware/call/view.ts";
import type { MenuKeyId } from "./menu-keys.ts";

type Boot = PhoneView["boot"];
export type Phase = Boot["phase"];
export type Trouble = Boot["warnings"][number];
export type TroubleCode = Trouble["code"];
export type LineFailure = Extract<LineKeyView["state"], { kind: "failed" }>["failure"];
export type StatusCode = PhoneFacts["status"][number]["code"];
export type ServiceFailureKind = NonNullable<NonNullable<PhoneFacts["service"]>["failure"]>["kind"];
export type Facts = Readonly<Record<string, string | number>>;

/**
 * A text with places for facts: `{server}`. A part in square brackets is left out where a fact inside it is unknown:
 * `No answer from DHCP[ on VLAN {vlan}].`
 */
export type Template = string;

/** What is wrong, why, and what a person can do about it. */
export interface Sentence {
  /** A few words: the heading, and all there is room for on the prompt line. */
  readonly what: Template;
  readonly why: Template;
  readonly todo: Template;
}

/** Wordings of a key from the longest to the shortest; the panel takes the first that fits. */
export type KeyLabel = readonly [string, ...string[]];

/** Titles and small words of the screens. */
const textIds = [
  "product",
  "starting",
  "retryIn", // seconds
  "from", // who
  "to", // who
  "forwardedFor", // who: the call was meant for somebody else first
  "unknownCaller",
  "anonymousCaller",
  "newMessages",
  "callsForwardedTo", // target
  "doNotDisturb",
  "missedCalls", // count
  "missedCall", // just one
  "warnings", // count
  "volume", // percent
  "ringerVolume", // percent
  "page", // page, pages
  "empty",
  "yes",
  "no",
  "line", // line
  "settings",
  "directories",
  "services",
  "noServices",
  "noPictures",
  "waitingForServices", // host, proxy
  "askingServer", // host, seconds
  "givesUpIn", // seconds
  "badAddress", // address
  "missedTitle",
  "receivedTitle",
  "placedTitle",
  "personalTitle",
  "externalTitle",
  "contrast",
  "ringType",
  "networkConfiguration",
  "sipConfiguration",
  "status",
  "callPreferences",
  "dateAndTime",
  "unlock",
  "lock",
  "statusMessages",
  "networkStatistics",
  "firmwareVersions",
  "callStatistics",
  "help",
  "enterPassword",
  "wrongPassword",
  "unlocked",
  "locked",
  "isLocked", // a change was tried
  "numberMissing",
  "directoryFull",
  "ringMissing", // name
  "invalidValue", // expected
  "expectAddress",
  "expectNumber", // min, max
  "savedRestarting",
  "saved",
  "editNumber",
  "number",
  "name",
  "codec",
  "rtpSent",
  "rtpReceived",
  "rtpLost",
  "jitter",
  "roundTrip",
  "duration",
  "receivedPackets",
  "sentPackets",
  "receiveErrors",
  "broadcasts",
  "sinceReset",
  "port", // port
  "linkDown",
  "applicationLoad",
  "bootLoad",
  "hardware",
  "serial",
  "dhcpServer",
  "macAddress",
  "hostName",
  "domainName",
  "ipAddress",
  "subnetMask",
  "tftpServer",
  "defaultRouter", // number
  "dnsServer", // number
  "operationalVlan",
  "adminVlan",
  "dhcpEnabled",
  "alternateTftp",
  "eraseConfiguration",
  "bootpServer",
  "dhcpReleased",
  "addressReleased",
  "mediaType",
  "dynamicDns", // number
  "dynamicTftp",
  "port2Type",
  "displayName",
  "shortName",
  "authName",
  "authPassword",
  "proxyAddress",
  "proxyPort",
  "lineSettings", // line
  "messagesUri",
  "preferredCodec",
  "outOfBandDtmf",
  "registerWithProxy",
  "registerExpires",
  "tftpDirectory",
  "phoneLabel",
  "enableVad",
  "controlPort",
  "startMediaPort",
  "endMediaPort",
  "backupProxy",
  "backupProxyPort",
  "emergencyProxy",
  "emergencyProxyPort",
  "outboundProxy",
  "outboundProxyPort",
  "natEnabled",
  "natAddress",
  "natReceived",
  "autoAnswer",
  "speedDials",
  "speedLabel", // key
  "speedNumber", // key
  "callWaiting",
  "autoComplete",
  "callerIdBlocking",
  "anonymousCallBlock",
  "callHoldRingback",
  "clock24Hour",
  "dateFormat",
  "helpIdle",
  "helpList",
  "helpEntry",
  "helpNumber",
  "helpAddress",
] as const;
export type TextId = (typeof textIds)[number];

export interface Words {
  /** BCP 47 tag. */
  readonly language: string;
  readonly texts: Readonly<Record<TextId, Template>>;
  /** What the phone is doing in each phase of the boot, and what it waits for when that takes long. */
  readonly phases: Readonly<Record<Phase, { readonly doing: string; readonly waiting: string }>>;
  readonly troubles: Readonly<Record<TroubleCode, Sentence>>;
  readonly lineFailures: Readonly<Record<LineFailure, Sentence>>;
  /** Why a page of XML services could not be shown. */
  readonly serviceFailures: Readonly<Record<ServiceFailureKind, Sentence>>;
  /** Words for facts that are codes: by the fact's name, then by its value. A value without words is shown as it is. */
  readonly factWords: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly callStates: Readonly<Record<CallState, string>>;
  readonly prompts: Readonly<Record<PromptCode, Template>>;
  readonly softkeys: Readonly<Record<Exclude<SoftkeyId, "other" | "blank">, KeyLabel>>;
  readonly menuKeys: Readonly<Record<MenuKeyId, KeyLabel>>;
  /** Words for a call manager's codes 80 nn and 1E nn, by nn. */
  readonly labels: readonly string[];
  readonly extendedLabels: readonly string[];
  /** The sentence of a status message. */
  readonly statusMessages: Readonly<Record<StatusCode, Template>>;
}
