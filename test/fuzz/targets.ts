// Every decoder and machine that takes bytes from a network or a file. One line per area, in alphabetical order.
import { bootTargets } from "./boot.ts";
import { cdpTargets } from "./cdp.ts";
import { configTargets } from "./config.ts";
import { consoleTargets } from "./console.ts";
import { dhcpTargets } from "./dhcp.ts";
import { dialplanTargets } from "./dialplan.ts";
import { lldpTargets } from "./lldp.ts";
import { ntpTargets } from "./ntp.ts";
import { rtpTargets } from "./rtp.ts";
import { sccpTargets } from "./sccp.ts";
import { simNetTargets } from "./sim-net.ts";
import { sipTargets } from "./sip.ts";
import type { FuzzTarget } from "./target.ts";
import { tftpTargets } from "./tftp.ts";
import { xmlTargets } from "./xml.ts";

export const targets: readonly FuzzTarget[] = [
  bootTargets, //
  cdpTargets, //
  configTargets, //
  consoleTargets, //
  dhcpTargets, //
  dialplanTargets, //
  lldpTargets, //
  ntpTargets, //
  rtpTargets, //
  sccpTargets, //
  simNetTargets, //
  sipTargets, //
  tftpTargets, //
  xmlTargets, //
].flat();
