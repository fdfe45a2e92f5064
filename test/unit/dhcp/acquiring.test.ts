// From DISCOVER to BOUND, step by step: waits, transaction ids, which offer is taken, what is refused.
import { describe, expect, test } from "vitest";
import { createDhcpMachine } from "#firmware/dhcp/machine.ts";
import type { DhcpEffect, DhcpEvent, DhcpState } from "#firmware/dhcp/state.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { counting, MachineRig, middling } from "#test/unit/machine-rig.ts";
import {
  answered,
  answerTo,
  claim,
  offeredAddress,
  phoneMac,
  serverAddress,
  started,
  told,
} from "./server.ts";

type Rig = MachineRig<DhcpState, DhcpEvent, DhcpEffect>;

const rigOf = (random = middling): Rig => new MachineRig(createDhcpMachine(phoneMac), { random });
const words = (rig: Rig): string[] => rig.take().map(([ms, effect]) => `${ms} ${told(effect)}`);

/** The transaction id the machine waits for. */
function asked(rig: Rig): number {
  if ("round" in rig.state) return rig.state.round.transactionId;
  if ("transactionId" in rig.state) return rig.state.transactionId;
  throw new Error(`${rig.state.kind} asks nothing`);
}

const offer = (rig: Rig, options?: Parameters<typeof answerTo>[2]): void =>
  void rig.send(answered(answerTo(asked(rig), "offer", options)));
const ack = (rig: Rig, options?: Parameters<typeof answerTo>[2]): void =>
  void rig.send(answered(answerTo(asked(rig), "ack", options)));
const nak = (rig: Rig): void => void rig.send(answered(answerTo(asked(rig), "nak")));

describe("a search", () => {
  test("four messages and one probe lead to an address within 20 ms of the ACK", () => {
    const rig = rigOf();
    rig.send(started());
    offer(rig);
    ack(rig);
    rig.run(3000);
    expect(words(rig)).toEqual([
      "0 broadcast discover",
      "0 broadcast request",
      "0 probe",
      "20 announce",
      "20 keep",
      "20 bound",
      "2020 announce",
    ]);
    expect(rig.transitions).toEqual([
      "stopped -> selecting",
      "selecting -> requesting",
      "requesting -> probing",
      "probing -> bound",
    ]);
  });

  test("BOOT-032 DISCOVER leaves at 0, 4, 12, 28, 60, 124 s and then every 64 s, one transaction id", () => {
    const rig = rigOf();
    rig.send(started());
    rig.runTo(260_000);
    const sent = rig
      .take()
      .flatMap(([ms, effect]) => (effect.kind === "broadcast" ? [[ms / 1000, effect.message] as const] : []));
    expect(sent.map(([second]) => second)).toEqual([0, 4, 12, 28, 60, 124, 188, 252]);
    expect(new Set(sent.map(([, message]) => message.transactionId)).size).toBe(1);
    expect(sent.map(([, message]) => message.secs)).toEqual([0, 4, 12, 28, 60, 124, 188, 252]);
  });

  test("BOOT-032 REQUEST carries the OFFER's transaction id and the DISCOVER's secs, also when repeated", () => {
    const rig = rigOf(counting(77));
    rig.send(started());
    rig.runTo(13_000);
    const discovered = asked(rig);
    rig.take();
    offer(rig);
    rig.runTo(60_000);
    const requests = rig
      .take()
      .flatMap(([, effect]) => (effect.kind === "broadcast" ? [effect.message] : []));
    expect(requests.length).toBe(4);
    // The low end of the waits: DISCOVER left at 0, 3 and 10 s.
    for (const request of requests) expect([request.transactionId, request.secs]).toEqual([discovered, 10]);
  });

  test("REQUEST is repeated four times in 60 s, then the search begins anew with a new transaction id", () => {
    const rig = rigOf(createSeededRandom(3));
    rig.send(started());
    const first = asked(rig);
    offer(rig);
    rig.runTo(70_000);
    const sent = rig.take().map(([, effect]) => told(effect));
    expect(sent).toEqual([
      "broadcast discover",
      "broadcast request",
      "silent",
      "broadcast request",
      "silent",
      "broadcast request",
      "silent",
      "broadcast request",
      "unconfirmed",
      "broadcast discover",
      ...sent.slice(10),
    ]);
    expect(asked(rig)).not.toBe(first);
  });

  test("an offer that comes late is taken, one that comes twice or to an older DISCOVER is not", () => {
    const rig = rigOf(counting());
    rig.send(started());
    const old = asked(rig);
    rig.runTo(130_000);
    offer(rig);
    expect(rig.state.kind).toBe("requesting");
    offer(rig);
    expect(rig.ignored).toBe(1);
    rig.runTo(300_000);
    rig.send(answered(answerTo(old, "offer")));
    expect(rig.state.kind).toBe("selecting");
  });

  test("an ACK is believed once, and one to an older REQUEST never", () => {
    const rig = rigOf(counting());
    rig.send(started());
    offer(rig);
    rig.send(answered(answerTo(12345, "ack")));
    expect(rig.state.kind).toBe("requesting");
    const current = asked(rig);
    ack(rig);
    rig.run(20);
    rig.send(answered(answerTo(current, "ack")));
    expect([rig.state.kind, rig.ignored]).toEqual(["bound", 2]);
  });
});

describe("which offer", () => {
  test("the first with option 150 or 66 wins at once", () => {
    const rig = rigOf();
    rig.send(started());
    offer(rig, { tftp: [], siaddr: "10.77.0.9", server: "10.77.0.9" });
    expect(rig.state.kind).toBe("selecting");
    rig.run(100);
    offer(rig, { tftp: [], more: [{ kind: "tftpServerName", text: "tftp.example.com" }] });
    expect(rig.state).toMatchObject({ kind: "requesting", offer: { lease: { server: serverAddress } } });
  });

  test("others are collected for one second, and the first of equals is taken", () => {
    const rig = rigOf();
    rig.send(started());
    rig.run(500);
    offer(rig, { tftp: [], siaddr: "10.77.0.8", server: "10.77.0.8" });
    rig.run(500);
    offer(rig, { tftp: [], siaddr: "10.77.0.9", server: "10.77.0.9" });
    rig.run(499);
    expect(rig.state.kind).toBe("selecting");
    rig.run(1);
    expect(rig.state).toMatchObject({ kind: "requesting", offer: { lease: { server: "10.77.0.8" } } });
    expect(rig.take().filter(([, effect]) => told(effect) === "broadcast discover")).toHaveLength(1);
  });

  test("one that names no TFTP server is refused while one is needed, and the search goes on", () => {
    const rig = rigOf();
    rig.send(started());
    offer(rig, { tftp: [] });
    rig.run(5000);
    expect(words(rig)).toEqual([
      "0 broadcast discover",
      "0 offer-refused",
      "4000 silent",
      "4000 broadcast discover",
    ]);
  });

  test("with typed TFTP addresses the first good offer is taken, with a wish only after the second is over", () => {
    for (const [tftp, after] of [
      ["not-needed", "requesting"],
      ["wanted", "selecting"],
    ] as const) {
      const rig = rigOf();
      rig.send({ ...started(), tftp } as DhcpEvent);
      offer(rig, { tftp: [] });
      expect(rig.state.kind).toBe(after);
      rig.run(1000);
      expect(rig.state.kind).toBe("requesting");
    }
  });

  test("SEED-008 an offer with address, mask and option 150 is enough; router, DNS and domain may be missing", () => {
    const rig = rigOf();
    rig.send(started());
    offer(rig);
    ack(rig);
    rig.run(20);
    expect(rig.state).toMatchObject({
      kind: "bound",
      held: { lease: { routers: [], dnsServers: [], domainName: undefined, tftpServers: [serverAddress] } },
    });
  });

  test("an offer without mask, lease time, server or usable address is refused by name", () => {
    const rig = rigOf();
    rig.send(started());
    const good = answerTo(asked(rig), "offer");
    const without = (kind: string) => ({
      ...good,
      options: good.options.filter((option) => option.kind !== kind),
    });
    const faults: string[] = [];
    for (const message of [
      without("subnetMask"),
      without("leaseTime"),
      answerTo(asked(rig), "offer", { leaseSec: 9 }),
      without("serverId"),
      { ...good, yourAddress: "10.77.0.255" },
      { ...good, yourAddress: "0.1.2.3" },
      { ...good, yourAddress: "127.0.0.1" },
      { ...good, yourAddress: "224.0.0.1" },
    ]) {
      for (const effect of rig.send(answered(message)))
        if (effect.kind === "notify" && effect.notice.kind === "offer-refused")
          faults.push(effect.notice.fault);
    }
    expect(faults).toEqual([
      "no-mask",
      "no-lease-time",
      "no-lease-time",
      "no-server-id",
      "bad-address",
      "bad-address",
      "bad-address",
      "bad-address",
    ]);
    expect(rig.state.kind).toBe("selecting");
  });
});

describe("a kept address", () => {
  test("INIT-REBOOT asks for it with a new transaction id, probes it too, and reports how", () => {
    const rig = rigOf(counting(500));
    rig.send(started(offeredAddress));
    expect(rig.state).toMatchObject({ kind: "rebooting", round: { transactionId: 500 } });
    ack(rig);
    rig.run(20);
    expect(words(rig)).toEqual(["0 broadcast request", "0 probe", "20 announce", "20 keep", "20 bound"]);
    expect(rig.state).toMatchObject({ kind: "bound" });
  });

  test("a refusal forgets it and searches at once", () => {
    const rig = rigOf();
    rig.send(started(offeredAddress));
    nak(rig);
    expect(words(rig)).toEqual(["0 broadcast request", "0 forget", "0 refused", "0 broadcast discover"]);
  });

  test("silence after two questions leads to a search", () => {
    const rig = rigOf();
    rig.send(started(offeredAddress));
    rig.runTo(12_000);
    expect(words(rig)).toEqual([
      "0 broadcast request",
      "4000 silent",
      "4000 broadcast request",
      "12000 silent",
      "12000 broadcast discover",
    ]);
  });
});

describe("NAK", () => {
  test("in REQUESTING: from the server asked, at once the first time, then with growing pauses", () => {
    const rig = rigOf();
    rig.send(started());
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      offer(rig);
      nak(rig);
      if (rig.state.kind === "init") {
        waits.push(rig.state.startAt - rig.now);
        rig.runTo(rig.state.startAt);
      } else waits.push(0);
    }
    expect(waits).toEqual([0, 1000, 2000, 4000]);
  });

  test("in REQUESTING from another server, in SELECTING, INIT, BOUND and while probing it means nothing", () => {
    const rig = rigOf();
    rig.send(started());
    nak(rig);
    expect(rig.state.kind).toBe("selecting");
    offer(rig);
    rig.send(answered(answerTo(asked(rig), "nak", { server: "10.77.0.66" })));
    expect(rig.state.kind).toBe("requesting");
    const current = asked(rig);
    ack(rig);
    rig.send(answered(answerTo(current, "nak")));
    rig.run(20);
    rig.send(answered(answerTo(current, "nak")));
    expect(rig.state.kind).toBe("bound");
    rig.send(claim());
    rig.send(answered(answerTo(current, "nak")));
    expect(rig.state.kind).toBe("init");
    expect(rig.ignored).toBe(5);
  });
});
