// Facts for the sentences of ui/words: one value for every place a template can have.
import type { Facts } from "#ui/words/words.ts";

/** As a network would give them. */
export const sampleTroubleFacts: Facts = {
  interface: "eth0",
  seconds: 6,
  used: 110,
  ignored: 120,
  vlan: 110,
  neighbour: "switch-1",
  tries: 4,
  server: "10.77.0.5",
  address: "10.77.0.23",
  mac: "00:11:22:33:44:66",
  file: "SEP001122334455.cnf.xml",
  place: "line 12",
  detail: "no closing tag for device",
  text: "Access violation",
  name: "pbx.example.com",
  reason: "Forbidden",
  user: "5550100",
  device: "SEP001122334455",
  servers: "10.77.0.10, 10.77.0.11",
  count: 3,
  part: "keypad",
  line: 1,
  status: 403,
  phase: "register",
  ours: "full",
  theirs: "half",
  fault: "no-mask",
  code: "io",
};
