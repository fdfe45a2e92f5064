// Names of the files a phone asks for, letter case as servers expect it (TFTP-018).
import type { Mac } from "#hal/contract/link.ts";

/** Every name that depends on the phone or stands in a profile. */
export interface FileNames {
  readonly sipDefault: string;
  readonly sipPhone: string;
  readonly xmlPhone: string;
  readonly xmlPhoneSigned: string;
  readonly xmlDefault: string;
  /** Only behind a switch (SEED-010). */
  readonly xmlDefaultAlias: string;
  readonly cnfPhone: string;
  readonly cnfDefault: string;
  readonly trustList: string;
  readonly identityTrustList: string;
  readonly identityTrustFile: string;
  readonly loadSelection: string;
  readonly mgcpPhone: string;
  readonly mgcpDefault: string;
  readonly ringList: string;
  readonly syncInfo: string;
}

/** The default file of the text era (seed 001). */
export const textDefaultName = "SEPDEFAULT.cnf";

/** The MAC as 12 upper-case hex digits, suffixes in lower case. */
export function fileNames(mac: Mac): FileNames {
  const digits = mac.replaceAll(":", "").toUpperCase();
  return {
    sipDefault: "SIPDefault.cnf",
    sipPhone: `SIP${digits}.cnf`,
    xmlPhone: `SEP${digits}.cnf.xml`,
    xmlPhoneSigned: `SEP${digits}.cnf.xml.sgn`,
    xmlDefault: "XMLDefault.cnf.xml",
    xmlDefaultAlias: "sepdefault.cnf.xml",
    cnfPhone: `SEP${digits}.cnf`,
    cnfDefault: textDefaultName,
    trustList: `CTLSEP${digits}.tlv`,
    identityTrustList: `ITLSEP${digits}.tlv`,
    identityTrustFile: "ITLFile.tlv",
    loadSelection: "OS79XX.TXT",
    mgcpPhone: `MGC${digits}.cnf`,
    mgcpDefault: "MGCDefault.cnf",
    ringList: "RINGLIST.DAT",
    syncInfo: "syncinfo.xml",
  };
}

/** A file in a directory of the server; undefined, `.` and `./` are its root. */
export function inDirectory(directory: string | undefined, name: string): string {
  const folder = (directory ?? "").replace(/^(\.\/)+/, "").replace(/\/+$/, "");
  return folder === "" || folder === "." ? name : `${folder}/${name}`;
}
