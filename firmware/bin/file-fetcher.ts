// Files for provisioning: TFTP and HTTP behind one function.
import type { FetchFile, FileAnswer, FileRequest } from "#firmware/config/fetch.ts";
import { createHttpFetch } from "#firmware/config/http-fetch.ts";
import { fetchFile } from "#firmware/tftp/client.ts";
import { chooseOffer } from "#firmware/tftp/options.ts";
import type { Base } from "./base.ts";

/** Fetches by TFTP or HTTP, as each request says. */
export function createFileFetcher({ hal, runtime }: Base): FetchFile {
  const byHttp = createHttpFetch(hal.http);
  return (request, options) =>
    request.transport === "http" ? byHttp(request, options) : byTftp(request, options.signal);

  async function byTftp(request: FileRequest, signal: AbortSignal): Promise<FileAnswer> {
    const { server, name, maxBytes, expectedBytes, isPlain } = request;
    const offer = chooseOffer({ fileName: name, expectedBytes, isPlain });
    const result = await fetchFile(
      { server, fileName: name, offer, maxBytes },
      { runtime, sockets: hal.sockets, signal },
    );
    switch (result.kind) {
      case "file":
        return { kind: "file", bytes: result.bytes };
      case "not-found":
      case "timeout":
      case "unreachable":
        return { kind: result.kind };
      case "too-large":
        return { kind: "too-large", limitBytes: maxBytes };
      case "error":
        return { kind: "error", error: result.code, text: result.text };
      case "broken-server":
        return { kind: "error", error: "protocol", text: result.detail };
    }
  }
}
