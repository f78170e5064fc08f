import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A port that cannot be listened on. */
export class PortUnavailable extends Error {
  override readonly name = 'PortUnavailable';
  readonly port: number;

  constructor(purpose: string, host: string, port: number, code: string, cause: unknown) {
    const why =
      code === 'EADDRINUSE'
        ? 'is in use by another program: stop that program, or choose another port'
        : code === 'EACCES'
          ? 'needs privileges: choose a port from 1024 up'
          : `cannot be listened on (${code}): choose another port`;
    super(`${purpose}: port ${port} on ${host} ${why}.`, { cause });
    this.port = port;
  }
}

/**
 * Makes a server listen, and tells its URL.
 *
 * @param purpose what listens there, for people
 * @param port 0 for any free one
 * @throws PortUnavailable
 */
export async function listenOn(
  server: Server,
  purpose: string,
  port: number,
  host = '127.0.0.1',
): Promise<string> {
  try {
    server.listen({ port, host });
    await once(server, 'listening');
  } catch (error) {
    const code =
      typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
    throw new PortUnavailable(purpose, host, port, code, error);
  }
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}
