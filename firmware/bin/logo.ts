// The picture on the idle screen: asked for by HTTP once per boot when a configuration names one, never kept (START-013).
import type { Picture } from "#firmware/call/facts.ts";
import type { UrlSettings } from "#firmware/config/phone-config.ts";
import { WireError } from "#firmware/wire/wire-error.ts";
import { readBmp } from "#firmware/xml/bmp.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { Base } from "./base.ts";

const mostBytes = 256 * 1024;
const timeoutMs = 10_000;

export interface Logo {
  /** Its address and the proxy on the way, as configured now. */
  configure(urls: UrlSettings): void;
  /** Undefined: none is named, or it could not be had. */
  picture(): Picture | undefined;
}

/** `changed` is called when there is another picture to show. */
export function createLogo({ hal, runtime, signal }: Base, changed: () => void): Logo {
  const log = runtime.log("logo");
  let asked: string | undefined;
  let picture: Picture | undefined;

  const fetchPicture = async (url: string, proxy: UrlSettings["httpProxy"]): Promise<Picture | undefined> => {
    try {
      const request = { method: "GET", url, timeoutMs, maxBytes: mostBytes, signal } as const;
      const { status, body } = await hal.http.request(proxy === undefined ? request : { ...request, proxy });
      if (status === 200) return readBmp(body);
      log.warning(`${url}: HTTP ${status}`);
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof HalError) && !(error instanceof WireError)) throw error;
      log.warning(`${url}: ${error.message}`);
    }
    return undefined;
  };

  return {
    configure({ logo: url, httpProxy }) {
      if (url === asked) return;
      asked = url;
      picture = undefined;
      if (url === undefined) {
        changed();
        return;
      }
      fetchPicture(url, httpProxy).then(
        (found) => {
          if (signal.aborted || url !== asked) return;
          picture = found;
          if (found !== undefined) log.info(`${url}: ${found.width} × ${found.height}`);
          changed();
        },
        (error: unknown) => runtime.fail("logo", error),
      );
    },
    picture: () => picture,
  };
}
