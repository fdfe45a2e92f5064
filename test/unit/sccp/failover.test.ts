// The SCCP machine: keepalives, failover with calls, and the way back to a better server.
import { describe, expect, test } from "vitest";
import type { SccpSettings } from "#firmware/sccp/settings.ts";
import { ack, connects, kinds, Play, sent, server, serverStates } from "./play.ts";

describe("keepalive", () => {
  test("is sent at the interval of the ack, on both connections", () => {
    const play = new Play().registered();
    const effects = [...play.wait(23_000), ...play.message({ kind: "keepAliveAck" }), ...play.wait(30_000)];
    expect(sent(effects)).toEqual(["keepAliveReq", "keepAliveReq"]);
    expect(sent(effects, "standby")).toEqual(["keepAliveReq"]);
  });

  test("three without an answer end it, at once on the third's own wait", () => {
    const play = new Play().registered();
    play.wait(90_000 - play.now);
    expect(play.state.kind).toBe("registered");
    const effects = play.wait(2000);
    expect(serverStates(effects)).toEqual(["failed", "registering"]);
    expect(kinds(effects)).toContain("promote");
    expect(sent(effects)).toContain("registerReq");
  });

  test("an answer forgets what was missed", () => {
    const play = new Play().registered();
    play.wait(80_000 - play.now);
    play.message({ kind: "keepAliveAck" });
    play.wait(30_000);
    expect(play.state.kind).toBe("registered");
  });

  test("a server that asks for one every 0 or 1 s is not flooded", () => {
    const play = new Play();
    play.send({ kind: "start" });
    play.connected();
    play.message({ ...ack, keepAliveSec: 1 });
    expect(sent(play.wait(9000)).filter((kind) => kind === "keepAliveReq").length).toBe(1);
  });
});

describe("failover", () => {
  test("a closed connection moves the phone to the standby at once, with its calls", () => {
    const play = new Play().registered();
    play.send({ kind: "calls", count: 1 });
    const effects = play.send({ kind: "closed", link: "active", wasReset: false });
    expect(kinds(effects)).toContain("promote");
    expect(effects).toContainEqual(
      expect.objectContaining({
        message: expect.objectContaining({ kind: "registerReq", activeStreams: 1 }),
      }),
    );
    expect(effects).toContainEqual(
      expect.objectContaining({ message: expect.objectContaining({ text: expect.stringContaining("14:") }) }),
    );
  });

  test("without a standby connection the next server is connected", () => {
    const play = new Play().registered();
    play.send({ kind: "closed", link: "standby", wasReset: true });
    expect(connects(play.send({ kind: "closed", link: "active", wasReset: true }))).toEqual([
      "active 192.0.2.2",
    ]);
  });

  test("with one server that one is tried again at once", () => {
    const play = new Play({ servers: [server("192.0.2.1")] });
    play.send({ kind: "start" });
    play.connected();
    play.message(ack);
    expect(connects(play.send({ kind: "closed", link: "active", wasReset: false }))).toEqual([
      "active 192.0.2.1",
    ]);
  });

  test("SCCP-004 a stream of nonsense is closed, and the next Alarm says so", () => {
    const play = new Play().registered();
    const effects = play.send({ kind: "bad-stream", link: "active", detail: "length 3" });
    expect(effects).toContainEqual(
      expect.objectContaining({
        message: expect.objectContaining({ text: expect.stringContaining("Phone-Abort") }),
      }),
    );
  });

  test("a lost standby is looked for again and changes nothing else", () => {
    const play = new Play().registered();
    play.send({ kind: "closed", link: "standby", wasReset: false });
    expect(connects(play.wait(30_000))).toEqual(["standby 192.0.2.2"]);
    expect(play.state.kind).toBe("registered");
  });
});

describe("the way back", () => {
  /** Registered at the second server of the list. */
  function atBackup(overrides: Partial<SccpSettings> = {}): Play {
    const play = new Play(overrides).registered();
    play.send({ kind: "closed", link: "active", wasReset: false });
    play.message(ack);
    expect(connects(play.wait(30_000))).toContain("better 192.0.2.1");
    return play;
  }

  test("an open door is asked for a token; the ack unregisters here and registers there", () => {
    const play = atBackup();
    expect(sent(play.connected("better"), "better")).toEqual(["registerTokenReq"]);
    expect(sent(play.message({ kind: "registerTokenAck" }, "better"))).toEqual(["unregisterReq"]);
    const effects = play.message({ kind: "unregisterAck", status: 0 });
    expect(kinds(effects)).toContain("promote");
    expect(effects).toContainEqual(
      expect.objectContaining({
        message: expect.objectContaining({ text: expect.stringContaining("Failback") }),
      }),
    );
    expect(play.state).toMatchObject({ kind: "registering", server: 0 });
  });

  test("a server that knows no tokens and closes on Unregister gets the phone back too", () => {
    const play = atBackup();
    play.connected("better");
    expect(sent(play.wait(5000))).toContain("unregisterReq");
    play.send({ kind: "closed", link: "active", wasReset: false });
    expect(play.state).toMatchObject({ kind: "registering", server: 0 });
  });

  test("never during a call: it waits for the last hang-up", () => {
    const play = atBackup();
    play.send({ kind: "calls", count: 1 });
    play.connected("better");
    expect(sent(play.message({ kind: "registerTokenAck" }, "better"))).toEqual([]);
    expect(sent(play.send({ kind: "calls", count: 0 }))).toEqual(["unregisterReq"]);
  });

  test("a token refused is asked for again after the time the server names", () => {
    const play = atBackup();
    play.connected("better");
    const effects = play.message({ kind: "registerTokenReject", waitSec: 45 }, "better");
    expect(kinds(effects)).toEqual(["close"]);
    expect(connects(play.wait(44_000))).toEqual([]);
    expect(connects(play.wait(1000))).toEqual(["better 192.0.2.1"]);
  });

  test("a fall-back router is left only after the better server was seen for 120 s", () => {
    const servers = [server("192.0.2.1"), server("192.0.2.254", true)];
    const play = new Play({ servers }).registered();
    play.send({ kind: "closed", link: "active", wasReset: false });
    play.message(ack);
    play.answersKeepalives = true;
    play.wait(30_000);
    play.connected("better");
    expect(sent(play.wait(119_000), "better")).toEqual([]);
    expect(sent(play.wait(1000), "better")).toEqual(["registerTokenReq"]);
  });

  test("the server refuses to let go because of a call: the phone stays and tries later", () => {
    const play = atBackup();
    play.connected("better");
    play.message({ kind: "registerTokenAck" }, "better");
    play.message({ kind: "unregisterAck", status: 2 });
    expect(play.state).toMatchObject({ kind: "registered", server: 1 });
  });
});
