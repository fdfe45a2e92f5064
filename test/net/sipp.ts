// sipp 3.6 plays one side of a written conversation and says whether it went as written.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Host, Net } from "./namespaces.ts";
import { eventually, runToEnd } from "./peer.ts";

export interface SippOptions {
  readonly host: Host;
  /** Its own address and port. */
  readonly local: string;
  readonly remote: string;
  /** The scenario's XML, or the name of one that sipp brings (`uac`, `uas`). */
  readonly scenario: string;
  readonly words?: readonly string[];
}

/** Runs the scenario once. Code 0: as written; 1: not. It reads no keys: with a terminal it would wait for one. */
export async function runSipp(
  net: Net,
  options: SippOptions,
): Promise<{ readonly code: number | undefined; readonly output: string }> {
  const [address = "", port = "5060"] = options.local.split(":");
  const isXml = options.scenario.trimStart().startsWith("<");
  const file = join(net.folder, `sipp-${port}.xml`);
  if (isXml) writeFileSync(file, options.scenario);
  const scenario = isXml ? ["-sf", file] : ["-sn", options.scenario];
  const words = ["-nostdin", "-m", "1", "-i", address, "-p", port, "-timeout", "30", "-trace_err"];
  return runToEnd({
    name: "sipp",
    host: options.host,
    program: "sh",
    words: [
      "-c",
      'cd "$1" && shift && exec sipp "$@" </dev/null',
      "sh",
      net.folder,
      ...scenario,
      ...words,
      ...(options.words ?? []),
      options.remote,
    ],
  });
}

/** The scenario is on its way once this resolves; what it says in the end is `ended`. */
export async function playSipp(
  net: Net,
  options: SippOptions,
): Promise<{ readonly ended: ReturnType<typeof runSipp> }> {
  const ended = runSipp(net, options);
  await eventually("sipp at its port", () => options.host.run("ss", "-Hlun").includes(`${options.local} `));
  return { ended };
}
