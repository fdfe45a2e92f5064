// Answers to what a phone asks after RegisterAck (reference 5.3).
import type { PhoneMessage } from "#firmware/sccp/messages/phone-messages.ts";
import type { ServerMessage } from "#firmware/sccp/messages/server-messages.ts";
import type { PlacedButton } from "./devices.ts";
import { order } from "./order.ts";
import { fullMask, type SoftkeyTables } from "./softkeys.ts";
import type { Station, StationHost } from "./station.ts";

/** Places of the messages, as both servers fill them. */
const buttonPlaces = 42;
const keyPlaces = 20;
const setPlaces = 16;
const slotsOfSet = 16;

/** Undefined: the message is no question of this kind. */
export function answerSetup(
  station: Station,
  message: PhoneMessage,
  host: StationHost,
): readonly ServerMessage[] | undefined {
  const { play, buttons } = station;
  switch (message.kind) {
    case "ipPort":
    case "headsetStatus":
    case "capabilitiesRes":
    case "registerAvailableLines":
      return [];
    case "versionReq":
      return [order("versionRes")];
    case "buttonTemplateReq":
      return [buttonTemplate(buttons)];
    case "softKeyTemplateReq":
      return [keyTemplate(play.softkeys)];
    case "softKeySetReq":
      return [keySets(play.softkeys), selectIdle(station)];
    case "configStatReq":
      return [configuration(station)];
    case "serverReq":
      return [serverList(host.address)];
    case "timeDateReq":
      return [timeDate(host.wallUnixMs())];
    default:
      return answerAboutButton(buttons, message);
  }
}

function answerAboutButton(
  buttons: readonly PlacedButton[],
  message: PhoneMessage,
): readonly ServerMessage[] | undefined {
  const placed = (instance: number, ...kinds: readonly string[]): PlacedButton | undefined =>
    buttons.find((entry) => entry.instance === instance && kinds.includes(entry.button.kind));
  switch (message.kind) {
    case "lineStatReq": {
      const button = placed(message.line, "line", "hint")?.button;
      if (button?.kind === "line") {
        const { number, name, label } = button;
        return [order("lineStatRes", { line: message.line, number, name, label, displayOptions: 15 })];
      }
      if (button?.kind === "hint")
        return [order("lineStatRes", { line: message.line, number: button.number, name: button.label })];
      return [order("lineStatRes", { line: message.line })];
    }
    case "forwardStatReq":
      return [order("forwardStatRes", { line: message.line })];
    case "speedDialStatReq": {
      const button = placed(message.instance, "speed-dial")?.button;
      const told = button?.kind === "speed-dial" ? { number: button.number, label: button.label } : {};
      return [order("speedDialStatRes", { instance: message.instance, ...told })];
    }
    case "featureStatReq": {
      const found = placed(message.index, "feature", "hint");
      if (found === undefined) return [];
      return [order("featureStatRes", { index: message.index, feature: found.type, label: labelOf(found) })];
    }
    case "serviceUrlStatReq": {
      const button = placed(message.index, "service")?.button;
      const told = button?.kind === "service" ? { url: button.url, label: button.label } : {};
      return [order("serviceUrlStatRes", { index: message.index, ...told })];
    }
    default:
      return undefined;
  }
}

const labelOf = ({ button }: PlacedButton): string => button.label;

function buttonTemplate(buttons: readonly PlacedButton[]): ServerMessage {
  const entries = buttons.map(({ instance, type }) => ({ instance, type }));
  const unused = Array.from({ length: buttonPlaces - entries.length }, () => ({ instance: 0, type: 0xff }));
  return order("buttonTemplateRes", {
    count: entries.length,
    total: entries.length,
    buttons: [...entries, ...unused],
  });
}

function keyTemplate({ template }: SoftkeyTables): ServerMessage {
  const keys = template.map(({ label, event }) => ({ label, event }));
  const unused = Array.from({ length: Math.max(0, keyPlaces - keys.length) }, () => ({
    label: "",
    event: 0,
  }));
  return order("softKeyTemplateRes", { count: keys.length, total: keys.length, keys: [...keys, ...unused] });
}

function keySets({ template, sets }: SoftkeyTables): ServerMessage {
  const filled = (values: readonly number[]): number[] =>
    Array.from({ length: slotsOfSet }, (_, i) => values[i] ?? 0);
  const entries = sets.map((names) => {
    const indexes = names.map((name) => template.findIndex((key) => key.name === name) + 1);
    return {
      templateIndexes: filled(indexes),
      infoIndexes: filled(indexes.map((index) => (index === 0 ? 0 : 300 + index))),
    };
  });
  const unused = Array.from({ length: setPlaces - sets.length }, () => ({
    templateIndexes: filled([]),
    infoIndexes: filled([]),
  }));
  return order("softKeySetRes", { count: sets.length, total: sets.length, sets: [...entries, ...unused] });
}

/** Keys of the idle phone. */
export function selectIdle({ play }: Station): ServerMessage {
  const mask = play.hasSlotMasks ? fullMask(play.softkeys, 0) : 0xffffffff;
  return order("selectSoftKeys", { mask });
}

function configuration({ name, buttons }: Station): ServerMessage {
  const count = (...kinds: readonly string[]): number =>
    buttons.filter(({ button }) => kinds.includes(button.kind)).length;
  return order("configStatRes", {
    deviceName: name,
    userName: name,
    serverName: "lab",
    lines: count("line"),
    speedDials: count("speed-dial", "hint"),
  });
}

function serverList(address: string): ServerMessage {
  const addresses = new Uint8Array(20);
  addresses.set(address.split(".").map(Number));
  return order("serverRes", {
    names: [address, "", "", "", ""],
    ports: [2000, 0, 0, 0, 0],
    addresses,
  });
}

/** Broken-down local time; the lab's wall clock says UTC. */
export function timeDate(unixMs: number): ServerMessage {
  const now = new Date(unixMs);
  return order("timeDateRes", {
    year: now.getUTCFullYear(),
    month: now.getUTCMonth() + 1,
    weekday: now.getUTCDay(),
    day: now.getUTCDate(),
    hour: now.getUTCHours(),
    minute: now.getUTCMinutes(),
    second: now.getUTCSeconds(),
    millisecond: now.getUTCMilliseconds(),
    unixSec: Math.floor(unixMs / 1000),
  });
}
