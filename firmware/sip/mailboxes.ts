// The mailboxes of all lines: asked for once the line's server knows us, again where another server serves it, and left
// in order.
import type { SipRequest } from "#firmware/sip/message/message.ts";
import type { Endpoint } from "#hal/contract/sockets.ts";
import type { EventAnswer } from "./events.ts";
import { Mailbox, type MailboxOptions } from "./mailbox.ts";
import type { LineState } from "./notices.ts";

/** Every line's mailbox; none where the settings ask for none. */
export class Mailboxes {
  readonly #boxes = new Map<number, Mailbox>();
  readonly #isRegistering: boolean;
  readonly #servers = new Map<number, Endpoint>();
  #gone: (() => void) | undefined;

  constructor(options: Omit<MailboxOptions, "line" | "changed">) {
    const { settings } = options;
    this.#isRegistering = settings.isRegistering;
    if (!settings.mailboxes.isSubscribed) return;
    for (const line of settings.lines)
      if (line.proxies.length > 0)
        this.#boxes.set(line.line, new Mailbox({ ...options, line, changed: () => this.#lookWhetherGone() }));
  }

  /** A line asks once it is registered, or at once where none registers; a registration that fails leaves the subscription alone. */
  lineIs(line: number, state: LineState): void {
    const box = this.#boxes.get(line);
    if (box === undefined || this.#gone !== undefined) return;
    if (state.kind === "not-registering" && !this.#isRegistering) box.send({ kind: "start" });
    if (state.kind !== "registered") return;
    const before = this.#servers.get(line);
    const { server } = state;
    this.#servers.set(line, server);
    const hasMoved =
      before !== undefined && (before.address !== server.address || before.port !== server.port);
    box.send({ kind: hasMoved ? "restart" : "start" });
  }

  /** The answer to a NOTIFY that one of the subscriptions brought; undefined: none did. Throws WireError. */
  notified(request: SipRequest): EventAnswer | undefined {
    for (const box of this.#boxes.values()) {
      const answer = box.notified(request);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }

  /** Ends every subscription; `gone` is called once, when no server has an answer left to give. */
  leave(gone: () => void): void {
    this.#gone = gone;
    for (const box of this.#boxes.values()) box.send({ kind: "stop" });
    this.#lookWhetherGone();
  }

  #lookWhetherGone(): void {
    const gone = this.#gone;
    if (gone === undefined || ![...this.#boxes.values()].every(({ state }) => state.kind === "stopped"))
      return;
    this.#gone = () => undefined;
    gone();
  }
}
