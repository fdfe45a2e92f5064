// Configuration files: any bytes become a configuration or are refused.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readDictionary, readTones } from "#firmware/config/locale-files.ts";
import type { ConfigKind } from "#firmware/config/phone-config.ts";
import { type ReadContext, readFiles } from "#firmware/config/reading.ts";
import { readBmp } from "#firmware/xml/bmp.ts";
import { ConfigError } from "#hal/contract/errors.ts";
import { fileVector, vector } from "#test/vectors/load.ts";
import type { FuzzTarget } from "./target.ts";

const typed = { source: "local", file: "phone", entries: [], problemCount: 0 } as const;
const context: ReadContext = {
  macDigits: "00005E005301",
  lineKeys: 6,
  local: typed,
  session: typed,
  isGuideDst: false,
};

/** Reads the bytes as the phone's own file of this kind; printing the result must work too. */
function read(kind: ConfigKind, bytes: Uint8Array): void {
  const reading = readFiles(kind, [{ name: "f", bytes, source: "phone-file", server: undefined }], context);
  JSON.stringify(reading);
}

const folder = join(import.meta.dirname, "../vectors/config");
const samples = readdirSync(folder)
  .filter((name) => name.endsWith(".xml"))
  .map((name) => new Uint8Array(readFileSync(join(folder, name))));

const text = (lines: string): Uint8Array => new TextEncoder().encode(lines);

const picture = (name: string): Uint8Array => vector("picture", name).bytes;

const textSeeds = [
  text(
    '# default\nimage_version: P0S3-07-4-00 ; name\nproxy1_address: "192.0.2.10"\nproxy1_port: 5060\nproxy_register: 1\ntime_zone: CET\ndst_start_month: April\ndst_start_time: 02/00\ndst_offset: -01/30\n',
  ),
  text(
    'line1_name: ada@example.com\r\nline1_password: "a;b#c"\r\nline7_name: 9\r\ndnd_control: 2\r\ndate_format: D-M-YA\r\noffhook_syslog: 192.0.2.1:514\r\ntftp_cfg_dir: "./x/"\r\n',
  ),
  text("call_manager1_addr: 192.0.2.20\nline1_name: 1\nproxy1_address: USECALLMANAGER\n"),
];

/** A ConfigError is what such a file comes to. */
function refusable(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
}

export const configTargets: readonly FuzzTarget[] = [
  {
    name: "locale-files",
    seeds: ["germany-tones", "german-dictionary"].map((name) => fileVector(`locale/${name}.xml`)),
    run(bytes) {
      refusable(() => readTones("t", bytes));
      refusable(() => readDictionary("d", bytes));
    },
  },
  {
    name: "logo-bmp",
    seeds: ["tiny-24-bits", "tiny-8-bits", "tiny-1-bit"].map(picture),
    run: readBmp,
  },
  { name: "config-text", seeds: textSeeds, run: (bytes) => read("sip-text", bytes) },
  { name: "config-cnf", seeds: textSeeds, run: (bytes) => read("cnf-text", bytes) },
  { name: "config-xml", seeds: samples, run: (bytes) => read("xml", bytes) },
  { name: "config-xml-default", seeds: samples, run: (bytes) => read("xml-default", bytes) },
];
