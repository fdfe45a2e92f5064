// XML that a server sends to the phone, whole or in pieces (sccp reference 3.8).
import { fromLatin1 } from "#firmware/wire/bytes.ts";
import type { PhoneMessage } from "./messages/phone-messages.ts";
import type { ServerMessage } from "./messages/server-messages.ts";
import type { SccpNotice } from "./notices.ts";

/** Most text kept of one transaction, and most transactions at a time. */
const longestText = 64 * 1024;
const mostTransactions = 4;

/** Sequence words of version 1 messages. */
const lastPiece = 2;

type UserData = Extract<ServerMessage, { readonly kind: "userToDeviceData" | "userToDeviceDataV1" }>;

/** What the phone says when the data has come whole: the same ids, no data of its own (3.8). */
export function userDataAnswer(message: UserData): PhoneMessage {
  const { application, line, callRef, transaction } = message;
  const ids = { application, line, callRef, transaction, dataLength: 0, data: "" };
  if (message.kind === "userToDeviceData") return { kind: "deviceToUserDataResponse", ...ids };
  const { displayPriority, conference, applicationInstance, routing } = message;
  return {
    kind: "deviceToUserDataResponseV1",
    ...ids,
    sequence: lastPiece,
    displayPriority,
    conference,
    applicationInstance,
    routing,
  };
}

/** Joins pieces until the last one; a transaction that grows too large is forgotten. */
export function takeUserData(
  pieces: ReadonlyMap<number, string>,
  message: UserData,
): { readonly pieces: ReadonlyMap<number, string>; readonly notices: readonly SccpNotice[] } {
  const rest = new Map(pieces);
  const before =
    message.kind === "userToDeviceDataV1" && message.sequence !== 0
      ? (rest.get(message.transaction) ?? "")
      : "";
  rest.delete(message.transaction);
  const data = before + message.data.slice(0, message.dataLength);
  if (message.kind === "userToDeviceDataV1" && message.sequence !== lastPiece) {
    if (data.length <= longestText) rest.set(message.transaction, data);
    for (const oldest of rest.keys()) {
      if (rest.size <= mostTransactions) break;
      rest.delete(oldest);
    }
    return { pieces: rest, notices: [] };
  }
  return {
    pieces: rest,
    notices: [
      {
        kind: "user-data",
        application: message.application,
        at: { line: message.line, ref: message.callRef },
        transaction: message.transaction,
        data: new TextDecoder().decode(fromLatin1(data)),
      },
    ],
  };
}
