// The screen of calls: who, which state, how long (reference row LCD-010), the selected call largest.
import type { CallView } from "#firmware/call/view.ts";
import { expandLabels, fill } from "#ui/words/fill.ts";
import type { Words } from "#ui/words/words.ts";
import { durationText } from "./date-time.ts";
import { callIcon, header, lineMarks } from "./header.ts";
import { callPrompt } from "./prompt.ts";
import type { CallRow, Screen } from "./screen.ts";
import { ownCalls, type Seen, selectedCall } from "./seen.ts";
import { callKeySet, keyLabel, shownKeys } from "./softkeys.ts";

/** All calls of the phone. */
export function callScreen(seen: Seen): Screen {
  const { view, words, ui } = seen;
  const selected = selectedCall(view);
  const keys = shownKeys(callKeySet(seen), ui);
  return {
    header: header(seen),
    body: { kind: "calls", calls: ownCalls(view).map((call) => callRow(seen, call, call === selected)) },
    prompt: callPrompt(seen),
    softkeys: keys.map((key) => keyLabel(key, words)),
    lines: lineMarks(seen),
  };
}

function callRow(seen: Seen, call: CallView, isSelected: boolean): CallRow {
  const { words, now } = seen;
  const [icon, ink] = callIcon(call);
  const isTyping = call.state === "off-hook" && call.peer === undefined;
  const row = { icon, ink, state: stateWord(words, call), isSelected, isTyping };
  if (isTyping)
    return { ...row, party: call.digits, detail: isSelected ? (call.suggestion ?? "") : "", timer: "" };
  const timer =
    call.connectedAt === undefined || call.state === "ended"
      ? ""
      : durationText((now - call.connectedAt) / 1000);
  return { ...row, ...partyOf(words, call), timer };
}

/** A name with the number beside it; a number alone says by itself whether it is from or to. */
function partyOf(words: Words, call: CallView): { party: string; detail: string } {
  const way = call.direction === "in" ? words.texts.from : words.texts.to;
  const forWhom = expandLabels(words, call.divertedBy?.name || call.divertedBy?.number || "");
  const diverted = forWhom === "" ? "" : fill(words.texts.forwardedFor, { who: forWhom });
  if (call.peer?.isAnonymous === true)
    return { party: fill(way, { who: words.texts.anonymousCaller }), detail: diverted };
  const name = expandLabels(words, call.peer?.name ?? "");
  const number = call.peer?.number || call.digits;
  if (name !== "" && name !== number)
    return {
      party: name,
      detail: diverted !== "" ? diverted : number === "" ? "" : fill(way, { who: number }),
    };
  const who = number || call.peer?.uri || words.texts.unknownCaller;
  return { party: fill(way, { who }), detail: diverted };
}

function stateWord(words: Words, call: CallView): string {
  if (call.state === "failed" && call.failure !== undefined && call.failure.reason !== "")
    return call.failure.reason;
  return words.callStates[call.state];
}
