// The WebSocket to the phone: JSON text and sound, connected again by itself when it breaks.
import { type PageMessage, type PhoneMessage, protocolVersion, socketPath } from "./protocol.ts";

export type ConnectionState = "connecting" | "open" | "lost" | "wrong-version";

export interface ConnectionEvents {
  readonly onState: (state: ConnectionState) => void;
  readonly onMessage: (message: PhoneMessage) => void;
  /** Samples of the phone's sound, 8000 Hz. */
  readonly onSound: (samples: Int16Array) => void;
}

/** First pause before connecting again, and the longest, in ms. */
const pauses = { firstMs: 300, mostMs: 5000 } as const;

/** Sends to the phone while connected; what is sent meanwhile is dropped, as a pressed key would be. */
export interface Connection {
  send(message: PageMessage): void;
  sendSound(samples: Int16Array): void;
}

/** Connects, and goes on connecting. */
export function connect(events: ConnectionEvents): Connection {
  let socket: WebSocket | undefined;
  let pauseMs: number = pauses.firstMs;
  let isStopped = false;
  const open = (): void => {
    events.onState("connecting");
    const url = new URL(socketPath, location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const next = new WebSocket(url);
    next.binaryType = "arraybuffer";
    socket = next;
    next.onopen = () => next.send(JSON.stringify({ type: "hello", version: protocolVersion }));
    next.onmessage = ({ data }) => {
      pauseMs = pauses.firstMs;
      if (data instanceof ArrayBuffer) events.onSound(samplesOf(data));
      else if (typeof data === "string") receive(data);
    };
    next.onclose = () => {
      if (isStopped) return;
      events.onState("lost");
      setTimeout(open, pauseMs);
      pauseMs = Math.min(pauseMs * 2, pauses.mostMs);
    };
  };
  const receive = (text: string): void => {
    const message = JSON.parse(text) as PhoneMessage; // our own phone sent it; the first message tells its version
    if (message.type === "hello" && message.version !== protocolVersion) {
      isStopped = true;
      events.onState("wrong-version");
      socket?.close();
      return;
    }
    if (message.type === "hello") events.onState("open");
    events.onMessage(message);
  };
  open();
  return {
    send(message) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    sendSound(samples) {
      if (socket?.readyState !== WebSocket.OPEN || socket.bufferedAmount > 8000) return;
      socket.send(bytesOf(samples));
    },
  };
}

/** Little-endian on the wire, whatever the machine. */
function samplesOf(data: ArrayBuffer): Int16Array {
  const view = new DataView(data);
  return Int16Array.from({ length: data.byteLength >> 1 }, (_, index) => view.getInt16(index * 2, true));
}

function bytesOf(samples: Int16Array): ArrayBuffer {
  const data = new ArrayBuffer(samples.length * 2);
  const view = new DataView(data);
  samples.forEach((sample, index) => {
    view.setInt16(index * 2, sample, true);
  });
  return data;
}
