// The boot machine under any order of events: it never throws, never runs a timer twice, never stays without one.
import type { BootEvent } from "#firmware/boot/events.ts";
import { bootMachine } from "#firmware/boot/machine.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import {
  BootRig,
  calls,
  carrier,
  cdp,
  cdpNeighbour,
  configuration,
  dhcp,
  lease,
  lldp,
  registration,
  trouble,
  vlan,
} from "#test/unit/boot/rig.ts";
import type { FuzzTarget } from "./target.ts";

const sccp = configuration("sccp", 2);
const load = { kind: "fetch", name: "x", files: ["x.bin"], server: undefined } as const;
const reasons = ["expired", "refused", "conflict", "changed", "released"] as const;
const levels = ["restart", "reset", "hard-reset"] as const;

/** Everything that can happen, each by a number; `detail` varies it. */
const happenings: readonly ((detail: number) => BootEvent)[] = [
  (detail) => carrier(detail % 2 === 0),
  (detail) => cdp(vlan(100 + (detail % 3)), { deviceId: `switch-${detail % 2}` }),
  (detail) => cdp({ kind: (["none", "untagged", "priority-tagged"] as const)[detail % 3] ?? "none" }),
  (detail) => lldp({ vlanId: 100 + (detail % 3), isKnown: detail % 5 !== 0, isTagged: detail % 7 !== 0 }),
  () => ({
    kind: "cdp",
    notice: { kind: "neighbour-lost", neighbour: cdpNeighbour(vlan(100), { deviceId: "switch-0" }) },
  }),
  (detail) => ({
    kind: "vlan-set",
    vlanId: detail % 4 === 3 ? undefined : 100 + (detail % 4),
    outcome: detail % 9 === 0 ? "unsupported" : "done",
  }),
  () => dhcp({ kind: "bound", lease, how: "new" }),
  () => dhcp({ kind: "renewed", lease }),
  (detail) => dhcp({ kind: "lost", address: lease.address, reason: reasons[detail % 5] ?? "expired" }),
  (detail) =>
    dhcp({
      kind: "conflict",
      address: lease.address,
      mac: "00:11:22:33:44:99",
      count: 1,
      retryAt: detail as MonoMs,
    }),
  (detail) => ({ kind: "address-set", address: lease.address, failure: detail % 5 === 0 ? "io" : undefined }),
  (detail) => ({
    kind: "config",
    notice: {
      kind: "configured",
      config: detail % 2 === 0 ? configuration() : sccp,
      origin: detail % 3 === 0 ? "last-good" : "files",
    },
  }),
  () => ({
    kind: "config",
    notice: { kind: "failed", failure: "tftp-timeout", facts: {}, retryInMs: 4000, hasLastGood: false },
  }),
  (detail) => ({
    kind: "config",
    notice: { kind: "load", load: detail % 2 === 0 ? { kind: "keep" } : load },
  }),
  (detail) => ({ kind: "load-done", outcome: detail % 2 === 0 ? "stored" : "failed", name: "x" }),
  () => registration({ kind: "registered", server: "10.77.0.10:5060" }),
  () => registration({ kind: "exhausted", trouble: trouble("server-list-exhausted") }),
  () => registration({ kind: "rejected", trouble: trouble("server-rejected") }),
  () => registration({ kind: "lost", trouble: trouble("registration-lost") }),
  (detail) => calls(detail % 3),
  (detail) => ({
    kind: "order",
    level: levels[detail % 3] ?? "reset",
    by: detail % 2 === 0 ? "person" : "server",
  }),
  () => ({ kind: "time", notice: { kind: "silent", server: undefined } }),
];

function runBoot(script: Uint8Array): void {
  const rig = new BootRig({ settings: { typedVlan: (script[0] ?? 0) % 3 === 0 ? 30 : undefined } });
  for (let at = 0; at + 1 < script.length; at += 2) {
    const choice = script[at] ?? 0;
    const detail = script[at + 1] ?? 0;
    const happening = happenings[choice % (happenings.length + 3)];
    if (happening === undefined) rig.run(detail * detail);
    else rig.send(happening(detail));
    const timers = bootMachine.timers(rig.state).map(({ name }) => name);
    if (new Set(timers).size !== timers.length) throw new Error(`timers of one name: ${timers.join()}`);
    if (rig.state.kind !== "off" && rig.state.warnings.length > 8)
      throw new Error("more warnings than are kept");
  }
  // Whatever happened, a good network brings the phone up.
  rig.send(calls(0));
  rig.send(carrier(true));
  if (rig.state.kind === "link") throw new Error("carrier, and still in LINK");
  for (let i = 0; i < 20 && rig.state.kind !== "run"; i++) {
    rig.run(700_000);
    for (const answer of goodAnswers(rig)) rig.send(answer);
  }
  if (rig.state.kind !== "run") throw new Error(`a good network leaves the phone in ${rig.state.kind}`);
}

function goodAnswers(rig: BootRig): readonly BootEvent[] {
  switch (rig.state.kind) {
    case "vlan":
      return [{ kind: "vlan-set", vlanId: rig.state.decision?.tag?.vlanId, outcome: "done" }];
    case "ip":
      return [
        dhcp({ kind: "bound", lease, how: "new" }),
        { kind: "address-set", address: lease.address, failure: undefined },
      ];
    case "config":
      return [{ kind: "config", notice: { kind: "configured", config: sccp, origin: "files" } }];
    case "load":
      return [{ kind: "load-done", outcome: "failed", name: "x" }];
    case "register":
      return [registration({ kind: "registered", server: "10.77.0.10:5060" })];
    default:
      return [];
  }
}

export const bootTargets: readonly FuzzTarget[] = [
  {
    name: "boot-machine",
    seeds: [Uint8Array.of(0, 0, 1, 1, 5, 1, 6, 0, 10, 1, 11, 0, 13, 0, 15, 0, 0, 1, 23, 60, 0, 0)],
    run: runBoot,
  },
];
