// Somebody else's program in a namespace: started, watched until it is ready, stopped by its own process id.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "./namespaces.ts";

/** A running server or second phone. */
export interface Peer {
  readonly name: string;
  /** Of the program itself: every wrapper execs the next. */
  readonly pid: number;
  /** What it printed so far, on both outputs; kept in the net's folder until that is closed. */
  output(): string;
  /** Types into it. */
  type(text: string): void;
  /** Resolves with its exit code when it ended by itself; undefined when a signal ended it. */
  readonly exited: Promise<number | undefined>;
  /** SIGTERM, and SIGKILL two seconds later. */
  stop(): Promise<void>;
}

export interface PeerOptions {
  readonly name: string;
  readonly host: Host;
  readonly program: string;
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** True once it can be used: from its output, or by asking it. */
  isReady(output: string, pid: number): boolean | Promise<boolean>;
  /** Default 10 s. */
  readonly withinMs?: number;
}

const pauseMs = 20;

/** Waits in real time, looking every 20 ms; throws `what` after `withinMs`. */
export async function eventually(
  what: string | (() => string),
  isSo: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> {
  for (const end = performance.now() + withinMs; ; ) {
    if (await isSo()) return;
    if (performance.now() > end)
      throw new Error(`not within ${withinMs} ms: ${typeof what === "string" ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

function endOf(child: ChildProcess): Promise<number | undefined> {
  return new Promise((resolve) => child.once("exit", (code) => resolve(code ?? undefined)));
}

/** How much of the processor it got, and how many wanted some: a program that starves looks like one that hangs. */
function evidenceOf(pid: number, startedMs: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // from field 3 on (proc(5))
    const ticks = Number(fields[11]) + Number(fields[12]); // utime, stime: hundredths of a second
    const [load] = readFileSync("/proc/loadavg", "utf8").split(" ");
    const livedMs = Math.round(performance.now() - startedMs);
    return `state ${fields[0]}, ${ticks * 10} ms of the processor in ${livedMs} ms, load ${load}`;
  } catch {
    return "it is gone"; // with its files in /proc
  }
}

let started = 0;

/**
 * Starts the program and waits until it is ready; a program that ends before that is an error with its output. It prints
 * into a file: a pipe is full soon while the test computes, and a program that waits there takes no calls.
 */
export async function startPeer(options: PeerOptions): Promise<Peer> {
  const { name, host } = options;
  started++;
  const printed = join(host.folder, `${name}-${process.pid}-${started}.out`);
  const file = openSync(printed, "a");
  const child = spawn("ip", ["netns", "exec", host.namespace, options.program, ...options.words], {
    stdio: ["pipe", file, file],
    env: { ...process.env, ...options.environment },
  });
  closeSync(file);
  const pid = child.pid ?? 0;
  const startedMs = performance.now();
  const output = (): string => readFileSync(printed, "utf8");
  child.stdin?.on("error", () => {}); // it closed its input: its affair
  let isOver = false;
  const exited = endOf(child).finally(() => {
    isOver = true;
  });
  const stop = async (): Promise<void> => {
    if (isOver) return;
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), 2000);
    await exited;
    clearTimeout(late);
  };
  try {
    await eventually(
      () => `${name} ready (${evidenceOf(pid, startedMs)}); it printed:\n${output()}`,
      () => {
        if (isOver) throw new Error(`${name} ended at once:\n${output()}`);
        return options.isReady(output(), pid);
      },
      options.withinMs,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { name, pid, output, type: (text) => child.stdin?.write(text), exited, stop };
}

/** Runs a program to its end inside `host`; resolves with exit code and output. */
export async function runToEnd(
  options: Omit<PeerOptions, "isReady">,
): Promise<{ readonly code: number | undefined; readonly output: string }> {
  const peer = await startPeer({ ...options, isReady: () => true });
  const code = await peer.exited;
  return { code, output: peer.output() };
}

/**
 * Copies the templates of `test/net/peers/NAME` into a folder of the net, `{{KEY}}` replaced. A key that is left over
 * is an error.
 */
export function writeConfiguration(
  folder: string,
  name: string,
  values: Readonly<Record<string, string>>,
  into = name,
): string {
  const target = join(folder, into);
  mkdirSync(target, { recursive: true });
  const source = join(import.meta.dirname, "peers", name);
  for (const file of readdirSync(source)) {
    const text = readFileSync(join(source, file), "utf8").replace(/\{\{(\w+)\}\}/g, (_all, key: string) => {
      const value = values[key];
      if (value === undefined) throw new Error(`${name}/${file}: no value for ${key}`);
      return value;
    });
    writeFileSync(join(target, file), text);
  }
  return target;
}
