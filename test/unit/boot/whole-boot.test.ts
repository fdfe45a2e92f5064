// A boot from power to run, phase by phase: order, effects, timeline, bounds, safe mode, watchdog.
import { describe, expect, test } from "vitest";
import { bootMachine } from "#firmware/boot/machine.ts";
import { phases } from "#firmware/boot/notices.ts";
import { bootView } from "#firmware/boot/state.ts";
import { cutFrom, opened } from "#firmware/boot/timeline.ts";
import { phaseBoundMs } from "#firmware/boot/timing.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import { english } from "#ui/words/english.ts";
import { sentenceText } from "#ui/words/fill.ts";
import { BootRig, carrier, configuration, dhcp, lease, registration, type Stop, trouble } from "./rig.ts";

describe("the order", () => {
  test("power, image, link, vlan, ip, config, load, register, run: each asks for its own and no more", () => {
    const rig = new BootRig();
    const asked: [string, readonly string[]][] = [];
    for (const stop of ["link", "vlan", "ip", "config", "load", "register", "run"] as const) {
      rig.bootTo(stop);
      asked.push([stop, rig.done()]);
    }
    expect(asked).toEqual([
      ["link", []],
      ["vlan", []],
      ["ip", ["negotiate-power", "mark", "set-vlan", "describe", "start-address"]],
      ["config", ["use-address", "describe", "start-time", "fetch-configuration"]],
      ["load", ["start-time"]],
      ["register", ["start-registration"]],
      ["run", ["boot-succeeded"]],
    ]);
  });

  test("BOOT-001 each phase sets its own text on entry, and it is gone with the phase", () => {
    const rig = new BootRig();
    const texts = new Map<string, string>();
    for (const stop of ["link", "vlan", "ip", "config", "load", "register", "run"] as const) {
      rig.bootTo(stop);
      expect(bootView(rig.state)).toMatchObject({ phase: stop, trouble: undefined });
      texts.set(stop, english.phases[bootView(rig.state).phase].doing);
    }
    expect(new Set(texts.values()).size).toBe(texts.size);
    expect([texts.get("vlan"), texts.get("ip"), texts.get("config"), texts.get("register")]).toEqual([
      "Configuring VLAN",
      "Configuring IP",
      "Requesting Configuration",
      "Registering",
    ]);
  });

  test("the timeline says of each phase when it ran, what ended it and what it waited for", () => {
    const rig = new BootRig();
    for (const stop of ["link", "vlan", "ip", "config", "load", "register", "run"] as const) {
      rig.bootTo(stop);
      rig.run(10);
    }
    rig.send({ kind: "time", notice: { kind: "synchronised", server: "10.77.0.1" } });
    if (rig.state.kind === "off") throw new Error("begun");
    expect(rig.state.records).toEqual([
      { name: "power", startMs: 0, endMs: 0, endedBy: "power: poe-af", waitedFor: "power status" },
      { name: "image", startMs: 0, endMs: 0, endedBy: "image: A 0.1.0, verified", waitedFor: "image slot" },
      { name: "link", startMs: 0, endMs: 10, endedBy: "carrier", waitedFor: "carrier" },
      { name: "vlan", startMs: 10, endMs: 20, endedBy: "cdp: voice VLAN 110", waitedFor: "switch" },
      {
        name: "ip",
        startMs: 20,
        endMs: 30,
        endedBy: "dhcp: 10.77.0.141 from 10.77.0.1",
        waitedFor: "DHCP server",
      },
      {
        name: "config",
        startMs: 30,
        endMs: 40,
        endedBy: "config: SEP001122334455.cnf.xml",
        waitedFor: "file server",
      },
      {
        name: "load",
        startMs: 50,
        endMs: 50,
        endedBy: "not needed: the running image is wanted",
        waitedFor: "image file",
      },
      {
        name: "register",
        startMs: 50,
        endMs: 60,
        endedBy: "registered with 10.77.0.10:5060",
        waitedFor: "call server",
      },
      { name: "run", startMs: 60, endMs: undefined, endedBy: undefined, waitedFor: "end of registration" },
      { name: "time", startMs: 30, endMs: 70, endedBy: "sntp: 10.77.0.1", waitedFor: "time server" },
    ]);
  });

  test("carrier and CDP answers that are there before the phase that wants them are not waited for again", () => {
    const rig = new BootRig();
    rig.send(carrier(true));
    rig.bootTo("vlan");
    expect(rig.record("link")).toMatchObject({ startMs: 0, endMs: 0 });
  });

  test("a phone with nothing to register is as ready as it will be", () => {
    const rig = new BootRig().bootTo("register");
    rig.send(registration({ kind: "not-needed", why: "proxy_register is 0", trouble: undefined }));
    expect([rig.state.kind, rig.record("register")?.endedBy]).toEqual([
      "run",
      "not needed: proxy_register is 0",
    ]);
  });

  test("what is cut off is done again, what was before stays, time runs beside", () => {
    const records = (["link", "vlan", "time", "run"] as const).reduce(
      (all, name) => opened(all, name, 0 as MonoMs),
      [] as ReturnType<typeof opened>,
    );
    expect(cutFrom(records, "vlan").map(({ name }) => name)).toEqual(["link", "time"]);
  });
});

describe("bounds", () => {
  const slow: Readonly<Record<string, string>> = {
    link: "no-link",
    vlan: "phase-slow",
    ip: "dhcp-silent",
    config: "phase-slow",
    register: "server-silent",
  };

  test.each(Object.entries(slow))(
    "BOOT-002 in %s the screen changes after its bound, by itself, and says why",
    (phase, code) => {
      const rig = new BootRig().bootTo(phase as Stop);
      const boundMs = phaseBoundMs[phase as Stop] ?? 0;
      rig.run(boundMs - 1);
      expect(rig.shown).toBe(phase);
      rig.run(1);
      expect(rig.shown).toBe(`${phase}: ${code}`);
      const why = bootView(rig.state).trouble;
      if (why === undefined) throw new Error("a trouble");
      expect(sentenceText(english, english.troubles[why.code], why.facts).text).toMatch(/^[A-Z].*\.$/);
    },
  );

  test("fetching an image has a bound too", () => {
    const rig = new BootRig().bootTo("load");
    rig.send({
      kind: "config",
      notice: {
        kind: "load",
        load: { kind: "fetch", name: "offhook-2", files: ["offhook-2.raucb"], server: undefined },
      },
    });
    rig.run(60_000);
    expect(rig.shown).toBe("load: phase-slow");
  });

  test("every phase has a bound, but those that end by themselves and the last", () => {
    const without = phases.filter((phase) => phaseBoundMs[phase] === undefined);
    expect(without).toEqual(["power", "run"]);
  });

  test("power that nobody reads is unknown after 200 ms, and the boot goes on", () => {
    const rig = new BootRig();
    rig.runTo(199);
    expect(rig.state.kind).toBe("power");
    rig.runTo(200);
    expect([rig.state.kind, rig.record("power")?.endedBy]).toEqual(["link", "power: not read in time"]);
    rig.send({
      kind: "power",
      power: {
        sources: ["adapter"],
        limitMilliwatts: undefined,
        drawMilliwatts: undefined,
        health: "good",
        evidence: [],
      },
    });
    expect(rig.ignored).toBe(1);
  });

  test("what somebody said is wrong is not overwritten by the bound, and goes with the phase", () => {
    const rig = new BootRig().bootTo("ip");
    rig.send(dhcp({ kind: "offer-refused", server: "10.77.0.1", fault: "no-tftp" }));
    rig.run(20_000);
    rig.send(dhcp({ kind: "silent", tries: 3 }));
    expect(rig.shown).toBe("ip: dhcp-no-tftp");
    rig.bootTo("config");
    expect(rig.shown).toBe("config");
  });
});

describe("address trouble", () => {
  test.each([
    [{ kind: "silent", tries: 1 }, "dhcp-silent"],
    [{ kind: "unconfirmed", server: "10.77.0.1" }, "dhcp-unconfirmed"],
    [{ kind: "offer-refused", server: undefined, fault: "no-mask" }, "dhcp-bad-offer"],
    [{ kind: "offer-refused", server: "10.77.0.1", fault: "no-tftp" }, "dhcp-no-tftp"],
    [{ kind: "refused", server: "10.77.0.1", address: "10.77.0.141" }, "dhcp-refused"],
    [
      {
        kind: "conflict",
        address: "10.77.0.141",
        mac: "00:11:22:33:44:99",
        count: 1,
        retryAt: 10_000 as MonoMs,
      },
      "address-conflict",
    ],
  ] as const)("%o is shown as %s", (notice, code) => {
    const rig = new BootRig().bootTo("ip");
    rig.send(dhcp(notice));
    expect(rig.shown).toBe(`ip: ${code}`);
    expect(bootView(rig.state).retryAt).toBe(notice.kind === "conflict" ? 10_000 : undefined);
  });

  test("an address that the kernel refuses is shown and set again after a while", () => {
    const rig = new BootRig().bootTo("ip");
    rig.send(dhcp({ kind: "bound", lease, how: "new" }));
    rig.send({ kind: "address-set", address: "10.77.0.99", failure: undefined });
    expect(rig.state.kind).toBe("ip");
    rig.send({ kind: "address-set", address: lease.address, failure: "io" });
    expect(rig.shown).toBe("ip: address-refused");
    rig.done();
    rig.run(5000);
    expect(rig.done()).toEqual(["use-address"]);
    rig.send({ kind: "address-set", address: lease.address, failure: undefined });
    expect(rig.state.kind).toBe("config");
  });
});

describe("safe mode", () => {
  test("after three crashes or failed boots: address and cause, no configuration, no telephony", () => {
    const rig = new BootRig({ crashes: 3 }).bootTo("config");
    expect(rig.shown).toBe("config: safe-mode");
    expect(bootView(rig.state).trouble?.facts).toEqual({ count: 3, reason: "main: boom" });
    expect(rig.done()).not.toContain("fetch-configuration");
    rig.run(3_600_000);
    expect([rig.shown, rig.done()]).toEqual(["config: safe-mode", []]);
  });

  test("a person's restart leaves it and forgives the crashes", () => {
    const rig = new BootRig({ crashes: 4 }).bootTo("config");
    rig.done();
    rig.send({ kind: "order", level: "restart", by: "person" });
    expect(rig.done()).toEqual([
      "forgive-crashes",
      "stop-registration",
      "stop-configuration",
      "fetch-configuration",
    ]);
    expect(rig.shown).toBe("config");
    rig.bootTo("run");
  });

  test("one or two crashes are a warning only", () => {
    const rig = new BootRig({ crashes: 2 });
    expect(rig.warnings).toEqual(["crashed-before"]);
    rig.bootTo("run");
  });
});

describe("proof", () => {
  test("registration proves the image once", () => {
    const rig = new BootRig().bootTo("run");
    expect(rig.done().filter((kind) => kind === "boot-succeeded")).toHaveLength(1);
    rig.send(registration({ kind: "lost", trouble: trouble("registration-lost") }));
    rig.bootTo("run");
    rig.run(600_000);
    expect(rig.done()).not.toContain("boot-succeeded");
  });

  test("five minutes prove it where no server answers, but not where one refuses", () => {
    const silent = new BootRig().bootTo("register");
    silent.runTo(300_000);
    expect(silent.take().at(-1)).toEqual([300_000, { kind: "boot-succeeded", by: "healthy" }]);
    const refused = new BootRig().bootTo("register");
    refused.run(290_000);
    refused.send(registration({ kind: "failed", trouble: trouble("wrong-password"), retryInMs: 60_000 }));
    refused.run(600_000);
    expect(refused.done()).not.toContain("boot-succeeded");
  });
});

describe("watchdog", () => {
  test("the boot machine's own heartbeat feeds it in every phase", () => {
    const rig = new BootRig({ settings: { heartbeatMs: 5000 } });
    rig.runTo(20_000);
    expect(rig.take().map(([ms, effect]) => [ms, effect.kind])).toEqual(
      [0, 5000, 10_000, 15_000, 20_000].map((ms) => [ms, "feed-watchdog"]),
    );
    rig.bootTo("run");
    rig.done();
    rig.run(10_000);
    expect(rig.done()).toEqual(["feed-watchdog", "feed-watchdog"]);
  });
});

test("before it began nothing happens", () => {
  const off = bootMachine.initial;
  const moment = { now: 0 as MonoMs, random: { u32: () => 0 } };
  expect(bootMachine.step(off, carrier(true), moment).state).toBe(off);
  expect([bootMachine.timers(off), bootView(off).phase]).toEqual([[], "power"]);
  const rig = new BootRig().bootTo("run", { config: configuration("sccp", 3) });
  rig.send({
    kind: "begin",
    settings: { vlanMaster: "typed", typedVlan: 7, heartbeatMs: undefined, requestedMilliwatts: undefined },
    image: { name: "B", version: "9", isVerified: false },
    crashes: { countInARow: 9, reason: undefined },
  });
  expect(rig.state.kind).toBe("run");
});
