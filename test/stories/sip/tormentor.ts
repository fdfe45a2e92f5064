// A registrar that takes every REGISTER, leaves every INVITE unanswered, and says whatever bytes a story wants: by UDP, or
// over the connection that the phone opened.
import type { Connection } from "#hal/contract/sockets.ts";
import type { Host } from "#test/lab/host.ts";
import { latin1 } from "#test/unit/sip/torture-table.ts";

const sipPort = 5060;
/** Ports of the Vias of RFC 4475: answers go there. */
const viaPorts = [sipPort, 5050, 5070];
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));

/** A header's value in a message as text, folded or not, by its long or short name. */
export const headerOf = (text: string, name: string, short: string): string | undefined =>
  new RegExp(`^(?:${name}|${short})\\s*:\\s*(.*?)\\s*$`, "im").exec(text.replace(/\r\n[ \t]+/g, " "))?.[1];

export class Tormentor {
  /** What came, in order, but for REGISTER. */
  readonly got: string[] = [];
  registrations = 0;
  #send: (bytes: Uint8Array) => void = () => {
    throw new Error("the phone has not shown itself");
  };

  constructor(host: Host, transport: "udp" | "tcp", signal: AbortSignal) {
    const { sockets } = host.stack;
    for (const port of viaPorts) {
      const socket = sockets.openUdp({ port });
      signal.addEventListener("abort", () => socket.close(), { once: true });
      socket.datagrams.subscribe(
        ({ bytes, from }) => {
          if (transport === "udp" && port === sipPort) this.#send = (answer) => socket.send(answer, from);
          this.#came(latin1(bytes));
        },
        { signal },
      );
    }
    if (transport === "udp") return;
    sockets.listenTcp(sipPort, { signal }).then(
      ({ connections }) => connections.subscribe((connection) => this.#hear(connection, signal), { signal }),
      (error: unknown) => {
        throw error;
      },
    );
  }

  #hear(connection: Connection, signal: AbortSignal): void {
    this.#send = (bytes) => connection.write(bytes);
    connection.chunks.subscribe(
      (chunk) => {
        // One write of the phone's is one message, and comes in one piece here.
        for (const text of latin1(chunk).split(/(?=^(?:[A-Z]+ sips?:\S+ SIP\/2\.0|SIP\/2\.0 \d{3} ))/m))
          this.#came(text);
      },
      { signal },
    );
  }

  /** Says these bytes. */
  say(message: Uint8Array | string): void {
    this.#send(typeof message === "string" ? bytesOf(message) : message);
  }

  #came(text: string): void {
    if (!text.startsWith("REGISTER ")) {
      this.got.push(text);
      return;
    }
    this.registrations++;
    const copied = text.split("\r\n").filter((line) => /^(Via|From|To|Call-ID|CSeq|Contact):/.test(line));
    const lines = copied.map((line) => (line.startsWith("To:") ? `${line};tag=t` : line));
    this.say(["SIP/2.0 200 OK", ...lines, "Expires: 3600", "Content-Length: 0", "", ""].join("\r\n"));
  }
}
