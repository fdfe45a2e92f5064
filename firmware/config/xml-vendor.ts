// `vendorConfig`: switches of which several mean "off" by 1 (reference boot-and-provisioning 6.1).
import { textAt, type XmlElement } from "#firmware/xml/read.ts";
import type { AccessSettings, DisplaySettings, NetworkSettings } from "./phone-config.ts";
import { booleanAt, minutesAt, numberAt, present } from "./xml-values.ts";

export interface VendorConfig {
  readonly access: Partial<AccessSettings>;
  readonly network: Partial<NetworkSettings>;
  readonly display: Partial<DisplaySettings>;
  /** Replaces the file server for images only. */
  readonly loadServer: string | undefined;
}

type VendorNetwork = Pick<
  NetworkSettings,
  | "isPcPortEnabled"
  | "isSpanToPcPort"
  | "isVoiceVlanOnPcPort"
  | "isGratuitousArpTaken"
  | "isCdpOnSwitchPort"
  | "isLldpOnSwitchPort"
  | "lldpAssetId"
>;

/** Reads the element, which may be absent. */
export function readVendorConfig(vendor: XmlElement | undefined): VendorConfig {
  const number = (name: string, high = 2): number | undefined => numberAt(vendor, name, 0, high);
  /** 0 enabled, 1 disabled. */
  const inverted = (name: string): boolean | undefined => {
    const value = number(name, 1);
    return value === undefined ? undefined : value === 0;
  };
  const straight = (name: string): boolean | undefined => booleanAt(vendor, name);
  const text = (name: string): string | undefined =>
    vendor === undefined ? undefined : textAt(vendor, name);
  const oneOf = <T>(name: string, meanings: readonly T[]): T | undefined => {
    const value = number(name);
    return value === undefined ? undefined : meanings[value];
  };
  return {
    access: present<Pick<AccessSettings, "settings" | "isSshAllowed">>({
      settings: oneOf("settingsAccess", ["disabled", "enabled", "restricted"] as const),
      isSshAllowed: inverted("sshAccess"),
    }),
    network: present<VendorNetwork>({
      isPcPortEnabled: inverted("pcPort"),
      isSpanToPcPort: inverted("spanToPCPort"),
      isVoiceVlanOnPcPort: inverted("voiceVlanAccess"),
      isGratuitousArpTaken: straight("garp"),
      isCdpOnSwitchPort: straight("enableCdpSwPort"),
      isLldpOnSwitchPort: straight("enableLldpSwPort"),
      lldpAssetId: text("lldpAssetId")?.slice(0, 32),
    }),
    display: present<DisplaySettings>({
      isSpeakerDisabled: disabledAt(straight, "disableSpeaker"),
      isHeadsetDisabled: straight("disableSpeakerAndHeadset"),
      isWebAccess: oneOf("webAccess", ["enabled", "disabled", "read-only"] as const),
      isG722Allowed: oneOf("g722CodecSupport", [true, false, true]),
      isLineSelectedAutomatically: straight("autoSelectLineEnable"),
      darkDays: days(text("daysDisplayNotActive")),
      onAtMinute: minutesAt(vendor, "displayOnTime"),
      onForMinutes: minutesAt(vendor, "displayOnDuration"),
      idleOffMinutes: minutesAt(vendor, "displayIdleTimeout"),
      isLitByCall: straight("displayOnWhenIncomingCall"),
      minimumRingVolume: number("minimumRingVolume", 15),
    }),
    loadServer: text("loadServer"),
  };
}

/** `disableSpeakerAndHeadset` switches the speaker off too. */
function disabledAt(straight: (name: string) => boolean | undefined, name: string): boolean | undefined {
  return straight("disableSpeakerAndHeadset") === true ? true : straight(name);
}

/** `1,7`: Sunday and Saturday. */
function days(text: string | undefined): readonly number[] | undefined {
  return text?.split(",").flatMap((part) => (/^\s*[1-7]\s*$/.test(part) ? [Number(part)] : []));
}
