// `npm run console -- --socket SOCKET [COMMAND…]`: a person at a phone's console, or one command for a script: its answer
// alone on stdout and exit 0, an error on stderr and exit 1, 2 when no phone answers there.
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { decodeLine, encodeRequest, sessionMark } from "#firmware/console/once.ts";
import { readCommandLine } from "./command-line.ts";

const usage = `npm run console -- --socket SOCKET [COMMAND …]
  --socket SOCKET   where a phone serves its console (started with --console SOCKET)
  COMMAND           one command, its answer, and the end; interactive without one`;

function readArguments(): { readonly socket: string; readonly command: string } {
  const { values, positionals } = readCommandLine(usage, {
    options: { socket: { type: "string" } },
    allowPositionals: true,
  });
  // the socket may also come first, without its name
  const [first, ...rest] = positionals;
  const { socket } = values;
  if (socket !== undefined) return { socket, command: positionals.join(" ") };
  if (first !== undefined) return { socket: first, command: rest.join(" ") };
  process.stderr.write(`the phone's socket is missing\n\n${usage}\n`);
  process.exit(2);
}

function open(path: string): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(path, () => resolve(socket));
    socket.on("error", (error) => {
      process.stderr.write(`${path}: ${error.message}; is a phone running with --console ${path}?\n`);
      process.exit(2);
    });
  });
}

/** What comes in on stdin goes along: `mirror` takes keys that way. */
async function runOnce(socket: Socket, command: string): Promise<number> {
  socket.write(encodeRequest(command));
  if (command === "mirror") process.stdin.pipe(socket, { end: false });
  for await (const text of createInterface({ input: socket })) {
    const answer = decodeLine(text);
    if ("line" in answer) {
      process.stdout.write(`${answer.line}\n`);
      continue;
    }
    if (answer.end === null) return 0;
    process.stderr.write(`${answer.end}\n`);
    return 1;
  }
  process.stderr.write("the phone hung up before the answer was complete\n");
  return 1;
}

function sit(socket: Socket): Promise<number> {
  socket.write(Uint8Array.of(sessionMark));
  socket.pipe(process.stdout);
  process.stdin.pipe(socket);
  return new Promise((resolve) => socket.on("close", () => resolve(0)));
}

const { socket: path, command } = readArguments();
const socket = await open(path);
const exitCode = command === "" ? await sit(socket) : await runOnce(socket, command);
process.stdin.destroy();
socket.destroy();
process.exitCode = exitCode;
