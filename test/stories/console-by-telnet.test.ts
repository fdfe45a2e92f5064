// Ways into the console over the network: telnet only where the configuration allows it and the password is not the one
// everybody knows; log lines to a syslog server.
import { expect } from "vitest";
import type { Connection } from "#hal/contract/sockets.ts";
import { textFile } from "#test/lab/files.ts";
import type { Rig } from "./kit/rig.ts";
import { story } from "./kit/story.ts";

const phone = { address: "10.77.110.20", port: 23 };
const file = "SIPDefault.cnf";

/** Adds lines to the default file, before the phone asks for it. */
function configure(rig: Rig, lines: string): void {
  const before = new TextDecoder().decode(rig.lab.files.get(file) ?? new Uint8Array());
  rig.lab.files.set(file, textFile(before + lines));
}

/** A terminal on the server of the lab. */
async function terminal(rig: Rig) {
  const { signal } = new AbortController();
  const opening = rig.lab.hosts.server.stack.sockets.connectTcp(phone, { timeoutMs: 1000, signal }).then(
    (connection) => ({ connection }),
    (error: unknown) => ({ error }),
  );
  await rig.wait(100);
  const opened = await opening;
  if ("error" in opened) throw opened.error;
  const { connection }: { connection: Connection } = opened;
  let text = "";
  let isClosed = false;
  connection.chunks.subscribe((bytes) => (text += new TextDecoder("latin1").decode(bytes)), { signal });
  connection.closed.subscribe(() => (isClosed = true), { signal });
  return {
    async type(line: string): Promise<string> {
      text = "";
      connection.write(new TextEncoder().encode(`${line}\r\n`));
      await rig.wait(50);
      return text;
    },
    async read(): Promise<string> {
      await rig.wait(50);
      return text;
    },
    isClosed: () => isClosed,
  };
}

story("CLI-004 without telnet_level nobody listens", { needs: ["lab"] }, async (rig) => {
  await rig.ready();
  await expect(terminal(rig)).rejects.toMatchObject({ code: "refused" });
});

story("CLI-003 telnet refuses the password everybody knows", { needs: ["lab"] }, async (rig) => {
  configure(rig, "telnet_level: 2\n");
  await rig.ready();
  const screen = await terminal(rig);
  expect(await screen.read()).not.toContain("Password :");
  await rig.wait(100);
  expect(screen.isClosed()).toBe(true);
});

story(
  "CLI-002 CLI-005 telnet asks for the password, shows stars and the prompt, one session at a time",
  { needs: ["lab"] },
  async (rig) => {
    configure(rig, 'telnet_level: 2\nphone_password: "sesame"\nphone_prompt: "Lab Phone"\n');
    await rig.ready();
    const first = await terminal(rig);
    expect(await first.read()).toContain("Password :");
    expect(await first.type("sesame")).toMatch(/\*{6}\r\nLab Phone> /);
    const second = await terminal(rig);
    expect(await second.read()).toContain("another session is open");
    expect(await first.type("show register")).toContain("10.77.110.1:5060");
    expect(await first.type("test key 1")).toContain("> ");
    expect(await first.type("exit")).toContain("exit");
    await rig.wait(100);
    expect(first.isClosed()).toBe(true);
  },
);

story(
  "telnet_level 1 may look and not touch; a wrong password three times ends it",
  { needs: ["lab"] },
  async (rig) => {
    configure(rig, 'telnet_level: 1\nphone_password: "sesame"\n');
    await rig.ready();
    const screen = await terminal(rig);
    await screen.type("sesame");
    expect(await screen.type("show version")).toContain("Offhook");
    expect(await screen.type("reset")).toContain("may only look");
    await screen.type("exit");
    await rig.wait(200);
    const guess = await terminal(rig);
    for (const word of ["a", "b", "c"]) await guess.type(word);
    await rig.wait(200);
    expect(guess.isClosed()).toBe(true);
  },
);

story(
  "CFG-093 log lines go to the syslog server of the configuration, earlier ones first",
  { needs: ["lab"] },
  async (rig) => {
    configure(rig, 'offhook_syslog: "10.77.110.1:5514"\n');
    const lines: string[] = [];
    const socket = rig.lab.hosts.server.stack.sockets.openUdp({ port: 5514 });
    socket.datagrams.subscribe(({ bytes }) => lines.push(new TextDecoder().decode(bytes)), {
      signal: rig.lab.signal,
    });
    await rig.ready();
    await rig.wait(1000);
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) expect(line).toMatch(/^<13[1-5]>1 \S+ 001122334455 offhook - [a-z0-9-]+ - \S/);
    expect(lines.join("\n")).toMatch(/ dhcp - .*selecting/);
    expect(lines.join("\n")).not.toContain("lab-1001");
  },
);
