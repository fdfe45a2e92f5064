// What ui/ itself remembers: open menus, scroll positions, text being typed, keys held. ui/input changes it, ui/screens
// shows it. Plain data; nothing here survives a restart.
import type { DigitKey, KeyId } from "#hal/contract/panel.ts";
import type { MonoMs } from "#hal/contract/time.ts";
import type { Facts, TextId } from "#ui/words/words.ts";

/** Menus and lists, by name; what is in them is in menus.ts. */
export type ListId =
  | "settings"
  | "status"
  | "directories"
  | "missed"
  | "received"
  | "placed"
  | "personal"
  | "ring-type";

/** Screens of running text. */
export type TextPageId =
  | "boot-status"
  | "status-messages"
  | "network-statistics"
  | "firmware-versions"
  | "call-statistics"
  | "services"
  | "help";

/** Menus whose values are changed and saved as a whole. */
export type FormId =
  | "network"
  | "sip"
  | "call-preferences"
  | "auto-answer"
  | "speed-dials"
  | "date-and-time"
  | "directory-entry"
  | `sip-line-${1 | 2 | 3 | 4 | 5 | 6}`;

/** How typed characters are taken. */
export type EntryMode = "digits" | "letters";

/** What a text entry is for. */
export type EntryPurpose =
  | { readonly kind: "field"; readonly field: string }
  | { readonly kind: "password" }
  | { readonly kind: "edit-number"; readonly line: number | undefined };

/** Characters being typed, and how. */
export interface Typing {
  readonly text: string;
  readonly mode: EntryMode;
  /** `#` was pressed: letters come in the other case. */
  readonly isShifted: boolean;
  /** The key whose letters are being cycled, and when the letter is taken. */
  readonly tap: { readonly key: KeyId; readonly turn: number; readonly until: MonoMs } | undefined;
}

/** A text entry that has the screen for itself. */
export interface EntryState extends Typing {
  readonly purpose: EntryPurpose;
}

/** Where a person is on a page of XML services. */
export interface ServicePlace {
  readonly selected: number;
  readonly scroll: number;
  /** Digits typed for an item's number, while a further one could follow. */
  readonly typed: string;
  readonly typedUntil: MonoMs | undefined;
  /** What the fields of an input page hold; undefined: what the page begins with. */
  readonly fields: readonly Typing[] | undefined;
}

/** One open page; pages lie on one another, the last one is seen. */
export type OpenPage =
  | {
      readonly kind: "list";
      readonly list: ListId;
      readonly selected: number;
      /** Digits typed for an item's number, while a further one could follow. */
      readonly typed: string;
      readonly typedUntil: MonoMs | undefined;
    }
  | { readonly kind: "text"; readonly page: TextPageId; readonly scroll: number }
  /** Text that a server sent; its words are its own. */
  | {
      readonly kind: "served";
      readonly title: string;
      readonly paragraphs: readonly string[];
      readonly scroll: number;
    }
  | {
      readonly kind: "form";
      readonly form: FormId;
      readonly selected: number;
      /** Of a directory entry that is changed: its place in the directory. */
      readonly index: number | undefined;
      /** Changes not saved yet, by field. */
      readonly changes: Readonly<Record<string, string>>;
    }
  | { readonly kind: "entry"; readonly entry: EntryState }
  /** XML services; the page itself is in the facts. */
  | {
      readonly kind: "service";
      /** Of the page that `place` is about. */
      readonly serial: number;
      readonly place: ServicePlace;
      /** Places on pages before, by their serial. */
      readonly before: Readonly<Record<number, ServicePlace>>;
    }
  /** `before` comes back with Cancel. */
  | { readonly kind: "contrast"; readonly percent: number; readonly before: number };

/** A short note in place of the prompt. */
export interface Note {
  readonly text: TextId;
  readonly facts: Facts;
  readonly until: MonoMs;
}

export interface UiState {
  readonly open: readonly OpenPage[];
  /** Which four soft keys are shown, of which set; another set begins at its first page. */
  readonly softkeyPage: { readonly set: string; readonly page: number };
  readonly note: Note | undefined;
  /** The volume is shown until then. */
  readonly volumeUntil: MonoMs | undefined;
  readonly held: readonly KeyId[];
  /** Digit keys sent as digits of a call, whose release is still owed. */
  readonly sounding: readonly DigitKey[];
  /** The line chosen by its key for the next call from a directory. */
  readonly dialLine: number | undefined;
  /** A held key that repeats, and when it does so next. */
  readonly repeat: { readonly key: KeyId; readonly at: MonoMs } | undefined;
  /** The last keys pressed in the settings menu, for `**#` and `**#**`. */
  readonly recent: string;
  /** The newest missed call when that list was last looked at. */
  readonly seenMissed: string | undefined;
}

/** Nothing open, nothing pressed. */
export const initialUiState: UiState = {
  open: [],
  softkeyPage: { set: "", page: 0 },
  note: undefined,
  volumeUntil: undefined,
  held: [],
  sounding: [],
  dialLine: undefined,
  repeat: undefined,
  recent: "",
  seenMissed: undefined,
};
