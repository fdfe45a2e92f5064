// TFTP datagrams.
import { decodeTftp } from "#firmware/tftp/messages.ts";
import { vectors } from "#test/vectors/load.ts";
import type { FuzzTarget } from "./target.ts";

export const tftpTargets: readonly FuzzTarget[] = [
  {
    name: "tftp",
    seeds: vectors("tftp")
      .filter((vector) => vector.expect === "ok")
      .map((vector) => vector.bytes),
    run: (bytes) => decodeTftp(bytes),
  },
];
