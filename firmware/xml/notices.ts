// What the services browser shows: pages of XML services, ready to be drawn (reference cisco-7960-sip section 7). Plain
// data; ui/ has the words.
import type { MonoMs } from "#hal/contract/time.ts";

/** Where a row or soft key leads. */
export type ServiceTarget =
  | { readonly kind: "page"; readonly url: string }
  | { readonly kind: "dial"; readonly number: string }
  | { readonly kind: "edit-dial"; readonly number: string }
  /** One of the soft keys that the object has anyway, by its name in lower case. */
  | { readonly kind: "softkey"; readonly name: string }
  /** A key of the phone, by its name in lower case. */
  | { readonly kind: "key"; readonly name: string }
  /** Added to the address of the row that is chosen. */
  | { readonly kind: "query"; readonly query: string }
  /** Neither http nor one of the phone's own. */
  | { readonly kind: "bad"; readonly text: string };

/** A soft key of a page's own; position from 1 to 8. */
export interface ServiceKey {
  readonly name: string;
  readonly target: ServiceTarget;
  readonly position: number;
}

export interface ServiceItem {
  readonly name: string;
  readonly target: ServiceTarget;
}

/** A picture for the services pane; levels 0 white … 3 black, row by row. */
export interface ServiceImage {
  /** Upper left pixel; −1: centred. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly levels: Uint8Array;
}

/** Flags A, T, N, E, U, L and the modifier P. */
export interface ServiceField {
  readonly label: string;
  readonly parameter: string;
  readonly initial: string;
  readonly takes: "text" | "telephone" | "digits" | "equation" | "upper" | "lower";
  readonly isSecret: boolean;
}

export type ServiceBody =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "menu"; readonly items: readonly ServiceItem[] }
  | { readonly kind: "input"; readonly target: ServiceTarget; readonly fields: readonly ServiceField[] }
  | {
      readonly kind: "directory";
      readonly entries: readonly { readonly name: string; readonly number: string }[];
    }
  | { readonly kind: "image"; readonly image: ServiceImage }
  | { readonly kind: "graphic-menu"; readonly image: ServiceImage; readonly items: readonly ServiceItem[] };

export interface ServicePage {
  readonly title: string;
  readonly prompt: string;
  readonly body: ServiceBody;
  /** By position; empty: the object's usual ones. */
  readonly keys: readonly ServiceKey[];
}

/** Why a page could not be shown, with the fact that tells more. */
export type ServiceFailure =
  | { readonly kind: "no-answer" } // not in time
  | { readonly kind: "unreachable" } // no way there, or nobody listens
  | { readonly kind: "unknown-host" }
  | { readonly kind: "broken" } // an answer that is no HTTP, ends too soon, or is too long
  | { readonly kind: "refused"; readonly status: number }
  | { readonly kind: "malformed"; readonly place: string } // not XML, or not as the object wants it
  | { readonly kind: "unsupported"; readonly object: string } // an object of later phones
  | { readonly kind: "bad-address"; readonly address: string }
  | { readonly kind: "too-many-redirects" };

/** Whom the phone asks, or asked last. */
export interface ServiceServer {
  readonly host: string;
  /** The proxy on the way. */
  readonly proxy: string | undefined;
}

/** The browser as it stands; undefined where none is open. */
export interface ServiceView {
  /** Another number, another page: what was chosen or typed belongs to one number. */
  readonly serial: number;
  readonly page: ServicePage | undefined;
  /** Leaving this one leads to a page before. */
  readonly hasBefore: boolean;
  readonly server: ServiceServer;
  /** Until when the answer is waited for; undefined: nothing is asked. */
  readonly deadline: MonoMs | undefined;
  readonly failure: ServiceFailure | undefined;
}
