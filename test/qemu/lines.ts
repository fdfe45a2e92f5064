// A Unix socket that is written and read in lines: QEMU's monitor, its test port, terminals of the guest.
import { connect, type Socket } from "node:net";

const connectWithinMs = 10_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function open(path: string): Promise<Socket> {
  const end = performance.now() + connectWithinMs;
  for (;;) {
    const socket = await new Promise<Socket | Error>((resolve) => {
      const attempt = connect(path);
      attempt.once("connect", () => resolve(attempt));
      attempt.once("error", resolve);
    });
    if (!(socket instanceof Error)) return socket;
    if (performance.now() > end) throw new Error(`${path}: ${socket.message}`);
    await pause(50);
  }
}

/** Lines both ways. */
export class LineSocket {
  readonly #socket: Socket;
  readonly #unread: string[] = [];
  #waiting: ((line: string) => void) | undefined;
  #rest = "";

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("utf8");
    socket.on("error", () => socket.destroy()); // QEMU ended
    socket.on("data", (chunk: string) => {
      const parts = (this.#rest + chunk).split("\n");
      this.#rest = parts.pop() ?? "";
      for (const line of parts) this.#give(line.replace(/\r$/, ""));
    });
  }

  static async open(path: string): Promise<LineSocket> {
    return new LineSocket(await open(path));
  }

  #give(line: string): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#unread.push(line);
    else waiting(line);
  }

  write(text: string | Uint8Array): void {
    this.#socket.write(text);
  }

  /** The next line; undefined when none came in time. */
  next(withinMs: number): Promise<string | undefined> {
    const line = this.#unread.shift();
    if (line !== undefined) return Promise.resolve(line);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting = undefined;
        resolve(undefined);
      }, withinMs);
      this.#waiting = (came) => {
        clearTimeout(timer);
        resolve(came);
      };
    });
  }

  /** Lines that nobody asked for are thrown away. */
  forget(): void {
    this.#unread.length = 0;
  }

  close(): void {
    this.#socket.destroy();
  }
}
