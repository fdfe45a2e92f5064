// Chance, injected: every transaction id, tag and jitter comes from here, and tests seed it.

/** A source of random numbers. On a device it is cryptographic; in tests it is seeded. */
export interface Random {
  /** Uniform in 0 … 2³²−1. */
  u32(): number;
}
