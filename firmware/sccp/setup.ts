// After RegisterAck: what the phone asks for, in the order of sccp reference 5.3. No step waits for an answer that only
// some servers send; questions about single buttons follow the button template.
import { later, type MonoMs } from "#hal/contract/time.ts";
import type { PhoneMessage } from "./messages/phone-messages.ts";
import type { ServerMessage } from "./messages/server-messages.ts";
import type { ServerButton } from "./notices.ts";
import { capabilitiesOf } from "./payloads.ts";
import type { SccpEffect, Setup } from "./state.ts";
import { hasAllButtons, type Templates } from "./templates.ts";
import { capabilitiesMs, setupAnswerMs } from "./timing.ts";

export const beginSetup = (now: MonoMs): Setup => ({ phase: "capabilities", by: later(now, capabilitiesMs) });

/** A step of the exchange: where it stands now and what goes out. */
export interface SetupStep {
  readonly setup: Setup;
  readonly messages: readonly PhoneMessage[];
  /** The last answer came, or was waited for long enough. */
  readonly isDone: boolean;
}

const keep = (setup: Setup): SetupStep => ({ setup, messages: [], isDone: false });

const firstQuestions: readonly PhoneMessage[] = [
  { kind: "versionReq" },
  { kind: "buttonTemplateReq" },
  { kind: "softKeyTemplateReq" },
  { kind: "softKeySetReq" },
  { kind: "configStatReq" },
];

/** The one line a phone has when no template came. */
const assumedButtons: readonly ServerButton[] = [{ kind: "line", instance: 1, stimulus: 9 }];

/** A message came; `templates` already holds what it brought. CapabilitiesReq is answered whenever it comes. */
export function setupMessage(
  setup: Setup,
  message: ServerMessage,
  templates: Templates,
  encodings: readonly string[],
  now: MonoMs,
): SetupStep {
  if (message.kind === "capabilitiesReq") {
    const answer = capabilitiesAnswer(encodings);
    if (setup.phase !== "capabilities") return { ...keep(setup), messages: [answer] };
    const asked = askFirst(now);
    return { ...asked, messages: [answer, ...asked.messages] };
  }
  if (setup.phase === "template" && hasAllButtons(templates)) return askButtons(templates.buttons, now);
  if (setup.phase === "last-answer" && message.kind === "timeDateRes") return done;
  return keep(setup);
}

/** Waited long enough for the present step. */
export function setupTimeout(setup: Setup, templates: Templates, now: MonoMs): SetupStep {
  switch (setup.phase) {
    case "capabilities":
      return askFirst(now);
    case "template":
      return askButtons(templates.buttons.length === 0 ? assumedButtons : templates.buttons, now);
    case "last-answer":
    case "done":
      return done;
  }
}

/** The question of `setup` as effects. */
export function sendAll(messages: readonly PhoneMessage[], version: number): readonly SccpEffect[] {
  return messages.map((message) => ({ kind: "send", link: "active", version, message }));
}

const done: SetupStep = { setup: { phase: "done" }, messages: [], isDone: true };

function askFirst(now: MonoMs): SetupStep {
  return {
    setup: { phase: "template", by: later(now, setupAnswerMs) },
    messages: firstQuestions,
    isDone: false,
  };
}

function askButtons(buttons: readonly ServerButton[], now: MonoMs): SetupStep {
  const lines = buttons.filter(({ kind }) => kind === "line").length;
  const messages: PhoneMessage[] = [
    ...buttons.flatMap((button) => questionsAbout(button)),
    { kind: "registerAvailableLines", lines },
    { kind: "timeDateReq" },
  ];
  return { setup: { phase: "last-answer", by: later(now, setupAnswerMs) }, messages, isDone: false };
}

function questionsAbout({ kind, instance }: ServerButton): readonly PhoneMessage[] {
  switch (kind) {
    case "line":
      return [
        { kind: "lineStatReq", line: instance },
        { kind: "forwardStatReq", line: instance },
      ];
    case "speed-dial":
      return [{ kind: "speedDialStatReq", instance }];
    case "busy-lamp":
    case "feature":
      return [{ kind: "featureStatReq", index: instance }];
    case "service":
      return [{ kind: "serviceUrlStatReq", index: instance }];
    case "none":
      return [];
  }
}

function capabilitiesAnswer(encodings: readonly string[]): PhoneMessage {
  return {
    kind: "capabilitiesRes",
    capabilities: capabilitiesOf(encodings).map((capability) => ({ ...capability, param1: 0, param2: 0 })),
  };
}
