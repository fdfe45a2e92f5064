// English: why a page of XML services could not be shown.
import type { Sentence, ServiceFailureKind } from "./words.ts";

const again = "Press Update to try again.";
const tell = "Tell whoever keeps the services.";

export const serviceFailures: Readonly<Record<ServiceFailureKind, Sentence>> = {
  "no-answer": {
    what: "No answer from {server}",
    why: "The server[ behind the proxy {proxy}] did not send the page in time.",
    todo: again,
  },
  unreachable: {
    what: "No way to {server}",
    why: "[The proxy {proxy} is not reached. ]Nobody answers there, or the network is down.",
    todo: again,
  },
  "unknown-host": {
    what: "No address for {server}",
    why: "The name server does not know this name.",
    todo: "Check services_url and directory_url[, and http_proxy_addr: {proxy}].",
  },
  broken: {
    what: "{server} sends no page",
    why: "The answer was cut off, too long, or no HTTP.",
    todo: again,
  },
  refused: {
    what: "{host}: {httpStatus}",
    why: "The server answered with status {status}.",
    todo: tell,
  },
  malformed: {
    what: "The page cannot be read[ ({place})]",
    why: "What {host} sent is not XML as phones read it.",
    todo: tell,
  },
  unsupported: {
    what: "{object} is not for this phone",
    why: "{host} sent an object of later phones; this one reads CallManager XML 3.0.",
    todo: tell,
  },
  "bad-address": {
    what: "Not an address: {address}",
    why: "Services are reached by http and https.",
    todo: tell,
  },
  "too-many-redirects": {
    what: "{host} leads in circles",
    why: "Each answer named another address.",
    todo: tell,
  },
};
