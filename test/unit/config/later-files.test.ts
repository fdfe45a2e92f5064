// Files asked for later: rings, syncinfo.xml; and how HTTP answers are understood.
import { describe, expect, test } from "vitest";
import { createHttpFetch } from "#firmware/config/http-fetch.ts";
import { otherLevel, parseSyncInfo } from "#firmware/config/sync-info.ts";
import { HalError } from "#hal/contract/errors.ts";
import type { HttpClient, HttpRequest, HttpResponse } from "#hal/contract/names.ts";
import { createRig, type FileServer, sipDefault, sipPhone, sipPhoneName } from "./provisioning-rig.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const [one, two] = ["192.0.2.1", "192.0.2.2"] as const;
const texts = { "SIPDefault.cnf": sipDefault, [sipPhoneName]: sipPhone };
const { signal } = new AbortController();

async function running(files: Record<string, string>, second?: FileServer) {
  const servers: Record<string, FileServer> = { [one]: { files: { ...texts, ...files } } };
  if (second !== undefined) servers[two] = second;
  const rig = createRig({ servers });
  rig.begin();
  await rig.clock.advance(10);
  return rig;
}

describe("syncinfo.xml", () => {
  const wrapped =
    '<SYNCINFO><IMAGE VERSION="offhook-0.1.0" SYNC="2"/><IMAGE VERSION="*" SYNC="9"/></SYNCINFO>';

  test.each([
    [wrapped, "offhook-0.1.0", "2", undefined],
    [wrapped, "offhook-0.1.0", "1", "2"],
    [wrapped, "offhook-0.2.0", "9", undefined],
    [wrapped, "offhook-0.2.0", "2", "9"],
    ['<IMAGE VERSION="*" SYNC="1"/>', "x", "1", undefined],
    ['<IMAGE VERSION="*"/>', "x", "2", "1"],
    ['<IMAGE VERSION="other" SYNC="5"/>', "x", "1", undefined],
    [`<IMAGE VERSION="*" SYNC="${"5".repeat(33)}"/>`, "x", "1", undefined],
    ["<OTHER/>", "x", "1", undefined],
  ] as const)("SYN-003 SYN-004 SYN-005 %s for %s at level %s: restart for %s", (text, load, sync, level) => {
    expect(otherLevel(parseSyncInfo("syncinfo.xml", bytes(text)), { load, sync })).toBe(level);
  });

  test("SYN-006 SYN-008 TFTP-011 a check reads it, asks for the dial template again, and stays without the file", async () => {
    const rig = await running({ "syncinfo.xml": wrapped, "dialplan.xml": "<DIALTEMPLATE/>" });
    const checked = rig.provisioning.checkSync({ signal });
    await rig.clock.advance(10);
    expect(await checked).toBe("restart");
    expect(rig.asked().slice(-2)).toEqual(["syncinfo.xml", "dialplan.xml"]);
    expect(
      rig.notices.filter((notice) => notice.kind === "file" && notice.role === "dial-template"),
    ).toHaveLength(2);
    const without = await running({});
    const again = without.provisioning.checkSync({ signal });
    await without.clock.advance(10);
    expect(await again).toBe("stay");
  });

  test("a malformed one is logged and changes nothing", async () => {
    const rig = await running({ "syncinfo.xml": "<SYNCINFO>" });
    const checked = rig.provisioning.checkSync({ signal });
    await rig.clock.advance(10);
    expect(await checked).toBe("stay");
    expect(rig.lines.some((line) => line.includes("syncinfo.xml"))).toBe(true);
  });
});

describe("later files", () => {
  test("TFTP-009 a ring is read from the server in use, the next one only after a time-out", async () => {
    const rig = await running({ "bell.pcm": "xx" });
    const found = rig.provisioning.fetchLater("bell.pcm", { signal });
    await rig.clock.advance(10);
    expect(await found).toEqual(bytes("xx"));
    const gone = await running({}, { files: { "bell.pcm": "yy" } });
    const missing = gone.provisioning.fetchLater("bell.pcm", { signal });
    await gone.clock.advance(10);
    expect(await missing).toBeUndefined();
  });

  test("without a configuration from servers nothing is asked", async () => {
    const rig = createRig({ servers: {} });
    expect(await rig.provisioning.fetchLater("bell.pcm", { signal })).toBeUndefined();
    expect(await rig.provisioning.checkSync({ signal })).toBe("stay");
    expect(rig.requests).toEqual([]);
  });
});

describe("HTTP", () => {
  const request = {
    name: "dir/SEP 1.cnf.xml",
    server: one,
    transport: "http",
    maxBytes: 99,
    expectedBytes: undefined,
    isPlain: false,
  } as const;
  function client(answer: HttpResponse | Error): { http: HttpClient; asked: HttpRequest[] } {
    const asked: HttpRequest[] = [];
    const http: HttpClient = {
      request(wanted) {
        asked.push(wanted);
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
    };
    return { http, asked };
  }
  const refused = (code: "refused" | "timeout" | "io" | "unreachable"): HalError =>
    new HalError(code, "http", "get", "no");

  test("the file is asked for on port 6970, with 3 s to connect and the limit of its kind", async () => {
    const { http, asked } = client({ status: 200, headers: {}, body: bytes("x") });
    expect(await createHttpFetch(http)(request, { signal })).toEqual({ kind: "file", bytes: bytes("x") });
    expect(asked[0]).toMatchObject({
      method: "GET",
      url: "http://192.0.2.1:6970/dir/SEP%201.cnf.xml",
      timeoutMs: 3000,
      maxBytes: 99,
    });
  });

  test.each([
    [{ status: 404, headers: {}, body: bytes("") }, { kind: "not-found" }],
    [
      { status: 500, headers: {}, body: bytes("") },
      { kind: "error", error: 500, text: "" },
    ],
    [refused("refused"), { kind: "unreachable" }],
    [refused("unreachable"), { kind: "unreachable" }],
    [refused("timeout"), { kind: "timeout" }],
    [refused("io"), { kind: "error", error: "io", text: "http: get: no" }],
  ] as const)("%o is %o", async (answer, meaning) => {
    expect(await createHttpFetch(client(answer).http)(request, { signal })).toEqual(meaning);
  });

  test("our own mistakes and the signal's reason pass", async () => {
    const { http } = client(new Error("link lost"));
    await expect(createHttpFetch(http)(request, { signal })).rejects.toThrow("link lost");
  });
});
