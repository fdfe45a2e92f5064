// Which TFTP server: the precedence table of reference boot-and-provisioning 4.4.
import { expect, test } from "vitest";
import type { Lease } from "#firmware/dhcp/notices.ts";
import { staticLease } from "#firmware/dhcp/static-address.ts";
import { type TftpPolicy, tftpCandidates, tftpServersOf } from "#firmware/dhcp/tftp-servers.ts";

const bare: Lease = staticLease({
  address: "192.0.2.7",
  mask: "255.255.255.0",
  routers: [],
  dnsServers: [],
  domainName: undefined,
  tftpServers: [],
});
const full: Lease = {
  ...bare,
  domainName: "example.com",
  tftpServers: ["192.0.2.1", "192.0.2.2"],
  tftpServerName: "tftp.example.com",
  serverName: "boot.example.com",
  nextServer: "192.0.2.4",
};
const policy: TftpPolicy = { typed: undefined, dynamic: undefined, triesWellKnownName: true };
const sources = (lease: Lease, wanted: Partial<TftpPolicy> = {}): [string, readonly string[]][] =>
  tftpCandidates(lease, { ...policy, ...wanted }).map(({ source, hosts }) => [source, hosts]);

test("BOOT-038 the sources in order, each with its hosts", () => {
  expect(sources(full)).toEqual([
    ["option-150", ["192.0.2.1", "192.0.2.2"]],
    ["option-66", ["tftp.example.com"]],
    ["sname", ["boot.example.com"]],
    ["siaddr", ["192.0.2.4"]],
    ["well-known-name", ["CiscoCM1.example.com"]],
  ]);
  expect(sources(bare)).toEqual([["well-known-name", ["CiscoCM1"]]]);
  expect(sources(bare, { triesWellKnownName: false })).toEqual([]);
});

test("typed addresses set everything else aside, a dynamic one comes before what DHCP says", () => {
  expect(sources(full, { typed: ["198.51.100.1"], dynamic: "198.51.100.9" })).toEqual([
    ["typed", ["198.51.100.1"]],
  ]);
  expect(sources(full, { dynamic: "198.51.100.9" })[0]).toEqual(["dynamic", ["198.51.100.9"]]);
});

test("BOOT-038 a name is asked of DNS, a literal is not, and a name without address leads on to the next source", async () => {
  const questions: string[] = [];
  const resolve = async (name: string): Promise<readonly string[]> => {
    questions.push(name);
    return name === "boot.example.com" ? ["192.0.2.30"] : [];
  };
  const chosen = (lease: Lease) => tftpServersOf(tftpCandidates(lease, policy), resolve);
  expect(await chosen(full)).toEqual({ source: "option-150", addresses: ["192.0.2.1", "192.0.2.2"] });
  expect(await chosen({ ...full, tftpServers: [], tftpServerName: "192.0.2.3" })).toEqual({
    source: "option-66",
    addresses: ["192.0.2.3"],
  });
  expect(questions).toEqual([]);
  expect(await chosen({ ...full, tftpServers: [] })).toEqual({ source: "sname", addresses: ["192.0.2.30"] });
  expect(questions).toEqual(["tftp.example.com", "boot.example.com"]);
  expect(await chosen(bare)).toBeUndefined();
});
