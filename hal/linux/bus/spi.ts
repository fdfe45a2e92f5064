// An SPI device through the `spi-device` package: one chip select, full duplex.
import type { SpiBus } from "#hal/contract/bus.ts";
import { HalError } from "#hal/contract/errors.ts";
import { loadAddon } from "#hal/linux/addons/load.ts";

/** Where the chip is and how it wants its clock. */
export interface SpiPlace {
  readonly bus: number;
  readonly chipSelect: number;
  /** Clock polarity and phase as usual: 0–3. */
  readonly mode: 0 | 1 | 2 | 3;
  readonly maxSpeedHz: number;
}

/** The part of the package's device that is used. */
export interface SpiDeviceAddon {
  transferSync(message: { byteLength: number; sendBuffer: Buffer; receiveBuffer: Buffer }[]): unknown;
  closeSync(): void;
}

export interface LinuxSpiBus extends SpiBus {
  close(): void;
}

type OpenSync = (
  bus: number,
  chipSelect: number,
  options: { mode: number; maxSpeedHz: number },
) => SpiDeviceAddon;

/** Opens `/dev/spidev<bus>.<chipSelect>`. HalError `missing`, `denied`; `unsupported` when the add-on does not load. */
export function openSpiDevice(place: SpiPlace, given?: OpenSync): LinuxSpiBus {
  const { bus, chipSelect, mode, maxSpeedHz } = place;
  const name = `spidev${bus}.${chipSelect}`;
  const open = given ?? (loadAddon("spi-device")["openSync"] as OpenSync); // as the package documents it
  const guarded = <Result>(operation: string, act: () => Result): Result => {
    try {
      return act();
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause;
      const code = "code" in cause ? cause.code : undefined;
      const kind = code === "ENOENT" || code === "ENXIO" ? "missing" : code === "EACCES" ? "denied" : "io";
      throw new HalError(kind, name, operation, cause.message, { cause });
    }
  };
  const device = guarded("open", () => open(bus, chipSelect, { mode, maxSpeedHz }));
  return {
    transfer(bytes) {
      const receiveBuffer = Buffer.alloc(bytes.length);
      guarded("transfer", () =>
        device.transferSync([{ byteLength: bytes.length, sendBuffer: Buffer.from(bytes), receiveBuffer }]),
      );
      return new Uint8Array(receiveBuffer);
    },
    close: () => guarded("close", () => device.closeSync()),
  };
}
