// The guest's hardware from outside: input lines of its PL061 through QEMU's test port, its screen through the monitor.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LineSocket } from "./lines.ts";

/** Lines of the PL061 as boards/qemu-virt has them. */
export const outsideLines = { hook: 0, "6": 1, "0": 2, speaker: 4, soft1: 5, soft2: 6 } as const;
export type OutsideLine = keyof typeof outsideLines;

export const isOutside = (name: string): name is OutsideLine => name in outsideLines;

/** A picture as QEMU dumps it. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 0xRRGGBB, row by row. */
  readonly pixels: Uint32Array;
}

const answerWithinMs = 20_000;
/** A finger holds a key for so long; the guest's debounce must see it. */
const holdMs = 400;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
export class Outside {
  readonly #folder: string;
  readonly #monitor: LineSocket;
  readonly #test: LineSocket;
  readonly #chip: string;
  #resets: number;
  #asked: Promise<unknown> = Promise.resolve();
  #driven: Promise<void> = Promise.resolve();

  private constructor(folder: string, monitor: LineSocket, test: LineSocket, chip: string) {
    this.#folder = folder;
    this.#monitor = monitor;
    this.#test = test;
    this.#chip = chip;
    this.#resets = 0;
  }

  /** Connects to both ports and finds the chip, where the machine has one. */
  static async open(folder: string): Promise<Outside> {
    const monitor = await LineSocket.open(join(folder, "qmp"));
    const test = await LineSocket.open(join(folder, "qtest"));
    await monitor.next(answerWithinMs); // the greeting
    const outside = new Outside(folder, monitor, test, "");
    await outside.#ask("qmp_capabilities", {});
    const parts = (await outside.#ask("qom-list", { path: "/machine/unattached" })) as {
      name: string;
      type: string;
    }[]; // QMP's documented answer
    const chip = parts.find(({ type }) => type === "child<pl061>");
    return new Outside(folder, monitor, test, chip === undefined ? "" : `/machine/unattached/${chip.name}`);
  }

  /** QMP: one command, its answer; one after the other. */
  #ask(execute: string, words: object): Promise<unknown> {
    const answer = this.#asked.then(() => this.#askNow(execute, words));
    this.#asked = answer.catch(() => undefined); // whoever asked is told
    return answer;
  }

  /** Events in between are counted or left. */
  async #askNow(execute: string, words: object): Promise<unknown> {
    this.#monitor.write(`${JSON.stringify({ execute, arguments: words })}\n`);
    for (;;) {
      const line = await this.#monitor.next(answerWithinMs);
      if (line === undefined) throw new Error(`QEMU did not answer ${execute}`);
      const answer = JSON.parse(line) as { return?: unknown; error?: { desc: string }; event?: string };
      if (answer.event === "RESET") this.#resets++;
      if (answer.error !== undefined) throw new Error(`${execute}: ${answer.error.desc}`);
      if ("return" in answer) return answer.return;
    }
  }

  /** Times the machine was reset, as far as the monitor told. */
  async countResets(): Promise<number> {
    await this.#ask("query-status", {});
    return this.#resets;
  }

  /** Presses the board's reset button. */
  async reset(): Promise<void> {
    await this.#ask("system_reset", {});
  }

  /** Puts the cable into the network card, or pulls it: the card's carrier. */
  async setCable(isIn: boolean): Promise<void> {
    await this.#ask("set_link", { name: "net", up: isIn });
  }

  /** Sets a number of a device that has an id. */
  async setProperty(id: string, property: string, value: number): Promise<void> {
    await this.#ask("qom-set", { path: `/machine/peripheral/${id}`, property, value });
  }

  /** Puts a level on a line. */
  async set(line: OutsideLine, isHigh: boolean): Promise<void> {
    if (this.#chip === "") throw new Error("this machine has no PL061");
    await this.#drive(this.#chip, outsideLines[line], isHigh);
  }

  /** Puts a level on a pin of a device that has an id: an expander's, which is an input there. */
  async setPin(id: string, pin: number, isHigh: boolean): Promise<void> {
    await this.#drive(`/machine/peripheral/${id}`, pin, isHigh);
  }

  /** Presses a key and lets it go. */
  async press(line: OutsideLine): Promise<void> {
    for (const isHigh of [true, false]) {
      await this.set(line, isHigh);
      await pause(holdMs);
    }
  }

  /** One after the other: an answer does not say which question it is for. */
  #drive(path: string, pin: number, isHigh: boolean): Promise<void> {
    const driven = this.#driven.then(() => this.#driveNow(path, pin, isHigh));
    this.#driven = driven.catch(() => undefined); // whoever asked is told
    return driven;
  }

  async #driveNow(path: string, pin: number, isHigh: boolean): Promise<void> {
    this.#test.write(`set_irq_in ${path} unnamed-gpio-in ${pin} ${isHigh ? 1 : 0}\n`);
    const answer = await this.#test.next(answerWithinMs);
    if (answer !== "OK") throw new Error(`QEMU's test port said ${answer}`);
  }

  /** What a display device shows: the first one, or that of this id. */
  async screen(id?: string): Promise<Picture> {
    const path = join(this.#folder, "screen.ppm");
    await this.#ask("screendump", { filename: path, ...(id === undefined ? {} : { device: id }) });
    return decodePpm(readFileSync(path));
  }

  close(): void {
    this.#monitor.close();
    this.#test.close();
  }
}

/** A binary portable pixmap: `P6 WIDTH HEIGHT 255`, then three bytes per pixel. */
function decodePpm(bytes: Buffer): Picture {
  const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString("latin1", 0, 40));
  if (head === null) throw new Error("no portable pixmap");
  const [width, height] = [Number(head[1]), Number(head[2])];
  const pixels = Uint32Array.from({ length: width * height }, (_, index) =>
    bytes.readUIntBE(head[0].length + index * 3, 3),
  );
  return { width, height, pixels };
}
