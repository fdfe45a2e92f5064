// GPIO, I2C, SPI and PWM of hal/linux without hardware: what is asked of kernel and packages, and what their refusals
// mean. The kernel itself is asked in test/qemu.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MonoMs } from "#hal/contract/time.ts";
import { type I2cBusAddon, openI2cBus } from "#hal/linux/bus/i2c.ts";
import { openPwm } from "#hal/linux/bus/pwm.ts";
import { openSpiDevice } from "#hal/linux/bus/spi.ts";
import { openCharacterDeviceGpio } from "#hal/linux/gpio/character-device.ts";
import { decodeEvents, encodeInputRequest, encodeOutputRequest } from "#hal/linux/gpio/line-uapi.ts";
import { type OnoffConstructor, openSysfsGpio } from "#hal/linux/gpio/sysfs-gpio.ts";
import type { Io } from "#hal/linux/io/io.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "offhook-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const errno = (code: string): Error => Object.assign(new Error(`${code}: refused`), { code });

describe("GPIO by the character device", () => {
  // Offsets as in linux/gpio.h: offsets[64], consumer at 256, flags at 288, one attribute at 320, num_lines at 560.
  test("an input asks for both edges, its bias and a name", () => {
    const bytes = encodeInputRequest({ chip: "x", line: 17, bias: "pull-up", consumer: "hook" });
    const view = new DataView(bytes.buffer);
    expect(bytes).toHaveLength(592);
    expect(view.getUint32(0, true)).toBe(17);
    expect(new TextDecoder().decode(bytes.subarray(256, 261))).toBe("hook\0");
    expect(view.getBigUint64(288, true)).toBe(0x134n); // input, rising, falling, pull-up
    expect(view.getUint32(560, true)).toBe(1);
  });

  test("an output has its level from the start, and open drain where asked", () => {
    const wish = { chip: "x", line: 5, isHighAtStart: true, isOpenDrain: true, consumer: "column 1" };
    const view = new DataView(encodeOutputRequest(wish).buffer);
    expect(view.getBigUint64(288, true)).toBe(0x48n); // output, open drain
    expect([view.getUint32(320, true), view.getBigUint64(328, true), view.getBigUint64(336, true)]).toEqual([
      2, // GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES
      1n,
      1n,
    ]);
  });

  test("several edges of one read keep their order and the kernel's time; half an event is none", () => {
    const bytes = new Uint8Array(2 * 48 + 20);
    const view = new DataView(bytes.buffer);
    for (const [index, [ns, id]] of [
      [5_000_000n, 2],
      [7_500_000n, 1],
    ].entries() as ArrayIterator<[number, [bigint, number]]>) {
      view.setBigUint64(index * 48, ns, true);
      view.setUint32(index * 48 + 8, id, true);
    }
    expect(decodeEvents(bytes)).toEqual([
      { isHigh: false, atNs: 5_000_000n },
      { isHigh: true, atNs: 7_500_000n },
    ]);
  });

  test("a machine without that chip says so by its label", () => {
    const io = {} as Io; // nothing is added to it: there is no chip
    const gpio = openCharacterDeviceGpio({ io, originNs: 0n, failed: () => {}, deviceFolder: folder });
    const wish = { chip: "pinctrl-bcm2711", line: 17, bias: undefined, consumer: "hook" };
    expect(() => gpio.input(wish)).toThrow(
      expect.objectContaining({ code: "missing", device: 'gpiochip "pinctrl-bcm2711" line 17' }),
    );
    gpio.close();
  });
});

describe("GPIO by sysfs and onoff", () => {
  const opened: { number: number; acts: string[]; watcher?: (error: null, value: 0 | 1) => void }[] = [];
  const onoff = class {
    readonly #at: (typeof opened)[number];
    constructor(number: number, direction: string, edge?: string) {
      if (number === 530) throw errno("EBUSY");
      this.#at = { number, acts: [[direction, edge].filter(Boolean).join(" ")] };
      opened.push(this.#at);
    }
    readSync = () => 1 as const;
    writeSync = (value: number) => this.#at.acts.push(`write ${value}`);
    setDirection = (direction: string) => this.#at.acts.push(direction);
    watch = (watcher: (error: null, value: 0 | 1) => void) => {
      this.#at.watcher = watcher;
    };
    unwatchAll = () => this.#at.acts.push("unwatch");
    unexport = () => this.#at.acts.push("unexport");
  } as unknown as OnoffConstructor; // the few methods that are called

  const open = () => {
    opened.length = 0;
    const chip = join(folder, "gpiochip512");
    mkdirSync(chip);
    for (const [name, text] of Object.entries({ label: "pinctrl-bcm2711\n", base: "512\n", ngpio: "58\n" }))
      writeFileSync(join(chip, name), text);
    return openSysfsGpio({ now: () => 42 as MonoMs, failed: () => {}, folder, onoff });
  };

  test("lines are numbered from the base of the chip with that label", () => {
    const gpio = open();
    const ended = new AbortController();
    const line = gpio.input({ chip: "pinctrl-bcm2711", line: 17, bias: undefined, consumer: "hook" });
    const edges: unknown[] = [];
    line.edges.subscribe((edge) => edges.push(edge), { signal: ended.signal });
    opened[0]?.watcher?.(null, 0);
    expect(line.read()).toBe(true);
    expect(edges).toEqual([{ isHigh: false, at: 42 }]);
    gpio.close();
    expect(opened).toMatchObject([{ number: 529, acts: ["in both", "unwatch", "unexport"] }]);
    ended.abort();
  });

  test("open drain is played: high lets the line go", () => {
    const line = open().output({
      chip: "pinctrl-bcm2711",
      line: 4,
      isHighAtStart: true,
      isOpenDrain: true,
      consumer: "column 0",
    });
    line.write(false);
    line.write(true);
    expect(opened).toMatchObject([{ number: 516, acts: ["in", "low", "in"] }]);
  });

  test("a line beyond the chip, another chip, a line in use: each is named", () => {
    const gpio = open();
    const at = (chip: string, line: number) => () =>
      gpio.input({ chip, line, bias: undefined, consumer: "hook" });
    expect(at("pinctrl-bcm2711", 60)).toThrow(expect.objectContaining({ code: "missing" }));
    expect(at("gpio-sim", 0)).toThrow('this kernel has "pinctrl-bcm2711"');
    expect(at("pinctrl-bcm2711", 18)).toThrow(expect.objectContaining({ code: "busy" }));
  });
});

describe("I2C", () => {
  const recorded: string[] = [];
  const addon = (refusal?: string): I2cBusAddon => {
    const act = (text: string, buffer?: Buffer): number => {
      if (refusal !== undefined) throw errno(refusal);
      recorded.push(text);
      buffer?.fill(0xa5);
      return 0;
    };
    return {
      i2cReadSync: (address, length, buffer) => act(`read ${address} ${length}`, buffer),
      i2cWriteSync: (address, length, buffer) => act(`write ${address} ${length} ${buffer.toString("hex")}`),
      readI2cBlockSync: (address, command, length, buffer) =>
        act(`register ${address} ${command} ${length}`, buffer),
      closeSync: () => recorded.push("close"),
    };
  };

  test("writes, register reads and plain reads are the package's own", () => {
    recorded.length = 0;
    const bus = openI2cBus(1, addon());
    bus.transfer(0x20, Uint8Array.of(6, 0xff), 0);
    expect(bus.transfer(0x40, Uint8Array.of(2), 2)).toEqual(Uint8Array.of(0xa5, 0xa5));
    bus.transfer(0x27, new Uint8Array(0), 1);
    bus.close();
    expect(recorded).toEqual(["write 32 2 06ff", "register 64 2 2", "read 39 1", "close"]);
  });

  test.each([
    ["EREMOTEIO", "missing"],
    ["ENXIO", "missing"],
    ["EBUSY", "busy"],
    ["EACCES", "denied"],
    ["ETIMEDOUT", "timeout"],
    ["EIO", "io"],
  ])("%s is `%s`, with bus and address", (code, expected) => {
    const bus = openI2cBus(1, addon(code));
    expect(() => bus.transfer(0x20, Uint8Array.of(0), 1)).toThrow(
      expect.objectContaining({ code: expected, device: "i2c-1 address 0x20" }),
    );
  });

  test("what the package cannot do is refused, not done wrongly", () => {
    const bus = openI2cBus(1, addon());
    for (const [written, read] of [
      [2, 1],
      [1, 33],
    ] as const)
      expect(() => bus.transfer(0x50, new Uint8Array(written), read)).toThrow(
        expect.objectContaining({ code: "unsupported" }),
      );
  });
});

describe("SPI", () => {
  const place = { bus: 0, chipSelect: 1, mode: 3, maxSpeedHz: 1_000_000 } as const;

  test("as many bytes come back as were sent", () => {
    const bus = openSpiDevice(place, (number, chipSelect, options) => ({
      transferSync([message]) {
        for (const [i, byte] of message?.sendBuffer.entries() ?? [])
          message?.receiveBuffer.writeUInt8(byte ^ 0xff, i);
        expect([number, chipSelect, options]).toEqual([0, 1, { mode: 3, maxSpeedHz: 1_000_000 }]);
      },
      closeSync() {},
    }));
    expect(bus.transfer(Uint8Array.of(0x9f, 0))).toEqual(Uint8Array.of(0x60, 0xff));
  });

  test("a device that is not there is missing, by name", () => {
    const open = (): never => {
      throw errno("ENOENT");
    };
    expect(() => openSpiDevice(place, open)).toThrow(
      expect.objectContaining({ code: "missing", device: "spidev0.1" }),
    );
  });
});

describe("PWM", () => {
  const makeChip = (): string => {
    const chip = join(folder, "pwmchip0");
    mkdirSync(join(chip, "pwm0"), { recursive: true });
    symlinkSync("../../../fe20c000.pwm", join(chip, "device"));
    return join(chip, "pwm0");
  };
  const place = { device: "fe20c000.pwm", channel: 0, periodNs: 1_000_000 };

  test("the chip is found by its device, the duty is a share of the period", () => {
    const channel = makeChip();
    const pwm = openPwm(place, folder);
    pwm.setDuty(0.25);
    const read = (name: string): string => readFileSync(join(channel, name), "utf8");
    expect([read("period"), read("enable"), read("duty_cycle")]).toEqual(["1000000", "1", "250000"]);
    pwm.close();
    expect(read("enable")).toBe("0");
  });

  test("without that chip the ones that are there are named", () => {
    makeChip();
    expect(() => openPwm({ ...place, device: "3f20c000.pwm" }, folder)).toThrow("fe20c000.pwm");
  });
});
