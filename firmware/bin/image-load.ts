// The image that a configuration names, from its file server into the other slot, and what the rest of the phone hears.
import type { BootEvent, LoadToFetch } from "#firmware/boot/events.ts";
import type { StatusMessage } from "#firmware/config/notices.ts";
import { fetchFile } from "#firmware/tftp/client.ts";
import { imageOffer } from "#firmware/tftp/options.ts";
import {
  bringLoad,
  type FileToRead,
  type KeepBlock,
  type LoadFile,
  type LoadOutcome,
} from "#firmware/update/load.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { Ip4 } from "#hal/contract/network.ts";
import type { Base } from "./base.ts";

/** What the rest of the phone hears. */
export interface ImageLoadEars {
  boot(event: BootEvent): void;
  status(status: StatusMessage): void;
  /** For provisioning, which gives an image up after three failures. */
  settled(name: string, isAvailable: boolean): void;
  /** The server that the configuration came from. */
  server(): string | undefined;
}

/** Answers the boot's `fetch-load`; one image at a time. */
export function createImageLoad(base: Base, ears: ImageLoadEars): (load: LoadToFetch) => void {
  const { hal, runtime, names, signal } = base;
  let under: string | undefined;

  const addressOf = async (server: string | undefined): Promise<Ip4 | undefined> => {
    if (server === undefined || /^[0-9.]+$/.test(server)) return server;
    try {
      return (await names.resolveA(server, { signal })).records[0];
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      return undefined;
    }
  };

  const bring = async ({ name, server: named }: LoadToFetch): Promise<LoadOutcome> => {
    const server = await addressOf(named ?? ears.server());
    if (server === undefined) return { kind: "unavailable", file: `${name}.loads`, why: "unreachable" };
    const read = async (
      { name: fileName, maxBytes }: FileToRead,
      keep: KeepBlock,
      wanted: AbortSignal,
    ): Promise<LoadFile> => {
      const request = { server, fileName, offer: imageOffer, maxBytes, keep };
      const { kind } = await fetchFile(request, { runtime, sockets: hal.sockets, signal: wanted });
      if (kind === "file") return "whole";
      return kind === "broken-server" ? "error" : kind;
    };
    return bringLoad(name, { images: hal.images, read, log: runtime.log("update"), signal });
  };

  const tell = (name: string, outcome: LoadOutcome): void => {
    const isStored = outcome.kind === "stored";
    ears.settled(name, isStored);
    if (!isStored) runtime.log("update").warning(`${name}: ${JSON.stringify(outcome)}`);
    if (outcome.kind === "refused") ears.status({ code: "load-refused", facts: { name } });
    else if (!isStored) ears.status({ code: "load-unavailable", facts: { name } });
    ears.boot({ kind: "load-done", outcome: isStored ? "stored" : "failed", name });
  };

  return (load) => {
    if (under === load.name) return; // its answer serves both
    under = load.name;
    bring(load).then(
      (outcome) => {
        under = undefined;
        tell(load.name, outcome);
      },
      (error: unknown) => {
        under = undefined;
        if (!signal.aborted) runtime.fail("update", error);
      },
    );
  };
}
