// Network settings typed on the phone: what may be typed when, and what the address phase reads.
import { describe, expect, test } from "vitest";
import { readLocalNetwork } from "#firmware/config/network-parameters.ts";
import { createSimStorage } from "#hal/sim/storage.ts";
import { createRig } from "./provisioning-rig.ts";

function phone() {
  const rig = createRig({ servers: {} });
  return {
    type: rig.provisioning.type,
    network: () => readLocalNetwork(createSimStorage(rig.flash)),
  };
}
const fixed = { dhcp_enabled: "0", ip_address: "192.0.2.7", subnet_mask: "255.255.255.0" };

test("NETM-013 NETM-015 a new phone uses DHCP and no alternate TFTP server", () => {
  expect(phone().network()).toEqual({
    isDhcpEnabled: true,
    isAlternateTftp: false,
    address: undefined,
    mask: undefined,
    routers: [],
    dnsServers: [],
    domainName: undefined,
    tftpServer: undefined,
    adminVlanId: undefined,
  });
});

describe("with DHCP on", () => {
  test.each(["ip_address", "subnet_mask", "default_router_1", "dns_server_5", "domain_name", "tftp_server"])(
    "NETM-006 NETM-007 NETM-008 %s cannot be typed",
    (name) => {
      const value =
        name === "subnet_mask" ? "255.255.255.0" : name === "domain_name" ? "example.com" : "192.0.2.1";
      expect(phone().type({ [name]: value })).toEqual({ refused: "needs-dhcp-off", name });
    },
  );

  test("NETM-008 NETM-015 the TFTP server can, with Alternate TFTP", () => {
    const { type, network } = phone();
    expect(type({ alternate_tftp: "1", tftp_server: "192.0.2.69" })).toBeUndefined();
    expect(network()).toMatchObject({ isAlternateTftp: true, tftpServer: "192.0.2.69", isDhcpEnabled: true });
  });

  test("NETM-012 the administrative VLAN can: 1 to 4094, empty is none", () => {
    const { type, network } = phone();
    for (const wrong of ["0", "4095", "voice"])
      expect(type({ admin_vlan_id: wrong })).toEqual({ refused: "bad-value", name: "admin_vlan_id" });
    expect(type({ admin_vlan_id: "110" })).toBeUndefined();
    expect(network().adminVlanId).toBe(110);
    expect(type({ admin_vlan_id: "" })).toBeUndefined();
    expect(network().adminVlanId).toBeUndefined();
  });
});

describe("with DHCP off", () => {
  test("NETM-005 NETM-009 NETM-010 everything is typed, lists in order", () => {
    const { type, network } = phone();
    const all = {
      ...fixed,
      domain_name: "example.com",
      tftp_server: "192.0.2.69",
      default_router_1: "192.0.2.1",
      default_router_3: "192.0.2.3",
      dns_server_2: "192.0.2.53",
    };
    expect(type(all)).toBeUndefined();
    expect(network()).toEqual({
      isDhcpEnabled: false,
      isAlternateTftp: false,
      address: "192.0.2.7",
      mask: "255.255.255.0",
      routers: ["192.0.2.1", "192.0.2.3"],
      dnsServers: ["192.0.2.53"],
      domainName: "example.com",
      tftpServer: "192.0.2.69",
      adminVlanId: undefined,
    });
  });

  test.each([
    [{ dhcp_enabled: "0" }, "incomplete", "ip_address"],
    [{ dhcp_enabled: "0", ip_address: "192.0.2.7" }, "incomplete", "subnet_mask"],
    [{ ...fixed, ip_address: "224.0.0.1" }, "bad-value", "ip_address"],
    [{ ...fixed, ip_address: "127.0.0.1" }, "bad-value", "ip_address"],
    [{ ...fixed, subnet_mask: "255.0.255.0" }, "bad-value", "subnet_mask"],
    [{ ...fixed, default_router_1: "router" }, "bad-value", "default_router_1"],
  ] as const)("%o is refused: %s", (values, refused, name) => {
    const { type, network } = phone();
    expect(type(values)).toEqual({ refused, name });
    expect(network().isDhcpEnabled).toBe(true);
  });

  test("a store whose address is gone falls back to DHCP", () => {
    const rig = createRig({ servers: {} });
    rig.provisioning.type(fixed);
    rig.flash.shelves.get("settings")?.delete("ip_address");
    expect(readLocalNetwork(createSimStorage(rig.flash)).isDhcpEnabled).toBe(true);
    rig.flash.shelves.get("settings")?.set("ip_address", new TextEncoder().encode("nonsense"));
    expect(readLocalNetwork(createSimStorage(rig.flash)).isDhcpEnabled).toBe(true);
  });
});

test("network and other values are typed together, all or none", () => {
  const { type, network } = phone();
  expect(type({ ...fixed, messages_uri: "x".repeat(129) })).toEqual({
    refused: "bad-value",
    name: "messages_uri",
  });
  expect(network().address).toBeUndefined();
  expect(type({ ...fixed, messages_uri: "700" })).toBeUndefined();
  expect(network().address).toBe("192.0.2.7");
});
