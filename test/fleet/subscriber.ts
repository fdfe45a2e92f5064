// Who the phones of a fleet are, for the fleet and for the servers that must know them.

/** How phone number `i`, from 0, is known to its server: the range of hardware addresses for documentation. */
export interface Subscriber {
  readonly deviceName: string;
  readonly number: string;
  readonly password: string;
}

/** Most phones of a fleet: hardware addresses for documentation end there. */
export const mostPhones = 256;

export function subscriber(i: number): Subscriber {
  const last = i.toString(16).toUpperCase().padStart(2, "0");
  const number = String(7000 + i);
  return { deviceName: `SEP00005E0053${last}`, number, password: `fleet-${number}` };
}
