// A terminal registered at a call manager: orders as a server sends them, in the order real servers were seen to.
import type { CallRef, SoftkeyId } from "#firmware/call/intents.ts";
import type {
  ServerCallInfo,
  ServerCallState,
  ServerChannel,
  ServerOrder,
  ServerSoftkey,
  ServerState,
} from "#firmware/sccp/notices.ts";
import { Rig, type RigOptions } from "./rig.ts";

export const registered: ServerState & { readonly kind: "registered" } = {
  kind: "registered",
  server: { address: "10.77.0.1", port: 2000 },
  isBackup: false,
  keepaliveSec: 30,
};

const key = (event: number, id: SoftkeyId, label: string): ServerSoftkey => ({ event, id, label });
const redial = key(1, "redial", "Redial");
const newCall = key(2, "newCall", "NewCall");
const hold = key(3, "hold", "Hold");
const transfer = key(4, "transfer", "Trnsfer");
const backspace = key(8, "backspace", "<<");
const endCall = key(9, "endCall", "EndCall");
const resume = key(10, "resume", "Resume");
const answer = key(11, "answer", "Answer");
const dial = key(21, "dial", "Dial");

/** As chan_skinny has them, shortened: an empty slot in the ring-out set keeps its place. */
export const skinnySets: readonly (readonly (ServerSoftkey | undefined)[])[] = [
  [redial, newCall],
  [hold, endCall, transfer],
  [resume, newCall, endCall, transfer],
  [answer, endCall, transfer],
  [redial, endCall, transfer],
  [],
  [backspace, endCall, transfer, dial],
  [],
  [undefined, endCall],
];

const pcmu = { payloadType: 0, encoding: "PCMU", clockRateHz: 8000 };

export class ServerRig extends Rig {
  constructor(options: RigOptions = {}) {
    super({ ...options, settings: { ...options.settings, protocol: "sccp" } });
    this.send({ kind: "sccp", notice: { kind: "server", state: registered } });
    this.order(
      {
        kind: "buttons",
        buttons: [
          { kind: "line", instance: 1, stimulus: 9 },
          { kind: "line", instance: 2, stimulus: 9 },
          { kind: "speed-dial", instance: 1, stimulus: 2 },
          { kind: "service", instance: 1, stimulus: 0x14 },
        ],
      },
      { kind: "softkey-sets", sets: skinnySets },
      { kind: "softkeys", at: { line: 0, ref: 0 }, set: 0, mask: 0xffffffff },
      { kind: "line-info", instance: 1, number: "6001", name: "Line 6001", label: "Line 6001" },
      { kind: "speed-dial", instance: 1, number: "600", label: "Echo" },
      { kind: "service", instance: 1, url: "http://192.0.2.1/menu", label: "Menu" },
    );
  }

  order(...orders: readonly ServerOrder[]): void {
    for (const order of orders) this.send({ kind: "sccp", notice: { kind: "order", order } });
  }

  link(state: ServerState): void {
    this.send({ kind: "sccp", notice: { kind: "server", state } });
  }

  callState(state: ServerCallState, at: CallRef = { line: 1, ref: 1 }): void {
    this.order({ kind: "call-state", at, state });
  }

  /** Kinds of what went up, with what matters of them, and forgets them. */
  wentUp(): readonly string[] {
    return this.station.splice(0).map((intent) => {
      const at = "at" in intent ? ` ${intent.at.line}/${intent.at.ref}` : "";
      switch (intent.kind) {
        case "digit":
          return `digit ${intent.digit}${at}`;
        case "softkey":
          return `softkey ${intent.event}${at}`;
        case "stimulus":
          return `stimulus ${intent.stimulus} ${intent.instance}${at}`;
        case "dial":
          return `dial ${intent.number}${at}`;
        case "receive-opened":
          return `receive-opened ${intent.party} port ${intent.rtpPort}`;
        default:
          return `${intent.kind}${at}`;
      }
    });
  }
}

export function info(
  direction: ServerCallInfo["direction"],
  calling: string,
  called: string,
  name = "",
): ServerCallInfo {
  const none = { name: "", number: "" };
  return {
    direction,
    calling: { name, number: calling },
    called: { name: "", number: called },
    originalCalled: none,
    lastRedirecting: none,
    isCallingRestricted: false,
    isCalledRestricted: false,
  };
}

export function channel(party: number, at: CallRef, more: Partial<ServerChannel> = {}): ServerChannel {
  return { party, conference: party, at, format: pcmu, packetMs: 20, telephoneEvent: undefined, ...more };
}

export function startSend(party: number, at: CallRef, more: Partial<ServerChannel> = {}): ServerOrder {
  const remote = { address: "10.77.0.1", port: 16424 };
  return {
    kind: "start-send",
    channel: channel(party, at, more),
    remote,
    tos: 127,
    hasSilenceSuppression: false,
  };
}
