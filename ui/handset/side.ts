// Beside the phone: the timeline of its start, the network's faults, its log.
import { element, make } from "./elements.ts";
import type { WireFault, WireLogLine, WirePhase } from "./protocol.ts";

/** Lines kept on the page. */
const mostLines = 800;

export interface Timeline {
  show(phases: readonly WirePhase[], nowMs: number): void;
}

/** One row a phase: bar on a common scale, how long it took, what ended it or what it waits for. */
export function createTimeline(): Timeline {
  const list = element("timeline", HTMLOListElement);
  const total = element("boot-total", HTMLSpanElement);
  let shown: { phases: readonly WirePhase[]; nowMs: number; at: number } | undefined;
  const draw = (): void => {
    if (shown === undefined) return;
    const nowMs = shown.nowMs + performance.now() - shown.at;
    const run = shown.phases.find((phase) => phase.name === "run");
    const ends = shown.phases.filter((phase) => phase.name !== "run").map((phase) => phase.endMs ?? nowMs);
    const spanMs = Math.max(1, ...ends.filter((_, index) => shown?.phases[index]?.name !== "time"));
    total.textContent = run === undefined ? "starting…" : `ready after ${milliseconds(run.startMs)}`;
    list.replaceChildren(...shown.phases.map((phase) => phaseRow(phase, nowMs, spanMs)));
  };
  setInterval(() => {
    if (shown?.phases.some((phase) => phase.endMs === null && phase.name !== "run") === true) draw();
  }, 250);
  return {
    show(phases, nowMs) {
      shown = { phases, nowMs, at: performance.now() };
      draw();
    },
  };
}

function phaseRow(phase: WirePhase, nowMs: number, spanMs: number): HTMLLIElement {
  const row = make("li");
  const isSkipped = phase.endedBy?.startsWith("not needed") === true;
  const isRunning = phase.endMs === null;
  row.dataset["state"] =
    phase.name === "run" ? "run" : isSkipped ? "skipped" : isRunning ? "running" : "done";
  const endMs = phase.endMs ?? nowMs;
  const bar = make("span", "bar");
  const mark = make("i");
  const share = (ms: number): number => Math.max(0, Math.min(100, (ms / spanMs) * 100));
  mark.style.left = `${Math.min(99, share(phase.startMs))}%`;
  mark.style.width = `${Math.max(0, share(endMs) - share(phase.startMs))}%`;
  bar.append(mark);
  const took = phase.name === "run" ? "" : milliseconds(endMs - phase.startMs);
  row.append(make("span", "", phase.name), bar, make("time", "", took));
  const why = isRunning && phase.name !== "run" ? `waiting for ${phase.waitedFor}` : (phase.endedBy ?? "");
  if (why !== "") row.append(make("small", "", why));
  return row;
}

function milliseconds(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export interface LogList {
  add(lines: readonly WireLogLine[]): void;
  clear(): void;
}

/** The newest lines last; stays at the end unless somebody scrolled up. */
export function createLog(): LogList {
  const list = element("log", HTMLOListElement);
  const filter = element("log-filter", HTMLInputElement);
  const isWanted = (row: Element): boolean =>
    row.textContent?.toLowerCase().includes(filter.value.trim().toLowerCase()) ?? false;
  filter.addEventListener("input", () => {
    for (const row of list.children) row.toggleAttribute("hidden", !isWanted(row));
  });
  return {
    add(lines) {
      const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 30;
      const rows = lines.map(logRow);
      for (const row of rows) row.hidden = !isWanted(row);
      list.append(...rows);
      while (list.children.length > mostLines) list.firstElementChild?.remove();
      if (isAtEnd) list.scrollTop = list.scrollHeight;
    },
    clear: () => list.replaceChildren(),
  };
}

function logRow(line: WireLogLine): HTMLLIElement {
  const row = make("li");
  row.dataset["level"] = line.level;
  const at = make("time", "", (line.atMs / 1000).toFixed(3));
  row.append(at, make("span", "", line.area), make("span", "", line.text));
  return row;
}

/** Switches, one a fault; the card is hidden where the phone's network has none. */
export function showFaults(
  faults: readonly WireFault[],
  onSwitch: (name: string, isActive: boolean) => void,
): void {
  element("faults-card", HTMLElement).hidden = faults.length === 0;
  element("faults", HTMLUListElement).replaceChildren(
    ...faults.map((fault) => {
      const input = make("input");
      input.type = "checkbox";
      input.name = fault.name;
      input.checked = fault.isActive;
      input.addEventListener("change", () => onSwitch(fault.name, input.checked));
      const label = make("label");
      label.append(input, make("span", "", fault.name), make("small", "", fault.description));
      const item = make("li");
      item.append(label);
      return item;
    }),
  );
}
