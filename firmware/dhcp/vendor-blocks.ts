// Vendor-identifying options (RFC 3925): what lies inside options 124 and 125, after all instances were joined.
import { rest } from "#firmware/wire/bytes.ts";
import { decode } from "#firmware/wire/field.ts";
import { u8, u32 } from "#firmware/wire/numbers.ts";
import { list, sized, struct } from "#firmware/wire/structures.ts";
import { WireError } from "#firmware/wire/wire-error.ts";

/** One enterprise's data, not looked into: 0 and 255 are ordinary codes there (RFC 3925 §4). */
export interface VendorBlock {
  readonly enterprise: number;
  readonly data: Uint8Array;
}

const blocks = list(struct({ enterprise: u32, data: sized(u8, rest) }), { most: 64 });

/** The blocks of option 125; of an enterprise that comes twice only the first (undefined by RFC 3925, decision). */
export function vendorBlocksOf(bytes: Uint8Array): readonly VendorBlock[] {
  const all = decode("option 125", blocks, bytes);
  return all.filter(({ enterprise }, i) => all.findIndex((block) => block.enterprise === enterprise) === i);
}

/** As `vendorBlocksOf`, but bytes that make no sense are no blocks: vendor data alone never spoils an answer. */
export function vendorBlocksOrNone(bytes: Uint8Array | undefined): readonly VendorBlock[] {
  if (bytes === undefined) return [];
  try {
    return vendorBlocksOf(bytes);
  } catch (error) {
    if (error instanceof WireError) return [];
    throw error;
  }
}
