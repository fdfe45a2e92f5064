// `npm start` as a person runs it, and its page in the browser: what a test sees, clicks and hears there.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { onTestFinished } from "vitest";
import { openBrowser } from "./chromium.ts";

const root = join(import.meta.dirname, "../..");
const pictures = join(import.meta.dirname, "out");

/** The page of a phone that `npm start` runs. */
export interface RealPhone {
  readonly page: Page;
  /** What the browser complained about. */
  readonly complaints: readonly string[];
  /** Samples that crossed the page's socket so far, 8000 Hz. */
  said(): Int16Array;
  heard(): Int16Array;
  /** Forgets what was said and heard. */
  forget(): void;
  /** Presses and releases the key or button with this name. */
  click(...names: readonly string[]): Promise<void>;
  /** Waits until the panel reads so. */
  reads(text: string | RegExp): Promise<void>;
  /** What the panel reads now, a line a row. */
  rows(): Promise<readonly string[]>;
  /** Saves the whole page into `test/browser/out`. */
  picture(name: string): Promise<void>;
}

/** Runs `npm start` on a free port and opens its page. */
export async function openRealPhone(
  options: {
    readonly args?: readonly string[];
    readonly width?: number;
    readonly height?: number;
    readonly hasMicrophone?: boolean;
  } = {},
): Promise<RealPhone> {
  const { args = [], width = 1440, height = 1000, hasMicrophone = false } = options;
  const url = await npmStart(args);
  const browser = await openBrowser({ width, height, hasMicrophone });
  onTestFinished(() => browser.close());
  const page = await browser.context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  let said: Buffer[] = [];
  let heard: Buffer[] = [];
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => typeof payload !== "string" && said.push(payload));
    socket.on("framereceived", ({ payload }) => typeof payload !== "string" && heard.push(payload));
  });
  await page.goto(url);
  await page.locator("#connection[data-state=open]").waitFor();
  const panel = page.locator("#lcd-text");
  return {
    page,
    complaints,
    said: () => samplesOf(said),
    heard: () => samplesOf(heard),
    forget() {
      said = [];
      heard = [];
    },
    async click(...names) {
      for (const name of names) await page.getByRole("button", { name, exact: true }).click();
    },
    reads: (text) => page.locator("#lcd-text", { hasText: text }).waitFor({ state: "attached" }),
    rows: async () => ((await panel.textContent()) ?? "").split("\n"),
    async picture(name) {
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
    },
  };
}

/** Resolves with the address that it prints; ends with the test. */
function npmStart(args: readonly string[]): Promise<string> {
  // A process group of its own: npm, its shell and Node end together.
  const child = spawn("npm", ["start", "--silent", "--", "--port", "0", ...args], {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        if (child.pid === undefined || child.exitCode !== null) return resolve();
        child.once("close", () => resolve());
        process.kill(-child.pid, "SIGTERM");
      }),
  );
  return new Promise((resolve, reject) => {
    let output = "";
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      const url = /the handset is at (http:\S+)/.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`npm start ended with ${code}:\n${output}`)));
  });
}

function samplesOf(messages: readonly Buffer[]): Int16Array {
  const bytes = Buffer.concat(messages);
  return Int16Array.from({ length: bytes.length >> 1 }, (_, at) => bytes.readInt16LE(2 * at));
}
