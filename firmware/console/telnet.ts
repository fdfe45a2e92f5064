// The few bytes of telnet that are not text (RFC 854, 857, 858): the phone echoes, so typed passwords can be stars.

const iac = 255;
const se = 240;
const sb = 250;
const will = 251;
const wont = 252;
const doIt = 253;
const dont = 254;
const echo = 1;
const suppressGoAhead = 3;

/** Sent first: we echo, and nobody waits for go-ahead. */
export const telnetGreeting: Uint8Array = Uint8Array.of(iac, will, echo, iac, will, suppressGoAhead);

type Expecting = "data" | "command" | "will" | "wont" | "do" | "dont" | "sub" | "sub-iac";

/** Takes telnet's commands out of what a client sends, at any chunking. */
export class TelnetFilter {
  #expecting: Expecting = "data";

  /** Text bytes, and what must be answered: every option but our two is declined once for each time it is asked for. */
  take(bytes: Uint8Array): { readonly data: Uint8Array; readonly reply: Uint8Array } {
    const data: number[] = [];
    const reply: number[] = [];
    for (const byte of bytes) this.#byte(byte, data, reply);
    return { data: Uint8Array.from(data), reply: Uint8Array.from(reply) };
  }

  #byte(byte: number, data: number[], reply: number[]): void {
    switch (this.#expecting) {
      case "data":
        if (byte === iac) this.#expecting = "command";
        else if (byte !== 0) data.push(byte);
        return;
      case "command":
        this.#expecting = afterCommand(byte);
        if (byte === iac) data.push(byte);
        return;
      case "do":
        if (byte !== echo && byte !== suppressGoAhead) reply.push(iac, wont, byte);
        this.#expecting = "data";
        return;
      case "will":
        if (byte !== suppressGoAhead) reply.push(iac, dont, byte);
        this.#expecting = "data";
        return;
      case "wont":
      case "dont":
        this.#expecting = "data";
        return;
      case "sub":
        if (byte === iac) this.#expecting = "sub-iac";
        return;
      case "sub-iac":
        this.#expecting = byte === se ? "data" : "sub";
        return;
    }
  }
}

function afterCommand(byte: number): Expecting {
  switch (byte) {
    case will:
      return "will";
    case wont:
      return "wont";
    case doIt:
      return "do";
    case dont:
      return "dont";
    case sb:
      return "sub";
    default:
      return "data";
  }
}
