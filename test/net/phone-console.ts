// The console of a phone that is a process of its own, through its Unix socket.
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { decodeLine, encodeRequest } from "#firmware/console/once.ts";

/** One command: its answer's lines joined; rejects with what the phone said when it failed. */
export function askPhone(socketPath: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath, () => socket.write(encodeRequest(command)));
    const lines: string[] = [];
    socket.on("error", reject);
    const answer = createInterface({ input: socket });
    answer.on("error", reject); // as the socket's
    answer.on("line", (text) => {
      const part = decodeLine(text);
      if ("line" in part) {
        lines.push(part.line);
        return;
      }
      socket.destroy();
      if (part.end === null) resolve(lines.join("\n"));
      else reject(new Error(`${command}: ${part.end}`));
    });
    answer.on("close", () => reject(new Error(`${command}: the phone hung up`)));
  });
}
