// Headless Chromium of the machine, with a profile of its own that is removed again.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";

/** Where Debian's package puts it. */
export const chromiumPath = "/usr/bin/chromium";

/** Whether there is a browser to test with. */
export function hasChromium(): boolean {
  return existsSync(chromiumPath);
}

export interface Browser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/** Starts the browser. `hasMicrophone`: a fake one that beeps; otherwise the page is refused one. */
export async function openBrowser(options: {
  readonly width: number;
  readonly height: number;
  readonly hasMicrophone: boolean;
  readonly isDark?: boolean;
}): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), "offhook-browser-"));
  const microphone = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-domain-reliability",
      "--no-first-run",
      "--autoplay-policy=user-gesture-required",
      ...(options.hasMicrophone ? microphone : []),
    ],
    viewport: { width: options.width, height: options.height },
    hasTouch: options.width < 500,
    colorScheme: options.isDark === true ? "dark" : "light",
  });
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
