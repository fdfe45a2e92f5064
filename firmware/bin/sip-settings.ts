// The phone's configuration in the terms of SIP.
import type { HostPort, LineConfig, PhoneConfig } from "#firmware/config/phone-config.ts";
import type { OfferedCodec, ServerAddress, SipLine, SipSettings } from "#firmware/sip/settings.ts";
import type { Marking } from "#hal/contract/sockets.ts";

/** What the configuration does not hold. */
export interface SipSurroundings {
  readonly mac: string;
  readonly product: string;
  readonly version: string;
  readonly model: string;
  /** How signalling is marked, from LLDP-MED or the defaults. */
  readonly marking: Marking;
}

/** SIP settings of a configuration whose protocol is SIP. */
export function sipSettingsOf(config: PhoneConfig, around: SipSurroundings): SipSettings {
  const { sip, media, features } = config;
  const transport = sip.transport === "udp" ? undefined : sip.transport === "tcp" ? "TCP" : "TLS";
  const toServer = (at: HostPort | undefined): ServerAddress | undefined =>
    at === undefined ? undefined : proxyAt(at, transport);
  return {
    mac: around.mac.replaceAll(":", "").toUpperCase(),
    lines: config.lines.map((line) => sipLineOf(config, line, transport)),
    isRegistering: sip.isRegistering,
    isServerControlled: config.servers.length > 0,
    outboundProxy: toServer(sip.outboundProxy),
    backupProxy: toServer(sip.backupProxy),
    emergencyProxy: toServer(sip.emergencyProxy),
    controlPort: sip.voipControlPort,
    // SIP-005: the control port is the source port where NAT is on; ours uses it always, as servers expect today.
    isSourcePortFixed: true,
    isTcpForLarge: true,
    timing: {
      t1Ms: sip.t1Ms,
      t2Ms: sip.t2Ms,
      inviteRetransmissions: sip.inviteRetransmissions,
      retransmissions: sip.requestRetransmissions,
    },
    inviteExpiresSec: sip.inviteExpiresSec,
    registerExpiresSec: sip.registerExpiresSec,
    registerDeltaSec: sip.registerDeltaSec,
    userInfo: sip.userInfo,
    nat: {
      address: sip.nat.isEnabled ? sip.nat.address : undefined,
      isReceivedProcessed: sip.nat.isReceivedProcessed,
      isRportRequested: true,
      keepAliveSec: sip.nat.isEnabled ? 30 : 0,
    },
    dtmf: { mode: media.dtmfOutOfBand, payloadType: media.dtmfPayloadType },
    codecs: codecsOf(media.preferredCodec),
    packetMs: 20,
    hasSilenceSuppression: media.isVad,
    isOldHold: sip.isRfc2543Hold,
    userAgent: `${around.product}/${around.version} (${around.model})`,
    isRemotePartyIdUsed: sip.isRemotePartyId,
    hasCallStatistics: features.isCallStats,
    mailboxes: { isSubscribed: sip.isMailboxSubscribed, expiresSec: sip.subscribeExpiresSec },
    sessionExpiresSec: sip.sessionExpiresSec,
    marking: around.marking,
  };
}

function sipLineOf(config: PhoneConfig, line: LineConfig, transport: ServerAddress["transport"]): SipLine {
  const listed = config.servers.map(
    ({ host, sipPort, securedSipPort }): ServerAddress => ({
      host,
      port: transport === "TLS" ? securedSipPort : sipPort,
      transport,
    }),
  );
  const own: readonly ServerAddress[] = line.proxy === undefined ? [] : [proxyAt(line.proxy, transport)];
  return {
    line: line.line,
    name: line.user,
    authName: line.authName ?? line.user,
    password: line.password?.reveal(),
    displayName: line.displayName,
    contact: line.contact,
    domain: line.host,
    proxies: line.usesServerList ? listed : own,
  };
}

/**
 * A name with the usual port is looked up as a name without port: files always say 5060, and SRV records would else never
 * count (reference cisco-7960-sip SIP-034; decision).
 */
function proxyAt({ host, port }: HostPort, transport: ServerAddress["transport"]): ServerAddress {
  const isPlain = !/^[\d.]+$/.test(host) && port === 5060;
  return { host, port: isPlain ? undefined : port, transport };
}

/** G.711 both ways, the preferred one first; G.729 only where the image has the codec. */
function codecsOf(preferred: PhoneConfig["media"]["preferredCodec"]): readonly OfferedCodec[] {
  return preferred === "g711alaw" ? ["PCMA", "PCMU"] : ["PCMU", "PCMA"];
}
