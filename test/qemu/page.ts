// The handset in the browser, in front of a guest: the phone's console mirrors it over a terminal of its own, as it does for
// any client; hook and keys that the machine has lines for are pressed on those. Sound stays with the guest's card.
import { decodeLine, encodeRequest, type OnceLine } from "#firmware/console/once.ts";
import { ConfigError } from "#hal/contract/errors.ts";
import { type PagePhone, type PageServer, servePage } from "#test/lab/page-server.ts";
import { type PageMessage, type PhoneMessage, protocolVersion } from "#ui/handset/protocol.ts";
import type { LineSocket } from "./lines.ts";
import type { Machine } from "./machine.ts";
import { isOutside } from "./outside.ts";
import { starts } from "./rig.ts";

/** Between two looks whether the firmware is another one. */
const lookEveryMs = 1000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const encode = (message: PageMessage): string => `${JSON.stringify(message)}\n`;

/** Serves the page at 127.0.0.1, port 0 takes a free one. The machine has a terminal for it (`hasPage`). */
export async function serveGuestPage(machine: Machine, port: number): Promise<PageServer> {
  const { page: terminal, outside } = machine;
  if (terminal === undefined) throw new Error("this machine was started without a terminal for the page");
  const phone: PagePhone = {
    greeting: () => [], // the guest's own comes when it hears of the page
    receive(message) {
      const line = message.type === "hook" ? "hook" : message.type === "key" ? message.key : "";
      if (isOutside(line))
        void outside.set(line, message.type === "hook" ? message.isOffHook : isDown(message));
      else terminal.write(encode(message));
    },
    receiveSound: () => undefined,
  };
  const server = await servePage(port, phone);
  const life = new AbortController();
  void relay(machine, terminal, (message) => server.send(message), life.signal);
  return {
    ...server,
    async close() {
      life.abort();
      await server.close();
    },
  };
}

const isDown = (message: PageMessage): boolean => message.type === "key" && message.isDown;

/** Mirrors each firmware from its beginning to its end. */
async function relay(
  machine: Machine,
  terminal: LineSocket,
  send: (message: PhoneMessage) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const begun = starts(machine);
    if (begun > 0) {
      terminal.write(encodeRequest("mirror"));
      terminal.write(encode({ type: "hello", version: protocolVersion })); // for pages that are open already
    }
    for (let isMirroring = begun > 0; isMirroring && !signal.aborted && starts(machine) === begun; ) {
      const text = await terminal.next(lookEveryMs);
      const answer = text === undefined ? undefined : readAnswer(text);
      if (answer !== undefined && "line" in answer) send(JSON.parse(answer.line) as PhoneMessage); // the firmware's own words
      isMirroring =
        text?.startsWith("the firmware is starting") !== true && (answer === undefined || "line" in answer);
    }
    await pause(lookEveryMs);
  }
}

/** Undefined: a terminal's echo, or half a line of a firmware that ended. */
function readAnswer(text: string): OnceLine | undefined {
  try {
    return decodeLine(text);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
