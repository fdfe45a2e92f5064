// The lab around the handset of the desk tier, in the words of a story.
import type { VirtualClock } from "#hal/sim/clock.ts";
import type { FaultName } from "#test/lab/faults.ts";
import type { Lab } from "#test/lab/lab.ts";
import { addSecondPhone } from "#test/lab/second-phone.ts";
import { place } from "#test/lab/settings.ts";
import type { LabPhone } from "#test/lab/sip/phone.ts";
import type { Around, OtherPhone } from "./around.ts";
import type { Ears } from "./rig.ts";

const listenMs = 2000;
const registersWithinMs = 10_000;
const ringsWithinMs = 10_000;

/** The lab, its cable and a second phone in it. */
export function aroundDesk(lab: Lab, clock: VirtualClock, ears: Ears): Around {
  let other: Promise<OtherPhone> | undefined;
  return {
    place: {
      server: place.server,
      registrar: `${place.server}:5060`,
      user: Object.keys(lab.settings().sip.users)[0] ?? "",
      network: "10.77.110.",
    },
    fault(name: FaultName | undefined) {
      lab.setFault(name);
      return Promise.resolve();
    },
    cable(is) {
      if (is === "plugged") lab.phone.cable.plug();
      else lab.phone.cable.unplug();
      return Promise.resolve();
    },
    otherPhone() {
      other ??= openOther(lab, clock, ears);
      return other;
    },
  };
}

/** Calls that are up, and those that ring. */
function live({ calls, notices }: LabPhone): ReadonlySet<string> {
  const found = new Set<string>(calls);
  for (const notice of notices) {
    if (notice.kind === "incoming") found.add(notice.call);
    if (notice.kind === "ended") found.delete(notice.call);
  }
  return found;
}

async function openOther(lab: Lab, clock: VirtualClock, ears: Ears): Promise<OtherPhone> {
  const { phone, user } = addSecondPhone(lab);
  await clock.runUntil("the other phone registers", () => phone.isRegistered, registersWithinMs);
  const newest = (): string => {
    const call = phone.calls.at(-1);
    if (call === undefined) throw new Error("the other phone has no call");
    return call;
  };
  let taken = 0;
  /** The oldest call that came and was neither taken nor refused. */
  const ringing = async (): Promise<string> => {
    const offered = () => phone.notices.filter((notice) => notice.kind === "incoming")[taken];
    await clock.runUntil("the other phone rings", () => offered() !== undefined, ringsWithinMs);
    const call = offered()?.call ?? "";
    taken++;
    return call;
  };
  const listen = async (): Promise<void> => {
    ears.forget();
    await clock.advance(listenMs);
  };
  return {
    number: user,
    call(number) {
      phone.call(number);
      return Promise.resolve();
    },
    async answer() {
      phone.answer(await ringing());
    },
    async refuse() {
      phone.refuse(await ringing());
    },
    hangUp() {
      phone.hangUp(newest());
      return Promise.resolve();
    },
    calls: () => Promise.resolve(live(phone).size),
    async bothHear() {
      await listen();
      return ears.echoes(); // it sends back what it hears
    },
    async hearsUs() {
      const before = phone.received(newest());
      await listen();
      return phone.received(newest()) > before;
    },
  };
}
