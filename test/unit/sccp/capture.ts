// Reads recorded SCCP conversations from test/vectors/sccp.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One message of a conversation: who sent it, and its bytes with the header. */
export interface RecordedMessage {
  readonly sender: "server" | "phone";
  readonly bytes: Uint8Array;
}

const folder = join(import.meta.dirname, "../../vectors/sccp");

/** Conversation name → messages in order. */
export function readConversations(): ReadonlyMap<string, readonly RecordedMessage[]> {
  const conversations = new Map<string, readonly RecordedMessage[]>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".txt"))) {
    const lines = readFileSync(join(folder, file), "utf8").split("\n");
    const messages = lines
      .filter((line) => /^[SP] /.test(line))
      .map((line): RecordedMessage => {
        const bytes = Uint8Array.from(Buffer.from(line.slice(2), "hex"));
        return { sender: line.startsWith("S") ? "server" : "phone", bytes };
      });
    conversations.set(file.replace(/\.txt$/, ""), messages);
  }
  return conversations;
}
