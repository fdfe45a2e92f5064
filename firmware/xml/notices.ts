// What the services browser shows: pages of XML services, ready to be drawn (reference cisco-7960-sip section 7). Plain
// data; ui/ has the words.

/** A soft key of a page's own; position from 1. */
export interface ServiceKey {
  readonly name: string;
  readonly url: string;
  readonly position: number;
}

export interface ServiceItem {
  readonly name: string;
  readonly url: string;
}

/** A picture for the services pane; values 0 white … 3 black, row by row. */
export interface ServiceImage {
  /** Upper left pixel; −1: centred. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
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
  | { readonly kind: "input"; readonly url: string; readonly fields: readonly ServiceField[] }
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

/** Why a page could not be shown. */
export type ServiceFailure =
  | "unreachable" // no answer, no address, not in time
  | "refused" // a status other than 200
  | "malformed" // not XML, or not as the object wants it
  | "unsupported" // an object of later phones
  | "bad-address"; // neither http nor one of the phone's own

/** The browser as it stands; undefined where none is open. */
export interface ServiceView {
  /** Another number, another page: what was chosen or typed on the one before is over. */
  readonly serial: number;
  readonly page: ServicePage | undefined;
  readonly isFetching: boolean;
  readonly failure: { readonly failure: ServiceFailure; readonly detail: string } | undefined;
}
