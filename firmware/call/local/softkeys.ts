// Which soft keys a state offers (reference 6.3). ui/ shows four at a time.
import type { Desk } from "#firmware/call/desk.ts";
import type { SoftkeyId } from "#firmware/call/intents.ts";
import { isActive, type LocalCall, type LocalState } from "./calls.ts";

const idleKeys: readonly SoftkeyId[] = ["redial", "newCall", "forwardAll", "doNotDisturb"];
const preDialKeys: readonly SoftkeyId[] = ["dial", "backspace", "cancel"];
const dialToneKeys: readonly SoftkeyId[] = ["redial", "endCall", "forwardAll", "switchNumberUrl", "dial"];
const digitKeys: readonly SoftkeyId[] = ["dial", "backspace", "endCall", "switchNumberUrl"];
const talkingKeys: readonly SoftkeyId[] = ["hold", "endCall", "transfer", "conference", "blindTransfer"];

/** The keys for the call shown, or for the idle phone. */
export function localSoftkeys(desk: Desk, local: LocalState): readonly SoftkeyId[] {
  const call = local.calls.find(({ id }) => id === local.focus);
  if (desk.preDial !== undefined && call?.stage.kind !== "ring-in") return preDialKeys;
  if (call === undefined) return idle(desk);
  if (call.isEmergency && call.stage.kind !== "dialling") return ["endCall"];
  return keysFor(desk, local, call);
}

function idle(desk: Desk): readonly SoftkeyId[] {
  return desk.settings.canForward ? idleKeys : idleKeys.filter((id) => id !== "forwardAll");
}

function keysFor(desk: Desk, local: LocalState, call: LocalCall): readonly SoftkeyId[] {
  const { stage, purpose } = call;
  switch (stage.kind) {
    case "dialling":
      if (call.digits !== "") return digitKeys;
      return purpose.kind === "call" ? dialToneKeys : ["redial", "endCall"];
    case "placing":
    case "proceeding":
    case "answering":
    case "transferring":
    case "joining":
    case "replaced":
      return ["endCall"];
    case "ring-out": {
      const canTransfer = purpose.kind === "transfer" && desk.settings.isSemiAttendedTransfer;
      return canTransfer ? ["transfer", "endCall"] : ["endCall"];
    }
    case "ring-in":
      return local.calls.some(isActive) ? ["answer", "endCall"] : ["answer"];
    case "talking":
      if (stage.hold.isWanted) return ["resume", "newCall", "endCall"];
      if (local.conference?.includes(call.id) === true) return ["hold", "endCall"];
      if (purpose.kind === "transfer") return ["transfer", "endCall"];
      if (purpose.kind === "conference") return ["conference", "endCall"];
      return talkingKeys;
    case "failed":
    case "over":
      return ["endCall", "newCall"];
  }
}
