// Does the simulated stack understand a real kernel? Run as root: `unshare -n node test/net/sim-stack-vs-kernel.ts`.
// The simulated host 10.77.110.1 sits behind a TAP device; the kernel's side is 10.77.110.20, driven by common tools.
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import type { Connection } from "#hal/contract/sockets.ts";
import { createClock, processOriginNs } from "#hal/linux/clock.ts";
import { createCable } from "#hal/sim/net/cable.ts";
import { createStack } from "#hal/sim/net/stack.ts";
import { createSeededRandom } from "#hal/sim/random.ts";
import { attachTap } from "./tap.ts";

const life = new AbortController();
const { signal } = life;
const simulated = "10.77.110.1";
const kernel = "10.77.110.20";

const clock = createClock({ originNs: processOriginNs(), wall: () => undefined });
const random = createSeededRandom(Number(process.argv[2] ?? 1));
const cable = createCable({ clock, random });
attachTap("tap0", cable.b, signal);
for (const command of [
  ["addr", "add", `${kernel}/24`, "dev", "tap0"],
  ["link", "set", "lo", "up"],
  ["link", "set", "tap0", "up"],
])
  execFileSync("ip", command);
const stack = createStack({
  name: "sim",
  mac: "00:11:22:33:44:01",
  end: cable.a,
  clock,
  random,
  found: { address: { address: simulated, prefix: 24 } },
});

const run = promisify(execFile);
/** A few lines of Python on the kernel's side; its output. */
const python = async (code: string): Promise<string> =>
  (await run("python3", ["-c", code], { maxBuffer: 1e8 })).stdout.trim();
const sha = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const payload = Uint8Array.from({ length: 1_000_000 }, (_, n) => (n * 31 + (n >> 8)) & 255);
const failures: string[] = [];

async function check(name: string, work: () => Promise<string>): Promise<void> {
  const start = performance.now();
  try {
    const said = await work();
    console.log(`ok   ${name}: ${said} (${Math.round(performance.now() - start)} ms)`);
  } catch (error) {
    failures.push(name);
    console.log(`FAIL ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function same(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${String(actual)}, expected ${String(expected)}`);
}

/** Everything until the peer closes. */
function readAll(connection: Connection): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  return new Promise((resolve, reject) => {
    connection.chunks.subscribe((chunk) => parts.push(chunk), { signal });
    connection.closed.subscribe(
      (reason) => (reason.kind === "finished" ? resolve(Buffer.concat(parts)) : reject(reason.error)),
      { signal },
    );
  });
}

const listener = await stack.sockets.listenTcp(2000, { signal });
listener.connections.subscribe(
  (connection) => {
    connection.chunks.subscribe((chunk) => connection.write(chunk), { signal });
    connection.closed.subscribe(() => connection.close(), { signal });
  },
  { signal },
);
const echo = stack.sockets.openUdp({ port: 7 });
echo.datagrams.subscribe(({ bytes, from }) => echo.send(bytes, from), { signal });

const kernelEcho = `
import socket,hashlib
c=socket.create_connection(("${simulated}",2000)); c.settimeout(60)
p=bytes((n*31+(n>>8))&255 for n in range(1000000))
import threading
threading.Thread(target=lambda:(c.sendall(p),c.shutdown(socket.SHUT_WR))).start()
h=hashlib.sha256(); n=0
while True:
  d=c.recv(65536)
  if not d: break
  h.update(d); n+=len(d)
print(n,h.hexdigest())`;
/** A kernel server for one connection: reads all, answers with the digest, closes. */
const kernelServer = (delaySec: number): string => `
import socket,hashlib,time
s=socket.socket(); s.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1); s.setsockopt(socket.SOL_SOCKET,socket.SO_RCVBUF,8192)
s.bind(("${kernel}",3000)); s.listen(1); s.settimeout(60)
c,_=s.accept(); c.settimeout(60); time.sleep(${delaySec}); h=hashlib.sha256()
while True:
  d=c.recv(65536)
  if not d: break
  h.update(d)
c.sendall(h.hexdigest().encode()); c.close()`;

async function sendToKernel(delaySec: number): Promise<string> {
  const server = python(kernelServer(delaySec));
  await clock.sleep(700, { signal });
  const connection = await stack.sockets.connectTcp(
    { address: kernel, port: 3000 },
    { timeoutMs: 5000, signal },
  );
  const answer = readAll(connection);
  connection.write(payload);
  connection.close();
  same(new TextDecoder().decode(await answer), sha(payload));
  await server;
  return `${payload.length} bytes`;
}

await check(
  "the kernel pings us",
  async () => (await run("ping", ["-c", "2", "-i", "0.2", simulated])).stdout.split("\n").at(-3) ?? "",
);
await check(
  "the kernel pings us in fragments",
  async () =>
    (await run("ping", ["-c", "2", "-i", "0.2", "-s", "5000", simulated])).stdout.split("\n").at(-3) ?? "",
);
await check(
  "we ping the kernel",
  async () => `${(await stack.ping(kernel, { timeoutMs: 1000, sizeBytes: 4000 })).toFixed(2)} ms`,
);
await check("UDP echo of 20 000 bytes", () =>
  python(`
import socket
u=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); u.settimeout(2)
p=bytes(n%251 for n in range(20000)); u.sendto(p,("${simulated}",7)); d=u.recv(65535)
assert d==p; print(len(d))`),
);
await check("a closed UDP port of ours is refused", () =>
  python(`
import socket
u=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); u.settimeout(2); u.connect(("${simulated}",9)); u.send(b"x")
try: u.recv(9)
except ConnectionRefusedError as e: print(e)`).then((said) => {
    same(said.includes("refused"), true);
    return said;
  }),
);
await check("a closed UDP port of the kernel is a failure", async () => {
  const socket = stack.sockets.openUdp({});
  const failure = new Promise<string>((resolve) =>
    socket.failures.subscribe(({ error }) => resolve(error.code), { signal }),
  );
  socket.send(Uint8Array.of(1), { address: kernel, port: 9 });
  same(await failure, "refused");
  return "refused";
});
await check("the kernel's TCP connects, echo of 1 MB", async () => {
  const said = await python(kernelEcho);
  same(said, `1000000 ${sha(payload)}`);
  return said.slice(0, 20);
});
await check("we connect to the kernel, 1 MB", () => sendToKernel(0));
await check("a kernel that reads late closes its window", () => sendToKernel(3));
await check("a closed TCP port of the kernel refuses", async () => {
  const refused = await stack.sockets
    .connectTcp({ address: kernel, port: 9 }, { timeoutMs: 2000, signal })
    .then(
      () => "connected",
      (error) => error.code,
    );
  same(refused, "refused");
  return refused;
});
await check("a closed TCP port of ours refuses", async () => {
  const said = await python(`
import socket
try: socket.create_connection(("${simulated}",9),2)
except OSError as e: print(e)`);
  same(said.includes("refused"), true);
  return said;
});
await check("a reset from the kernel is a failure", async () => {
  const server = python(`
import socket,struct
s=socket.socket(); s.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1); s.bind(("${kernel}",3001)); s.listen(1)
c,_=s.accept(); c.recv(10); c.setsockopt(socket.SOL_SOCKET,socket.SO_LINGER,struct.pack("ii",1,0)); c.close()`);
  await clock.sleep(700, { signal });
  const connection = await stack.sockets.connectTcp(
    { address: kernel, port: 3001 },
    { timeoutMs: 2000, signal },
  );
  const over = readAll(connection).then(
    () => "finished",
    (error) => error.code,
  );
  connection.write(Uint8Array.of(1));
  same(await over, "refused");
  await server;
  return "refused";
});
await check("our own zero window holds the kernel back", async () => {
  const slow = await stack.sockets.listenTcp(2001, { signal });
  const accepted = new Promise<Connection>((resolve) => slow.connections.subscribe(resolve, { signal }));
  const sender = python(`
import socket,hashlib
c=socket.create_connection(("${simulated}",2001)); c.settimeout(60); p=bytes((n*31+(n>>8))&255 for n in range(1000000)); c.sendall(p); c.close()
print(hashlib.sha256(p).hexdigest())`);
  const connection = await accepted;
  await clock.sleep(2000, { signal });
  const got = await readAll(connection);
  connection.close();
  same(sha(got), await sender);
  return `${got.length} bytes`;
});
for (const lossPct of [2, 10]) {
  cable.impair({ lossPct, duplicatePct: 5, reorderPct: 5, delayMs: 2 });
  await check(`echo of 1 MB with ${lossPct} % loss, repetitions and reordering`, async () => {
    const said = await python(kernelEcho);
    same(said, `1000000 ${sha(payload)}`);
    return said.slice(0, 20);
  });
}
console.log(JSON.stringify({ failures, drops: stack.drops.list(), counters: stack.link.counters() }));
stack.close();
life.abort();
clock.close();
process.exitCode = failures.length > 0 ? 1 : 0;
