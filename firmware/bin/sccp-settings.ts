// The phone's configuration in the terms of SCCP.
import type { PhoneConfig } from "#firmware/config/phone-config.ts";
import type { RestartCause, SccpSettings } from "#firmware/sccp/settings.ts";
import { deviceName } from "./base.ts";

/** What the configuration does not hold. */
export interface SccpSurroundings {
  readonly mac: string;
  readonly version: string;
  readonly lineKeyCount: number;
  readonly cause: RestartCause;
  readonly isHeadsetOn: boolean;
}

/** Highest version offered: all layouts are known, and the server takes the smaller one. */
const protocolVersion = 17;

/** SCCP settings of a configuration whose protocol is SCCP. */
export function sccpSettingsOf(config: PhoneConfig, around: SccpSurroundings): SccpSettings {
  return {
    deviceName: deviceName("SEP", around.mac),
    deviceType: around.lineKeyCount > 2 ? 7 : 8,
    servers: config.servers.map(({ host, sccpPort, isSrst }) => ({
      host,
      port: sccpPort,
      isFallback: isSrst,
    })),
    protocolVersion,
    loadName: `offhook-${around.version}`,
    cause: around.cause,
    encodings: ["PCMU", "PCMA"],
    monitorSec: config.monitorSec,
    isHeadsetOn: around.isHeadsetOn,
    rtpPortHint: config.media.startPort,
  };
}
