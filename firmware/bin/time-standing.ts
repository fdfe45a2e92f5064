// How the phone stands with its time servers, in the boot's words: what a round of questions came to.
import type { TimeNotice } from "#firmware/boot/events.ts";
import type { SntpNotice } from "#firmware/sntp/notices.ts";

type Doubt = Extract<SntpNotice, { kind: "doubtful" }>["doubt"];

/** Doubts about the server itself; the others are about packets that somebody else may have sent. */
const ownFaults: ReadonlySet<Doubt> = new Set<Doubt>([
  "unsynchronised",
  "bad-stratum",
  "no-time",
  "far-from-root",
  "absurd",
]);

/** What the clock queries call a call server that told the time. */
const tellingServer = "signalling";

/** Takes every notice of the clock queries; gives what the boot should hear. */
export function createTimeStanding(): (notice: SntpNotice) => TimeNotice | undefined {
  let doubtful: Extract<TimeNotice, { kind: "doubtful" }> | undefined;
  let kissed: string | undefined;
  /** A call server told the time: date and time do not stay blank, whatever becomes of the time servers. */
  let isTold = false;
  return (notice) => {
    switch (notice.kind) {
      case "synchronised":
        doubtful = undefined;
        isTold ||= notice.server === tellingServer;
        return { kind: "synchronised", server: notice.server };
      case "doubtful":
        if (ownFaults.has(notice.doubt)) doubtful = notice;
        return undefined;
      case "kiss":
        kissed = notice.server;
        return undefined;
      case "refused":
        return isTold ? undefined : { kind: "refused", server: kissed };
      case "no-answer": {
        const told: TimeNotice = doubtful ?? { kind: "silent", server: notice.servers[0] };
        doubtful = undefined;
        return isTold ? undefined : told;
      }
      default:
        return undefined;
    }
  };
}
