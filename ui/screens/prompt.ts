// The line above the soft keys: a short note of ui's own, what the call control or a server says, or the usual words.
import type { PromptView } from "#firmware/call/view.ts";
import { expandLabels, fill } from "#ui/words/fill.ts";
import type { Facts, Words } from "#ui/words/words.ts";
import { type Seen, selectedCall } from "./seen.ts";

/** The words of a prompt. */
export function promptText(words: Words, prompt: PromptView): string {
  if (prompt.kind === "text") return expandLabels(words, prompt.text);
  return expandLabels(words, fill(words.prompts[prompt.code], knownFacts(prompt.facts)));
}

/** Status 0 says that there was no answer to have one; a number without a name stands for it. */
function knownFacts(facts: Facts): Facts {
  const { status, name, number, ...rest } = facts;
  const isNameless = name === "" && number !== undefined;
  return {
    ...rest,
    ...(status === undefined || status === 0 ? {} : { status }),
    ...(name === undefined ? {} : { name: isNameless ? number : name }),
    ...(number === undefined || isNameless ? {} : { number }),
  };
}

/** A note or the volume while it lasts, else nothing. */
export function passingPrompt(seen: Seen): string | undefined {
  const { ui, words, view, now } = seen;
  if (ui.note !== undefined && ui.note.until > now) return fill(words.texts[ui.note.text], ui.note.facts);
  if (ui.volumeUntil === undefined || ui.volumeUntil <= now) return undefined;
  const isTalking = view.audio.path !== undefined && selectedCall(view)?.state !== "ring-in";
  const text = isTalking ? words.texts.volume : words.texts.ringerVolume;
  return fill(text, { percent: Math.round(view.audio.volume) });
}

/** The prompt of an idle phone. */
export function idlePrompt(seen: Seen): string {
  const passing = passingPrompt(seen);
  if (passing !== undefined) return passing;
  const { view, words } = seen;
  return view.prompt === undefined ? words.prompts["your-options"] : promptText(words, view.prompt);
}

/** The prompt while there are calls. */
export function callPrompt(seen: Seen): string {
  const passing = passingPrompt(seen);
  if (passing !== undefined) return passing;
  const { view, words } = seen;
  if (view.prompt !== undefined) return promptText(words, view.prompt);
  const call = selectedCall(view);
  if (call === undefined) return "";
  switch (call.state) {
    case "off-hook":
      return call.digits === "" ? words.prompts["enter-number"] : "";
    case "ring-in":
      return "";
    case "failed":
      return fill(words.prompts["call-failed"], {
        reason: call.failure?.reason ?? "",
        status: call.failure?.status ?? "",
      });
    case "busy":
    case "hold":
    case "held":
    case "proceeding":
    case "ring-out":
    case "connected":
    case "transfer":
    case "conference":
    case "ended":
    case "remote-in-use":
      return "";
  }
}
