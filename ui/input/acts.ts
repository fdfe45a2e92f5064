// What a person wants of the phone that is no matter of calls: the composition root does it. Plain data.

import type { KeyId } from "#hal/contract/panel.ts";

/** Settings by parameter name, as typed. */
export type SettingValues = Readonly<Record<string, string>>;

export type Act =
  /** `*`, `6` and the settings key held together (reference row START-019). */
  | { readonly kind: "restart" }
  /** `**#**` in the settings menu. */
  | { readonly kind: "reset" }
  /** `isKept`: Save was pressed; otherwise only to look at. */
  | { readonly kind: "set-contrast"; readonly percent: number; readonly isKept: boolean }
  /** Let a ring be heard. */
  | { readonly kind: "play-ring"; readonly name: string }
  | { readonly kind: "set-ring"; readonly name: string }
  /** The volume set last is to be kept over a restart. */
  | { readonly kind: "keep-volume" }
  /** `password` undefined: by `**#`. The answer is a `told` event and the facts. */
  | { readonly kind: "unlock"; readonly password: string | undefined }
  | { readonly kind: "lock" }
  /** Changes of one menu, saved as a whole; `isRestarting`: the menu's rule is to restart afterwards (row ENT-003). */
  | { readonly kind: "save-settings"; readonly values: SettingValues; readonly isRestarting: boolean }
  | { readonly kind: "erase-configuration" }
  /** The lease is given back (reference row NETM-014); the next one comes with the restart that follows. */
  | { readonly kind: "release-address" }
  /** `index` undefined: a new entry of the personal directory. */
  | {
      readonly kind: "store-entry";
      readonly index: number | undefined;
      readonly name: string;
      readonly number: string;
    }
  | { readonly kind: "delete-entry"; readonly index: number }
  /** XML services at `services_url`, the external directory at `directory_url`; the facts show what comes of it. */
  | { readonly kind: "open-services" }
  | { readonly kind: "open-directory" }
  /** Another page; `query` and `values` as typed are added to its address. */
  | {
      readonly kind: "follow-service";
      readonly url: string;
      readonly query: string;
      readonly values: readonly (readonly [parameter: string, value: string])[];
    }
  | { readonly kind: "update-service" }
  /** What is fetched is given up, else one page back. */
  | { readonly kind: "leave-service" }
  /** Nothing of the services is seen any more. */
  | { readonly kind: "close-services" }
  /** A page has a key of the phone pressed (`Key:…`). */
  | { readonly kind: "press-key"; readonly key: KeyId };
