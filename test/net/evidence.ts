// What every program of a net printed, for the report of a test that failed: it is gone with the net.

/** A program of a net. */
interface Printer {
  readonly name: string;
  output(): string;
}

const lastLines = 40;
const tailOf = ({ name, output }: Printer): string =>
  `--- ${name} printed last:\n${output().trimEnd().split("\n").slice(-lastLines).join("\n")}\n`;

/** The nets of this test file, and the last words of those that closed since a test began. */
class OpenNets {
  readonly #open = new Set<readonly Printer[]>();
  #closed: string[] = [];

  /** `printers` may grow until it is closed, which is before the files of its output are removed. */
  add(printers: readonly Printer[]): { close(): void } {
    this.#open.add(printers);
    return {
      close: () => {
        if (this.#open.delete(printers)) this.#closed.push(...printers.map(tailOf));
      },
    };
  }

  /** All of them, and from now on nothing of those that are closed. */
  take(): string {
    const closed = this.#closed;
    this.#closed = [];
    return [...closed, ...[...this.#open].flatMap((printers) => printers.map(tailOf))].join("");
  }
}

export const openNets = new OpenNets();
