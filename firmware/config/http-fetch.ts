// Files by HTTP on port 6970 of the file server (reference boot-and-provisioning 5.6).
import { HalError } from "#hal/contract/errors.ts";
import type { HttpClient } from "#hal/contract/names.ts";
import type { FetchFile } from "./fetch.ts";

/** Port of configuration files on a call manager. */
const configHttpPort = 6970;

/** For connecting, and again for the whole answer. */
const httpTimeoutMs = 3000;

/** A fetch function over HTTP: 404 is "not there", anything but 200 an error, silence and refusal are unreachable. */
export function createHttpFetch(http: HttpClient): FetchFile {
  return async ({ name, server, maxBytes }, { signal }) => {
    const path = name.split("/").map(encodeURIComponent).join("/");
    try {
      const { status, body } = await http.request({
        method: "GET",
        url: `http://${server}:${configHttpPort}/${path}`,
        timeoutMs: httpTimeoutMs,
        maxBytes,
        signal,
      });
      if (status === 200) return { kind: "file", bytes: body };
      if (status === 404) return { kind: "not-found" };
      return { kind: "error", error: status, text: "" };
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      if (error.code === "timeout") return { kind: "timeout" };
      if (error.code === "io") return { kind: "error", error: "io", text: error.message };
      return { kind: "unreachable" };
    }
  };
}
