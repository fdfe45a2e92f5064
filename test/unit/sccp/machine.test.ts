// The SCCP machine as a list of events and what follows: registration, the server list, leaving.
import { describe, expect, test } from "vitest";
import type { ServerMessage } from "#firmware/sccp/messages/server-messages.ts";
import { negotiateVersion } from "#firmware/sccp/registered.ts";
import type { SccpEvent } from "#firmware/sccp/state.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { ack, connects, notices, Play, sent, server } from "./play.ts";

describe("registration", () => {
  test("SCCP-018 SCCP-019 Alarm, Register, IpPort and HeadsetStatus go out on the open connection", () => {
    const play = new Play();
    expect(connects(play.send({ kind: "start" }))).toEqual(["active 192.0.2.1"]);
    const effects = play.connected();
    expect(sent(effects)).toEqual(["alarm", "registerReq", "ipPort", "headsetStatus"]);
    expect(effects).toContainEqual({
      kind: "send",
      link: "active",
      version: 3,
      message: {
        kind: "alarm",
        severity: 2,
        text: "25: Name=SEP00005E005301 Load=offhook-0.1.0 Last=Initialized",
        param1: 0,
        address: "192.0.2.10",
      },
    });
  });

  test("SCCP-021 SCCP-022 requests follow the order of the ladder, one per entry of the template", () => {
    const play = new Play();
    play.send({ kind: "start" });
    play.connected();
    play.message(ack);
    expect(sent(play.message({ kind: "capabilitiesReq" }))).toEqual([
      "capabilitiesRes",
      "versionReq",
      "buttonTemplateReq",
      "softKeyTemplateReq",
      "softKeySetReq",
      "configStatReq",
    ]);
    const buttons = [
      { instance: 1, type: 9 },
      { instance: 2, type: 9 },
      { instance: 1, type: 2 },
      { instance: 1, type: 0x14 },
      { instance: 1, type: 0x82 },
      { instance: 0, type: 0xff },
    ];
    const template = { kind: "buttonTemplateRes", offset: 0, count: 6, total: 6, buttons } as const;
    expect(sent(play.message(template))).toEqual([
      "lineStatReq",
      "forwardStatReq",
      "lineStatReq",
      "forwardStatReq",
      "speedDialStatReq",
      "serviceUrlStatReq",
      "featureStatReq",
      "registerAvailableLines",
      "timeDateReq",
    ]);
  });

  test("SCCP-023 a server that answers nothing does not block: one line is assumed", () => {
    const play = new Play();
    play.send({ kind: "start" });
    play.connected();
    play.message(ack);
    const effects = play.wait(10_000);
    expect(sent(effects)).toEqual([
      "versionReq",
      "buttonTemplateReq",
      "softKeyTemplateReq",
      "softKeySetReq",
      "configStatReq",
      "lineStatReq",
      "forwardStatReq",
      "registerAvailableLines",
      "timeDateReq",
    ]);
    expect(notices(effects)).toContainEqual({ kind: "configured" });
  });

  test("SCCP-016 the smaller version counts, 0x30 and none at all are tolerated", () => {
    expect(negotiateVersion(11, 3)).toBe(3);
    expect(negotiateVersion(11, 17)).toBe(11);
    expect(negotiateVersion(11, 0x30)).toBe(11);
    expect(negotiateVersion(11, 0)).toBe(3);
  });

  test("orders before the ack are obeyed: chan_skinny sends the message lamps first", () => {
    const play = new Play();
    play.send({ kind: "start" });
    play.connected();
    expect(notices(play.message({ kind: "setLamp", stimulus: 15, instance: 0, mode: 1 }))).toEqual([
      { kind: "order", order: { kind: "lamp", target: { kind: "messages", instance: 0 }, mode: "off" } },
    ]);
  });

  test("a refused device shows the server's text and tries the next server", () => {
    const play = new Play();
    play.send({ kind: "start" });
    play.connected();
    const effects = play.message({ kind: "registerReject", text: "No Authority: " });
    expect(connects(effects)).toEqual(["active 192.0.2.2"]);
    expect(notices(effects)[0]).toMatchObject({
      kind: "server",
      state: { kind: "failed", failure: "rejected", text: "No Authority: " },
    });
  });

  test("a template in two parts is whole only after the second", () => {
    const play = new Play();
    play.send({ kind: "start" });
    play.connected();
    play.message(ack);
    play.message({ kind: "capabilitiesReq" });
    const part = (offset: number, instance: number) =>
      ({ kind: "buttonTemplateRes", offset, count: 1, total: 2, buttons: [{ instance, type: 9 }] }) as const;
    expect(sent(play.message(part(0, 1)))).toEqual([]);
    expect(sent(play.message(part(1, 2)))).toContain("timeDateReq");
  });
});

describe("the server list", () => {
  test("a server that does not answer is tried twice, one that refuses once", () => {
    const play = new Play();
    play.send({ kind: "start" });
    const failed = (failure: "no-answer" | "refused-by-network"): SccpEvent => ({
      kind: "connect-failed",
      link: "active",
      failure,
    });
    expect(connects(play.send(failed("no-answer")))).toEqual(["active 192.0.2.1"]);
    expect(connects(play.send(failed("no-answer")))).toEqual(["active 192.0.2.2"]);
    expect(connects(play.send(failed("refused-by-network")))).toEqual(["active 192.0.2.3"]);
    const last = play.send(failed("refused-by-network"));
    expect(notices(last)).toContainEqual({ kind: "list-exhausted", text: "" });
    expect(play.state.kind).toBe("pausing");
  });

  test("pauses after the exhausted list grow and are bounded", () => {
    const play = new Play({ servers: [server("192.0.2.1")] });
    play.send({ kind: "start" });
    const pauses: number[] = [];
    for (let round = 0; round < 8; round++) {
      play.send({ kind: "connect-failed", link: "active", failure: "refused-by-network" });
      if (play.state.kind !== "pausing") throw new Error(play.state.kind);
      pauses.push(play.state.until - play.now);
      play.wait(play.state.until - play.now);
    }
    expect(pauses[0]).toBeGreaterThanOrEqual(3750);
    expect(pauses[0]).toBeLessThanOrEqual(6250);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(150_000);
    expect(pauses[5]).toBeGreaterThan(pauses[1] ?? 0);
  });

  test("a server that accepts the connection and says nothing is given up after 10 s", () => {
    const play = new Play();
    play.send({ kind: "start" });
    play.connected();
    expect(connects(play.wait(10_000))).toEqual(["active 192.0.2.2"]);
  });
});

describe("leaving", () => {
  test("stop unregisters and ends with the answer, with a close, or without either", () => {
    for (const end of ["ack", "close", "nothing"] as const) {
      const play = new Play().registered();
      expect(sent(play.send({ kind: "stop" }))).toEqual(["unregisterReq"]);
      if (end === "ack") play.message({ kind: "unregisterAck", status: 0 });
      else if (end === "close") play.send({ kind: "closed", link: "active", wasReset: false });
      else play.wait(2000);
      expect(play.state.kind).toBe("stopped");
    }
  });

  test("a reset is told upward and changes nothing here", () => {
    const play = new Play().registered();
    expect(notices(play.message({ kind: "reset", type: 2 }))).toEqual([{ kind: "reset", how: "restart" }]);
    expect(play.state.kind).toBe("registered");
  });
});

test("XML in pieces is joined, and an endless transaction is forgotten", () => {
  const play = new Play().registered();
  const piece = (sequence: number, data: string): ServerMessage => ({
    kind: "userToDeviceDataV1",
    application: 1,
    line: 0,
    callRef: 0,
    transaction: 7,
    dataLength: data.length,
    sequence,
    displayPriority: 0,
    conference: 0,
    applicationInstance: 0,
    routing: 0,
    data,
  });
  play.message(piece(0, "<CiscoIPPhone"));
  play.message(piece(1, "Text>"));
  expect(notices(play.message(piece(2, "</CiscoIPPhoneText>")))).toMatchObject([
    { kind: "user-data", transaction: 7, data: "<CiscoIPPhoneText></CiscoIPPhoneText>" },
  ]);
  for (let i = 0; i < 100; i++) play.message(piece(i === 0 ? 0 : 1, "x".repeat(2000)));
  if (play.state.kind !== "registered") throw new Error(play.state.kind);
  expect([...play.state.pieces.values()].join("").length).toBeLessThanOrEqual(64 * 1024);
});

test("every event in every state gives a state, and an answer to an older question changes nothing", () => {
  const events: readonly SccpEvent[] = [
    { kind: "start" },
    { kind: "connected", link: "active", address: "192.0.2.10" },
    { kind: "connected", link: "standby", address: "192.0.2.10" },
    { kind: "connected", link: "better", address: "192.0.2.10" },
    { kind: "connect-failed", link: "standby", failure: "no-answer" },
    { kind: "connect-failed", link: "better", failure: "no-answer" },
    { kind: "message", link: "active", message: ack },
    { kind: "message", link: "active", message: { kind: "unregisterAck", status: 0 } },
    { kind: "message", link: "better", message: { kind: "registerTokenAck" } },
    { kind: "message", link: "standby", message: { kind: "keepAliveAck" } },
    { kind: "closed", link: "better", wasReset: true },
    { kind: "bad-stream", link: "standby", detail: "x" },
    { kind: "calls", count: 2 },
    { kind: "station", intent: { kind: "off-hook", at: { line: 0, ref: 0 } } },
    { kind: "stop" },
  ];
  const random = createSeededRandom(3);
  for (let run = 0; run < 300; run++) {
    const play = new Play();
    for (let i = 0; i < 40; i++) {
      const event = events[random.u32() % events.length];
      if (event !== undefined) play.send(event);
      if (random.u32() % 3 === 0) play.wait(random.u32() % 40_000);
    }
    play.send({ kind: "stop" });
    play.wait(5000);
    expect(["stopped"]).toContain(play.state.kind);
  }
});
