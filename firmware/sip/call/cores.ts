// sip.js's cores, one per line, made when the library is there; which of them has a dialog.
import type { SessionDialog, UserAgentCoreDelegate } from "sip.js/lib/core/index.js";
import type { Runtime } from "#firmware/runtime/runner.ts";
import { replaceAuthentication } from "#firmware/sip/core/authentication.ts";
import type { SipJsLibrary } from "#firmware/sip/core/library.ts";
import { type CoreUser, LineCore } from "#firmware/sip/core/line-core.ts";
import { type CoreMessages, createCoreMessages, nullTag } from "#firmware/sip/core/to-core.ts";
import type { SipEndpoint } from "#firmware/sip/endpoint.ts";
import { HostGlobals } from "#firmware/sip/host-globals.ts";
import type { SipRequest } from "#firmware/sip/message/message.ts";
import type { ServerTransaction } from "#firmware/sip/transaction/table.ts";

export interface CoresOptions {
  readonly library: SipJsLibrary;
  readonly runtime: Runtime;
  readonly endpoint: SipEndpoint;
  readonly signal: AbortSignal;
  readonly user: Omit<CoreUser, "delegate">;
  delegateOf(core: () => LineCore): UserAgentCoreDelegate;
}

/** Every line's core. */
export class Cores {
  readonly host: HostGlobals;
  readonly messages: CoreMessages;
  readonly #lines = new Map<number, LineCore>();

  constructor(options: CoresOptions) {
    const { library, runtime, endpoint, signal, user, delegateOf } = options;
    replaceAuthentication(library);
    this.host = new HostGlobals(runtime, library.Timers, endpoint.settings.timing);
    this.messages = createCoreMessages(library);
    for (const line of endpoint.settings.lines) {
      const { host, messages } = this;
      const log = runtime.log("sip");
      const core: LineCore = new LineCore(
        { library, messages, host, endpoint, line, log, user: { ...user, delegate: delegateOf(() => core) } },
        signal,
      );
      this.#lines.set(line.line, core);
    }
    signal.addEventListener("abort", () => this.host.close(), { once: true });
  }

  of(line: number): LineCore | undefined {
    return this.#lines.get(line);
  }

  /** The dialog a request belongs to, and the line that has it. */
  dialogOf(request: SipRequest): { core: LineCore; dialog: SessionDialog } | undefined {
    for (const core of this.#lines.values()) {
      const dialog = core.dialogOf(request, nullTag);
      if (dialog !== undefined) return { core, dialog };
    }
    return undefined;
  }

  ended(transaction: ServerTransaction): void {
    for (const core of this.#lines.values()) core.ended(transaction);
  }
}
