// The timeline: which phase began when, what ended it, what it waited for. One record per phase; a phase that is done
// again replaces its record.
import type { MonoMs } from "#hal/contract/time.ts";
import { type Phase, type PhaseRecord, phases } from "./notices.ts";

/** What each phase waits for, in the words of `show boot`. */
const waitedFor: Readonly<Record<PhaseRecord["name"], string>> = {
  power: "power status",
  image: "image slot",
  link: "carrier",
  vlan: "switch",
  ip: "DHCP server",
  config: "file server",
  load: "image file",
  register: "call server",
  run: "end of registration",
  time: "time server",
};

const order: readonly PhaseRecord["name"][] = [...phases, "time"];

function put(records: readonly PhaseRecord[], record: PhaseRecord): readonly PhaseRecord[] {
  return [...records.filter(({ name }) => name !== record.name), record].sort(
    (a, b) => order.indexOf(a.name) - order.indexOf(b.name),
  );
}

const rounded = (now: MonoMs): number => Math.round(now * 1000) / 1000;

/** The phase begins now. */
export function opened(
  records: readonly PhaseRecord[],
  name: PhaseRecord["name"],
  now: MonoMs,
): readonly PhaseRecord[] {
  const startMs = rounded(now);
  return put(records, { name, startMs, endMs: undefined, endedBy: undefined, waitedFor: waitedFor[name] });
}

/** The phase ends now, by `endedBy`; a phase that does not run stays as it is. */
export function closed(
  records: readonly PhaseRecord[],
  name: PhaseRecord["name"],
  now: MonoMs,
  endedBy: string,
): readonly PhaseRecord[] {
  return records.map((record) =>
    record.name === name && record.endMs === undefined ? { ...record, endMs: rounded(now), endedBy } : record,
  );
}

/** The phase was passed without waiting for anything. */
export function passed(
  records: readonly PhaseRecord[],
  name: Phase,
  now: MonoMs,
  why: string,
): readonly PhaseRecord[] {
  return closed(opened(records, name, now), name, now, `not needed: ${why}`);
}

/** Without this phase and everything after it: they are done again. */
export function cutFrom(records: readonly PhaseRecord[], phase: Phase): readonly PhaseRecord[] {
  const from = order.indexOf(phase);
  return records.filter(({ name }) => name === "time" || order.indexOf(name) < from);
}
