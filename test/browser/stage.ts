// A page, the browser around it and a fake phone behind it, ready for a test and gone after it.
import type { Page } from "playwright-core";
import { onTestFinished } from "vitest";
import type { PanelGeometry } from "#hal/contract/panel.ts";
import { type PageServer, servePage } from "#test/lab/page-server.ts";
import type { PageMessage } from "#ui/handset/protocol.ts";
import { openBrowser } from "./chromium.ts";
import { FakePhone } from "./fake-phone.ts";

export const panel7960: PanelGeometry = { kind: "pixels", width: 240, height: 120, depthBits: 2 };

export interface Stage {
  readonly page: Page;
  readonly phone: FakePhone;
  readonly server: PageServer;
  /** What the browser complained about. */
  readonly complaints: readonly string[];
  /** Waits until the panel reads so. */
  reads(text: string | RegExp): Promise<void>;
  /** Keys and hook as the phone got them. */
  pressed(): PageMessage[];
}

/** Opens the page. */
export async function openStage(
  options: {
    readonly geometry?: PanelGeometry;
    readonly bootSlowness?: number;
    readonly hasMicrophone?: boolean;
    readonly width?: number;
    readonly height?: number;
  } = {},
): Promise<Stage> {
  const {
    geometry = panel7960,
    bootSlowness = 0,
    hasMicrophone = false,
    width = 1440,
    height = 1000,
  } = options;
  const phone = new FakePhone({ geometry, bootSlowness });
  const server = await servePage(0, phone);
  phone.attach(server);
  const browser = await openBrowser({ width, height, hasMicrophone });
  onTestFinished(async () => {
    phone.stop();
    await browser.close();
    await server.close();
  });
  const page = await browser.context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  await page.goto(server.url);
  await page.locator("#connection[data-state=open]").waitFor();
  return {
    page,
    phone,
    server,
    complaints,
    reads: (text) => page.locator("#lcd-text", { hasText: text }).waitFor({ state: "attached" }),
    pressed: () => phone.received.filter(({ type }) => type === "key" || type === "hook"),
  };
}
