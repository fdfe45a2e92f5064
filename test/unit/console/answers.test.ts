// What commands answer: JSON alone, text for people, failures in a line; one command over the local socket.
import { expect, test } from "vitest";
import { decodeLine, encodeRequest, sessionMark } from "#firmware/console/once.ts";
import { renderShow } from "#firmware/console/render.ts";
import { serveSocket, serveTelnet } from "#firmware/console/serve.ts";
import { TelnetFilter, telnetGreeting } from "#firmware/console/telnet.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { Connection, Sockets } from "#hal/contract/sockets.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { type Bench, bench, FakeStream } from "./bench.ts";

/** Runs one command over the socket; lines of the answer, and its failure or null. */
async function once(on: Bench, line: string): Promise<{ lines: string[]; end: string | null }> {
  const stream = new FakeStream();
  serveSocket(on.options, stream);
  stream.chunks.emit(encodeRequest(line));
  await on.settle();
  const answers = stream.read().trimEnd().split("\n").map(decodeLine);
  expect(stream.isClosed).toBe(true);
  const last = answers.pop();
  if (last === undefined || !("end" in last)) throw new Error("no end");
  return { lines: answers.flatMap((answer) => ("line" in answer ? [answer.line] : [])), end: last.end };
}

test("CLI-022 show prints exactly one JSON document on request", async () => {
  const on = bench();
  const value = { ok: true, text: "a\nb", list: [1, 2] };
  on.shown.set("boot", value);
  const { lines, end } = await once(on, "show boot json");
  expect(end).toBeNull();
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toEqual(value);
});

test("what this phone does not keep, and what cannot be done, is said and fails", async () => {
  expect(await once(bench(), "show malloctable")).toEqual({
    lines: [],
    end: "console: show malloctable: not kept by this phone",
  });
  expect((await once(bench(), "capture start bad")).end).toBe("bad: capture: cannot be written");
  expect((await once(bench(), "nonsense")).end).toBe('unknown command "nonsense"; help lists the commands');
});

test("our own mistake in a provider ends the process by name, and the client is not left waiting", async () => {
  const on = bench(
    {},
    {
      show: () => {
        throw new TypeError("our own");
      },
    },
  );
  expect((await once(on, "show boot")).end).toBe("failed");
  expect(on.failures).toHaveLength(1);
});

test("ping and traceroute report each answer; a ping nobody answers fails", async () => {
  expect(await once(bench(), "ping 192.0.2.1 3")).toEqual({
    lines: ["1: 192.0.2.1 0.4 ms", "2: no answer", "3: 192.0.2.1 0.4 ms", "2 of 3 answered"],
    end: null,
  });
  expect((await once(bench(), "traceroute 192.0.2.9")).lines).toEqual([
    " 1  192.0.2.254  1.0 ms",
    " 2  *",
    " 3  192.0.2.9  2.5 ms",
  ]);
  const silent = bench(
    {},
    {
      async *ping() {
        yield { sequence: 1, rttMs: undefined };
      },
    },
  );
  expect((await once(silent, "ping 192.0.2.1 1")).end).toBe("ping: 192.0.2.1: no answer");
});

test("the other commands reach the phone", async () => {
  const on = bench();
  for (const line of [
    "register 0 1",
    "dns -i 192.0.2.1",
    "dns -c",
    "clear arp",
    "erase protflash",
    "capture start a.pcap",
    "line1_name: 2001",
    "test offhook",
    "test button spkr 6",
    "show lcd png a.png",
  ])
    expect((await once(on, line)).end, line).toBeNull();
  expect(on.did).toEqual([
    "register 1 false",
    "dns set 192.0.2.1",
    "dns cleared",
    "clear arp",
    "erase",
    "capture a.pcap",
    "set line1_name=2001",
    "offhook",
    "key speaker",
    "key 6",
    "picture a.png",
  ]);
  expect((await once(on, "dns -p")).lines).toEqual([
    "name             address     ttlSec",
    "sip.example.com  192.0.2.10  60",
  ]);
  expect((await once(on, "capture stop")).lines).toEqual(["12 packets"]);
});

test("CLI-031 help lists the commands, or tells about one", async () => {
  const all = await once(bench(), "help");
  for (const name of [
    "exit",
    "help",
    "debug",
    "undebug",
    "show",
    "register",
    "reset",
    "ping",
    "traceroute",
    "dns",
    "test key",
    "tty mon",
    "clear",
    "erase",
  ])
    expect(
      all.lines.some((line) => line.startsWith(name)),
      name,
    ).toBe(true);
  expect((await once(bench(), "? ping")).lines).toEqual([
    "ping IP-ADDRESS [NUMBER [PACKET-SIZE [TIMEOUT]]]  sends echo requests; size 1-1480, timeout in s",
  ]);
  expect((await once(bench(), "help dance")).end).toBe('console: help: no command "dance"');
});

test("CLI-032 show config prints UNPROVISIONED for what is not set", () => {
  expect(
    renderShow("config", { proxy1_address: "192.0.2.10", proxy_backup: "", nat_enable: 0, line2_name: null }),
  ).toEqual([
    "proxy1_address : 192.0.2.10",
    "proxy_backup : UNPROVISIONED",
    "nat_enable : 0",
    "line2_name : UNPROVISIONED",
  ]);
});

test("CLI-034 show dialplan numbers the rules, or says EMPTY", () => {
  const rule = {
    pattern: "9,1..........",
    rewrite: "",
    line: "All",
    timeoutSec: 0,
    userMode: "Phone",
    routeMode: "Default",
    tones: ["Bellcore-Outside"],
  };
  expect(renderShow("dialplan", { rules: [rule], errors: ["3:5: expected a number"] })).toEqual([
    "01. Pattern: 9,1..........  Rewrite:   Line: All",
    "    Timeout: 0  UserMode: Phone  RouteMode: Default",
    "    Tone 1: Bellcore-Outside",
    "3:5: expected a number",
  ]);
  expect(renderShow("dialplan", { rules: [], errors: [] })).toEqual(["EMPTY"]);
});

test("the panel and the timeline read like what they are", () => {
  const lcd = {
    rows: ["11/21/26", "Enter number"],
    softkeys: ["Redial", "EndCall"],
    lines: ["2001", "2002"],
    lamps: { message: "on" },
  };
  expect(renderShow("lcd", lcd)).toEqual([
    "+--------------------+",
    "|11/21/26            | 2001",
    "|Enter number        | 2002",
    "+--------------------+",
    "[Redial] [EndCall]",
    "message  on",
  ]);
  const phases = [
    { name: "vlan", startMs: 12, endMs: 15, endedBy: "cdp: voice VLAN 110", waitedFor: "switch" },
  ];
  expect(renderShow("boot", { phases })).toEqual([
    "name  startMs  endMs  waitedFor  endedBy",
    "vlan  12       15     switch     cdp: voice VLAN 110",
  ]);
});

test("any value has a text form, whatever its shape", () => {
  expect(
    renderShow("network", {
      vlan: 110,
      dns: [],
      ports: [{ port: 0, link: "Full, 100" }],
      nested: { a: null },
    }),
  ).toEqual([
    "vlan    110",
    "dns     none",
    "ports",
    "  port  link",
    "  0     Full, 100",
    "nested",
    "  a  -",
  ]);
  expect(renderShow("lcd", "off")).toEqual(["off"]);
  expect(renderShow("timers", [])).toEqual(["none"]);
});

test("test show tells what a press did to the panel", async () => {
  const on = bench();
  on.shown.set("lcd", { rows: ["Enter number"], softkeys: [], lines: [] });
  const stream = new FakeStream();
  serveSocket(on.options, stream);
  stream.chunks.emit(Uint8Array.of(sessionMark));
  expect(stream.read()).toBe("SIP Phone> ");
  stream.type("test show\n");
  await on.settle();
  stream.type("test key 6\n");
  await on.settle();
  expect(stream.read()).toContain("|Enter number        |");
});

test("mirror over the socket streams lines and takes lines until the client goes", async () => {
  const on = bench();
  const stream = new FakeStream();
  serveSocket(on.options, stream);
  stream.chunks.emit(encodeRequest("mirror"));
  await on.settle();
  expect(decodeLine(stream.read().trim())).toEqual({ line: "frame 1" });
  stream.type("key 6\nke");
  stream.type("y 7\n");
  expect(on.did).toEqual(["mirrored key 6", "mirrored key 7"]);
  stream.close();
  await on.settle();
  expect(stream.read()).toBe("");
  expect(on.failures).toEqual([]);
});

test("telnet's own bytes are taken out at any chunking, and options we lack are declined", () => {
  const bytes = Uint8Array.of(
    104,
    255,
    253,
    31,
    105,
    255,
    250,
    31,
    0,
    80,
    255,
    240,
    255,
    255,
    255,
    251,
    32,
    13,
    0,
  );
  for (let cut = 0; cut <= bytes.length; cut++) {
    const filter = new TelnetFilter();
    const parts = [filter.take(bytes.subarray(0, cut)), filter.take(bytes.subarray(cut))];
    expect(parts.flatMap(({ data }) => [...data])).toEqual([104, 105, 255, 13]);
    expect(parts.flatMap(({ reply }) => [...reply])).toEqual([255, 252, 31, 255, 254, 32]);
  }
  expect([...telnetGreeting]).toEqual([255, 251, 1, 255, 251, 3]);
});

test("CLI-005 telnet has one session at a time, and does not listen at level 0", async () => {
  const connections = new Emitter<Connection>();
  const listened: number[] = [];
  const refuse = (): never => {
    throw new HalError("unsupported", "socket", "connect", "not here");
  };
  const sockets: Sockets = {
    openUdp: refuse,
    connectTcp: refuse,
    connectTls: refuse,
    listenTcp: async (port) => {
      listened.push(port);
      return { local: { address: "192.0.2.40", port }, connections, close: () => undefined };
    },
  };
  await serveTelnet({ ...bench({ telnetLevel: 0 }).options, sockets });
  expect(listened).toEqual([]);
  const on = bench();
  await serveTelnet({ ...on.options, sockets });
  expect(listened).toEqual([23]);
  const [first, second, third] = [new FakeStream(), new FakeStream(), new FakeStream()];
  const arrives = (stream: FakeStream): void => connections.emit(stream as unknown as Connection); // all a session uses
  arrives(first);
  arrives(second);
  expect(second.read()).toBe("another session is open\r\n");
  expect(second.isClosed).toBe(true);
  first.type("secret\rexit\r");
  arrives(third);
  expect(third.read()).toBe("Password :");
});
