// Two image slots and a boot loader over the flash in memory. A bundle is one line of JSON, `{ "image", "board", "sha256",
// "signature" }`, and the payload; the signature stands for that of a release key. The loader checks what it starts.
import { HalError } from "#hal/contract/errors.ts";
import type { ImageSlot, ImageSlots, SlotState } from "#hal/contract/identity.ts";
import type { Digests } from "#hal/contract/names.ts";

/** A slot as the flash holds it. */
export interface StoredImage {
  readonly name: "A" | "B";
  readonly version: string;
  readonly payload: Uint8Array;
  readonly sha256: string;
  state: SlotState;
  /** It was started since it was installed. */
  isTried: boolean;
}

/** What the flash holds of images. */
export interface StoredImages {
  readonly slots: StoredImage[];
}

const releaseKey = "release key of the simulated handset";
const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A bundle as a release has it; another key gives one that no handset takes. */
export function simBundle(
  digests: Digests,
  { image, board, payload }: { readonly image: string; readonly board: string; readonly payload: Uint8Array },
  key = releaseKey,
): Uint8Array {
  const sha256 = hex(digests.digest("sha256", payload));
  const signature = hex(digests.hmac("sha256", text(key), text(`${image} ${board} ${sha256}`)));
  return Uint8Array.from([...text(`${JSON.stringify({ image, board, sha256, signature })}\n`), ...payload]);
}

/** The boot loader: the slot that is to run. One that was tried and never confirmed has failed, one that does not hold is bad. */
export function startSlot(images: StoredImages, version: string, digests: Digests): StoredImage {
  if (images.slots.length === 0) {
    const payload = text(`image ${version}`);
    const sha256 = hex(digests.digest("sha256", payload));
    images.slots.push({ name: "A", version, payload, sha256, state: "good", isTried: true });
  }
  for (const slot of images.slots) {
    const holds = hex(digests.digest("sha256", slot.payload)) === slot.sha256;
    if (!holds) slot.state = "bad";
    else if (slot.state === "trying" && slot.isTried) slot.state = "failed";
  }
  const chosen =
    images.slots.find(({ state }) => state === "trying") ??
    images.slots.find(({ state }) => state === "good");
  if (chosen === undefined) throw new HalError("io", "boot loader", "start", "no slot holds an image");
  chosen.isTried = true;
  return chosen;
}

/** The slots of a handset that runs `running`. */
export function createSimSlots(
  images: StoredImages,
  running: StoredImage,
  { board, digests }: { readonly board: string; readonly digests: Digests },
): ImageSlots {
  const shown = (slot: StoredImage): ImageSlot => ({
    name: slot.name,
    version: slot.version,
    state: slot.state,
    isRunning: slot === running,
  });
  const refuse = (code: "denied" | "io", why: string): never => {
    throw new HalError(code, "image slots", "install", why);
  };
  const read = (bytes: Uint8Array, wanted: string): Omit<StoredImage, "name" | "state" | "isTried"> => {
    const end = bytes.indexOf(0x0a);
    if (end < 0) return refuse("denied", "is no bundle");
    let head: Record<string, unknown> = {};
    try {
      head = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as Record<string, unknown>; // checked below
    } catch {
      return refuse("denied", "is no bundle");
    }
    const payload = bytes.slice(end + 1);
    const sha256 = hex(digests.digest("sha256", payload));
    const { image, signature } = head;
    const expected = hex(
      digests.hmac("sha256", text(releaseKey), text(`${String(image)} ${board} ${sha256}`)),
    );
    if (signature !== expected)
      return refuse("denied", "the signature does not hold, or is for another board");
    if (image !== wanted) return refuse("denied", `calls itself ${String(image)}, ${wanted} was wanted`);
    return { version: wanted.replace(/^offhook-/, ""), payload, sha256 };
  };
  return {
    list: () => images.slots.map(shown),
    confirm() {
      running.state = "good";
      return Promise.resolve();
    },
    async install(bundle, { name, signal }) {
      const pieces: number[] = [];
      for await (const piece of bundle) {
        signal.throwIfAborted();
        for (const byte of piece) pieces.push(byte);
      }
      const fresh: StoredImage = {
        ...read(Uint8Array.from(pieces), name),
        name: running.name === "A" ? "B" : "A",
        state: "trying",
        isTried: false,
      };
      const place = images.slots.findIndex((slot) => slot.name === fresh.name);
      images.slots.splice(place < 0 ? images.slots.length : place, place < 0 ? 0 : 1, fresh);
      return shown(fresh);
    },
  };
}
