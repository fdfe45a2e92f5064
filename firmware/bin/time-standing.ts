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

/** Takes every notice of the clock queries; gives what the boot should hear. */
export function createTimeStanding(): (notice: SntpNotice) => TimeNotice | undefined {
  let doubtful: Extract<TimeNotice, { kind: "doubtful" }> | undefined;
  let kissed: string | undefined;
  return (notice) => {
    switch (notice.kind) {
      case "synchronised":
        doubtful = undefined;
        return { kind: "synchronised", server: notice.server };
      case "doubtful":
        if (ownFaults.has(notice.doubt)) doubtful = notice;
        return undefined;
      case "kiss":
        kissed = notice.server;
        return undefined;
      case "refused":
        return { kind: "refused", server: kissed };
      case "no-answer": {
        const told: TimeNotice = doubtful ?? { kind: "silent", server: notice.servers[0] };
        doubtful = undefined;
        return told;
      }
      default:
        return undefined;
    }
  };
}
