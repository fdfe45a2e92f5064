// An order in the form the server uses at a negotiated version: fixed or dynamic, and as long as its bodies are.
import { codecFor } from "#firmware/sccp/messages/codec.ts";
import type { ServerMessage } from "#firmware/sccp/messages/server-messages.ts";
import type { Order, OrderKind } from "./order.ts";
import { order } from "./order.ts";
import type { CallManagerPlay } from "./play.ts";

/** What depends on the phone. */
export interface Forms {
  readonly play: CallManagerPlay;
  readonly version: number;
}

/** The message that really goes out for this one. */
export function formed(message: ServerMessage, { play, version }: Forms): ServerMessage {
  const isDynamic = version >= play.dynamicFrom;
  switch (message.kind) {
    case "displayPromptStatus":
      return isDynamic ? { ...message, kind: "displayPromptStatusV2" } : message;
    case "displayNotify":
      return isDynamic ? { ...message, kind: "displayNotifyV2" } : message;
    case "displayPriNotify":
      return isDynamic ? { ...message, kind: "displayPriNotifyV2" } : message;
    case "callInfo":
      return isDynamic ? dynamicCallInfo(message, version, play.callInfoTexts) : message;
    case "lineStatRes":
      if (version < play.dynamicAnswersFrom) return message;
      return order("lineStatV2Res", {
        line: message.line,
        texts: [message.number, message.name, message.label],
      });
    case "featureStatRes":
      if (version < play.dynamicAnswersFrom) return message;
      return order("featureStatV2Res", {
        index: message.index,
        feature: message.feature,
        status: message.status,
        label: message.label,
      });
    default:
      return message;
  }
}

function dynamicCallInfo(info: Order<"callInfo">, version: number, textCount: number): ServerMessage {
  const mailboxes = [
    info.callingMailbox,
    info.calledMailbox,
    info.originalCalledMailbox,
    info.lastRedirectingMailbox,
  ];
  const names = [info.callingName, info.calledName, info.originalCalledName, info.lastRedirectingName];
  const others = [info.calledNumber, info.originalCalledNumber, info.lastRedirectingNumber];
  const texts =
    version < 16
      ? [info.callingNumber, ...others, ...mailboxes, ...names]
      : [info.callingNumber, "", ...others, ...mailboxes, ...names, "", ""].slice(0, textCount);
  const { line, callRef, type, callInstance, security, presentation } = info;
  return order("callInfoV2", { line, callRef, type, callInstance, security, presentation, texts });
}

const alwaysZero: ReadonlySet<string> = new Set(["keepAliveAck", "registerAck", "unregisterAck"]);

/** The bytes of an order. */
export function bytesOf(message: ServerMessage, forms: Forms): Uint8Array {
  const { play, version } = forms;
  const out = formed(message, forms);
  const hasVersion = play.headerVersion === "negotiated" && version >= 10 && !alwaysZero.has(out.kind);
  const bodyLength = play.bodyLengths[out.kind as OrderKind]; // an unknown message has no entry
  return codecFor(version).encodeServer(out, {
    headerVersion: hasVersion ? version : 0,
    ...(bodyLength === undefined ? {} : { bodyLength }),
  });
}
