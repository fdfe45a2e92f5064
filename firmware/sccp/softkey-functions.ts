// Which function a soft key has, told from its label: the event numbers above 18 differ from server to server, so they
// only travel back as they came (sccp reference 4.7).
import type { SoftkeyId } from "#firmware/call/intents.ts";
import { loneLabelCode } from "./label.ts";

const byCode: Readonly<Record<number, SoftkeyId>> = {
  1: "redial",
  2: "newCall",
  3: "hold",
  4: "transfer",
  5: "forwardAll",
  6: "forwardBusy",
  7: "forwardNoAnswer",
  8: "backspace",
  9: "endCall",
  10: "resume",
  11: "answer",
  12: "info",
  13: "conference",
  14: "park",
  15: "join",
  16: "meetMe",
  17: "pickUp",
  18: "groupPickUp",
  54: "private",
  57: "remove",
  58: "voiceMail",
  59: "immediateDivert",
  62: "toVoicemail",
  63: "doNotDisturb",
  65: "callBack",
  67: "barge",
  77: "directTransfer",
  78: "select",
  79: "conferenceList",
  80: "immediateDivert",
};

/** `label` as readText gives it. `other` is a function only the server knows. */
export function softkeyFunction(label: string): SoftkeyId {
  const code = loneLabelCode(label);
  if (code !== undefined) return byCode[code] ?? "other";
  return label === "Dial" ? "dial" : "other";
}
