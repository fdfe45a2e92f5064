// A PBX behind the gateway: the user side of Q.931 (ITU-T Q.931 (05/98) 2.1.1, 5.1 to 5.3, en bloc), as a pure step. What it
// must not hear in a state is an error of the gateway's, not a thing to pass over.

/** Messages of a call, in the names of the guide's figures. */
export type TrunkMessage =
  | { readonly name: "Setup"; readonly number: string }
  | {
      readonly name:
        | "Call Proceeding"
        | "Alerting"
        | "Connect"
        | "Connect ACK"
        | "Release"
        | "Release Complete";
    }
  /** ITU-T Q.850. */
  | { readonly name: "Disconnect"; readonly cause: number };

/** Call states of the user side, by their names. */
export type PbxState =
  | "null"
  | "call initiated"
  | "outgoing call proceeding"
  | "call delivered"
  | "incoming call proceeding"
  | "call received"
  | "connect request"
  | "active"
  | "disconnect request"
  | "release request";

/** What a PBX does next, and the state it is in then. */
export interface PbxStep {
  readonly state: PbxState;
  readonly says: readonly TrunkMessage[];
}

const unanswered: readonly PbxState[] = ["call initiated", "outgoing call proceeding", "call delivered"];

/** A message from the gateway. Throws where Q.931 has none of it. */
export function heard(state: PbxState, message: TrunkMessage): PbxStep {
  const wrong = new Error(`the PBX hears ${message.name} in state "${state}"`);
  const from = (allowed: readonly PbxState[], next: PbxState, ...says: TrunkMessage[]): PbxStep => {
    if (!allowed.includes(state)) throw wrong;
    return { state: next, says };
  };
  switch (message.name) {
    case "Setup":
      return from(["null"], "incoming call proceeding", { name: "Call Proceeding" });
    case "Call Proceeding":
      return from(["call initiated"], "outgoing call proceeding");
    case "Alerting":
      return from(["call initiated", "outgoing call proceeding"], "call delivered");
    case "Connect":
      return from(unanswered, "active", { name: "Connect ACK" });
    case "Connect ACK":
      return from(["connect request"], "active");
    case "Disconnect":
      if (state === "null" || state === "release request") throw wrong;
      return { state: "release request", says: [{ name: "Release" }] };
    case "Release":
      return from(["disconnect request"], "null", { name: "Release Complete" });
    case "Release Complete":
      return from(["release request"], "null");
  }
}

/** What its own extension does. */
export type PbxAct = "calls" | "rings" | "answers" | "hangs up";

/** A person at the PBX. Throws where that is not possible. */
export function acted(state: PbxState, act: PbxAct, number = ""): PbxStep {
  const may = (allowed: readonly PbxState[], next: PbxState, says: TrunkMessage): PbxStep => {
    if (!allowed.includes(state)) throw new Error(`the extension ${act} in state "${state}"`);
    return { state: next, says: [says] };
  };
  switch (act) {
    case "calls":
      return may(["null"], "call initiated", { name: "Setup", number });
    case "rings":
      return may(["incoming call proceeding"], "call received", { name: "Alerting" });
    case "answers":
      return may(["call received"], "connect request", { name: "Connect" });
    case "hangs up":
      return may([...unanswered, "active"], "disconnect request", { name: "Disconnect", cause: 16 });
  }
}
