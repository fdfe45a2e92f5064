// What can be fuzzed: a name, inputs to start from, and a function that takes any bytes.

/** `run` may return or throw WireError; anything else is a finding. */
export interface FuzzTarget {
  readonly name: string;
  /** Good inputs, from captures or other implementations; mutations start here. */
  readonly seeds: readonly Uint8Array[];
  /** Further inputs to mutate, which this target need not accept as they are. */
  readonly alsoMutate?: readonly Uint8Array[];
  run(bytes: Uint8Array): void;
}
