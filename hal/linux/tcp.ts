// TCP and TLS. The connect itself is ours, so that the very first SYN is marked and leaves by the right interface; the
// connected descriptor then becomes one of Node's sockets.
import { createServer, isIP, type Server, Socket } from "node:net";
import {
  checkServerIdentity,
  connect as connectSecure,
  createSecureContext,
  type PeerCertificate as NodeCertificate,
  rootCertificates,
  type SecureContext,
  type TLSSocket,
} from "node:tls";
import { HalError } from "#hal/contract/errors.ts";
import type {
  Connection,
  ConnectOptions,
  Endpoint,
  Listener,
  PeerCertificate,
  TlsOptions,
} from "#hal/contract/sockets.ts";
import { Emitter } from "#hal/contract/stream.ts";
import { SocketConnection, socketErrorOf } from "./connection.ts";
import { c } from "./ffi/abi.ts";
import { encodeEndpoint } from "./ffi/address.ts";
import { errno, halErrorOf, lastErrno } from "./ffi/errno.ts";
import { closeDescriptor, libc, must, setOption } from "./ffi/libc.ts";
import type { Io } from "./io/io.ts";
import { bindToInterface, type Interface, mark } from "./udp.ts";

/** How a connection leaves this machine. */
export interface Route {
  readonly io: Io;
  /** Undefined: whatever the kernel's routes say. */
  readonly via: Interface | undefined;
}

function beginConnect(
  to: Endpoint,
  options: ConnectOptions,
  via: Interface | undefined,
  peer: string,
): number {
  const type = c.SOCK_STREAM | c.SOCK_NONBLOCK | c.SOCK_CLOEXEC;
  const fd = must(libc().socket(c.AF_INET, type, 0), peer, "open socket");
  try {
    if (via !== undefined) bindToInterface(fd, via);
    if (options.marking !== undefined) mark(fd, options.marking);
    setOption(fd, c.IPPROTO_TCP, c.TCP_NODELAY, 1, "send at once");
    const address = encodeEndpoint(to);
    if (libc().connect(fd, address, address.length) < 0 && lastErrno() !== errno.EINPROGRESS)
      throw halErrorOf(lastErrno(), peer, "connect");
    return fd;
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

/** A connected socket of Node's. HalError `refused`, `unreachable`, `timeout`, or the signal's reason. */
export async function openTcp(to: Endpoint, options: ConnectOptions, { io, via }: Route): Promise<Socket> {
  const { signal, timeoutMs } = options;
  signal.throwIfAborted();
  const peer = `${to.address}:${to.port}`;
  const late = AbortSignal.timeout(timeoutMs);
  const fd = beginConnect(to, options, via, peer);
  const reason = await io.connected(fd, { signal: AbortSignal.any([signal, late]) });
  if (reason === 0) return new Socket({ fd, readable: true, writable: true });
  signal.throwIfAborted();
  if (late.aborted) throw new HalError("timeout", peer, "connect", `no answer in ${timeoutMs} ms`);
  throw halErrorOf(reason, peer, "connect");
}

const contexts = new WeakMap<readonly string[], SecureContext>();

/**
 * Making a context of 140 certificates takes milliseconds: one per list of trusted ones. HalError `denied` where one of
 * them is no certificate.
 */
function contextFor(trusted: readonly string[], device: string): SecureContext {
  const present = contexts.get(trusted);
  if (present !== undefined) return present;
  try {
    const context = createSecureContext({ ca: [...rootCertificates, ...trusted], minVersion: "TLSv1.2" });
    contexts.set(trusted, context);
    return context;
  } catch (error) {
    throw new HalError("denied", device, "read trusted certificates", String(error));
  }
}

/** TLS over a connected socket, its certificate checked. HalError `denied` says what was wrong with it. */
export function secure(socket: Socket, options: TlsOptions): Promise<TLSSocket> {
  const { serverName, signal, timeoutMs } = options;
  const device = `TLS ${serverName}`;
  return new Promise((resolve, reject) => {
    const upper = connectSecure({
      socket,
      secureContext: contextFor(options.trusted, device),
      ...(isIP(serverName) === 0 ? { servername: serverName } : {}), // RFC 6066 §3: no literal addresses
      ...(options.alpn === undefined ? {} : { ALPNProtocols: [...options.alpn] }),
      rejectUnauthorized: false, // we look at `authorized` ourselves, to tell a bad certificate from a bad connection
      checkServerIdentity: (_host: string, certificate: NodeCertificate) =>
        checkServerIdentity(serverName, certificate),
    });
    const late = AbortSignal.timeout(timeoutMs);
    const giveUp = AbortSignal.any([signal, late]);
    const settle = (finish: () => void): void => {
      giveUp.removeEventListener("abort", aborted);
      upper.off("error", failed);
      upper.off("secureConnect", secured);
      finish();
    };
    const refuse = (error: unknown): void =>
      settle(() => {
        upper.on("error", () => {}); // what a dying connection still says
        upper.destroy();
        reject(error);
      });
    const aborted = (): void =>
      refuse(
        signal.aborted
          ? signal.reason
          : new HalError("timeout", device, "handshake", `${timeoutMs} ms passed`),
      );
    const failed = (error: unknown): void => refuse(socketErrorOf(error, device, "handshake"));
    const secured = (): void => {
      if (upper.authorized) settle(() => resolve(upper));
      else refuse(new HalError("denied", device, "check certificate", String(upper.authorizationError)));
    };
    giveUp.addEventListener("abort", aborted, { once: true });
    upper.on("error", failed);
    upper.on("secureConnect", secured);
    if (giveUp.aborted) aborted();
  });
}

function describePeer(socket: TLSSocket): PeerCertificate {
  const certificate = socket.getPeerCertificate();
  const subject = Object.entries(certificate.subject ?? {}).map(([key, value]) => `${key}=${value}`);
  return {
    fingerprint: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
    subject: subject.join(", "),
    validFromUnixMs: Date.parse(certificate.valid_from),
    validToUnixMs: Date.parse(certificate.valid_to),
  };
}

/** As the contract's connectTcp. */
export async function connectTcp(to: Endpoint, options: ConnectOptions, route: Route): Promise<Connection> {
  return new SocketConnection(await openTcp(to, options, route));
}

/** As the contract's connectTls. The time is allowed for the connect, and again for the handshake. */
export async function connectTls(
  to: Endpoint,
  options: TlsOptions,
  route: Route,
): Promise<{ connection: Connection; peer: PeerCertificate }> {
  const wire = await openTcp(to, options, route);
  const upper = await secure(wire, options);
  return { connection: new SocketConnection(upper, wire), peer: describePeer(upper) };
}

/** Listens on all addresses. HalError `busy`, or `denied` for a port that needs a right we do not have. */
export async function listenTcp(port: number, { signal }: { signal: AbortSignal }): Promise<Listener> {
  signal.throwIfAborted();
  const connections = new Emitter<Connection>();
  const server = createServer((socket) => {
    if (connections.listenerCount === 0) socket.resetAndDestroy();
    else connections.emit(new SocketConnection(socket));
  });
  await listening(server, port);
  const close = (): void => {
    server.close();
  };
  signal.addEventListener("abort", close, { once: true });
  const bound = server.address();
  const local = { address: "0.0.0.0", port: typeof bound === "object" && bound !== null ? bound.port : port };
  return { local, connections, close };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(socketErrorOf(error, `TCP port ${port}`, "listen")));
    server.listen({ port, host: "0.0.0.0" }, resolve);
  });
}
