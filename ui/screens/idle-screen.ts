// The screen of a phone at rest: what a person should know, newest troubles first, or a server's text.
import { expandLabels, fill, sentenceText } from "#ui/words/fill.ts";
import { missedSince } from "./call-log.ts";
import { header, lineMarks } from "./header.ts";
import { idlePrompt } from "./prompt.ts";
import type { Body, IdleNote, Screen } from "./screen.ts";
import type { Seen } from "./seen.ts";
import { callKeySet, keyLabel, shownKeys } from "./softkeys.ts";

/** Idle: date, time, label, lines, notes, prompt, soft keys (reference row LCD-009). */
export function idleScreen(seen: Seen): Screen {
  const { words, ui } = seen;
  const keys = shownKeys(callKeySet(seen), ui);
  return {
    header: header(seen),
    body: idleBody(seen),
    prompt: idlePrompt(seen),
    softkeys: keys.map((key) => keyLabel(key, words)),
    lines: lineMarks(seen),
  };
}

function idleBody(seen: Seen): Body {
  const { view, words, now } = seen;
  const { trouble, retryAt } = view.boot;
  if (trouble === undefined)
    return {
      kind: "idle",
      notes: idleNotes(seen),
      text: view.idleText === undefined ? "" : expandLabels(words, view.idleText),
      logo: seen.facts.logo,
    };
  const { title, text } = sentenceText(words, words.troubles[trouble.code], trouble.facts);
  const waitSec = retryAt === undefined ? 0 : Math.ceil((retryAt - now) / 1000);
  return {
    kind: "message",
    icon: "warning",
    ink: "bad",
    title,
    text,
    countdown: waitSec > 0 ? fill(words.texts.retryIn, { seconds: waitSec }) : "",
    progress: undefined,
  };
}

function idleNotes(seen: Seen): IdleNote[] {
  const { view, words } = seen;
  const notes: IdleNote[] = [];
  view.lineKeys.forEach((key, index) => {
    if (key.kind !== "line" || key.state.kind !== "failed") return;
    const { failure, status, reason } = key.state;
    const facts = { line: index + 1, status: status ?? "", reason };
    const { title, text } = sentenceText(words, words.lineFailures[failure], facts);
    notes.push({ icon: "phoneCrossed", ink: "bad", text: title, more: text });
  });
  if (view.isDoNotDisturb)
    notes.push({ icon: "doNotDisturb", ink: "bad", text: words.texts.doNotDisturb, more: "" });
  if (view.forwardedTo !== undefined) {
    const text = fill(words.texts.callsForwardedTo, { target: expandLabels(words, view.forwardedTo) });
    notes.push({ icon: "forward", ink: "accent", text, more: "" });
  }
  if (view.hasMessages)
    notes.push({ icon: "envelope", ink: "accent", text: words.texts.newMessages, more: "" });
  const missed = missedSince(view.log.missed, seen.ui.seenMissed);
  if (missed > 0) {
    const text = missed === 1 ? words.texts.missedCall : words.texts.missedCalls;
    notes.push({ icon: "missed", ink: "accent", text: fill(text, { count: missed }), more: "" });
  }
  for (const warning of [...view.boot.warnings].reverse()) {
    const { title, text } = sentenceText(words, words.troubles[warning.code], warning.facts);
    notes.push({ icon: "warning", ink: "warn", text: title, more: text });
  }
  return notes;
}
