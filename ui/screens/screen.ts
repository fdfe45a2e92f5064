// A screen before it meets a panel: what is to be read and where it belongs, in words, without sizes.
import type { Picture } from "#firmware/call/facts.ts";
import type { IconName } from "#ui/text/icons.ts";
import type { Ink } from "#ui/text/theme.ts";
import type { KeyLabel } from "#ui/words/words.ts";

/** The top row: date left, time in the middle, the phone's label right. Empty where unknown. */
export interface Header {
  readonly date: string;
  readonly time: string;
  readonly label: string;
  readonly icons: readonly IconName[];
}

/** What stands beside one line key; an empty label and no icon: nothing. */
export interface LineMark {
  readonly label: string;
  readonly icon: IconName | undefined;
  readonly ink: Ink;
  readonly isSelected: boolean;
  /** Messages or a forward of this line. */
  readonly badge: IconName | undefined;
}

/** One call. `timer` is empty before it is connected. */
export interface CallRow {
  readonly icon: IconName;
  readonly ink: Ink;
  /** The other party's name, or number, or the digits typed. */
  readonly party: string;
  /** From or To, with the number where `party` is a name. */
  readonly detail: string;
  readonly state: string;
  readonly timer: string;
  readonly isSelected: boolean;
  /** Digits are being typed: the end of `party` matters, with a caret after it. */
  readonly isTyping: boolean;
}

export interface ListRow {
  /** The number to type for it; empty: none. */
  readonly number: string;
  readonly label: string;
  readonly value: string;
  readonly icon: IconName | undefined;
}

/** A field that is typed into. */
export interface FieldRow {
  readonly label: string;
  readonly text: string;
  readonly isLetters: boolean;
}

export interface IdleNote {
  readonly icon: IconName;
  readonly ink: Ink;
  readonly text: string;
  /** Why, and what to do; shown where there is room. */
  readonly more: string;
}

/** The middle of the screen. */
export type Body =
  /** A boot phase, a trouble: heading, running text, perhaps how far it got. */
  | {
      readonly kind: "message";
      readonly icon: IconName | undefined;
      readonly ink: Ink;
      readonly title: string;
      readonly text: string;
      /** A line that changes every second, under the text. */
      readonly countdown: string;
      readonly progress: { readonly done: number; readonly total: number } | undefined;
    }
  | {
      readonly kind: "idle";
      readonly notes: readonly IdleNote[];
      readonly text: string;
      /** Shown where there is nothing to say, on panels of pixels. */
      readonly logo: Picture | undefined;
    }
  | { readonly kind: "calls"; readonly calls: readonly CallRow[] }
  | {
      readonly kind: "list";
      readonly title: string;
      readonly titleIcon: IconName | undefined;
      readonly rows: readonly ListRow[];
      readonly selected: number;
      readonly whenEmpty: string;
      /** Rows of the panel that a long label may take; one unless said. */
      readonly linesPerRow?: number;
    }
  | {
      readonly kind: "text";
      readonly title: string;
      readonly paragraphs: readonly string[];
      readonly scroll: number;
    }
  | {
      readonly kind: "entry";
      readonly title: string;
      readonly text: string;
      readonly hint: string;
      readonly isLetters: boolean;
    }
  /** Several fields, the chosen one with a caret. */
  | {
      readonly kind: "fields";
      readonly title: string;
      readonly rows: readonly FieldRow[];
      readonly selected: number;
    }
  /** A picture in the services pane; `items` in its place on panels of characters. */
  | {
      readonly kind: "picture";
      readonly title: string;
      readonly picture: Picture & { readonly x: number; readonly y: number };
      readonly items: readonly ListRow[];
      readonly scroll: number;
      readonly whenNone: string;
    }
  | { readonly kind: "gauge"; readonly title: string; readonly percent: number; readonly value: string };

/** One screen. */
export interface Screen {
  /** Undefined: no top row (small panels never lose it by themselves). */
  readonly header: Header | undefined;
  readonly body: Body;
  /** The line above the soft keys. Longer ones are shown in turns. */
  readonly prompt: string;
  /** A prompt that comes before the heading of a page where both have no room: for a moment, or as long as it is true. */
  readonly urgency?: "note" | "lasting" | undefined;
  /** At most four; an empty wording is a key without function. */
  readonly softkeys: readonly KeyLabel[];
  /** Beside the line keys; undefined: the body uses the whole width. */
  readonly lines: readonly LineMark[] | undefined;
}
