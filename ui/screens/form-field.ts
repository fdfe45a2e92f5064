// What a menu whose values are changed and saved as a whole is made of. Plain data.
import type { PhoneFacts } from "#firmware/call/facts.ts";
import type { Facts, TextId } from "#ui/words/words.ts";
import type { FormId } from "./ui-state.ts";

/** How a value is typed and checked. Yes and no are kept as `1` and `0`. */
export type FieldType =
  | { readonly kind: "text" }
  | { readonly kind: "password" }
  /** A number or an address to dial: digits first. */
  | { readonly kind: "target" }
  | { readonly kind: "address" }
  | { readonly kind: "number"; readonly min: number; readonly max: number }
  | { readonly kind: "yes-no" }
  | { readonly kind: "choice"; readonly choices: readonly string[] }
  | { readonly kind: "shown" }
  /** Leads to a further menu. */
  | { readonly kind: "form"; readonly form: FormId };

export interface Field {
  readonly name: string;
  readonly label: TextId;
  readonly labelFacts?: Facts;
  readonly type: FieldType;
  /** Only on phones with so many line keys. */
  readonly lineKey?: number;
  /** The value is one bit of this parameter, from 0; Save hands the whole parameter over. */
  readonly bitOf?: { readonly parameter: string; readonly bit: number };
  readonly value: (facts: PhoneFacts) => string;
  /** Whether it can be changed now, given the changes made so far. */
  readonly isOpen?: (facts: PhoneFacts, changes: Readonly<Record<string, string>>) => boolean;
}

export interface Form {
  readonly title: TextId;
  readonly titleFacts?: Facts;
  /** Only with the settings unlocked. */
  readonly isLockable: boolean;
  /** Saving restarts the phone (reference row ENT-003). */
  readonly isRestarting: boolean;
  readonly fields: readonly Field[];
}
