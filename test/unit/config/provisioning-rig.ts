// Provisioning against recording file servers in virtual time.
import { startConfig } from "#firmware/config/client.ts";
import type { FileAnswer, FileRequest } from "#firmware/config/fetch.ts";
import type { ConfigNotice, StatusMessage } from "#firmware/config/notices.ts";
import type { Ground, ProvisioningSettings } from "#firmware/config/provisioning-state.ts";
import { createFlash, createSimStorage, type SimFlash } from "#hal/sim/storage.ts";
import { createTestRuntime } from "#test/unit/test-runtime.ts";

/** A file server: text per name, or `silent`; `slow` names answer after 50 ms instead of 1. */
export interface FileServer {
  files: Record<string, string | Uint8Array>;
  isSilent?: boolean;
  /** Names answered by an ERROR that is not "file not found". */
  errors?: readonly string[];
  hasHttp?: boolean;
  slow?: readonly string[];
}

export const phoneMac = "00:00:5e:00:53:01";

const sevenNineSixty: ProvisioningSettings = {
  profile: "auto",
  imageProtocol: "sip",
  mac: phoneMac,
  lineKeys: 6,
  runningLoad: "offhook-0.1.0",
  failedLoad: undefined,
  languages: ["English"],
  isHttpFirst: false,
  isAliasOn: false,
  isUniversalLoader: false,
};

export interface RigOptions {
  readonly servers: Record<string, FileServer>;
  readonly settings?: Partial<ProvisioningSettings>;
  readonly flash?: SimFlash;
}

/** A phone that only provisions. */
export function createRig({ servers, settings = {}, flash = createFlash() }: RigOptions) {
  const { clock, runtime, lines, failures, timers } = createTestRuntime();
  const requests: FileRequest[] = [];
  const notices: ConfigNotice[] = [];
  const stop = new AbortController();
  const answer = ({ server, name, transport }: FileRequest): FileAnswer => {
    const there = servers[server];
    if (there === undefined || there.isSilent === true) return { kind: "timeout" };
    if (transport === "http" && there.hasHttp !== true) return { kind: "unreachable" };
    if (there.errors?.includes(name) === true) return { kind: "error", error: 2, text: "Access violation" };
    const file = there.files[name];
    if (file === undefined) return { kind: "not-found" };
    return { kind: "file", bytes: typeof file === "string" ? new TextEncoder().encode(file) : file };
  };
  const provisioning = startConfig({
    runtime,
    storage: createSimStorage(flash),
    settings: { ...sevenNineSixty, ...settings },
    async fetch(request, { signal }) {
      requests.push(request);
      const there = servers[request.server];
      const isSilent = there === undefined || there.isSilent === true;
      await clock.sleep(isSilent ? 15_000 : there.slow?.includes(request.name) === true ? 50 : 1, { signal });
      return answer(request);
    },
    notify: (notice) => notices.push(notice),
    signal: stop.signal,
  });
  const ground: Ground = { servers: Object.keys(servers), isAlternate: false, controllers: [] };
  return {
    clock,
    lines,
    failures,
    timers,
    stop,
    flash,
    notices,
    requests,
    provisioning,
    begin: (changes: Partial<Ground> = {}) => provisioning.begin({ ...ground, ...changes }),
    /** Names asked for, in order; `server:` before those not asked of the first one. */
    asked: () =>
      requests.map(({ name, server, transport }) => {
        const place = Object.keys(servers).indexOf(server);
        return `${transport === "http" ? "http " : ""}${place > 0 ? `${place + 1}:` : ""}${name}`;
      }),
    statuses: (): StatusMessage[] =>
      notices.flatMap((notice) => (notice.kind === "status" ? [notice.status] : [])),
    configured: () => notices.filter((notice) => notice.kind === "configured"),
    failed: () => notices.filter((notice) => notice.kind === "failed"),
  };
}

export const sipDefault = "proxy1_address: 192.0.2.10\nproxy_register: 1\nproxy_backup: 192.0.2.12\n";
export const sipPhone = "line1_name: 2001\nline1_password: secret\nproxy_emergency: 192.0.2.13\n";
export const sipPhoneName = "SIP00005E005301.cnf";
export const cnfText = "call_manager1_addr: 192.0.2.20\ncall_manager2_addr: 192.0.2.21\n";
export const xmlPhoneName = "SEP00005E005301.cnf.xml";

/** A small `SEP<MAC>.cnf.xml` for SCCP, or for SIP with one line. */
export function xmlPhone(protocol: "SIP" | "SCCP", server = "192.0.2.20"): string {
  const line = `<sipLines><line button="1"><featureID>9</featureID><name>2001</name></line></sipLines>`;
  const profile = protocol === "SIP" ? `<sipProfile>${line}</sipProfile>` : "";
  return `<device><deviceProtocol>${protocol}</deviceProtocol><devicePool><callManagerGroup><members><member priority="0"><callManager><processNodeName>${server}</processNodeName></callManager></member></members></callManagerGroup></devicePool>${profile}</device>`;
}
