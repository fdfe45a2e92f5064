// The handset page: wires the connection to panel, keys, lamps, hook, sound, timeline, log and faults.
import { type ConnectionState, connect } from "./connection.ts";
import { element } from "./elements.ts";
import { createKeys } from "./keys.ts";
import { createLcd, fitPanel } from "./lcd.ts";
import type { PhoneMessage, WireLamp, WireText } from "./protocol.ts";
import { createLog, createTimeline, showFaults } from "./side.ts";
import { createSound } from "./sound.ts";

const states: Readonly<Record<ConnectionState, string>> = {
  connecting: "Connecting…",
  open: "Connected",
  lost: "Connection lost, trying again…",
  "wrong-version": "This page is of another version: reload it",
};

const connectionState = element("connection", HTMLParagraphElement);
const phoneName = element("phone-name", HTMLSpanElement);
const spoken = element("lcd-text", HTMLOutputElement);
const hook = element("hook", HTMLButtonElement);
let panelWidth = 240;
let isOffHook = false;

const connection = connect({
  onState(state) {
    connectionState.dataset["state"] = state;
    connectionState.textContent = states[state];
  },
  onMessage: receive,
  onSound: (samples) => sound.hear(samples),
});
const sound = createSound((samples) => connection.sendSound(samples));
const keys = createKeys((key, isDown) => connection.send({ type: "key", key, isDown }), toggleHook);
const lcd = createLcd(showText);
const timeline = createTimeline();
const log = createLog();

hook.addEventListener("click", toggleHook);
for (const button of document.querySelectorAll<HTMLButtonElement>("[data-restart]")) {
  button.addEventListener("click", () => {
    const how = button.dataset["restart"];
    if (how === "restart" || how === "reset" || how === "power-cycle")
      connection.send({ type: "restart", how });
  });
}
window.addEventListener("resize", () => fitPanel(panelWidth));

function receive(message: PhoneMessage): void {
  switch (message.type) {
    case "hello":
      phoneName.textContent = message.name;
      document.title = `${message.name} · Offhook`;
      log.clear();
      if (message.geometry.kind === "pixels") panelWidth = message.geometry.width;
      lcd.setGeometry(message.geometry);
      keys.setKeys(message.keys, message.lamps);
      break;
    case "frame":
    case "cells":
      lcd.show(message);
      break;
    case "lamps":
      for (const [name, lamp] of Object.entries(message.lamps)) showLamp(name, lamp);
      break;
    case "hook":
      showHook(message.isOffHook);
      break;
    case "audio":
      sound.setOpen(message.isOpen && !message.isMuted);
      document.body.dataset["audio"] = message.path;
      break;
    case "timeline":
      timeline.show(message.phases, message.nowMs);
      break;
    case "log":
      log.add(message.lines);
      break;
    case "faults":
      showFaults(message.faults, (name, isActive) => connection.send({ type: "fault", name, isActive }));
      break;
  }
}

function showText(text: WireText): void {
  keys.setText(text);
  const rows = text.rows.join("\n");
  if (spoken.textContent !== rows) spoken.textContent = rows;
}

function showLamp(name: string, lamp: WireLamp): void {
  const light = document.getElementById(`lamp-${name}`);
  if (light === null) return;
  light.setAttribute("data-mode", lamp.mode);
  if (lamp.mode === "off") light.removeAttribute("data-lamp");
  else light.setAttribute("data-lamp", lamp.colour);
}

function toggleHook(): void {
  showHook(!isOffHook);
  connection.send({ type: "hook", isOffHook });
}

function showHook(next: boolean): void {
  isOffHook = next;
  hook.setAttribute("aria-pressed", String(next));
  hook.setAttribute("aria-label", next ? "Handset: lay down" : "Handset: lift");
}
