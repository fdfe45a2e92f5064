// Sessions as people have them: password with stars, prompt, echo, what may be tested where, idle time, interrupts.
import { expect, test } from "vitest";
import type { Json } from "#firmware/console/port.ts";
import { serveSession } from "#firmware/console/serve.ts";
import { bench, FakeStream } from "./bench.ts";

test("CLI-002 telnet asks for the password only, shows stars for it, then the prompt", async () => {
  const { options } = bench();
  const stream = new FakeStream();
  serveSession(options, stream, "telnet");
  expect(stream.read()).toBe("Password :");
  stream.type("secret\r\n");
  expect(stream.read()).toBe("******\r\nSIP Phone> ");
});

test("CLI-003 the password is phone_password; as shipped it opens nothing over the network", () => {
  const open = bench();
  const wrong = new FakeStream();
  serveSession(open.options, wrong, "telnet");
  wrong.type("cisco\r");
  expect(wrong.read()).toContain("wrong password\r\nPassword :");
  wrong.type("x\ry\r");
  expect(wrong.isClosed).toBe(true);
  const shipped = bench({ password: "cisco" });
  const refused = new FakeStream();
  serveSession(shipped.options, refused, "telnet");
  expect(refused.read()).toContain("refused: phone_password is still the default");
  expect(refused.isClosed).toBe(true);
});

test("CLI-004 level 0 refuses telnet, level 1 may only look, level 2 may do everything", async () => {
  const closed = new FakeStream();
  serveSession(bench({ telnetLevel: 0 }).options, closed, "telnet");
  expect(closed.isClosed).toBe(true);
  const looking = bench({ telnetLevel: 1 });
  const stream = new FakeStream();
  serveSession(looking.options, stream, "telnet");
  stream.type("secret\rshow register json\r");
  await looking.settle();
  stream.type("reset\rtest open\rline1_name: x\rdebug all\r");
  await looking.settle();
  expect(stream.read()).toContain('{"lines":[{"line":1,"state":"registered"}]}');
  expect(looking.did).toEqual([]);
  const all = bench();
  const able = new FakeStream();
  serveSession(all.options, able, "telnet");
  able.type("secret\rdebug cc\r");
  await all.settle();
  able.type("reset\r");
  await all.settle();
  expect(all.did).toEqual(["debug cc true", "reset"]);
});

test("test functions work at the local socket and on development images, elsewhere after test open", async () => {
  for (const [way, more, lines, works] of [
    ["socket", {}, ["test key 6"], true],
    ["serial", {}, ["test key 6"], false],
    ["serial", { isDevelopmentImage: true }, ["test key 6"], true],
    ["serial", {}, ["test open", "secret", "test key 6"], true],
    ["serial", {}, ["test open", "wrong", "wrong", "wrong", "test key 6"], false],
    ["telnet", {}, ["secret", "test key 6"], false],
    ["telnet", {}, ["secret", "test open", "test key 6"], true],
    ["telnet", {}, ["secret", "test open", "test close", "test key 6"], false],
  ] as const) {
    const { options, did, settle } = bench(more);
    const stream = new FakeStream();
    serveSession(options, stream, way);
    for (const line of lines) {
      stream.type(`${line}\r`);
      await settle();
    }
    expect(did, `${way} ${lines.join(", ")}`).toEqual(works ? ["key 6"] : []);
  }
});

test("CLI-029 CLI-006 echo, copied log lines, and an idle time that ends the session", async () => {
  const { options, log, clock, settle } = bench();
  const stream = new FakeStream();
  serveSession(options, stream, "serial");
  stream.read();
  stream.type("tty echo off\r");
  await settle();
  expect(stream.read()).toBe("tty echo off\r\nSIP Phone> ");
  stream.type("tty mon\r");
  await settle();
  log.emit({ atMs: 1234.5, level: "warning", area: "sip", text: "no answer" });
  expect(stream.read()).toBe("SIP Phone>      1.234 warning sip: no answer\r\n");
  stream.type("tty mon\r");
  await settle();
  stream.read();
  log.emit({ atMs: 1235, level: "info", area: "sip", text: "not copied" });
  expect(stream.read()).toBe("");
  stream.type("tty timeout 2\r");
  await settle();
  await clock.advance(119_000);
  expect(stream.isClosed).toBe(false);
  stream.type(" ");
  await clock.advance(119_000);
  expect(stream.isClosed).toBe(false);
  await clock.advance(1_000);
  expect(stream.isClosed).toBe(true);
});

test("log lines come only to a session that asked for them", () => {
  const { options, log } = bench();
  const stream = new FakeStream();
  serveSession(options, stream, "serial");
  stream.read();
  log.emit({ atMs: 0, level: "info", area: "boot", text: "power -> image" });
  expect(stream.read()).toBe("");
});

test("CLI-018 exit ends the session, and so does the end of input", () => {
  for (const typed of ["exit\r", "\u0004"]) {
    const stream = new FakeStream();
    serveSession(bench().options, stream, "serial");
    stream.type(typed);
    expect(stream.isClosed).toBe(true);
  }
});

test("typing: backspace, line kill, return with line feed, and characters that are none", async () => {
  const { options, did, settle } = bench();
  const stream = new FakeStream();
  serveSession(options, stream, "serial");
  stream.read();
  stream.type("resxx\u007f\bet\r\n");
  await settle();
  expect(did).toEqual(["reset"]);
  expect(stream.read()).toBe("resxx\b \b\b \bet\r\nSIP Phone> ");
  stream.type("erase protflash\u0015\u001b\u0000restart\r");
  await settle();
  expect(did).toEqual(["reset", "restart"]);
});

test("what is typed while a command runs waits, and an interrupt ends the command", async () => {
  let release: (value: Json) => void = () => undefined;
  const slow = new Promise<Json>((resolve) => {
    release = resolve;
  });
  const { options, did, settle } = bench({}, { show: () => slow });
  const stream = new FakeStream();
  serveSession(options, stream, "serial");
  stream.type("show boot\rreset\rrestart\r");
  await settle();
  expect(did).toEqual([]);
  release("done");
  await settle();
  expect(did).toEqual(["reset", "restart"]);
  stream.type("mirror\r");
  stream.type("key 6\r");
  await settle();
  stream.type("\u0003");
  await settle();
  expect(did.at(-1)).toBe("mirrored key 6");
  expect(stream.read()).toMatch(/\^C\r\nSIP Phone> $/);
});

test("CLI-007 the serial console needs no password to look; whoever is connected keeps the output", async () => {
  const { options, settle } = bench();
  const stream = new FakeStream();
  serveSession(options, stream, "serial");
  expect(stream.read()).toBe("SIP Phone> ");
  stream.type("show register\r");
  await settle();
  expect(stream.read()).toContain("registered");
});

test("a stream that ends, or a phone that goes down, ends session and command", async () => {
  const { options, ended, clock, settle } = bench();
  const stream = new FakeStream();
  serveSession(options, stream, "telnet");
  stream.type("secret\rmirror\r");
  await settle();
  stream.close();
  await settle();
  expect(clock.alarmCount).toBe(0);
  const other = new FakeStream();
  serveSession(options, other, "serial");
  other.type("tty timeout 5\r");
  await settle();
  ended.abort(new Error("shutdown"));
  expect(clock.alarmCount).toBe(0);
});
