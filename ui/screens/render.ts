// The whole of ui/screens as one pure function: what is known in, the picture and when it changes by itself out.
import type { Frame, PanelGeometry } from "#hal/contract/panel.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { bootScreen } from "./boot-screen.ts";
import { callScreen } from "./call-screen.ts";
import { drawCells } from "./draw-cells.ts";
import { drawPixels } from "./draw-pixels.ts";
import { idleScreen } from "./idle-screen.ts";
import { pageScreen } from "./page-screen.ts";
import type { Screen } from "./screen.ts";
import { focusOf, ownCalls, type Seen } from "./seen.ts";
import { Turns } from "./turns.ts";

/** A picture, and when another one is due although nothing happened: a timer counts, a text takes turns. */
export interface Rendered {
  readonly frame: Frame;
  readonly again: MonoMs | undefined;
}

/** Renders the screen for a panel. Pure: equal input, equal picture. */
export function render(seen: Seen, geometry: PanelGeometry): Rendered {
  const turns = new Turns(seen.now);
  noteDeadlines(seen, turns);
  const screen = screenOf(seen);
  const frame =
    geometry.kind === "pixels" ? drawPixels(screen, geometry, turns) : drawCells(screen, geometry, turns);
  return { frame, again: turns.again };
}

/** The screen before it meets a panel. */
export function screenOf(seen: Seen): Screen {
  switch (focusOf(seen.view, seen.ui)) {
    case "page":
      return pageScreen(seen);
    case "calls":
      return callScreen(seen);
    case "boot":
      return bootScreen(seen);
    case "idle":
      return idleScreen(seen);
  }
}

/** Call timers and the pause before the next try count in seconds; notes end. */
function noteDeadlines(seen: Seen, turns: Turns): void {
  const { view, ui, now } = seen;
  for (const call of ownCalls(view)) {
    if (call.connectedAt === undefined || call.state === "ended") continue;
    const seconds = Math.floor((now - call.connectedAt) / 1000);
    turns.changesAt((call.connectedAt + (seconds + 1) * 1000) as MonoMs);
  }
  const { retryAt } = view.boot;
  if (retryAt !== undefined && retryAt > now) {
    const seconds = Math.ceil((retryAt - now) / 1000);
    turns.changesAt((retryAt - (seconds - 1) * 1000) as MonoMs);
  }
  const { deadline } = seen.facts.service ?? {};
  if (deadline !== undefined && deadline > now) {
    const seconds = Math.ceil((deadline - now) / 1000);
    turns.changesAt((deadline - (seconds - 1) * 1000) as MonoMs);
  }
  if (ui.note !== undefined) turns.changesAt(ui.note.until);
  if (ui.volumeUntil !== undefined) turns.changesAt(ui.volumeUntil);
}
