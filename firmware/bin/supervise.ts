// `npm run phone`: keeps the firmware going on a Linux host, as flash-image/init does on a device. It starts it anew when it
// asks (75 program, 76 board: the same thing here) and after a crash, more slowly each time in a row.
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { exitCodes } from "#hal/linux/restarter.ts";

/** A child that lived this long had begun well: the next crash is a first one. */
const healthyMs = 60_000;
const pausesMs = [0, 1000, 2000, 5000, 10_000, 30_000] as const;

let child: ChildProcess | undefined;
let isStopping = false;
let crashesInARow = 0;

/** `ipc`: a phone whose supervisor was killed notices and ends. */
function start(): void {
  const startedMs = performance.now();
  child = spawn(
    process.execPath,
    [fileURLToPath(new URL("./main.ts", import.meta.url)), ...process.argv.slice(2)],
    {
      stdio: ["inherit", "inherit", "inherit", "ipc"],
    },
  );
  child.on("exit", (code, signal) => ended(code, signal, performance.now() - startedMs));
}

function ended(code: number | null, signal: NodeJS.Signals | null, livedMs: number): void {
  if (isStopping || code === 0 || code === 2) process.exit(code ?? 1);
  if (code === exitCodes.program || code === exitCodes.board) {
    start();
    return;
  }
  crashesInARow = livedMs > healthyMs ? 1 : crashesInARow + 1;
  const pauseMs = pausesMs[Math.min(crashesInARow, pausesMs.length) - 1] ?? 0;
  const how = signal === null ? `with ${code}` : `by ${signal}`;
  process.stderr.write(`phone: ended ${how}; starting again in ${pauseMs} ms (${crashesInARow} in a row)\n`);
  setTimeout(start, pauseMs);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    isStopping = true;
    if (child?.exitCode === null && child.signalCode === null) child.kill(signal);
    else process.exit(0);
  });
}
start();
