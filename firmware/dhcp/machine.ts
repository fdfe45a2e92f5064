// The DHCP client as a pure step: RFC 2131 figure 5, with the conflict check of RFC 5227 and the fast-boot decisions.
import { go, ignore, type Machine, type Moment, stay, type Timer } from "#firmware/runtime/machine.ts";
import { InvariantError, unreachable } from "#hal/contract/errors.ts";
import type { Mac } from "#hal/contract/link.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import {
  bind,
  type DhcpStep,
  reboot,
  rebootingAnswer,
  rebootingRetry,
  requestingAnswer,
  requestingRetry,
  search,
  selectingAnswer,
  selectingDecide,
  selectingRetry,
} from "./acquiring.ts";
import { askForMore, expire, giveBack, holdingArp, renewingAnswer } from "./holding.ts";
import type { DhcpMessage } from "./messages.ts";
import type { DhcpEffect, DhcpEvent, DhcpInput, DhcpState, Session } from "./state.ts";

/** The client of the interface with this MAC. */
export function createDhcpMachine(mac: Mac): Machine<DhcpState, DhcpEvent, DhcpEffect> {
  return {
    name: "dhcp",
    initial: { kind: "stopped", conflicts: 0 },
    timers: timersOf,
    step: (state, event, moment) => step(mac, state, event, moment),
  };
}

function timersOf(state: DhcpState): readonly Timer[] {
  const timers: [name: string, at: MonoMs | undefined][] = (() => {
    switch (state.kind) {
      case "stopped":
        return [];
      case "init":
        return [["start", state.startAt]];
      case "selecting":
        return state.decideAt === undefined ? [["retry", state.round.retryAt]] : [["decide", state.decideAt]];
      case "requesting":
        return [["retry", state.round.retryAt]];
      case "rebooting":
        return [
          ["retry", state.round.retryAt],
          ["expire", state.held?.endsAt],
        ];
      case "probing":
        return [["probe", state.until]];
      case "bound":
        return [
          ["watch", state.watchUntil],
          ["t1", state.held.renewAt],
        ];
      case "renewing":
        return [
          ["retry", state.retryAt],
          ["t2", state.held.rebindAt],
        ];
      case "rebinding":
        return [
          ["retry", state.retryAt],
          ["expire", state.held.endsAt],
        ];
      default:
        return unreachable(state);
    }
  })();
  return timers.flatMap(([name, at]) =>
    at === undefined || at === Number.POSITIVE_INFINITY ? [] : [{ name, at }],
  );
}

function step(mac: Mac, state: DhcpState, event: DhcpInput, moment: Moment): DhcpStep {
  switch (event.kind) {
    case "start":
      return start(mac, state, event, moment);
    case "verify":
      return verify(mac, state, moment);
    case "answer":
      return answer(mac, state, event.message, event.mac, moment);
    case "arp":
      if ("held" in state && state.held !== undefined)
        return holdingArp(mac, state, state.held, event.packet, moment);
      return ignore(state, "ARP without an address to defend");
    case "release":
      if ("held" in state && state.held !== undefined)
        return giveBack(mac, state.held, state.kind !== "probing", conflictsOf(state), moment);
      return stop(state);
    case "stop":
      return stop(state);
    case "timer":
      return timer(mac, state, event.name, moment);
    default:
      return unreachable(event);
  }
}

function conflictsOf(state: DhcpState): number {
  return state.kind === "stopped" ? state.conflicts : state.session.conflicts;
}

function stop(state: DhcpState): DhcpStep {
  if (state.kind === "stopped") return ignore(state, "stopped already");
  return go({ kind: "stopped", conflicts: conflictsOf(state) }, "told to");
}

function start(
  mac: Mac,
  state: DhcpState,
  event: Extract<DhcpEvent, { kind: "start" }>,
  moment: Moment,
): DhcpStep {
  const session: Session = { own: event.own, tftp: event.tftp, conflicts: conflictsOf(state), refusals: 0 };
  return event.kept === undefined
    ? search(mac, session, moment, "told to")
    : reboot(mac, session, event.kept, undefined, moment, `kept ${event.kept.address}`);
}

/** The link was away: unfinished questions are asked anew, a lease in use is verified (RFC 2131 §3.7). */
function verify(mac: Mac, state: DhcpState, moment: Moment): DhcpStep {
  const why = "link is back";
  switch (state.kind) {
    case "stopped":
    case "init":
      return ignore(state, "nothing to verify");
    case "selecting":
    case "requesting":
      return search(mac, state.session, moment, why);
    case "rebooting":
      return reboot(mac, state.session, state.kept, state.held, moment, why);
    case "probing":
      return reboot(mac, state.session, state.held.lease, undefined, moment, why);
    case "bound":
    case "renewing":
    case "rebinding":
      return reboot(mac, state.session, state.held.lease, state.held, moment, why);
    default:
      return unreachable(state);
  }
}

function answer(mac: Mac, state: DhcpState, message: DhcpMessage, sender: Mac, moment: Moment): DhcpStep {
  switch (state.kind) {
    case "stopped":
    case "init":
    case "probing":
    case "bound":
      // RFC 2131 figure 5: BOUND: "DHCPOFFER, DHCPACK, DHCPNAK / Discard".
      return ignore(state, "nothing was asked");
    case "selecting":
      return selectingAnswer(mac, state, message, moment);
    case "requesting":
      return requestingAnswer(mac, state, message, sender, moment);
    case "rebooting":
      return rebootingAnswer(mac, state, message, sender, moment);
    case "renewing":
    case "rebinding":
      return renewingAnswer(mac, state, message, sender, moment);
    default:
      return unreachable(state);
  }
}

function timer(mac: Mac, state: DhcpState, name: string, moment: Moment): DhcpStep {
  switch (state.kind) {
    case "stopped":
      throw new InvariantError("dhcp: no timer runs while stopped");
    case "init":
      return search(mac, state.session, moment, "waited long enough");
    case "selecting":
      return name === "decide" ? selectingDecide(mac, state, moment) : selectingRetry(mac, state, moment);
    case "requesting":
      return requestingRetry(mac, state, moment);
    case "rebooting":
      return name === "expire" && state.held !== undefined
        ? expire(mac, state.session, state.held, moment)
        : rebootingRetry(mac, state, moment);
    case "probing":
      return bind(state, moment);
    case "bound":
      return name === "watch" ? endWatch(state) : renew(mac, state, moment);
    case "renewing":
      return name === "t2"
        ? askForMore(mac, "rebinding", state.session, state.held, moment, "T2: any server may answer")
        : askForMore(mac, "renewing", state.session, state.held, moment, undefined);
    case "rebinding":
      return name === "expire"
        ? expire(mac, state.session, state.held, moment)
        : askForMore(mac, "rebinding", state.session, state.held, moment, undefined);
    default:
      return unreachable(state);
  }
}

/** Nobody objected: the second announcement (RFC 5227 §2.3), from here on the address is defended. */
function endWatch(state: Extract<DhcpState, { kind: "bound" }>): DhcpStep {
  return stay({ ...state, watchUntil: undefined }, [{ kind: "announce", address: state.held.lease.address }]);
}

/** T1. An address that held so long ends a row of conflicts. */
function renew(mac: Mac, state: Extract<DhcpState, { kind: "bound" }>, moment: Moment): DhcpStep {
  const session: Session = { ...state.session, conflicts: 0 };
  return askForMore(mac, "renewing", session, state.held, moment, "T1");
}
