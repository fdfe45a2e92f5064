// English sentences for everything that can go wrong: what, why, and what to do. Facts in braces; see words.ts.
import type { LineFailure, Sentence, TroubleCode } from "./words.ts";

/** One sentence for each trouble of firmware/boot/notices.ts. */
export const troubles: Readonly<Record<TroubleCode, Sentence>> = {
  "no-link": {
    what: "No network link",
    why: "Nothing answers on the network port[ {interface}].",
    todo: "Check the cable and the switch port.",
  },
  "phase-slow": {
    what: "This takes longer than usual",
    why: "[Waiting for {phase} since {seconds} s.]",
    todo: "Wait, or see what show boot says on the console.",
  },
  "vlan-silent-switch": {
    what: "No answer from the switch",
    why: "No CDP or LLDP answer[ in {seconds} s]; going on untagged.",
    todo: "If there is a voice VLAN, switch CDP or LLDP on at this port.",
  },
  "vlan-none": {
    what: "Switch names no voice VLAN",
    why: "[{neighbour} answers without one. ]Voice goes untagged.",
    todo: "If there is a voice VLAN, set it at the switch port.",
  },
  "vlan-conflict": {
    what: "Two voice VLANs offered",
    why: "[The switch says both {used} and {ignored}. ]The first one is used.",
    todo: "Make everything on this port name the same VLAN.",
  },
  "vlan-unsupported": {
    what: "Cannot use VLAN[ {vlan}]",
    why: "This kernel cannot tag frames (802.1Q is missing).",
    todo: "Load the 8021q module or make the voice VLAN untagged.",
  },
  "vlan-change-waits": {
    what: "Switch names another VLAN",
    why: "[VLAN {vlan} is taken over later. ]Not during a call, and not too often.",
    todo: "Look at the switch port if it keeps changing.",
  },
  "duplex-mismatch": {
    what: "Duplex mismatch",
    why: "[Phone {ours}, switch {theirs}.]",
    todo: "Set both ends to auto-negotiation.",
  },
  "power-short": {
    what: "Not enough power",
    why: "[The supply grants {granted} W, this phone asks for {wanted} W.]",
    todo: "Raise the limit of the switch port, or use an adapter.",
  },
  "dhcp-silent": {
    what: "No answer from DHCP",
    why: "No server offers an address[ on VLAN {vlan}][ after {tries} tries].",
    todo: "Check the DHCP server and this port's VLAN.",
  },
  "dhcp-refused": {
    what: "DHCP refused the address",
    why: "[{server} does not let this phone use {address}.]",
    todo: "The phone asks for another address by itself.",
  },
  "dhcp-bad-offer": {
    what: "DHCP offer cannot be used",
    why: "[The offer of {server}: {fault}.]",
    todo: "Correct the DHCP server; the phone waits for a better offer.",
  },
  "dhcp-unconfirmed": {
    what: "DHCP server went silent",
    why: "[{server} made an offer and did not confirm it.]",
    todo: "Check the DHCP server; the phone asks again.",
  },
  "dhcp-no-tftp": {
    what: "DHCP names no TFTP server",
    why: "The offer[ of {server}] has neither option 150 nor 66.",
    todo: "Add option 150 at the DHCP server or set Alternate TFTP.",
  },
  "dhcp-lease-expired": {
    what: "Address lease has run out",
    why: "No DHCP server renewed it[ ({address})].",
    todo: "Check the DHCP server; the phone keeps asking.",
  },
  "address-conflict": {
    what: "Address in use twice",
    why: "[{address} is also used by {mac}.]",
    todo: "Take it from the other device or out of the DHCP pool.",
  },
  "address-refused": {
    what: "Address cannot be set",
    why: "[This phone cannot use {address}: {code}.]",
    todo: "Check the address given by DHCP or typed in; the phone tries again.",
  },
  "tftp-timeout": {
    what: "No answer from TFTP",
    why: "[{server} was asked for {file}.]",
    todo: "Check that the TFTP server runs and UDP port 69 is open.",
  },
  "tftp-error": {
    what: "TFTP server reports an error",
    why: "[{server} about {file}: {text}.]",
    todo: "Check the file and its permissions on the server.",
  },
  "tftp-no-server": {
    what: "No TFTP server known",
    why: "Neither DHCP nor the settings name one.",
    todo: "Add DHCP option 150 or set Alternate TFTP.",
  },
  "config-not-found": {
    what: "No configuration file",
    why: "[{server} has none for this phone.]",
    todo: "Put one on the TFTP server[: {file}].",
  },
  "config-malformed": {
    what: "Configuration is damaged",
    why: "[{file}, {place}: {detail}.]",
    todo: "Correct the file[; {meanwhile} until then].",
  },
  "config-unusable": {
    what: "Phone Unprovisioned",
    why: "The configuration[ {file}] names no server or no line.",
    todo: "Give it a line with a name and a server.",
  },
  "config-last-good": {
    what: "Using the kept configuration",
    why: "No new one could be fetched[ from {server}].",
    todo: "Check the TFTP server; the phone works meanwhile.",
  },
  "load-unavailable": {
    what: "New software not loaded",
    why: "[The image {name} is not to be had.]",
    todo: "The phone goes on with its present software.",
  },
  "server-unreachable": {
    what: "Call server not reachable",
    why: "[Nothing accepts connections at {server}.]",
    todo: "Check its address and that it runs; trying the next one.",
  },
  "server-silent": {
    what: "Call server does not answer",
    why: "[{server} was asked to register this phone.]",
    todo: "Check the server and the network between; trying again.",
  },
  "server-rejected": {
    what: "Registration rejected",
    why: "[{server} says: {reason}.]",
    todo: "Check that the server knows this phone[ ({device})].",
  },
  "server-untrusted": {
    what: "Call server is not trusted",
    why: "The certificate[ of {server}] cannot be verified.",
    todo: "Check the certificate, the phone's clock and offhook_ca.",
  },
  "wrong-password": {
    what: "Wrong password",
    why: "[{server} refuses the password of {user}.]",
    todo: "Correct the line's password in the configuration.",
  },
  "server-list-exhausted": {
    what: "No call server answers",
    why: "All servers of the list have failed[: {servers}].",
    todo: "Check the servers; the phone starts again by itself.",
  },
  "registration-lost": {
    what: "Registration lost",
    why: "[{server} is gone, or does not know this phone any more.]",
    todo: "The phone registers again by itself.",
  },
  "name-not-found": {
    what: "Name not found",
    why: "[DNS does not know {name}.]",
    todo: "Check the name and the DNS server.",
  },
  "time-silent": {
    what: "No time from the network",
    why: "The time server[ {server}] does not answer; date and time stay blank.",
    todo: "Check the SNTP server.",
  },
  "time-wrong": {
    what: "Time server is not believed",
    why: "[{server} {doubt}. ]Date and time stay blank.",
    todo: "Correct the clock of the SNTP server.",
  },
  "time-refused": {
    what: "Time server refuses this phone",
    why: "[{server} asks not to be asked. ]Date and time stay blank.",
    todo: "Allow the phone at the SNTP server, then restart it.",
  },
  "storage-corrupt": {
    what: "Stored settings were damaged",
    why: "[{file} was set aside. ]The phone started with fresh ones.",
    todo: "Set personal settings again.",
  },
  "storage-absent": {
    what: "Settings cannot be kept",
    why: "There is no storage[ ({detail})].",
    todo: "The phone works, but forgets at power-off; check the storage.",
  },
  "storage-full": {
    what: "Storage is full",
    why: "Changes are no longer kept[: {detail}].",
    todo: "Delete directory entries or replace the storage.",
  },
  "part-missing": {
    what: "A part does not work",
    why: "[{part}: {detail}.]",
    todo: "Check how it is attached; the rest of the phone works.",
  },
  "crashed-before": {
    what: "Restarted after a fault",
    why: "The phone stopped unexpectedly[: {reason}].",
    todo: "If it happens again, report what show crash says.",
  },
  "safe-mode": {
    what: "Safe mode",
    why: "The phone failed to start[ {count} times][: {reason}].",
    todo: "No calls. Mend the cause, then restart; console and update work.",
  },
};

/** Why a line is not registered, for the idle screen. */
export const lineFailures: Readonly<Record<LineFailure, Sentence>> = {
  "no-answer": {
    what: "Line {line}: no answer from server",
    why: "The call server does not answer.",
    todo: "Check the server; the phone keeps trying.",
  },
  "refused-by-network": {
    what: "Line {line}: server not reachable",
    why: "Nothing accepts registrations at the server's address.",
    todo: "Check the address and that the server runs.",
  },
  "wrong-password": {
    what: "Line {line}: wrong password",
    why: "The server refuses this line's password.",
    todo: "Correct it in the configuration.",
  },
  "unknown-line": {
    what: "Line {line}: unknown to the server",
    why: "The server has no such user[: {status} {reason}].",
    todo: "Check the line's name on phone and server.",
  },
  forbidden: {
    what: "Line {line}: forbidden",
    why: "The server does not let this line register[: {status} {reason}].",
    todo: "Ask who runs the server.",
  },
  "server-error": {
    what: "Line {line}: server error",
    why: "The server cannot register it now[: {status} {reason}].",
    todo: "The phone keeps trying.",
  },
  redirected: {
    what: "Line {line}: redirected in vain",
    why: "The server sent the phone elsewhere, and that led nowhere.",
    todo: "Check the server's configuration.",
  },
  rejected: {
    what: "Line {line}: registration rejected",
    why: "The server says no[: {status} {reason}].",
    todo: "Check the line on phone and server.",
  },
  "name-not-found": {
    what: "Line {line}: server name not found",
    why: "DNS does not know the server's name.",
    todo: "Check the name and the DNS server.",
  },
  "interval-too-brief": {
    what: "Line {line}: no common interval",
    why: "The server wants ever longer registrations.",
    todo: "Check timer_register_expires and the server.",
  },
  certificate: {
    what: "Line {line}: server not trusted",
    why: "The server's certificate could not be verified.",
    todo: "Check the certificate, the clock and offhook_ca.",
  },
};

/** Facts that come as codes. */
export const factWords: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  phase: {
    power: "the power supply",
    image: "the software check",
    link: "the network link",
    vlan: "the voice VLAN",
    ip: "an address",
    config: "the configuration",
    load: "the new software",
    register: "the call server",
  },
  httpStatus: {
    "401": "password needed",
    "403": "not allowed",
    "404": "no such page",
    "407": "the proxy needs a password",
    "500": "out of order (500)",
    "502": "not reached (502)",
    "503": "too busy (503)",
    "504": "no answer (504)",
  },
  // 0 stands for frames without a tag
  used: { "0": "no VLAN" },
  ignored: { "0": "no VLAN" },
  ours: { half: "half duplex", full: "full duplex" },
  theirs: { half: "half duplex", full: "full duplex" },
  // what a parameter of a configuration file should have been (firmware/config/value-types.ts)
  expected: {
    ip4: "an IP address",
    host: "an address or name",
    "host:port": "an address or name, perhaps with a port",
    "host-address": "the address of a machine",
    url: "an http address",
    "file-name": "a file name",
    directory: "a directory",
    "date-order": "D, M and Y joined by / - or .",
    month: "a month",
    weekday: "a weekday",
    week: "1 to 6, or 8 for the last week",
    time: "hours/minutes",
    offset: "hours/minutes, with or without a sign",
    mask: "a subnet mask",
  },
  // why a whole file was refused (hal/contract/errors.ts)
  detail: {
    malformed: "not well-formed",
    "too-large": "too large",
    unusable: "no server or line in it",
    "bad-value": "a wrong value",
    "missing-field": "something is missing",
    duplicate: "something is there twice",
  },
  fault: {
    "no-server-id": "no server id (option 54)",
    "no-lease-time": "no lease time (option 51)",
    "no-mask": "no subnet mask (option 1)",
    "bad-address": "no usable address",
    "no-tftp": "no TFTP server",
  },
  // what is done until a damaged file is mended
  meanwhile: { kept: "the last good one is used" },
  // why an answer of a time server is not believed (firmware/sntp/checks.ts)
  doubt: {
    unsynchronised: "has no time itself",
    "bad-stratum": "is not a server",
    "no-time": "tells no time",
    "far-from-root": "is too far from a clock",
    absurd: "tells a time that cannot be",
  },
  // why hardware, kernel or network refused (hal/contract/errors.ts)
  code: {
    missing: "a part is missing",
    busy: "something else uses it",
    io: "it does not work",
    unsupported: "not possible on this machine",
    denied: "no permission",
    refused: "refused",
    unreachable: "not reachable",
    timeout: "no answer",
    "not-found": "not found",
  },
};
