// Where the phone stands with its call servers, in the boot's words: line states of SIP and server states of SCCP.
import type { RegistrationNotice } from "#firmware/boot/events.ts";
import type { Trouble, TroubleCode } from "#firmware/boot/notices.ts";
import type { ServerState } from "#firmware/sccp/notices.ts";
import type { LineState, RegistrationFailure } from "#firmware/sip/notices.ts";

/** What a person is told of each way in which a SIP line fails. */
export const sipTroubles: Readonly<Record<RegistrationFailure, TroubleCode>> = {
  "no-answer": "server-silent",
  "refused-by-network": "server-unreachable",
  "wrong-password": "wrong-password",
  "unknown-line": "server-rejected",
  forbidden: "server-rejected",
  "server-error": "server-rejected",
  redirected: "server-rejected",
  rejected: "server-rejected",
  "name-not-found": "name-not-found",
  "interval-too-brief": "server-rejected",
  certificate: "server-untrusted",
};

const at = (server: { readonly address: string; readonly port: number }): string =>
  `${server.address}:${server.port}`;

/** What a person should know of a SIP line that is not registered. */
function sipTrouble(
  line: number,
  user: string,
  proxy: string,
  state: Extract<LineState, { readonly kind: "failed" }>,
): Trouble {
  return {
    code: sipTroubles[state.failure],
    facts: {
      line,
      user,
      server: proxy,
      name: proxy.replace(/:\d+$/, ""),
      failure: state.failure,
      ...(state.status === undefined ? {} : { status: state.status }),
      ...(state.reason === "" ? {} : { reason: state.reason }),
    },
  };
}

/** What the boot must know of one SIP line to tell how the whole phone stands. */
export interface LineFact {
  readonly line: number;
  readonly user: string;
  readonly proxy: string;
  readonly state: LineState;
}

/**
 * The whole phone's standing from its lines: registered as soon as one is, failed when every line that wants to
 * register has failed.
 */
export function standingOf(lines: readonly LineFact[]): RegistrationNotice | undefined {
  const wanting = lines.filter(
    ({ state }) => state.kind !== "unprovisioned" && state.kind !== "not-registering",
  );
  const isAny = lines.some(({ state }) => state.kind !== "unprovisioned");
  if (!isAny) {
    const trouble = { code: "config-unusable", facts: {} } as const;
    return { kind: "not-needed", why: "no line is provisioned", trouble };
  }
  if (wanting.length === 0) return { kind: "not-needed", why: "no line registers", trouble: undefined };
  for (const { state } of wanting) {
    if (state.kind === "registered") return { kind: "registered", server: at(state.server) };
  }
  for (const { state, proxy } of wanting) {
    if (state.kind === "registering") {
      return { kind: "registering", server: state.server === undefined ? proxy : at(state.server) };
    }
  }
  const [first] = wanting;
  if (first?.state.kind !== "failed") return undefined;
  const trouble = sipTrouble(first.line, first.user, first.proxy, first.state);
  return { kind: "failed", trouble, retryInMs: first.state.retryInMs };
}

const sccpTroubles: Readonly<Record<Extract<ServerState, { kind: "failed" }>["failure"], TroubleCode>> = {
  "no-answer": "server-silent",
  "refused-by-network": "server-unreachable",
  closed: "server-unreachable",
  rejected: "server-rejected",
  certificate: "server-untrusted",
};

/** A call manager's state in the boot's words. `wasRegistered`: it is a loss, not a try that failed. */
export function serverStanding(state: ServerState, wasRegistered: boolean): RegistrationNotice | undefined {
  switch (state.kind) {
    case "unregistered":
      return undefined;
    case "connecting":
    case "registering":
      return { kind: "registering", server: at(state.server) };
    case "registered":
      return { kind: "registered", server: at(state.server) };
    case "failed": {
      const facts = {
        server: at(state.server),
        failure: state.failure,
        ...(state.text === "" ? {} : { reason: state.text }),
      };
      const trouble: Trouble = { code: sccpTroubles[state.failure], facts };
      if (wasRegistered) return { kind: "lost", trouble: { code: "registration-lost", facts } };
      return { kind: "failed", trouble, retryInMs: state.retryInMs === 0 ? undefined : state.retryInMs };
    }
  }
}
