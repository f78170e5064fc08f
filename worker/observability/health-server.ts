import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Health {
  readonly status: 'ok' | 'stalled' | 'stopping';
  readonly [detail: string]: unknown;
}

/** The health endpoint could not listen. */
export class HealthServerError extends Error {
  override readonly name = 'HealthServerError';
}

/**
 * Answers `GET /health` on 127.0.0.1: 200, or 503 when the worker is stalled, with details as JSON. For a
 * container's health check, or a timer that tells the Auto Scaling group.
 */
export class HealthServer {
  readonly #server: Server;

  constructor(health: () => Health) {
    this.#server = createServer((request, response) => {
      if (request.method !== 'GET' || request.url !== '/health') {
        response.writeHead(404).end();
        return;
      }
      const now = health();
      response
        .writeHead(now.status === 'stalled' ? 503 : 200, { 'Content-Type': 'application/json' })
        .end(JSON.stringify(now));
    });
  }

  /**
   * @param port 0 for any that is free.
   * @returns the endpoint's URL.
   * @throws HealthServerError when the port is taken.
   */
  listen(port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', error =>
        reject(
          new HealthServerError(
            `HEALTH_PORT ${port} cannot be listened on: ${error.message}. Give each worker of a machine its own, or 0.`,
            { cause: error },
          ),
        ),
      );
      this.#server.listen(port, '127.0.0.1', () => {
        resolve(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/health`);
      });
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
