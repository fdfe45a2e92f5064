// An I2C bus through the `i2c-bus` package: writes as they are, register reads with a repeated start.

import type { I2cBus } from "#hal/contract/bus.ts";
import { HalError, type HalErrorCode } from "#hal/contract/errors.ts";
import { loadAddon } from "#hal/linux/addons/load.ts";

/** The part of the package's bus that is used. */
export interface I2cBusAddon {
  i2cReadSync(address: number, length: number, buffer: Buffer): number;
  i2cWriteSync(address: number, length: number, buffer: Buffer): number;
  readI2cBlockSync(address: number, command: number, length: number, buffer: Buffer): number;
  closeSync(): void;
}

/** What the kernel's SMBus block transfers carry (linux/i2c.h, I2C_SMBUS_BLOCK_MAX). */
const longestRegisterRead = 32;

export interface LinuxI2cBus extends I2cBus {
  close(): void;
}

/** What a failed transfer means: several drivers have their own way to say that nobody acknowledged. */
const codes: Readonly<Record<string, HalErrorCode>> = {
  ENXIO: "missing",
  EREMOTEIO: "missing",
  ENODEV: "missing",
  EBUSY: "busy", // a kernel driver holds the address
  EACCES: "denied",
  ETIMEDOUT: "timeout",
};

/**
 * Opens `/dev/i2c-<number>`; a missing bus is found at the first transfer. HalError `missing` or `unsupported` when the
 * add-on does not load. A read after more than one written byte, or of more than 32, is `unsupported`: no chip here
 * needs it and the package cannot.
 */
export function openI2cBus(number: number, given?: I2cBusAddon): LinuxI2cBus {
  const bus = given ?? openAddon(number);
  const name = (address: number): string => `i2c-${number} address 0x${address.toString(16)}`;
  const guarded = (address: number, operation: string, act: () => void): void => {
    try {
      act();
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause;
      const code = "code" in cause ? codes[String(cause.code)] : undefined;
      throw new HalError(code ?? "io", name(address), operation, cause.message, { cause });
    }
  };
  return {
    transfer(address, write, readLength) {
      const answer = Buffer.alloc(readLength);
      const [register = 0] = write;
      if (readLength === 0) {
        guarded(address, "write", () => bus.i2cWriteSync(address, write.length, Buffer.from(write)));
      } else if (write.length === 0) {
        guarded(address, "read", () => bus.i2cReadSync(address, readLength, answer));
      } else if (write.length === 1 && readLength <= longestRegisterRead) {
        guarded(address, "read register", () => bus.readI2cBlockSync(address, register, readLength, answer));
      } else {
        const wish = `${write.length} written then ${readLength} read`;
        throw new HalError(
          "unsupported",
          name(address),
          "transfer",
          `${wish}: 1 and at most 32 are possible`,
        );
      }
      return new Uint8Array(answer);
    },
    close: () => bus.closeSync(),
  };
}

function openAddon(number: number): I2cBusAddon {
  const open = loadAddon("i2c-bus")["openSync"] as (number: number) => I2cBusAddon; // as the package documents it
  return open(number);
}
