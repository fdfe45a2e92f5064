// What the screen tells while a phase takes its time: who was asked, for what, and notes that are no news after a while.
import { describe, expect, test } from "vitest";
import { bootView } from "#firmware/boot/state.ts";
import { passingNoteMs } from "#firmware/boot/timing.ts";
import { BootRig, carrier, cdp, registration } from "./rig.ts";

const told = (rig: BootRig) => bootView(rig.state).trouble;

describe("no voice VLAN", () => {
  test("while LLDP has its chance the switch that named none is named; then the note stands with the idle screen", () => {
    const rig = new BootRig().bootTo("vlan");
    rig.send(cdp({ kind: "none" }));
    expect(told(rig)).toEqual({ code: "vlan-none", facts: { neighbour: "switch-1" } });
    rig.run(3000);
    rig.send({ kind: "vlan-set", vlanId: undefined, outcome: "done" });
    expect(rig.shown).toBe("ip");
    rig.bootTo("run");
    expect(bootView(rig.state).warnings).toEqual([{ code: "vlan-none", facts: { neighbour: "switch-1" } }]);
  });

  test("the note leaves the screen a minute after the registration, once", () => {
    const rig = new BootRig().bootTo("vlan");
    rig.run(6000);
    rig.send({ kind: "vlan-set", vlanId: undefined, outcome: "done" });
    rig.bootTo("run");
    expect(rig.timers()).toContain("note");
    rig.run(passingNoteMs - 1);
    expect(rig.warnings).toEqual(["vlan-silent-switch"]);
    rig.run(1);
    expect([rig.warnings, rig.timers().includes("note")]).toEqual([[], false]);
  });
});

describe("a phase that takes longer than it should says who was asked", () => {
  test("files: the server, and the first name of those asked for at once", () => {
    const rig = new BootRig().bootTo("config");
    for (const name of ["SEP001122334455.cnf.xml", "SIPDefault.cnf"])
      rig.send({ kind: "config", notice: { kind: "asking", transport: "tftp", server: "10.77.0.1", name } });
    expect(told(rig)).toBeUndefined();
    rig.run(25_000);
    expect(told(rig)).toEqual({
      code: "tftp-timeout",
      facts: { server: "10.77.0.1", file: "SEP001122334455.cnf.xml" },
    });
  });

  test("registration: the server asked last; and nothing of it is left in the phase after", () => {
    const rig = new BootRig().bootTo("register");
    rig.send(registration({ kind: "registering", server: "10.77.0.10:5060" }));
    rig.send(registration({ kind: "registering", server: "10.77.0.11:5060" }));
    rig.run(60_000);
    expect(told(rig)).toEqual({ code: "server-silent", facts: { server: "10.77.0.11:5060" } });
    rig.bootTo("run");
    rig.send(carrier(false));
    rig.run(1000);
    expect(told(rig)?.facts).not.toHaveProperty("server");
  });
});
