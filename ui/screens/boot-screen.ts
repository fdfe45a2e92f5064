// The screen of a phone that is starting, waiting, or in safe mode: what it does, what it waits for, what to do.
import { fill, sentenceText } from "#ui/words/fill.ts";
import type { Phase } from "#ui/words/words.ts";
import { bootHeader } from "./header.ts";
import { passingPrompt } from "./prompt.ts";
import type { Body, Screen } from "./screen.ts";
import type { Seen } from "./seen.ts";
import { callKeySet, keyLabel, shownKeys } from "./softkeys.ts";

const order: readonly Phase[] = ["power", "image", "link", "vlan", "ip", "config", "load", "register", "run"];

/** One screen for every phase; a trouble takes the place of the usual text. */
export function bootScreen(seen: Seen): Screen {
  const { view, words, ui } = seen;
  const { boot } = view;
  const phase = words.phases[boot.phase];
  const isSafeMode = boot.trouble?.code === "safe-mode";
  const keys = shownKeys(callKeySet(seen), ui);
  return {
    header: bootHeader(seen),
    body: bootBody(seen),
    prompt: passingPrompt(seen) ?? (boot.trouble === undefined || isSafeMode ? "" : phase.doing),
    softkeys: keys.map((key) => keyLabel(key, words)),
    lines: undefined,
  };
}

function bootBody(seen: Seen): Body {
  const { view, words, now } = seen;
  const { phase, trouble, retryAt } = view.boot;
  const progress =
    trouble?.code === "safe-mode" ? undefined : { done: order.indexOf(phase), total: order.length - 1 };
  const waitSec = retryAt === undefined ? 0 : Math.ceil((retryAt - now) / 1000);
  const countdown = waitSec > 0 ? fill(words.texts.retryIn, { seconds: waitSec }) : "";
  if (trouble === undefined) {
    const { doing, waiting } = words.phases[phase];
    return {
      kind: "message",
      icon: undefined,
      ink: "ink",
      title: doing,
      text: waiting,
      countdown,
      progress,
    };
  }
  const { title, text } = sentenceText(words, words.troubles[trouble.code], trouble.facts);
  return { kind: "message", icon: "warning", ink: "bad", title, text, countdown, progress };
}
