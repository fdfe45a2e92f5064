// While an address is held: renewal, rebinding, expiry, conflicts and defence, giving back, the link coming back.
import { describe, expect, test } from "vitest";
import { createDhcpMachine } from "#firmware/dhcp/machine.ts";
import { optionOf } from "#firmware/dhcp/options.ts";
import type { DhcpEffect, DhcpEvent, DhcpState } from "#firmware/dhcp/state.ts";
import type { Random } from "#hal/contract/random.ts";
import { counting, lowest, MachineRig } from "#test/unit/machine-rig.ts";
import {
  type AnswerOptions,
  answered,
  answerTo,
  claim,
  offeredAddress,
  phoneMac,
  serverAddress,
  serverMac,
  started,
  told,
} from "./server.ts";

type Rig = MachineRig<DhcpState, DhcpEvent, DhcpEffect>;

const words = (rig: Rig): string[] => rig.take().map(([ms, effect]) => `${ms / 1000} ${told(effect)}`);

function asked(rig: Rig): number {
  if ("round" in rig.state) return rig.state.round.transactionId;
  if ("transactionId" in rig.state) return rig.state.transactionId;
  throw new Error(`${rig.state.kind} asks nothing`);
}

const answer = (rig: Rig, type: "offer" | "ack" | "nak", options?: AnswerOptions): void =>
  void rig.send(answered(answerTo(asked(rig), type, options)));

/** Bound at 20 ms, the second announcement made, nothing in the trace. Without fuzz: `lowest` draws none. */
function bound(options: AnswerOptions = {}, random: Random = lowest): Rig {
  const rig: Rig = new MachineRig(createDhcpMachine(phoneMac), { random });
  rig.send(started());
  answer(rig, "offer", options);
  answer(rig, "ack", options);
  rig.runTo(2020);
  rig.take();
  return rig;
}

describe("lease times", () => {
  test.each([
    [3600, "renewing", [1800, 2475, 2812.5, 2981.25, 3065.625, 3125.625]],
    [3600, "rebinding", [3150, 3375, 3487.5, 3547.5]],
    [600, "renewing", [300, 412.5, 472.5]],
    [600, "rebinding", [525, 585]],
    [120, "renewing", [60]],
    [120, "rebinding", [105]],
  ] as const)("BOOT-034 nobody answers: a lease of %i s, %s", (leaseSec, kind, wanted) => {
    const rig = bound({ leaseSec });
    rig.runTo(leaseSec * 1000 - 1);
    const sent = rig.take().flatMap(([ms, effect]) => {
      const isUnicast = effect.kind === "unicast";
      const isWanted = kind === "renewing" ? isUnicast : effect.kind === "broadcast";
      return isWanted ? [ms / 1000] : [];
    });
    expect(sent).toEqual(wanted);
    rig.run(1);
    expect(words(rig)).toEqual([
      `${leaseSec} forget`,
      `${leaseSec} lost: expired`,
      `${leaseSec} broadcast discover`,
    ]);
  });

  test("BOOT-034 T1 and T2 of options 58 and 59 count from the sending of the REQUEST, not from the ACK", () => {
    const rig: Rig = new MachineRig(createDhcpMachine(phoneMac), { random: lowest });
    rig.send(started());
    answer(rig, "offer");
    rig.run(2500);
    answer(rig, "ack", {
      leaseSec: 1000,
      more: [
        { kind: "renewalTime", seconds: 100 },
        { kind: "rebindingTime", seconds: 200 },
      ],
    });
    rig.runTo(99_999);
    expect(rig.state.kind).toBe("bound");
    rig.run(1);
    expect(rig.state.kind).toBe("renewing");
    rig.runTo(200_000);
    expect(rig.state.kind).toBe("rebinding");
  });

  test("a lease of 0xFFFFFFFF never ends and runs no timer", () => {
    const rig = bound({ leaseSec: 0xffff_ffff });
    expect(rig.timers()).toEqual([]);
  });
});

describe("renewal", () => {
  test("is asked of the server itself, with ciaddr and without 50 and 54", () => {
    const rig = bound();
    rig.runTo(300_000);
    const [effect] = rig.take().map(([, taken]) => taken);
    if (effect?.kind !== "unicast") throw new Error("a unicast REQUEST");
    expect([effect.mac, effect.address]).toEqual([serverMac, serverAddress]);
    expect(effect.message.clientAddress).toBe(offeredAddress);
    expect(optionOf(effect.message.options, "requestedAddress")).toBeUndefined();
    expect(optionOf(effect.message.options, "serverId")).toBeUndefined();
  });

  test("with the same address is no change for anything above", () => {
    const rig = bound();
    rig.runTo(300_000);
    rig.take();
    answer(rig, "ack", { leaseSec: 1200 });
    expect(words(rig)).toEqual(["300 keep", "300 renewed"]);
    expect(rig.state).toMatchObject({ kind: "bound", held: { renewAt: 900_000 } });
  });

  test("an ACK to an older REQUEST is not believed, a late one to the newest is", () => {
    const rig = bound({}, counting());
    rig.runTo(301_000);
    const old = asked(rig);
    rig.runTo(420_000);
    expect(asked(rig)).not.toBe(old);
    rig.send(answered(answerTo(old, "ack")));
    expect(rig.state.kind).toBe("renewing");
    answer(rig, "ack");
    expect(rig.state.kind).toBe("bound");
  });

  test("another server may answer while rebinding, and is asked the next time", () => {
    const rig = bound();
    rig.runTo(525_000);
    expect(rig.state.kind).toBe("rebinding");
    rig.send({
      kind: "answer",
      message: answerTo(asked(rig), "ack", { server: "10.77.0.2" }),
      mac: "00:11:22:33:44:02",
    });
    expect(rig.state).toMatchObject({
      kind: "bound",
      held: { serverMac: "00:11:22:33:44:02", lease: { server: "10.77.0.2" } },
    });
  });

  test.each(["renewing", "rebinding"])("a refusal while %s ends the use of the address at once", (kind) => {
    const rig = bound();
    rig.runTo(kind === "renewing" ? 300_000 : 525_000);
    expect(rig.state.kind).toBe(kind);
    rig.take();
    answer(rig, "nak");
    expect(words(rig).map((line) => line.replace(/^\S+ /, ""))).toEqual([
      "forget",
      "lost: refused",
      "refused",
      "broadcast discover",
    ]);
  });

  test("another address in the ACK is a loss and a new probe", () => {
    const rig = bound();
    rig.runTo(300_000);
    rig.take();
    answer(rig, "ack", { address: "10.77.0.150" });
    rig.run(20);
    expect(words(rig)).toEqual([
      "300 lost: changed",
      "300 probe",
      "300.02 announce",
      "300.02 keep",
      "300.02 bound",
    ]);
  });

  test("a server that leaves the mask out of its ACK means the mask it gave before", () => {
    const rig = bound();
    rig.runTo(300_000);
    const message = answerTo(asked(rig), "ack");
    rig.send(answered({ ...message, options: message.options.filter(({ kind }) => kind !== "subnetMask") }));
    expect(rig.state).toMatchObject({ kind: "bound", held: { lease: { mask: "255.255.255.0" } } });
  });
});

describe("conflicts", () => {
  test("BOOT-035 an answer to the probe: broadcast DECLINE with 50 and 54, then ten seconds", () => {
    const rig: Rig = new MachineRig(createDhcpMachine(phoneMac));
    rig.send(started());
    answer(rig, "offer");
    answer(rig, "ack");
    rig.run(10);
    rig.take();
    rig.send(claim());
    const [[, effect] = [0, undefined]] = rig.take();
    if (effect?.kind !== "broadcast") throw new Error("a broadcast");
    expect(effect.message).toMatchObject({ clientAddress: "0.0.0.0", secs: 0 });
    expect(effect.message.options.map(({ kind }) => kind)).toEqual([
      "messageType",
      "requestedAddress",
      "serverId",
      "clientId",
    ]);
    rig.runTo(10_009);
    expect(rig.state.kind).toBe("init");
    rig.run(1);
    expect(rig.state.kind).toBe("selecting");
  });

  test("BOOT-035 from the tenth conflict on one attempt per minute, later ones counted too", () => {
    const rig: Rig = new MachineRig(createDhcpMachine(phoneMac));
    rig.send(started());
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      answer(rig, "offer");
      answer(rig, "ack");
      // Some answer the probe, some come within the two seconds after it.
      rig.run(i % 2 === 0 ? 10 : 1000);
      rig.send(claim());
      if (rig.state.kind !== "init") throw new Error("init");
      waits.push((rig.state.startAt - rig.now) / 1000);
      rig.runTo(rig.state.startAt);
    }
    expect(waits).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 10, 60, 60, 60]);
  });

  test("within two seconds after the probe it is still the probe's: the address is given up at once", () => {
    const rig: Rig = new MachineRig(createDhcpMachine(phoneMac));
    rig.send(started());
    answer(rig, "offer");
    answer(rig, "ack");
    rig.run(1500);
    rig.take();
    rig.send(claim());
    expect(words(rig)).toEqual(["1.5 broadcast decline", "1.5 forget", "1.5 lost: conflict", "1.5 conflict"]);
  });

  test("BOOT-035 later: one defence, a second conflict within ten seconds ends it", () => {
    const rig = bound();
    rig.runTo(5000);
    rig.send(claim());
    expect(words(rig)).toEqual(["5 announce"]);
    rig.runTo(15_001);
    rig.send(claim());
    expect(words(rig)).toEqual(["15.001 announce"]);
    rig.runTo(25_000);
    rig.send(claim());
    expect(words(rig)).toEqual(["25 broadcast decline", "25 forget", "25 lost: conflict", "25 conflict"]);
    expect(rig.state.kind).toBe("init");
  });

  test("somebody else's probe counts only while we probe", () => {
    const rig = bound();
    rig.send({
      kind: "arp",
      packet: {
        operation: "request",
        senderMac: serverMac,
        senderAddress: "0.0.0.0",
        targetMac: "00:00:00:00:00:00",
        targetAddress: offeredAddress,
      },
    });
    expect([rig.state.kind, rig.take().length]).toEqual(["bound", 0]);
  });

  test("a lease held to T1 ends a row of conflicts", () => {
    const rig: Rig = new MachineRig(createDhcpMachine(phoneMac), {
      state: { kind: "stopped", conflicts: 9 },
    });
    rig.send(started());
    answer(rig, "offer");
    answer(rig, "ack");
    rig.runTo(400_000);
    expect(rig.state).toMatchObject({ kind: "renewing", session: { conflicts: 0 } });
  });
});

describe("giving back", () => {
  test("RELEASE goes to the server, with 54 and ciaddr, and the address is lost", () => {
    const rig = bound();
    rig.send({ kind: "release" });
    const [[, effect] = [0, undefined], ...rest] = rig.take();
    if (effect?.kind !== "unicast") throw new Error("a unicast");
    expect(effect.message).toMatchObject({ clientAddress: offeredAddress, secs: 0 });
    expect(effect.message.options.map(({ kind }) => kind)).toEqual(["messageType", "serverId", "clientId"]);
    expect(rest.map(([, taken]) => told(taken))).toEqual(["forget", "lost: released"]);
    expect(rig.state.kind).toBe("stopped");
  });

  test("stopping keeps the lease and says nothing", () => {
    const rig = bound();
    rig.send({ kind: "stop" });
    expect([rig.state.kind, rig.take().length, rig.timers().length]).toEqual(["stopped", 0, 0]);
    rig.send({ kind: "release" });
    rig.send({ kind: "verify" });
    expect(rig.ignored).toBe(2);
  });
});

describe("the link was away", () => {
  test("a lease in use is verified, and the same address is no change", () => {
    const rig = bound();
    rig.send({ kind: "verify" });
    expect(words(rig)).toEqual(["2.02 broadcast request"]);
    answer(rig, "ack");
    expect(words(rig)).toEqual(["2.02 probe", "2.02 announce", "2.02 keep", "2.02 renewed"]);
    expect(rig.state.kind).toBe("bound");
  });

  test("silence about a lease in use changes nothing, and its timers run on", () => {
    const rig = bound();
    rig.send({ kind: "verify" });
    rig.take();
    rig.run(12_000);
    expect(rig.state.kind).toBe("bound");
    expect(words(rig).filter((line) => line.includes("lost"))).toEqual([]);
    rig.runTo(300_000);
    expect(rig.state.kind).toBe("renewing");
  });

  test("a lease that ends meanwhile is over", () => {
    const rig = bound({ leaseSec: 10 });
    rig.runTo(9000);
    rig.send({ kind: "verify" });
    rig.take();
    rig.runTo(10_000);
    expect(words(rig)).toEqual(["10 forget", "10 lost: expired", "10 broadcast discover"]);
  });

  test("a refusal, or another address, is a loss", () => {
    const refused = bound();
    refused.send({ kind: "verify" });
    refused.take();
    answer(refused, "nak");
    expect(words(refused).slice(0, 3)).toEqual(["2.02 forget", "2.02 lost: refused", "2.02 refused"]);
    const changed = bound();
    changed.send({ kind: "verify" });
    changed.take();
    answer(changed, "ack", { address: "10.77.0.150" });
    expect(words(changed)).toEqual(["2.02 lost: changed", "2.02 probe"]);
  });

  test("in every other state the question is asked anew, and a pause after a conflict goes on", () => {
    const rig: Rig = new MachineRig(createDhcpMachine(phoneMac), { random: counting() });
    const verify = (): string => {
      rig.take();
      rig.send({ kind: "verify" });
      return `${rig.state.kind}: ${rig
        .take()
        .map(([, effect]) => told(effect))
        .join(", ")}`;
    };
    rig.send(started());
    const seen = [verify()];
    answer(rig, "offer");
    seen.push(verify());
    answer(rig, "offer");
    answer(rig, "ack");
    seen.push(verify());
    seen.push(verify());
    answer(rig, "ack");
    rig.send(claim());
    seen.push(verify());
    expect(seen).toEqual([
      "selecting: broadcast discover",
      "selecting: broadcast discover",
      "rebooting: broadcast request",
      "rebooting: broadcast request",
      "init: ",
    ]);
  });
});
