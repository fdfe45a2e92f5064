// The top row and the labels beside the line keys, which most screens share (reference rows LCD-006, LCD-007).
import type { CallView, LineKeyView, PhoneView } from "#firmware/call/view.ts";
import type { IconName } from "#ui/text/icons.ts";
import type { Ink } from "#ui/text/theme.ts";
import { expandLabels } from "#ui/words/fill.ts";
import { clockText, dateText } from "./date-time.ts";
import type { Header, LineMark } from "./screen.ts";
import { ownCalls, type Seen } from "./seen.ts";

/** Date, time, label, and the marks that concern the whole phone. */
export function header(seen: Seen): Header {
  const { view, words } = seen;
  const icons: IconName[] = [];
  if (view.audio.isMuted) icons.push("mute");
  if (view.isDoNotDisturb) icons.push("doNotDisturb");
  if (view.forwardedTo !== undefined) icons.push("forward");
  if (view.hasMessages) icons.push("envelope");
  return {
    date: view.time === undefined ? "" : dateText(view.time, view.dateFormat),
    time: view.time === undefined ? "" : clockText(view.time, view.is24Hour),
    label: expandLabels(words, view.phoneLabel),
    icons,
  };
}

/** The same before the phone knows its label: the product's name in its place. */
export function bootHeader(seen: Seen): Header {
  const known = header(seen);
  return known.label === "" ? { ...known, label: seen.words.texts.product } : known;
}

/** Labels beside the line keys. */
export function lineMarks(seen: Seen): LineMark[] {
  const { view, words } = seen;
  return view.lineKeys.map((key, index) => {
    if (key.kind === "none")
      return { label: "", icon: undefined, ink: "ink", isSelected: false, badge: undefined };
    const isLine = key.kind === "line";
    const [icon, ink] = isLine ? lineIcon(view, key, index + 1) : otherIcon(key);
    const badge = key.hasMessages ? "envelope" : key.isForwarded ? "forward" : undefined;
    return {
      label: expandLabels(words, key.label),
      icon,
      ink,
      isSelected: isLine && view.selectedLine === index + 1 && view.lineKeys.length > 1,
      badge,
    };
  });
}

/** A call on the line says more than its registration does. */
function lineIcon(view: PhoneView, key: LineKeyView, line: number): readonly [IconName, Ink] {
  const calls = ownCalls(view).filter((call) => call.line === line);
  const call =
    calls.find((one) => one.state === "ring-in") ?? calls.find((one) => one.isSelected) ?? calls[0];
  if (call !== undefined) return callIcon(call);
  if (key.lamp === "blink" || key.lamp === "flash") return ["ringing", "accent"];
  if (key.lamp === "wink") return ["hold", "warn"];
  if (key.lamp === "on") return ["offHook", "bad"];
  switch (key.state.kind) {
    case "registered":
      return ["phone", "good"];
    case "not-registering":
    case "registering":
      return ["phoneHollow", "dim"];
    case "unprovisioned":
    case "failed":
      return ["phoneCrossed", "bad"];
  }
}

function otherIcon(key: LineKeyView): readonly [IconName, Ink] {
  const ink: Ink = key.lamp === "off" ? "dim" : "bad";
  if (key.kind === "speed-dial") return ["speedDial", ink];
  return key.kind === "service" ? ["service", ink] : ["feature", ink];
}

/** The picture of a call's state. */
export function callIcon(call: CallView): readonly [IconName, Ink] {
  switch (call.state) {
    case "ring-in":
      return ["ringing", "accent"];
    case "connected":
    case "conference":
      return ["connected", "good"];
    case "hold":
      return ["hold", "warn"];
    case "held":
      return ["held", "warn"];
    case "busy":
    case "failed":
      return ["warning", "bad"];
    case "off-hook":
    case "proceeding":
    case "ring-out":
    case "transfer":
    case "ended":
    case "remote-in-use":
      return ["offHook", "ink"];
  }
}
