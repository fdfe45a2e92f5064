// Transactions in virtual time: what is sent when nothing, something or too much comes back.
import { describe, expect, test } from "vitest";
import { responseTo } from "#firmware/sip/message/build.ts";
import { headers } from "#firmware/sip/message/headers.ts";
import { firstOf, linesOf, type SipRequest, type SipResponse } from "#firmware/sip/message/message.ts";
import { type ServerTransaction, TransactionTable } from "#firmware/sip/transaction/table.ts";
import { defaultTiming, type SipTiming } from "#firmware/sip/transaction/timing.ts";
import type { Arrival, TransportName } from "#firmware/sip/transport/flow.ts";
import { message, RecordingFlow, request, response, virtualRuntime } from "./rig.ts";

function rig(transport: TransportName = "UDP", timing: SipTiming = defaultTiming) {
  const { clock, runtime } = virtualRuntime();
  const flow = new RecordingFlow(clock, transport);
  const heard: (number | string)[] = [];
  const requests: ServerTransaction[] = [];
  const acks: SipRequest[] = [];
  const cancels: { transaction: ServerTransaction; invite: ServerTransaction | undefined }[] = [];
  let tag = 0;
  const table = new TransactionTable({
    runtime,
    timing,
    newTag: () => `tag${tag++}`,
    user: {
      request: (transaction) => requests.push(transaction),
      cancel: (transaction, invite) => cancels.push({ transaction, invite }),
      ack: (arrival) => acks.push(arrival.message),
      ackMissing: () => heard.push("no ACK"),
      ended: () => undefined,
    },
  });
  const user = {
    response: (answer: SipResponse) => heard.push(answer.status),
    timedOut: () => heard.push(`timed out at ${clock.now()}`),
    unreachable: () => heard.push(`unreachable at ${clock.now()}`),
  };
  const source = { address: "192.0.2.9", port: 5060 };
  const arrive = (got: SipRequest): void => table.receiveRequest({ message: got, flow, source });
  const answer = (got: SipResponse): void =>
    table.receiveResponse({ message: got, flow, source } satisfies Arrival<SipResponse>);
  return { clock, runtime, flow, table, heard, requests, acks, cancels, user, arrive, answer };
}

const ours = (method: string, branch = "z9hG4bKours") =>
  request(method, { via: `SIP/2.0/UDP 192.0.2.1:5060;branch=${branch}` });

describe("client", () => {
  test("UAC-001 TMR-001 TMR-003 a mute server gets an INVITE seven times, and it fails at 32 s", async () => {
    const { clock, flow, table, heard, user } = rig();
    table.send(ours("INVITE"), flow, user);
    await clock.advance(40_000);
    expect(flow.seconds).toEqual([0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]);
    expect(heard).toEqual(["timed out at 32000"]);
    expect(table.openCount).toBe(0);
    expect(clock.alarmCount).toBe(0);
  });

  test("UAC-001 TMR-002 TMR-004 a mute server gets a REGISTER eleven times, and it fails at 32 s", async () => {
    const { clock, flow, table, heard, user } = rig();
    table.send(ours("REGISTER"), flow, user);
    await clock.advance(40_000);
    expect(flow.seconds).toEqual([0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]);
    expect(heard).toEqual(["timed out at 32000"]);
  });

  test("over TCP nothing is sent twice, and the time-out is the same", async () => {
    const { clock, flow, table, heard, user } = rig("TCP");
    table.send(ours("INVITE"), flow, user);
    table.send(ours("BYE"), flow, user);
    await clock.advance(40_000);
    expect(flow.seconds).toEqual([0, 0]);
    expect(heard).toEqual(["timed out at 32000", "timed out at 32000"]);
  });

  test("fewer retransmissions in the settings end the wait when the next one would be due", async () => {
    const { clock, flow, table, heard, user } = rig("UDP", { ...defaultTiming, inviteRetransmissions: 2 });
    table.send(ours("INVITE"), flow, user);
    await clock.advance(40_000);
    expect(flow.seconds).toEqual([0, 0.5, 1.5]);
    expect(heard).toEqual(["timed out at 3500"]);
  });

  test("timers scale with T1 and T2, but T4 and D do not", async () => {
    const { clock, flow, table, user, answer, heard } = rig("UDP", {
      ...defaultTiming,
      t1Ms: 100,
      t2Ms: 400,
    });
    const invite = ours("INVITE");
    table.send(ours("BYE", "z9hG4bKbye"), flow, user);
    await clock.advance(1600);
    expect(flow.seconds).toEqual([0, 0.1, 0.3, 0.7, 1.1, 1.5]);
    await clock.advance(10_000);
    expect(heard).toEqual(["timed out at 3900"]); // ten repeats are used up before 64·T1
    table.send(invite, flow, user);
    answer(response(invite, 486));
    await clock.advance(31_900);
    answer(response(invite, 486));
    expect(flow.kinds.filter((kind) => kind === "ACK")).toHaveLength(2);
  });

  test("RSP-001 a 1xx stops the repeats of an INVITE; other requests go on at T2", async () => {
    const { clock, flow, table, user, answer, heard } = rig();
    const invite = ours("INVITE", "z9hG4bKi");
    const bye = ours("BYE", "z9hG4bKb");
    table.send(invite, flow, user);
    table.send(bye, flow, user);
    answer(response(invite, 100));
    answer(response(bye, 100));
    await clock.advance(40_000);
    expect(flow.sent.filter(({ message: sent }) => sent === invite)).toHaveLength(1);
    const repeats = flow.sent.filter(({ message: sent }) => sent === bye).map(({ atMs }) => atMs / 1000);
    expect(repeats).toEqual([0, 0.5, 4.5, 8.5, 12.5, 16.5, 20.5, 24.5, 28.5]);
    expect(heard).toEqual([100, 100, "timed out at 32000"]);
  });

  test("UAC-007 three 486 get three equal ACKs, and the user hears of it once", async () => {
    const { clock, flow, table, user, answer, heard } = rig();
    const invite = request("INVITE", {
      via: "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKours",
      lines: ["Route: <sip:192.0.2.8;lr>", "Contact: <sip:100@192.0.2.1:5060>"],
    });
    table.send(invite, flow, user);
    for (let i = 0; i < 3; i++) answer(response(invite, 486));
    await clock.advance(31_000);
    answer(response(invite, 486));
    await clock.advance(2000);
    answer(response(invite, 486));
    const acks = flow.sent
      .map(({ message: sent }) => sent)
      .filter((sent) => sent.kind === "request" && sent.method === "ACK");
    expect(acks).toHaveLength(4);
    expect(new Set(acks.map((ack) => JSON.stringify(ack.headers))).size).toBe(1);
    expect(acks[0]).toMatchObject({ uri: invite.uri });
    const ack = acks[0] as SipRequest; // four of them are there
    expect(linesOf(ack, headers.via)[0]?.value).toBe(linesOf(invite, headers.via)[0]?.value);
    expect(linesOf(ack, headers.route)).toHaveLength(1);
    expect(firstOf(ack, headers.to)?.parameters.get("tag")).toBe("peer");
    expect(firstOf(ack, headers.cseq)).toEqual({ number: 1, method: "ACK" });
    expect(heard).toEqual([486]);
  });

  test("UAC-004 each 2xx goes up for 64·T1, later ones are ignored", async () => {
    const { clock, flow, table, user, answer, heard } = rig();
    const invite = ours("INVITE");
    table.send(invite, flow, user);
    answer(response(invite, 200, [], "a"));
    answer(response(invite, 200, [], "b"));
    await clock.advance(31_000);
    answer(response(invite, 200, [], "a"));
    await clock.advance(2000);
    answer(response(invite, 200, [], "a"));
    expect(heard).toEqual([200, 200, 200]);
    expect(table.strayCount).toBe(1);
  });

  test("UAC-012 a 200 to CANCEL is not taken for the INVITE's", () => {
    const { flow, table, user, answer, heard } = rig();
    const invite = ours("INVITE", "z9hG4bKsame");
    table.send(invite, flow, user);
    answer(response(ours("CANCEL", "z9hG4bKsame"), 200));
    expect(heard).toEqual([]);
  });

  test("UAC-013 a foreign sent-by or a second Via is dropped in silence, and the transaction goes on", async () => {
    const { clock, flow, table, user, answer, heard } = rig();
    const invite = ours("INVITE");
    table.send(invite, flow, user);
    const foreign = request("INVITE", { via: "SIP/2.0/UDP 192.0.2.77:5060;branch=z9hG4bKours" });
    const doubled = request("INVITE", {
      via: "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKours, SIP/2.0/UDP 192.0.2.5;branch=z9hG4bKx",
    });
    answer(response(foreign, 200));
    answer(response(doubled, 200));
    await clock.advance(600);
    expect(heard).toEqual([]);
    expect(flow.seconds).toEqual([0, 0.5]);
    expect(table.strayCount).toBe(2);
  });

  test("TMR-008 an ICMP error ends a request that nothing answered, and no other", async () => {
    const { clock, flow, table, user, answer, heard } = rig();
    const register = ours("REGISTER", "z9hG4bKr");
    table.send(register, flow, user);
    const invite = ours("INVITE", "z9hG4bKi");
    table.send(invite, flow, user);
    answer(response(invite, 180));
    await clock.advance(300);
    table.unreachable({ transport: "UDP", remote: { address: "192.0.2.9", port: 5061 } });
    table.unreachable({ transport: "UDP", remote: flow.remote });
    expect(heard).toEqual([180, "unreachable at 300"]);
  });
});

describe("server", () => {
  test("RSP-001 an INVITE that nobody answers within 200 ms gets 100, without To tag", async () => {
    const { clock, flow, arrive } = rig();
    arrive(request("INVITE"));
    await clock.advance(199);
    expect(flow.kinds).toEqual([]);
    await clock.advance(1);
    expect(flow.kinds).toEqual([100]);
    const trying = flow.sent[0]?.message ?? message([]);
    expect(firstOf(trying, headers.to)?.parameters.has("tag")).toBe(false);
  });

  test("a 180 within 200 ms needs no 100, and repeats of the INVITE get it again", async () => {
    const { clock, flow, arrive, requests } = rig();
    arrive(request("INVITE"));
    await clock.advance(100);
    requests[0]?.respond(responseTo(request("INVITE"), 180, { toTag: "t" }));
    arrive(request("INVITE"));
    await clock.advance(5000);
    expect(flow.kinds).toEqual([180, 180]);
    expect(requests).toHaveLength(1);
  });

  test("UAC-002 a 486 without ACK repeats at 0.5, 1.5, 3.5, 7.5, then every 4 s until 32 s", async () => {
    const { clock, flow, arrive, requests, heard } = rig();
    arrive(request("INVITE"));
    requests[0]?.respond(responseTo(request("INVITE"), 486, { toTag: "t" }));
    await clock.advance(40_000);
    expect(flow.seconds).toEqual([0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]);
    expect(heard).toEqual(["no ACK"]);
  });

  test("an ACK stops the repeats of a non-2xx, and is absorbed for T4", async () => {
    const { clock, flow, table, arrive, requests, acks } = rig();
    arrive(request("INVITE"));
    requests[0]?.respond(responseTo(request("INVITE"), 486, { toTag: "t" }));
    await clock.advance(600);
    arrive(request("ACK"));
    arrive(request("ACK"));
    await clock.advance(4900);
    expect(flow.kinds).toEqual([486, 486]);
    expect(acks).toEqual([]);
    expect(table.openCount).toBe(1);
    await clock.advance(200);
    expect(table.openCount).toBe(0);
  });

  test("UAC-002 a BYE repeated after 20 s gets the same 200", async () => {
    const { clock, flow, arrive, requests } = rig();
    arrive(request("BYE"));
    requests[0]?.respond(responseTo(request("BYE"), 200, { toTag: "t" }));
    await clock.advance(20_000);
    arrive(request("BYE"));
    expect(flow.kinds).toEqual([200, 200]);
    expect(flow.sent[1]?.message).toBe(flow.sent[0]?.message);
    expect(requests).toHaveLength(1);
    await clock.advance(13_000);
    arrive(request("BYE"));
    expect(requests).toHaveLength(2);
  });

  test("UAC-004 an INVITE repeated after its 200 rings nobody and gets no 100", async () => {
    const { clock, flow, arrive, requests, acks } = rig();
    arrive(request("INVITE"));
    requests[0]?.respond(responseTo(request("INVITE"), 200, { toTag: "t" }));
    await clock.advance(20_000);
    arrive(request("INVITE"));
    await clock.advance(1000);
    expect(flow.kinds).toEqual([200]);
    expect(requests).toHaveLength(1);
    arrive(request("ACK", { branch: "z9hG4bKack" }));
    expect(acks).toHaveLength(1);
  });

  test("over TCP a non-2xx is sent once, and H still ends the wait", async () => {
    const { clock, flow, arrive, requests, heard } = rig("TCP");
    arrive(request("INVITE"));
    requests[0]?.respond(responseTo(request("INVITE"), 486, { toTag: "t" }));
    await clock.advance(40_000);
    expect(flow.kinds).toEqual([486]);
    expect(heard).toEqual(["no ACK"]);
  });

  test("UAC-012 equal branches of two hosts stay apart", () => {
    const { arrive, requests } = rig();
    arrive(request("OPTIONS", { via: "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKa" }));
    arrive(request("OPTIONS", { via: "SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKa" }));
    expect(requests).toHaveLength(2);
  });

  test("UAC-012 without the cookie the rules of RFC 2543 match repeats, ACK and CANCEL", () => {
    const { arrive, requests, cancels, acks, table } = rig();
    const old = { via: "SIP/2.0/UDP 192.0.2.9" };
    arrive(request("INVITE", old));
    arrive(request("INVITE", old));
    arrive(request("CANCEL", old));
    expect(requests).toHaveLength(1);
    expect(cancels[0]?.invite?.id).toBe(requests[0]?.id);
    requests[0]?.respond(responseTo(request("INVITE", old), 487, { toTag: "t" }));
    arrive(request("ACK", { ...old, toTag: "t" }));
    expect(acks).toEqual([]);
    expect(requests[0]?.state).toBe("confirmed");
    arrive(request("INVITE", { ...old, cseq: 2 }));
    expect(requests).toHaveLength(2);
    expect(table.openCount).toBe(3);
  });

  test("UAC-011 a CANCEL that matches nothing says so", () => {
    const { arrive, cancels } = rig();
    arrive(request("CANCEL"));
    expect(cancels).toHaveLength(1);
    expect(cancels[0]?.invite).toBeUndefined();
  });

  test("UAC-015 the same request over another proxy is known as merged, a re-INVITE is not", () => {
    const { table, arrive, requests } = rig();
    arrive(request("INVITE", { branch: "z9hG4bKa" }));
    arrive(request("INVITE", { branch: "z9hG4bKb" }));
    arrive(request("INVITE", { branch: "z9hG4bKc", toTag: "t" }));
    expect(requests.map((transaction) => table.isMerged(transaction))).toEqual([false, true, false]);
  });

  test("closing ends every timer at once", async () => {
    const { clock, flow, table, arrive, user } = rig();
    table.send(ours("INVITE"), flow, user);
    arrive(request("INVITE"));
    table.close();
    await clock.advance(1000);
    expect(flow.kinds).toEqual(["INVITE"]);
    expect(clock.alarmCount).toBe(0);
  });
});
