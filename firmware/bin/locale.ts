// The locale a call manager's configuration names: the country's tones in place of ours, its words for label codes.
import type { ToneName } from "#firmware/call/intents.ts";
import { localeTones, readDictionary, readTones } from "#firmware/config/locale-files.ts";
import type { PhoneConfig } from "#firmware/config/phone-config.ts";
import { ConfigError } from "#hal/contract/errors.ts";
import type { ToneSpec } from "#hal/contract/media.ts";
import { toneSpecOf } from "#ui/tones/call-tones.ts";
import { english } from "#ui/words/english.ts";
import type { Words } from "#ui/words/words.ts";
import type { Base } from "./base.ts";
import type { MenuFacts } from "./menu-facts.ts";

export interface Locale {
  /** What no configuration names any more is gone. */
  configure(config: PhoneConfig): void;
  /** A file of it; undefined: it is not there. */
  take(role: "dictionary" | "tones", name: string, bytes: Uint8Array | undefined): void;
  words(): Words;
  toneSpec(tone: ToneName): ToneSpec | undefined;
}

/** Begins as English and North America. */
export function createLocale({ runtime }: Base, status: MenuFacts["status"]): Locale {
  const log = runtime.log("locale");
  let words: Words = english;
  let tones: ReadonlyMap<ToneName, ToneSpec> = new Map();

  const takeTones = (name: string, bytes: Uint8Array): void => {
    const read = readTones(name, bytes);
    tones = read.tones;
    log.info(`${name}: ${[...tones.keys()].join(", ")}`);
    if (read.ignored.length > 0) log.info(`${name}: not used: ${read.ignored.join(", ")}`);
    const missing = localeTones.filter((tone) => !tones.has(tone));
    if (missing.length > 0) log.info(`${name}: as in North America: ${missing.join(", ")}`);
  };
  const takeWords = (name: string, bytes: Uint8Array): void => {
    const read = readDictionary(name, bytes);
    const labels = [...english.labels];
    for (const [code, word] of read) labels[code] = word;
    words = { ...english, labels };
    log.info(`${name}: ${read.size} words`);
  };
  const forget = (role: "dictionary" | "tones"): void => {
    if (role === "tones") tones = new Map();
    else words = english;
  };

  return {
    configure({ locale, protocol }) {
      if (protocol !== "sccp" || locale.network === undefined) forget("tones");
      if (protocol !== "sccp" || locale.user === undefined) forget("dictionary");
    },
    take(role, name, bytes) {
      forget(role);
      if (bytes === undefined) return;
      try {
        if (role === "tones") takeTones(name, bytes);
        else takeWords(name, bytes);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        status({ code: "file-malformed", facts: { name, place: error.place, detail: error.code } });
      }
    },
    words: () => words,
    toneSpec: (tone) => tones.get(tone) ?? toneSpecOf(tone),
  };
}
