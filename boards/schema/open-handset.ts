// Opens a handset from its data: kernel parts, then lines, panel, keys, hook, lamps, sound, power. What is missing is
// replaced by something that does nothing, and named.
import type { AudioMixer } from "#hal/contract/audio.ts";
import type { HalError } from "#hal/contract/errors.ts";
import type { PartStatus } from "#hal/contract/hal.ts";
import type { Backlight } from "#hal/contract/panel.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { absentHook, absentKeypad, absentLamps, absentMixer, absentPanel } from "#hal/drivers/absent.ts";
import { createCodecMixer } from "#hal/drivers/codec-mixer.ts";
import { createHeadsetJack } from "#hal/drivers/headset-jack.ts";
import { createHookSwitch } from "#hal/drivers/hook-switch.ts";
import { createLamps, lineLamp } from "#hal/drivers/lamps.ts";
import { createPoePd } from "#hal/drivers/poe-pd.ts";
import { type LinuxI2cBus, openI2cBus } from "#hal/linux/bus/i2c.ts";
import { type LinuxSpiBus, openSpiDevice } from "#hal/linux/bus/spi.ts";
import type { Gpio } from "#hal/linux/gpio/gpio.ts";
import { openGpio } from "#hal/linux/gpio/open.ts";
import { usualHealthPaths } from "#hal/linux/health.ts";
import { type KernelParts, openKernelParts } from "#hal/linux/kernel-parts.ts";
import { createRestarter } from "#hal/linux/restarter.ts";
import { openSoundControls } from "#hal/linux/sound-controls.ts";
import { connectSupervisor, type Supervisor } from "#hal/linux/supervisor.ts";
import { sourceWorkers } from "#hal/linux/workers.ts";
import { createSingleSlot } from "#hal/sim/storage.ts";
import type { BoardDrivers, DeviceHal, DeviceOptions, Kit } from "./device.ts";
import type { HandsetData } from "./handset-data.ts";
import { openKeypad } from "./keys.ts";
import { attachedLines, Lines } from "./lines.ts";
import { PartList } from "./part-list.ts";

/** `#hal` parts whose lines begin with a word. */
const partOfLine = (name: string | undefined): string => name?.split(" ")[0] ?? "lines";

/** Buses and lines that are opened at their first use and closed together. */
function openWires(data: HandsetData, kernel: KernelParts, parts: PartList, signal: AbortSignal) {
  const { wiring } = data;
  const buses = new Map<number, LinuxI2cBus>();
  const devices: LinuxSpiBus[] = [];
  let gpio: Gpio | undefined;
  const i2c = (number: number): LinuxI2cBus => {
    const bus = buses.get(number) ?? openI2cBus(number);
    buses.set(number, bus);
    return bus;
  };
  const lines = new Lines({
    wiring,
    i2c,
    clock: kernel.clock,
    signal,
    gpio() {
      gpio ??= openGpio({
        io: kernel.io,
        originNs: kernel.originNs,
        failed: ({ chip, line }, error) => {
          const [name] =
            Object.entries(wiring.lines).find(([, use]) => use.chip === chip && use.line === line) ?? [];
          parts.failed(partOfLine(name), error);
        },
      });
      return gpio;
    },
    expanderFailed(chip, error) {
      const names = Object.entries(wiring.lines).flatMap(([name, use]) => (use.chip === chip ? [name] : []));
      for (const part of new Set(names.map(partOfLine))) parts.failed(part, error);
    },
  });
  const kit: Kit = {
    input: (name) => lines.input(name),
    output: (name) => lines.output(name),
    i2c,
    spi(name) {
      const place = wiring.spi[name];
      if (place === undefined) throw new RangeError(`board ${data.facts.name}: no SPI device "${name}"`);
      const device = openSpiDevice(place);
      devices.push(device);
      return device;
    },
    clock: kernel.clock,
    signal,
  };
  const close = (): void => {
    gpio?.close();
    for (const bus of buses.values()) bus.close();
    for (const device of devices) device.close();
  };
  return { kit, close };
}

function openFront(data: HandsetData, drivers: BoardDrivers, kit: Kit, parts: PartList) {
  const { facts, wiring, hook } = data;
  const { clock, signal } = kit;
  const lines = (word: string): string => attachedLines(wiring, (name) => partOfLine(name) === word);
  const panel = parts.open(
    "panel",
    data.panelAttached,
    (failed) => drivers.panel(kit, failed),
    () => absentPanel(facts.panel),
  );
  const { backlight: makeBacklight } = drivers;
  const backlight =
    makeBacklight === undefined
      ? undefined
      : parts.open<Backlight | undefined>(
          "backlight",
          data.panelAttached,
          (failed) => makeBacklight(kit, panel, failed),
          () => undefined,
        );
  return {
    panel,
    backlight,
    keypad: parts.open(
      "keypad",
      attachedLines(wiring, (name) => ["keypad", "key"].includes(partOfLine(name))),
      (failed) => openKeypad(data, kit, failed),
      absentKeypad,
    ),
    hook: parts.open(
      "hook",
      lines("hook"),
      () => createHookSwitch({ line: kit.input("hook"), config: hook, clock, signal }),
      absentHook,
    ),
    lamps: parts.open(
      "lamp",
      lines("lamp"),
      (failed) =>
        createLamps({
          switches: new Map(
            facts.lamps.map((lamp) => [lamp, lineLamp(kit.output(`lamp ${lamp}`), { isLitHigh: true })]),
          ),
          clock,
          failed,
          signal,
        }),
      absentLamps,
    ),
    headset:
      wiring.lines["headset"] === undefined
        ? undefined
        : parts.open(
            "headset",
            lines("headset"),
            () => createHeadsetJack({ line: kit.input("headset"), isHighWhenPlugged: false, clock, signal }),
            () => undefined,
          ),
  };
}

function openMixer({ soundControls }: HandsetData, { codec }: BoardDrivers, parts: PartList) {
  let close = (): void => undefined;
  if (soundControls === undefined || codec === undefined) {
    parts.note({ part: "mixer", attached: "no controls", state: "working", detail: undefined });
    return { mixer: absentMixer(), close };
  }
  const mixer = parts.open<AudioMixer>(
    "mixer",
    `${codec.name} at ${soundControls}`,
    (failed: (error: HalError) => void) => {
      const controls = openSoundControls(soundControls);
      close = () => controls.close();
      return createCodecMixer({ codec, controls, failed });
    },
    absentMixer,
  );
  return { mixer, close };
}

const watchdogPart = ({ greeting }: Supervisor): PartStatus => ({
  part: "watchdog",
  attached: "the kernel's, fed by init",
  state: greeting.hasWatchdog ? "working" : "missing",
  detail: greeting.hasWatchdog
    ? undefined
    : "a firmware that hangs is started again, a kernel that hangs is not",
});

/** The whole handset. HalError only where nothing works without: the network interface, rights to it. */
export async function openHandset(
  data: HandsetData,
  drivers: BoardDrivers,
  options: DeviceOptions,
): Promise<DeviceHal> {
  const supervisor =
    options.supervisor === undefined ? undefined : await connectSupervisor(options.supervisor);
  const kernel = await openKernelParts({
    interfaceName: options.interfaceName,
    pcPortName: options.pcPortName,
    ...(options.mac === undefined ? {} : { mac: options.mac }),
    stateDirectory: options.stateDirectory,
    wallClock: "system",
    health: usualHealthPaths,
    workers: options.workers ?? sourceWorkers(),
    product: options.product,
    logDescriptor: 2,
    trusted: options.trusted ?? (() => []),
    failed: options.failed,
  });
  const ended = new AbortController();
  const parts = new PartList((part, error) =>
    kernel.log.write({
      atMs: kernel.clock.now(),
      level: "warning",
      area: "board",
      text: `${part}: ${error.message}`,
    }),
  );
  const wires = openWires(data, kernel, parts, ended.signal);
  const front = openFront(data, drivers, wires.kit, parts);
  const { mixer, close: closeMixer } = openMixer(data, drivers, parts);
  const power = parts.open(
    "power",
    attachedLines(data.wiring, (name) => partOfLine(name) === "power"),
    (failed) =>
      createPoePd({ sensors: drivers.power(wires.kit), clock: kernel.clock, failed, signal: ended.signal }),
    () => createPoePd({ sensors: [], clock: kernel.clock, signal: ended.signal }),
  );
  const media = await options.openMedia(kernel, data.sound);
  const partChanges = new Emitter<PartStatus>();
  for (const changes of [parts.changes, media.partChanges])
    changes.subscribe((status) => partChanges.emit(status), { signal: ended.signal });
  const close = async (): Promise<void> => {
    ended.abort();
    wires.close();
    closeMixer();
    await media.close();
    await kernel.close();
    supervisor?.close();
  };
  return {
    ...kernel,
    ...front,
    kernel,
    mixer,
    power,
    media: media.host,
    images: supervisor?.images ?? createSingleSlot(options.product.version),
    restarter: createRestarter(close),
    watchdog: supervisor?.watchdog,
    parts: () => [
      ...kernel.parts(),
      ...parts
        .list()
        .map((entry) =>
          entry.part === "power" && entry.detail === undefined
            ? { ...entry, detail: power.last().evidence.join("; ") || undefined }
            : entry,
        ),
      ...media.parts,
      {
        part: "supervisor",
        attached: options.supervisor ?? "none",
        state: supervisor === undefined ? "missing" : "working",
        detail:
          supervisor === undefined ? "no watchdog, no slots" : `data partition ${supervisor.greeting.data}`,
      },
      ...(supervisor === undefined ? [] : [watchdogPart(supervisor)]),
    ],
    partChanges,
    close,
  };
}
