import { type Health, HealthServer } from '../../../worker/observability/health-server.ts';

let health: Health = { status: 'ok', jobs_in_hand: 2 };
let server: HealthServer;
let url: string;

beforeEach(async () => {
  server = new HealthServer(() => health);
  url = await server.listen(0);
});
afterEach(() => server.close());

describe('HealthServer', () => {
  it('answers what the worker says, on 127.0.0.1', async () => {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/health$/);
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok', jobs_in_hand: 2 });
  });

  it.each([
    ['stopping', 200],
    ['stalled', 503],
  ] as const)('answers %s with %i', async (status, code) => {
    health = { status };
    expect((await fetch(url)).status).toBe(code);
  });

  it('knows nothing else', async () => {
    expect((await fetch(url.replace('/health', '/'))).status).toBe(404);
    expect((await fetch(url, { method: 'POST' })).status).toBe(404);
  });

  it('fails when the port is taken, saying what to do', async () => {
    const second = new HealthServer(() => health);
    const port = Number(new URL(url).port);
    await expect(second.listen(port)).rejects.toThrow(
      new RegExp(`HEALTH_PORT ${port} cannot be listened on: .*EADDRINUSE.*or 0`),
    );
  });
});
