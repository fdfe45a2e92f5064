// Dial plans from a file server: any bytes give a plan, and any digits typed against it an answer, in little time.
import { matchPlan, meaningOfPound } from "#firmware/call/dialplan/match.ts";
import { mostPlanBytes, readDialPlan } from "#firmware/call/dialplan/read.ts";
import { dialled } from "#firmware/call/dialplan/rewrite.ts";
import type { FuzzTarget } from "./target.ts";

// The guide's patterns and rewrites (reference cisco-7960-sip sections 3.1, 3.3, 3.6).
const plans = [
  `<DIALTEMPLATE>
  <!-- comment -->
  <TEMPLATE MATCH="9,1.........." Timeout="0" User="Phone" Tone="Bellcore-Outside"/>
  <TEMPLATE MATCH="911"  Timeout="0" User="Phone" Route="Emergency"/>
  <TEMPLATE MATCH="*"    Timeout="15"/>
</DIALTEMPLATE>`,
  `<DIALTEMPLATE><TEMPLATE MATCH="ab..cd..ef*" Rewrite="AB...X%1X.."/><TEMPLATE MATCH="\\*98" Line="2"/>
<versionStamp>1</versionStamp><TEMPLATE MATCH="2..." User="IP" Rewrite="1000%s@192.0.2.9" Route="FQDN"></TEMPLATE></DIALTEMPLATE/>`,
  `<DIALTEMPLATE><TEMPLATE MATCH="*1*2*3*4*5*6*7" Timeout="6" Rewrite="%5%%."/><TEMPLATE MATCH="1.2.3.4.5.6.7."/></DIALTEMPLATE>`,
];

const typed = [
  "",
  "911",
  "91",
  "94694210",
  "ab12cd34ef5678",
  "*98",
  "1121314151617",
  "#",
  "2345#",
  "1".repeat(60),
];

function read(bytes: Uint8Array): void {
  const plan = readDialPlan("dialplan.xml", bytes.subarray(0, mostPlanBytes));
  for (const digits of typed) {
    matchPlan(plan, 1, digits);
    meaningOfPound(plan, 2, digits);
    dialled(plan, 1, digits);
  }
}

export const dialplanTargets: readonly FuzzTarget[] = [
  { name: "dialplan", seeds: plans.map((plan) => new TextEncoder().encode(plan)), run: read },
];
