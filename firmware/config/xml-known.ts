// Element names an XML configuration file may have (reference boot-and-provisioning 6.1 and 6.2): those this phone uses,
// and those it knows and leaves alone. Any other name is counted.

const used =
  "device Default deviceProtocol devicePool dateTimeSetting dateTemplate timeZone ntps ntp name ntpMode callManagerGroup " +
  "members member callManager processNodeName ports ethernetPhonePort sipPort securedSipPort srstInfo srstOption " +
  "ipAddr1 ipAddr2 ipAddr3 port1 port2 port3 sipIpAddr1 sipIpAddr2 sipIpAddr3 sipPort1 sipPort2 sipPort3 " +
  "connectionMonitorDuration commonProfile phonePassword loadInformation userLocale langCode deviceSecurityMode " +
  "idleTimeout idleURL authenticationURL directoryURL informationURL messagesURL servicesURL proxyServerURL " +
  "secureIdleURL secureAuthenticationURL secureDirectoryURL secureInformationURL secureMessagesURL secureServicesURL " +
  "dscpForSCCPPhoneConfig dscpForSCCPPhoneServices dscpForCm2Dvce transportLayerProtocol versionStamp vendorConfig " +
  "pcPort spanToPCPort voiceVlanAccess settingsAccess webAccess garp sshAccess autoSelectLineEnable g722CodecSupport " +
  "disableSpeaker disableSpeakerAndHeadset daysDisplayNotActive displayOnTime displayOnDuration displayIdleTimeout " +
  "displayOnWhenIncomingCall enableCdpSwPort enableLldpSwPort lldpAssetId loadServer minimumRingVolume sipProfile " +
  "sipProxies backupProxy backupProxyPort emergencyProxy emergencyProxyPort outboundProxy outboundProxyPort " +
  "registerWithProxy sipCallFeatures cnfJoinEnabled callHoldRingback localCfwdEnable semiAttendedTransfer " +
  "anonymousCallBlock callerIdBlocking dndControl rfc2543Hold sipStack sipInviteRetx sipRetx timerInviteExpires " +
  "timerRegisterExpires timerRegisterDelta timerKeepAliveExpires timerSubscribeExpires timerT1 timerT2 maxRedirects " +
  "remotePartyID userInfo transferOnhookEnabled enableVad preferredCodec dtmfAvtPayload dtmfDbLevel dtmfOutofBand " +
  "phoneLabel stutterMsgWaiting callStats startMediaPort stopMediaPort voipControlPort dscpForAudio dialTemplate " +
  "natEnabled natAddress natReceivedProcessing sipLines line featureID featureLabel displayName contact authName " +
  "authPassword proxy port autoAnswer autoAnswerEnabled callWaiting sharedLine messagesNumber maxNumCalls busyTrigger " +
  "speedDialNumber";

const leftAlone =
  "fullConfig sshUserId sshPassword mgcpPorts listen keepAlive userModifiable isSecure mlppDomainId " +
  "mlppIndicationStatus preemption preemptionSetting backgroundImageAccess callLogBlfEnabled addOnModules addOnModule " +
  "uid winCharSet networkLocale networkLocaleInfo version singleButtonBarge joinAcrossLines autoCallPickupEnable " +
  "blfAudibleAlertSettingOfIdleStation blfAudibleAlertSettingOfBusyStation advertiseG722Codec phoneServices " +
  "provisioning phoneService url vendor capfAuthMode capfList capf phonePort certHash encrConfig revertPriority " +
  "videoCapability loggingDisplay forwardingDelay ehookEnable headsetHandsetMonitor detectCMConnectionFailure " +
  "enableCdpPcPort enableLldpPcPort powerPriority adminPassword kpml softKeyFile callForwardURI callPickupURI " +
  "callPickupListURI callPickupGroupURI meetMeServiceURI abbreviatedDialURI callHoldURI remoteCcEnable retainForwardInformation " +
  "uriDialingDisplayPreference autoAnswerTimer autoAnswerAltBehavior autoAnswerOverride alwaysUsePrimeLine " +
  "alwaysUsePrimeLineVoiceMail silentPeriodBetweenCallWaitingBursts disableLocalSpeedDialConfig " +
  "ringSettingBusyStationPolicy ringSettingActive ringSettingIdle messageWaitingLampPolicy forwardCallInfoDisplay " +
  "callerName callerNumber redirectedNumber dialedNumber featureOptionMask deviceId processNodeNameOfTftp " +
  "dirservURL TLSResumptionTimer cipcProdDescription";

const known = new Set(`${used} ${leftAlone}`.split(" "));

/** Whether some phone's file has such an element; `loadInformation7` and the like included. */
export function isKnownElement(name: string): boolean {
  return known.has(name) || /^loadInformation[0-9]{1,6}$/.test(name);
}
