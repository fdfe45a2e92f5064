// Candidates: what the answers so far make of one kind of files.
import { type FileNames, inDirectory } from "./file-names.ts";
import type { ConfigKind } from "./phone-config.ts";
import type { GivenFile, Reading } from "./reading.ts";

/** Which files are asked for, in which order. */
export const profiles = ["auto", "cisco-sccp", "cisco-sip", "legacy-cnf"] as const;
export type Profile = (typeof profiles)[number];

/** What a server said about one name. */
export type Answer =
  | { readonly kind: "found"; readonly bytes: Uint8Array; readonly server: string }
  | { readonly kind: "absent" }
  /** An ERROR other than "file not found", or too large. */
  | { readonly kind: "failed"; readonly text: string };

export type Answers = ReadonlyMap<string, Answer>;

/** What a profile decides by. */
export interface Situation {
  readonly profile: Profile;
  readonly names: FileNames;
  /** Which protocol this image speaks where the profile is not `auto`: SEP or SIP names. */
  readonly imageProtocol: "sip" | "sccp";
  /** The kind that worked last; asked for first in `auto`. */
  readonly lastKind: ConfigKind | undefined;
  /** Directory of phone files as kept from last time. */
  readonly keptDirectory: string | undefined;
  /** The phone has had a file of its own: `legacy-cnf` never asks for the default again. */
  readonly hasOwnFile: boolean;
  /** A trust list is kept: signed names are asked for. */
  readonly hasTrustList: boolean;
  /** Ask for `sepdefault.cnf.xml` too (SEED-010). */
  readonly isAliasOn: boolean;
  /** The universal loader's order (TFTP-001…003) instead of `OS79XX.TXT`. */
  readonly isUniversalLoader: boolean;
  /** The kept copy of a file that is not on the server (TFTP-005, TFTP-006: flash values stay). */
  kept(name: string): GivenFile | undefined;
  read(kind: ConfigKind, files: readonly GivenFile[]): Reading;
}

/** Files that make a configuration. */
export interface Accepted {
  readonly kind: "accept";
  readonly configKind: ConfigKind;
  readonly files: readonly GivenFile[];
  readonly reading: Extract<Reading, { kind: "accepted" }>;
}

export type Refused = Extract<Reading, { kind: "refused" }>;

/** What one kind of files comes to. */
export type Candidate =
  | { readonly kind: "wants"; readonly names: readonly string[] }
  | { readonly kind: "absent" }
  | { readonly kind: "refused"; readonly reading: Refused }
  | Accepted;

/** A kind that stands in one file. */
export function single(situation: Situation, answers: Answers, kind: ConfigKind, name: string): Candidate {
  const answer = answers.get(name);
  if (answer === undefined) return { kind: "wants", names: [name] };
  if (answer.kind !== "found") return { kind: "absent" };
  const { cnfDefault, xmlDefault, xmlDefaultAlias } = situation.names;
  const isDefault = [cnfDefault, xmlDefault, xmlDefaultAlias].includes(name);
  const file = given(name, answer, isDefault ? "default-file" : "phone-file");
  // XMLDefault must not erase what a file of the phone's own said before (reference 6.2).
  const own = kind === "xml-default" ? situation.kept(situation.names.xmlPhone) : undefined;
  return judge(situation, kind, own === undefined ? [file] : [own, file]);
}

/**
 * `SIPDefault.cnf` and `SIP<MAC>.cnf`. The directory of the phone file may only be learnt from the default file; the
 * default file may lie in the directory that was kept (TFTP-005). A missing one leaves the kept copy in force.
 */
export function sipText(
  situation: Situation,
  answers: Answers,
  options: { readonly isParallel: boolean },
): Candidate {
  const { names, keptDirectory } = situation;
  const keptPhone = inDirectory(keptDirectory, names.sipPhone);
  const root = answers.get(names.sipDefault);
  if (root === undefined) {
    const both = [names.sipDefault, keptPhone];
    return { kind: "wants", names: options.isParallel ? both : [names.sipDefault] };
  }
  const nested = inDirectory(keptDirectory, names.sipDefault);
  const asked = root.kind === "found" ? root : answers.get(nested);
  if (asked === undefined) return { kind: "wants", names: [nested] };
  const defaultName = root.kind === "found" ? names.sipDefault : nested;
  const isDefaultHere = asked.kind === "found";
  const phoneName = inDirectory(
    isDefaultHere ? directoryOf(situation, given(defaultName, asked, "default-file")) : keptDirectory,
    names.sipPhone,
  );
  const phone = answers.get(phoneName);
  if (phone === undefined) return { kind: "wants", names: [phoneName] };
  if (!isDefaultHere && phone.kind !== "found") return { kind: "absent" };
  const files = [
    isDefaultHere ? given(defaultName, asked, "default-file") : situation.kept(names.sipDefault),
    phone.kind === "found" ? given(phoneName, phone, "phone-file") : situation.kept(names.sipPhone),
  ].filter((file) => file !== undefined);
  return judge(situation, "sip-text", files);
}

/** `tftp_cfg_dir` as the default file, or the phone, has it. */
function directoryOf(situation: Situation, file: GivenFile): string | undefined {
  const reading = situation.read("sip-text", [file]);
  return reading.kind === "accepted" ? reading.config.network.tftpDirectory : situation.keptDirectory;
}

function given(
  name: string,
  answer: Extract<Answer, { kind: "found" }>,
  source: GivenFile["source"],
): GivenFile {
  return { name, bytes: answer.bytes, server: answer.server, source };
}

/** Reads the files; a fixed image refuses a file for the other protocol (SEED-001), `auto` lets the file decide. */
function judge(situation: Situation, configKind: ConfigKind, files: readonly GivenFile[]): Candidate {
  const { profile, imageProtocol } = situation;
  const reading = situation.read(configKind, files);
  if (reading.kind === "refused") return { kind: "refused", reading };
  const { protocol } = reading.config;
  if (profile === "auto" || protocol === imageProtocol) return { kind: "accept", configKind, files, reading };
  const facts = { name: files.at(-1)?.name ?? configKind, protocol };
  return {
    kind: "refused",
    reading: {
      kind: "refused",
      failure: "config-unusable",
      facts,
      statuses: [{ code: "wrong-protocol", facts }],
    },
  };
}
