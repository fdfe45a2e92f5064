// Files for provisioning: TFTP and HTTP behind one function.
import type { FetchFile, FileAnswer, FileRequest } from "#firmware/config/fetch.ts";
import { fetchFile } from "#firmware/tftp/client.ts";
import { chooseOffer } from "#firmware/tftp/options.ts";
import { HalError, type HalErrorCode } from "#hal/contract/errors.ts";
import type { Base } from "./base.ts";

/** Where newer phones find their files by HTTP (reference boot-and-provisioning 5.6). */
const httpPort = 6970;
/** Connect time-out of 5.6 (decision). */
const httpTimeoutMs = 3000;

/** Fetches by TFTP or HTTP, as each request says. */
export function createFileFetcher({ hal, runtime }: Base): FetchFile {
  return async (request, { signal }) =>
    request.transport === "http" ? byHttp(hal, request, signal) : byTftp(request, signal);

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

async function byHttp(hal: Base["hal"], request: FileRequest, signal: AbortSignal): Promise<FileAnswer> {
  const url = `http://${request.server}:${httpPort}/${encodeURIComponent(request.name)}`;
  try {
    const { maxBytes } = request;
    const response = await hal.http.request({
      method: "GET",
      url,
      timeoutMs: httpTimeoutMs,
      maxBytes,
      signal,
    });
    if (response.status === 200) return { kind: "file", bytes: response.body };
    if (response.status === 404) return { kind: "not-found" };
    return { kind: "error", error: response.status, text: "" };
  } catch (error) {
    if (!(error instanceof HalError)) throw error;
    return httpFailure(error.code, error.message);
  }
}

function httpFailure(code: HalErrorCode, text: string): FileAnswer {
  if (code === "timeout") return { kind: "timeout" };
  if (code === "refused" || code === "unreachable") return { kind: "unreachable" };
  return { kind: "error", error: code, text };
}
