// What may be typed on the phone (LOCK-003, LOCK-004, START-025; network settings: NETM).
import type { Storage, StorageChange } from "#hal/contract/storage.ts";
import { checkNetwork, type NetworkRefusal, networkParameters } from "./network-parameters.ts";
import type { Parameter } from "./parameters.ts";
import type { PhoneConfig } from "./phone-config.ts";
import type { Typed } from "./provisioning-state.ts";
import { isLockedValue } from "./resolve.ts";

/** Why a value typed on the phone was not taken. */
export type TypeRefusal = "no-such-parameter" | "not-changeable" | "locked" | NetworkRefusal;

/** Everything may be taken, or the first value that may not. */
export type TypingVerdict =
  | {
      readonly kind: "taken";
      readonly parameters: readonly Typed[];
      /** Network settings, to be kept for the next address phase. */
      readonly network: readonly StorageChange[];
    }
  | { readonly kind: "refused"; readonly refused: TypeRefusal; readonly name: string };

/** Judges values typed together; an empty text means no value. */
export function judgeTyping(
  values: Readonly<Record<string, string>>,
  table: ReadonlyMap<string, Parameter<unknown>>,
  config: PhoneConfig | undefined,
  storage: Storage,
): TypingVerdict {
  const parameters: Typed[] = [];
  const network = new Map<string, string>();
  for (const [name, text] of Object.entries(values)) {
    if (networkParameters.has(name)) {
      network.set(name, text);
      continue;
    }
    const value = text === "" ? undefined : text;
    const refused = checkParameter(table, config, name, value);
    if (refused !== undefined) return { kind: "refused", refused, name };
    parameters.push({ name, value });
  }
  const wrong = checkNetwork(storage, network);
  if (wrong !== undefined) return { kind: "refused", ...wrong };
  const changes = [...network].map(
    ([key, text]): StorageChange => ({
      shelf: "settings",
      key,
      value: text === "" ? undefined : new TextEncoder().encode(text),
    }),
  );
  return { kind: "taken", parameters, network: changes };
}

/** What a file locked stays; a wrong value never gets in. */
function checkParameter(
  table: ReadonlyMap<string, Parameter<unknown>>,
  config: PhoneConfig | undefined,
  name: string,
  value: string | undefined,
): TypeRefusal | undefined {
  const parameter = table.get(name);
  if (parameter === undefined) return "no-such-parameter";
  if (!parameter.isOnMenu) return "not-changeable";
  if (config?.values.find((shown) => shown.name === name)?.isLocked === true) return "locked";
  if (value === undefined) return undefined;
  try {
    // A user switches on or off; only a file locks (reference 2.2).
    return isLockedValue(parameter.type.parse(value)) ? "bad-value" : undefined;
  } catch (error) {
    if (error instanceof RangeError) return "bad-value";
    throw error;
  }
}
