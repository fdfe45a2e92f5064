// Whose time a boot on the net tier was, as a capture of the phone's wire has it: the time before a frame is its sender's.
import { readCapture } from "#test/net/capture.ts";

/** From the phone's DISCOVER to the registrar's last 200, ms. The three parts make up the whole. */
export interface Shares {
  readonly whole: number;
  /** From receiving what it needs to sending what follows: threads woken, work done. */
  readonly phone: number;
  /** From the phone's frame to the answer: dnsmasq, Asterisk. */
  readonly servers: number;
  /** From the ARP probe to the announcement: 20 ms in which the phone listens for another owner of its address. */
  readonly probe: number;
}

/** One frame as far as it matters here. */
interface Seen {
  readonly atMs: number;
  readonly isPhones: boolean;
  readonly what: "discover" | "probe" | "announcement" | "registered" | "other";
}

const fields = [
  "frame.time_epoch",
  "eth.src",
  "dhcp.option.dhcp",
  "arp.isprobe",
  "arp.isannouncement",
  "sip.Status-Code",
  "sip.CSeq.method",
] as const;

const isTrue = (value: string): boolean => value === "1" || value === "True";

function seen(row: readonly string[], mac: string): Seen {
  const [at = "", source = "", dhcp = "", probe = "", announcement = "", status = "", method = ""] = row;
  const what =
    dhcp === "1"
      ? "discover"
      : isTrue(probe)
        ? "probe"
        : isTrue(announcement)
          ? "announcement"
          : status === "200" && method === "REGISTER"
            ? "registered"
            : "other";
  return { atMs: Number(at) * 1000, isPhones: source === mac, what };
}

function sharesOf(frames: readonly Seen[]): Shares {
  const of = { phone: 0, servers: 0, probe: 0 };
  let isProbing = false;
  let [before] = frames;
  for (const frame of frames) {
    const gapMs = frame.atMs - (before?.atMs ?? frame.atMs);
    of[isProbing ? "probe" : frame.isPhones ? "phone" : "servers"] += gapMs;
    if (frame.what === "probe") isProbing = true;
    if (frame.what === "announcement") isProbing = false;
    before = frame;
  }
  return { whole: of.phone + of.servers + of.probe, ...of };
}

/** Of each boot in the capture that ended registered. */
export function readShares(file: string, mac: string): readonly Shares[] {
  const boots: Seen[][] = [];
  let boot: Seen[] | undefined;
  for (const frame of readCapture(file, "eth", ...fields).map((row) => seen(row, mac))) {
    if (frame.what === "discover") boot = [];
    boot?.push(frame);
    if (frame.what !== "registered" || boot === undefined) continue;
    boots.push(boot);
    boot = undefined;
  }
  return boots.map(sharesOf);
}
