// The inside of the phone for `show`: tables of the kernel, memory, flash, crash data, call machines. Names are those of
// the old phone's command line (reference cisco-7960-sip 8.3); what stands there is this phone's.
import { callFacts } from "#firmware/call/call-facts.ts";
import type { Json } from "#firmware/console/port.ts";
import type { ImageSlots } from "#hal/contract/identity.ts";
import { shelves } from "#hal/contract/storage.ts";
import type { Phone } from "./composed-phone.ts";

/** V8's own figures: a module of Node's that is loaded for who asks. */
const engine = () => process.getBuiltinModule("node:v8");

const bytesPerKilobyte = 1024;
const kilobytes = (bytes: number): number => Math.round(bytes / bytesPerKilobyte);

/** Streams in the media engine: what the signal processor of the old phone did. */
export function shownDsp(phone: Phone): Json {
  const live = phone.calls.state().shown.streams;
  return {
    engine: "software",
    sampleRateHz: 8000,
    streams: live.map(({ id, direction, send, receive, packetMs }) => ({
      stream: id,
      direction,
      sends: send?.encoding ?? null,
      receives: receive.map(({ encoding }) => encoding).join(" "),
      packetMs,
    })),
  };
}

/** Image slots; while an image is written into one, how far. */
export const shownSlots = (images: ImageSlots) =>
  images.list().map(({ name, version, state, isRunning, writtenPct }) => ({
    name,
    version: version ?? null,
    state,
    isRunning,
    ...(writtenPct === undefined ? {} : { writtenPct }),
  }));

/** Image slots, and what is kept on each shelf of the store. */
export function shownFlash({ base }: Phone): Json {
  const { images, storage } = base.hal;
  return {
    images: shownSlots(images),
    shelves: shelves.map((shelf) => {
      const keys = storage.keys(shelf);
      const bytes = keys.reduce((sum, key) => sum + (storage.read(shelf, key)?.length ?? 0), 0);
      return { shelf, entries: keys.length, bytes };
    }),
  };
}

/** Spaces of the heap. */
export function shownMemoryMap(): Json {
  return engine()
    .getHeapSpaceStatistics()
    .map(({ space_name, space_size, space_used_size, space_available_size }) => ({
      space: space_name,
      sizeKb: kilobytes(space_size),
      usedKb: kilobytes(space_used_size),
      freeKb: kilobytes(space_available_size),
    }));
}

/** Memory of the process as a whole. */
export function shownMallocTable(): Json {
  const { rss, heapTotal, heapUsed, external, arrayBuffers } = process.memoryUsage();
  return {
    residentKb: kilobytes(rss),
    heapKb: kilobytes(heapTotal),
    heapUsedKb: kilobytes(heapUsed),
    externalKb: kilobytes(external),
    buffersKb: kilobytes(arrayBuffers),
  };
}

/** Strings live in the heap like everything else: its limits are theirs. */
export function shownStringPool(): Json {
  const { heap_size_limit, malloced_memory, number_of_native_contexts } = engine().getHeapStatistics();
  return {
    heapLimitKb: kilobytes(heap_size_limit),
    allocatedOutsideKb: kilobytes(malloced_memory),
    contexts: number_of_native_contexts,
  };
}

/** Threads wait in the kernel: what keeps the process alive, by kind. */
export function shownStacks(): Json {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([waitsFor, count]) => ({ waitsFor, count }));
}

/** What the last crash left; `abort_vector` is its cause alone. */
export function shownCrash({ base }: Phone, how: "dump" | "abort_vector"): Json {
  const { previous, countInARow } = base.hal.crash;
  const cause = {
    crashesInARow: countInARow,
    reason: previous?.reason ?? null,
    version: previous?.version ?? null,
  };
  if (how === "abort_vector") return cause;
  return { ...cause, stack: previous?.stack.split("\n") ?? [], log: previous?.log ?? [] };
}

/** Call machines by the old names: lines, definition, conference, transfer, features. */
export function shownCallMachine(
  phone: Phone,
  name: "lsm" | "fsm" | "fsmdef" | "fsmcnf" | "fsmxfr" | "fim" | "gsm",
): Json {
  const state = phone.calls.state();
  const { calls, lineKeys } = phone.view();
  const facts = callFacts(state, phone.base.hal.clock.now());
  const rows = facts.map(({ id, line, state: callState, direction, number }) => ({
    call: id,
    line,
    state: callState,
    direction,
    number,
  }));
  const withState = (wanted: RegExp): Json => rows.filter((row) => wanted.test(row.state));
  switch (name) {
    case "lsm":
      return lineKeys.map(({ kind, label }, index) => ({
        line: index + 1,
        kind,
        label,
        calls: facts.filter((call) => call.line === index + 1).length,
      }));
    case "fsm":
    case "fsmdef":
      return rows;
    case "fsmcnf":
      return withState(/conference/);
    case "fsmxfr":
      return withState(/transfer/);
    case "fim":
      return {
        selected: calls.find(({ isSelected }) => isSelected)?.id ?? null,
        softkeys: [...phone.front.frame().text.softkeys],
      };
    case "gsm":
      return { control: state.control.kind, phase: phone.boot.view().phase, calls: rows.length };
  }
}

/** Entries of the personal directory. */
export function shownPersonalDirectory(phone: Phone): Json {
  return phone.menu.facts().personal.map((entry) => ({ ...entry }));
}
