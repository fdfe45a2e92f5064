// Serves the handset page and its WebSocket on 127.0.0.1, for whatever phone stands behind it.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import {
  maxPageMessageLength,
  type PageMessage,
  type PhoneMessage,
  readPageMessage,
  socketPath,
} from "#ui/handset/protocol.ts";
import { buildPage } from "./page-files.ts";

/** What a phone must be for the page. */
export interface PagePhone {
  /** Everything a page that just connected has to know, `hello` first. */
  greeting(): readonly PhoneMessage[];
  receive(message: PageMessage): void;
  /** Samples of the page's microphone, 8000 Hz, little-endian. */
  receiveSound(samples: Buffer): void;
}

export interface PageServer {
  readonly url: string;
  /** To every page. */
  send(message: PhoneMessage): void;
  sendSound(samples: Buffer): void;
  close(): Promise<void>;
}

/** Starts to serve; port 0 takes a free one. */
export async function servePage(port: number, phone: PagePhone): Promise<PageServer> {
  const files = await buildPage();
  const http = createServer((request, response) => {
    const file = files.get(new URL(request.url ?? "/", "http://localhost").pathname);
    response.writeHead(file === undefined ? 404 : 200, {
      "content-type": file?.contentType ?? "text/plain",
      "cache-control": "no-store",
      "content-security-policy": "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'",
    });
    response.end(file?.body ?? "no such file");
  });
  const pages = new WebSocketServer({ noServer: true, maxPayload: 8 * maxPageMessageLength });
  http.on("upgrade", (request, socket, head) => {
    // A page of another site may open a socket to this machine, under any name that leads here: only our own may.
    const host = request.headers.host ?? "";
    const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);
    const isOurs = isLocal && request.headers.origin === `http://${host}`;
    if (!isOurs || request.url !== `/${socketPath}`) socket.destroy();
    else pages.handleUpgrade(request, socket, head, (page) => welcome(page, phone));
  });
  await listen(http, port);
  const sendAll = (data: string | Buffer): void => {
    for (const page of pages.clients) if (page.readyState === page.OPEN) page.send(data);
  };
  return {
    url: `http://localhost:${(http.address() as AddressInfo).port}/`, // listening on a port, so it is no pipe name
    send: (message) => sendAll(JSON.stringify(message)),
    sendSound: sendAll,
    async close() {
      for (const page of pages.clients) page.terminate();
      pages.close();
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

function welcome(page: WebSocket, phone: PagePhone): void {
  page.on("message", (data: Buffer, isBinary) => {
    if (isBinary) {
      phone.receiveSound(data);
      return;
    }
    const message = readPageMessage(data.toString("utf8"));
    if (message.type === "hello") for (const part of phone.greeting()) page.send(JSON.stringify(part));
    if (message.type !== "bad") phone.receive(message);
  });
  // A page that breaks off in the middle is gone; the close event follows.
  page.on("error", () => page.terminate());
}

function listen(http: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once("error", reject);
    http.listen(port, "127.0.0.1", () => resolve());
  });
}
