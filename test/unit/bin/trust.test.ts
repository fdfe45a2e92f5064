// The site's CA: the first one is pinned, what is no certificate is refused, TLS waits for it and for the time, no longer
// than three seconds.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { certificatesOf, createTrust, patienceMs, type Trust } from "#firmware/bin/trust.ts";
import type { PhoneConfig } from "#firmware/config/phone-config.ts";
import { createFlash, createSimStorage } from "#hal/sim/storage.ts";
import { createTestRuntime } from "#test/unit/test-runtime.ts";

const pem = (name: string): Uint8Array =>
  readFileSync(join(import.meta.dirname, "../../vectors/tls", `${name}.pem`));
const config = (transport: "udp" | "tls", caFile: string | undefined): PhoneConfig =>
  ({ protocol: "sip", sip: { transport }, access: { caFile } }) as PhoneConfig; // what trust looks at

function open(flash = createFlash()) {
  const { clock, runtime } = createTestRuntime();
  const end = new AbortController();
  const trust: Trust = createTrust({ storage: createSimStorage(flash), runtime, signal: end.signal });
  return { clock, trust, flash, end };
}

test("the first CA is pinned and kept; the same is nothing new, another one is told and not believed", () => {
  const { trust, flash } = open();
  expect(trust.take(pem("ca"))).toBe("pinned");
  expect(trust.take(pem("ca"))).toBe("same");
  expect(trust.take(pem("site-ca"))).toBe("changed");
  expect(trust.certificates()).toEqual(certificatesOf(pem("ca")));
  expect(open(flash).trust.certificates()).toEqual(certificatesOf(pem("ca")));
});

test("a file of several certificates is all of them; one that is none spoils the file", () => {
  const both = Buffer.concat([pem("ca"), Buffer.from("\n"), pem("site-ca")]);
  expect(certificatesOf(both)).toHaveLength(2);
  const broken = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
  for (const text of ["", "no certificate", broken, `${both}${broken}`])
    expect(open().trust.take(new TextEncoder().encode(text)), text.slice(0, 40)).toBe("unreadable");
});

test("TLS waits for CA and time, at most three seconds; nothing else waits", async () => {
  const waits = async (
    transport: "udp" | "tls",
    caFile: string | undefined,
    meanwhile: (opened: ReturnType<typeof open>) => void,
  ): Promise<number | undefined> => {
    const opened = open();
    let wentAtMs: number | undefined;
    opened.trust.whenReady(config(transport, caFile), () => {
      wentAtMs = opened.clock.now();
    });
    await opened.clock.advance(100);
    meanwhile(opened);
    await opened.clock.advance(10_000);
    return wentAtMs;
  };
  const setTime = ({ clock, trust }: ReturnType<typeof open>): void => {
    clock.step(1_800_000_000_000 as Parameters<typeof clock.step>[0]); // a time is a time
    trust.timeCame();
  };
  expect(await waits("udp", "ca.pem", () => {})).toBe(0);
  expect(await waits("tls", undefined, () => {})).toBe(patienceMs);
  expect(await waits("tls", undefined, setTime)).toBe(100);
  expect(await waits("tls", "ca.pem", setTime)).toBe(patienceMs);
  const all = (opened: ReturnType<typeof open>): void => {
    opened.trust.take(pem("ca"));
    setTime(opened);
  };
  expect(await waits("tls", "ca.pem", all)).toBe(100);
  expect(await waits("tls", "ca.pem", ({ trust }) => trust.forget())).toBeUndefined();
  expect(await waits("tls", "ca.pem", ({ end }) => end.abort())).toBeUndefined();
});
