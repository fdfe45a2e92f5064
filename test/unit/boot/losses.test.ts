// What is lost and what is not: carrier in every phase, the address, the registration, calls, and restarts by order.
import { describe, expect, test } from "vitest";
import { isServerControlled } from "#firmware/boot/service-events.ts";
import { bootView } from "#firmware/boot/state.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import {
  BootRig,
  calls,
  carrier,
  cdp,
  cdpNeighbour,
  configuration,
  dhcp,
  lease,
  registration,
  type Stop,
  trouble,
  vlan,
} from "./rig.ts";

const lost = (reason: "expired" | "refused" | "conflict" | "changed" | "released") =>
  dhcp({ kind: "lost", address: lease.address, reason });

describe("carrier", () => {
  test.each(["ip", "config", "load", "register", "run"] as const)(
    "away for a second or less in %s: only the lease is checked",
    (stop) => {
      const rig = new BootRig().bootTo(stop);
      rig.done();
      rig.send(carrier(false));
      rig.run(1000 - 1);
      rig.send(carrier(true));
      expect([rig.state.kind, rig.done()]).toEqual([stop, ["verify-address"]]);
    },
  );

  test("away for a moment while the switch is asked: the waits begin anew", () => {
    const rig = new BootRig().bootTo("vlan");
    rig.run(2000);
    rig.send(carrier(false));
    rig.run(500);
    rig.send(carrier(true));
    rig.run(5999);
    expect(rig.state.kind === "vlan" && rig.state.step).toBe("asking");
    rig.run(1);
    expect(rig.state.kind === "vlan" && rig.state.step).toBe("setting");
  });

  test.each(["vlan", "ip", "config", "load", "register", "run"] as const)(
    "BOOT-023 longer in %s: VLAN and power are forgotten, the screen says so, LINK waits",
    (stop) => {
      const rig = new BootRig().bootTo(stop);
      rig.send(carrier(false));
      rig.run(1000);
      expect([rig.shown, bootView(rig.state).phase]).toEqual(["link: no-link", "link"]);
      expect(rig.state).toMatchObject({
        decision: undefined,
        powerBy: undefined,
        heard: { answer: undefined },
      });
      rig.send(carrier(false));
      rig.send(carrier(true));
      expect(rig.shown).toBe("vlan");
    },
  );

  test("BOOT-023 a neighbour whose hold time runs out changes no VLAN", () => {
    const rig = new BootRig().bootTo("run");
    rig.done();
    rig.send({ kind: "cdp", notice: { kind: "neighbour-lost", neighbour: cdpNeighbour(vlan(110)) } });
    expect([rig.state.kind, rig.done()]).toEqual(["run", []]);
    expect(rig.state).toMatchObject({ decision: { tag: { vlanId: 110 } } });
  });

  test("back on the same VLAN the call, the address and the registration have gone on", () => {
    const rig = new BootRig().bootTo("run");
    rig.send(calls(1));
    rig.send(carrier(false));
    rig.run(30_000);
    rig.done();
    rig.send(carrier(true));
    rig.send(cdp(vlan(110)));
    expect(rig.done()).toEqual([
      "negotiate-power",
      "mark",
      "describe",
      "verify-address",
      "start-registration",
    ]);
    expect([rig.shown, rig.record("ip")?.endedBy, rig.record("run")?.endMs]).toEqual([
      "run",
      "not needed: 10.77.0.141 is kept",
      undefined,
    ]);
    rig.send(dhcp({ kind: "renewed", lease: { ...lease, leaseSec: 900 } }));
    expect([rig.state.kind, rig.done()]).toEqual(["run", []]);
    expect(rig.state).toMatchObject({ callCount: 1, lease: { leaseSec: 900 } });
  });

  test("back on another VLAN everything on the old address ends", () => {
    const rig = new BootRig().bootTo("run");
    rig.send(carrier(false));
    rig.run(5000);
    rig.done();
    rig.send(carrier(true));
    rig.send(cdp(vlan(120)));
    expect(rig.done()).toEqual([
      "negotiate-power",
      "mark",
      "stop-registration",
      "stop-configuration",
      "stop-time",
      "stop-address",
      "remove-address",
      "describe",
      "set-vlan",
    ]);
    rig.send({ kind: "vlan-set", vlanId: 120, outcome: "done" });
    expect([rig.state.kind, rig.take().at(-1)?.[1]]).toEqual([
      "ip",
      { kind: "start-address", tag: { vlanId: 120, priority: 5 } },
    ]);
    rig.bootTo("run");
  });

  test.each(["config", "load"] as const)("away in %s: files are asked for anew when it is back", (stop) => {
    const rig = new BootRig().bootTo(stop);
    rig.send(carrier(false));
    rig.run(2000);
    rig.send(carrier(true));
    rig.done();
    rig.send(cdp(vlan(110)));
    expect(rig.done()).toEqual([
      "negotiate-power",
      "mark",
      "describe",
      "verify-address",
      "fetch-configuration",
    ]);
    rig.bootTo("run");
  });

  test("away before there is an address: the search stops, and starts again on the new link", () => {
    const rig = new BootRig().bootTo("ip");
    rig.done();
    rig.send(carrier(false));
    rig.run(1000);
    expect(rig.done()).toEqual(["stop-address"]);
    rig.send(carrier(true));
    rig.send(cdp(vlan(110)));
    expect(rig.done()).toEqual(["negotiate-power", "mark", "describe", "start-address"]);
  });

  test("away twice while the switch is asked anew: what went on still goes on", () => {
    const rig = new BootRig().bootTo("run");
    for (let i = 0; i < 2; i++) {
      rig.send(carrier(false));
      rig.run(2000);
      rig.send(carrier(true));
      rig.run(100);
    }
    rig.send(cdp(vlan(110)));
    expect(rig.state.kind).toBe("run");
  });

  test("a registration that is lost, or won, while the link is away decides where to go on", () => {
    const rig = new BootRig().bootTo("run");
    rig.send(carrier(false));
    rig.run(2000);
    rig.send(registration({ kind: "lost", trouble: trouble("registration-lost") }));
    rig.send(carrier(true));
    rig.send(registration({ kind: "failed", trouble: trouble("server-silent"), retryInMs: 1000 }));
    rig.send(cdp(vlan(110)));
    expect(rig.state.kind).toBe("register");
    rig.send(carrier(false));
    rig.run(2000);
    rig.send(registration({ kind: "registered", server: "10.77.0.10:5060" }));
    rig.send(carrier(true));
    rig.send(cdp(vlan(110)));
    expect(rig.state.kind).toBe("run");
  });

  test("an address that is lost while the link is away is gone when it comes back", () => {
    const rig = new BootRig().bootTo("run");
    rig.send(carrier(false));
    rig.run(2000);
    rig.done();
    rig.send(lost("expired"));
    expect(rig.done()).toEqual([
      "stop-registration",
      "stop-configuration",
      "stop-time",
      "remove-address",
      "describe",
      "stop-address",
    ]);
    rig.send(carrier(true));
    rig.send(cdp(vlan(110)));
    expect(rig.state.kind).toBe("ip");
  });
});

describe("the address", () => {
  test.each([
    ["expired", "ip: dhcp-lease-expired"],
    ["refused", "ip: dhcp-refused"],
    ["conflict", "ip: address-conflict"],
    ["changed", "ip"],
  ] as const)("%s: everything on it ends, the client searches on", (reason, shown) => {
    for (const stop of ["config", "load", "register", "run"] as const) {
      const rig = new BootRig().bootTo(stop);
      rig.done();
      rig.send(lost(reason));
      expect(rig.done()).toEqual([
        "stop-registration",
        "stop-configuration",
        "stop-time",
        "remove-address",
        "describe",
      ]);
      expect(rig.shown).toBe(shown);
      rig.bootTo("run");
    }
  });

  test("lost while it is being set: the answer about it does not count", () => {
    const rig = new BootRig().bootTo("ip");
    rig.send(dhcp({ kind: "bound", lease, how: "new" }));
    rig.send(lost("conflict"));
    rig.send({ kind: "address-set", address: lease.address, failure: undefined });
    expect(rig.shown).toBe("ip: address-conflict");
  });

  test("renewed is no change, and what nobody waits for is counted", () => {
    const rig = new BootRig().bootTo("run");
    rig.done();
    rig.send(dhcp({ kind: "renewed", lease }));
    rig.send(dhcp({ kind: "silent", tries: 1 }));
    rig.send(dhcp({ kind: "bound", lease, how: "new" }));
    expect([rig.state.kind, rig.done(), rig.ignored]).toEqual(["run", [], 2]);
    const unbound = new BootRig().bootTo("ip");
    unbound.send(lost("released"));
    unbound.send(dhcp({ kind: "renewed", lease }));
    expect(unbound.ignored).toBe(2);
  });
});

describe("registration", () => {
  const sccp = configuration("sccp", 3);

  test("who is server-controlled", () => {
    expect(
      [configuration("sip"), configuration("sip", 2), configuration("sccp", 1)].map(isServerControlled),
    ).toEqual([false, true, true]);
  });

  test("list exhausted with servers in control: RESET after 30 s, then longer, spread, until one answers", () => {
    const rig = new BootRig({ random: createSeededRandom(5) });
    const pauses: number[] = [];
    for (let i = 0; i < 6; i++) {
      rig.bootTo("register", { config: sccp });
      rig.done();
      rig.send(registration({ kind: "exhausted", trouble: trouble("server-list-exhausted") }));
      expect(rig.shown).toBe("register: server-list-exhausted");
      const at = bootView(rig.state).retryAt ?? 0;
      pauses.push((at - rig.now) / 1000);
      rig.runTo(at);
      expect(rig.done()).toContain("discover");
    }
    const nominal = [30, 60, 120, 240, 480, 600];
    for (const [i, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual((nominal[i] ?? 0) * 0.75);
      expect(pause).toBeLessThanOrEqual((nominal[i] ?? 0) * 1.25);
    }
    rig.bootTo("run", { config: sccp });
    expect(rig.state).toMatchObject({ exhausted: 0 });
  });

  test("X1: stand-alone SIP goes on by itself and only says so", () => {
    const rig = new BootRig().bootTo("register");
    rig.done();
    rig.send(registration({ kind: "exhausted", trouble: trouble("server-list-exhausted") }));
    rig.run(250_000);
    expect([rig.shown, rig.done()]).toEqual(["register: server-list-exhausted", []]);
    rig.bootTo("run");
  });

  test("an answer during the pause is welcome: no reset follows", () => {
    const rig = new BootRig().bootTo("register", { config: sccp });
    rig.send(registration({ kind: "exhausted", trouble: trouble("server-list-exhausted") }));
    rig.send(registration({ kind: "failed", trouble: trouble("server-silent"), retryInMs: 1 }));
    expect(rig.shown).toBe("register: server-list-exhausted");
    rig.bootTo("run", { config: sccp });
    rig.done();
    rig.run(700_000);
    expect([rig.state.kind, rig.done()]).toEqual(["run", []]);
  });

  test("rejected: the reason for 30 s, then again from configuration, address and VLAN kept", () => {
    const rig = new BootRig().bootTo("register", { config: sccp });
    rig.done();
    rig.send(
      registration({
        kind: "rejected",
        trouble: { code: "server-rejected", facts: { reason: "unknown device" } },
      }),
    );
    rig.run(29_999);
    expect([rig.shown, rig.done()]).toEqual(["register: server-rejected", []]);
    rig.run(1);
    expect([rig.shown, rig.done()]).toEqual([
      "config",
      ["stop-registration", "stop-configuration", "fetch-configuration"],
    ]);
  });

  test("lost in RUN: back to REGISTER, the protocol tries by itself", () => {
    const rig = new BootRig().bootTo("run");
    rig.done();
    rig.send(registration({ kind: "lost", trouble: trouble("registration-lost") }));
    expect([rig.shown, rig.done()]).toEqual(["register: registration-lost", []]);
    rig.send(registration({ kind: "registered", server: "10.77.0.11:5060" }));
    expect([rig.shown, rig.record("register")?.endedBy]).toEqual(["run", "registered with 10.77.0.11:5060"]);
  });

  test("a rejection or an exhausted list in RUN leads back through REGISTER", () => {
    const rig = new BootRig().bootTo("run", { config: sccp });
    rig.send(registration({ kind: "rejected", trouble: trouble("server-rejected") }));
    expect(rig.shown).toBe("register: server-rejected");
    rig.run(30_000);
    rig.bootTo("run", { config: sccp });
    rig.send(registration({ kind: "exhausted", trouble: trouble("server-list-exhausted") }));
    expect(rig.shown).toBe("register: server-list-exhausted");
  });
});

describe("configuration", () => {
  const failed = {
    kind: "failed",
    failure: "tftp-timeout",
    facts: { server: "10.77.0.1" },
    retryInMs: 4000,
    hasLastGood: false,
  } as const;

  test("a failed pass is shown with the time of the next one, and goes when it succeeds", () => {
    const rig = new BootRig().bootTo("config");
    rig.send({ kind: "config", notice: failed });
    expect(bootView(rig.state)).toMatchObject({
      trouble: { code: "tftp-timeout", facts: { server: "10.77.0.1" } },
      retryAt: 4000,
    });
    rig.bootTo("run");
    expect([rig.shown, rig.warnings]).toEqual(["run", []]);
  });

  test("the file a failure is about has the name that the sentences know", () => {
    const rig = new BootRig().bootTo("config");
    const facts = { name: "SIPDefault.cnf", server: "10.77.0.1" };
    rig.send({ kind: "config", notice: { ...failed, failure: "tftp-error", facts } });
    expect(bootView(rig.state).trouble?.facts).toEqual({ file: "SIPDefault.cnf", server: "10.77.0.1" });
  });

  test("the kept configuration is used with a warning, until the servers deliver a fresh one", () => {
    const rig = new BootRig().bootTo("config");
    rig.send({ kind: "config", notice: { ...failed, hasLastGood: true } });
    rig.send({
      kind: "config",
      notice: { kind: "configured", config: configuration(), origin: "last-good" },
    });
    rig.run(1000);
    expect([rig.state.kind, rig.warnings]).toEqual(["register", ["tftp-timeout", "config-last-good"]]);
    expect(rig.record("load")?.endedBy).toBe("not needed: nobody named an image");
    rig.bootTo("run");
    rig.send({ kind: "config", notice: { ...failed, hasLastGood: true } });
    expect(rig.state.kind).toBe("run");
    rig.done();
    rig.send({ kind: "config", notice: { kind: "configured", config: configuration(), origin: "files" } });
    expect([rig.done(), rig.warnings]).toEqual([["start-registration", "start-time"], []]);
  });

  test("a new configuration during a call is taken over after it", () => {
    const rig = new BootRig().bootTo("run");
    rig.send(calls(1));
    rig.done();
    rig.send({ kind: "config", notice: { kind: "changed", config: configuration(), names: ["line1_name"] } });
    expect(rig.done()).toEqual([]);
    rig.send(calls(0));
    expect(rig.done()).toEqual(["start-registration", "start-time"]);
  });

  test("an image that is stored restarts the board, after the last call", () => {
    const load = { kind: "fetch", name: "offhook-2", files: ["offhook-2.raucb"], server: undefined } as const;
    const rig = new BootRig().bootTo("load");
    rig.done();
    rig.send({ kind: "config", notice: { kind: "load", load } });
    expect(rig.done()).toEqual(["fetch-load"]);
    rig.send({ kind: "load-done", outcome: "stored", name: "offhook-2" });
    expect(rig.done()).toEqual(["stop-registration", "restart-board"]);
    const running = new BootRig().bootTo("run");
    running.send({ kind: "config", notice: { kind: "load", load } });
    running.send(calls(1));
    running.done();
    running.send({ kind: "load-done", outcome: "stored", name: "offhook-2" });
    expect(running.done()).toEqual([]);
    running.send(calls(0));
    expect(running.done()).toEqual(["stop-registration", "restart-board"]);
  });

  test("an image that is not to be had is a warning, and the running one goes on", () => {
    const rig = new BootRig().bootTo("load");
    rig.send({
      kind: "config",
      notice: { kind: "load", load: { kind: "fetch", name: "x", files: ["x.bin"], server: undefined } },
    });
    rig.send({ kind: "load-done", outcome: "failed", name: "x" });
    expect([rig.state.kind, rig.warnings]).toEqual(["register", ["load-unavailable"]]);
    const givenUp = new BootRig().bootTo("load");
    givenUp.send({ kind: "config", notice: { kind: "load", load: { kind: "given-up", name: "x" } } });
    expect([givenUp.state.kind, givenUp.warnings]).toEqual(["register", ["load-unavailable"]]);
  });
});

describe("orders", () => {
  const levels: readonly (readonly ["restart" | "reset" | "hard-reset", Stop, readonly string[]])[] = [
    ["restart", "config", ["stop-registration", "stop-configuration", "fetch-configuration"]],
    [
      "reset",
      "vlan",
      [
        "stop-registration",
        "stop-configuration",
        "stop-time",
        "stop-address",
        "remove-address",
        "describe",
        "discover",
      ],
    ],
    ["hard-reset", "run", ["stop-registration", "restart-board"]],
  ];

  test.each(levels)(
    "%s leads back to %s; a person's at once, a server's after the last call",
    (level, phase, effects) => {
      for (const by of ["person", "server"] as const) {
        const rig = new BootRig().bootTo("run");
        rig.send(calls(1));
        rig.done();
        rig.send({ kind: "order", level, by });
        if (by === "server") {
          expect([rig.state.kind, rig.done()]).toEqual(["run", []]);
          rig.send(calls(0));
        }
        expect([rig.state.kind, rig.done()]).toEqual([phase, effects]);
      }
    },
  );

  test("a plain reset keeps the lease for INIT-REBOOT and drops later records", () => {
    const rig = new BootRig().bootTo("run");
    rig.done();
    rig.send({ kind: "order", level: "reset", by: "person" });
    expect(rig.done()).not.toContain("release-address");
    expect(rig.record("run")).toBeUndefined();
    rig.bootTo("run");
    expect(rig.record("ip")?.endedBy).toBe("dhcp: 10.77.0.141 from 10.77.0.1");
  });

  test("in every phase every level is obeyed and a whole boot is possible afterwards", () => {
    for (const stop of ["link", "vlan", "ip", "config", "load", "register", "run"] as const)
      for (const level of ["restart", "reset"] as const) {
        const rig = new BootRig().bootTo(stop);
        rig.send({ kind: "order", level, by: "person" });
        rig.bootTo("run");
        expect(rig.shown).toBe("run");
      }
  });

  test("a restart while the link is away begins with the configuration when it is back", () => {
    const rig = new BootRig().bootTo("run");
    rig.send(carrier(false));
    rig.run(2000);
    rig.done();
    rig.send({ kind: "order", level: "restart", by: "person" });
    expect(rig.done()).toEqual(["stop-registration", "stop-configuration"]);
    rig.send(carrier(true));
    rig.send(cdp(vlan(110)));
    expect(rig.state.kind).toBe("config");
  });
});
