// `capture start FILE` and `capture stop`: one capture at a time, written to a file of the host.
import { createWriteStream, type WriteStream } from "node:fs";
import { type Capture, startCapture } from "#firmware/capture/capture.ts";
import { ConfigError, HalError } from "#hal/contract/errors.ts";
import type { Base } from "./base.ts";

/** An hour of two calls, or days of an idle phone. */
const mostBytes = 64 * 1024 * 1024;

export interface Captures {
  /** Resolves when the file is there. HalError where it cannot be written, ConfigError while another one runs. */
  start(file: string): Promise<void>;
  /** Resolves with the number of packets when the file is whole. */
  stop(): Promise<number>;
}

interface Running {
  readonly file: string;
  readonly capture: Capture;
  readonly out: WriteStream;
}

/** Captures of this phone's port. */
export function createCaptures({ hal, runtime, options, signal }: Base): Captures {
  const log = runtime.log("capture");
  let running: Running | undefined;

  const begin = (file: string, out: WriteStream): void => {
    const capture = startCapture({
      link: hal.link,
      clock: hal.clock,
      floorUnixMs: options.buildUnixMs,
      application: `${hal.identity.product} ${hal.identity.version}`,
      mostBytes,
      write: (bytes) => void out.write(bytes),
      full: () => log.warning(`${file} is full: ${mostBytes} bytes`),
    });
    running = { file, capture, out };
    out.on("error", (error) => {
      log.warning(`${file}: ${error.message}`);
      capture.stop();
      if (running?.capture === capture) running = undefined;
    });
  };
  const end = ({ capture, out, file }: Running): Promise<number> => {
    capture.stop();
    running = undefined;
    return new Promise((resolve, reject) => {
      out.once("error", (cause) => reject(new HalError("io", file, "write", cause.message, { cause })));
      out.end(() => resolve(capture.packetCount));
    });
  };
  signal.addEventListener("abort", () => running?.capture.stop(), { once: true });
  signal.addEventListener("abort", () => running?.out.end(), { once: true });

  return {
    start(file) {
      if (running !== undefined)
        return Promise.reject(
          new ConfigError("duplicate", "capture", running.file, "is running; capture stop ends it"),
        );
      const out = createWriteStream(file);
      begin(file, out); // at once: frames wait in the stream until the file is open
      return new Promise((resolve, reject) => {
        out.once("error", (cause) => reject(new HalError("io", file, "open", cause.message, { cause })));
        out.once("open", () => resolve());
      });
    },
    stop() {
      if (running === undefined)
        return Promise.reject(new ConfigError("unusable", "capture", "stop", "no capture is running"));
      return end(running);
    },
  };
}
