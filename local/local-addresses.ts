import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

const EXECUTE_API = /https:\/\/([a-z0-9]{10})\.execute-api\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/g;

/** Puts the local URLs of HTTP APIs in place of those that API Gateway would give them. */
export function localizeApiUrls(text: string, urlOf: (apiId: string) => string): string {
  return text.replace(EXECUTE_API, (_, apiId: string) => urlOf(apiId));
}

/**
 * Ports for several listeners: consecutive from the first, or free ones where that is 0.
 *
 * They must be known before anything listens, because functions are told of them in their environment.
 */
export async function portsFrom(first: number, count: number): Promise<readonly number[]> {
  if (first !== 0) {
    return Array.from({ length: count }, (_, place) => first + place);
  }
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map(server => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(server => once(server.close(), 'close')));
  return ports;
}
