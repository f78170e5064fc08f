import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { SecretText } from '../../../contracts/secret-fields.ts';
import { HttpPaymentGateway } from '../../../lambda/orders/http-payment-gateway.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

const request = { order_id: '12345', amount_minor: 9_999, currency: 'USD' } as const;

describe('HttpPaymentGateway', () => {
  let server: Server;
  let baseUrl: string;
  let received: Received[];
  let answer: { status: number; body: string; headers?: Record<string, string> } | 'never' | 'hang up';

  beforeAll(async () => {
    server = createServer(async (incoming, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const { method, url, headers } = incoming;
      received.push({ method, url, headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
      if (answer === 'hang up') incoming.socket.destroy();
      else if (answer !== 'never') response.writeHead(answer.status, answer.headers).end(answer.body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  });
  beforeEach(() => {
    received = [];
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const gateway = (timeoutMs?: number) =>
    new HttpPaymentGateway({ baseUrl, ...(timeoutMs !== undefined && { timeoutMs }) });
  const answering = (status: number, content: unknown, headers?: Record<string, string>) => {
    answer = {
      status,
      body: typeof content === 'string' ? content : JSON.stringify(content),
      ...(headers && { headers }),
    };
  };

  it('posts a charge under a key of order and operation', async () => {
    answering(201, { charge_id: 'c-1' });

    await expect(gateway().charge(request)).resolves.toEqual({ status: 'charged', charge_id: 'c-1' });

    expect(received).toEqual([
      {
        method: 'POST',
        url: '/v1/charges',
        body: request,
        headers: expect.objectContaining({
          'idempotency-key': '12345:charge',
          'content-type': 'application/json',
        }),
      },
    ]);
  });

  it('posts a refund under a key of its own, and tells what was given back', async () => {
    answering(200, { refund_id: 'r-1', amount_minor: 0 });

    await expect(gateway().refund(request)).resolves.toEqual({
      status: 'refunded',
      refund_id: 'r-1',
      refunded_minor: 0,
    });
    expect(received[0]).toMatchObject({
      url: '/v1/refunds',
      headers: { 'idempotency-key': '12345:refund' },
    });
  });

  it('keeps the path of a base URL that ends in a slash', async () => {
    answering(201, { charge_id: 'c-1' });

    await new HttpPaymentGateway({ baseUrl: `${baseUrl}/` }).charge(request);

    expect(received[0]?.url).toBe('/v1/charges');
  });

  it.each([
    [402, { reason: 'no funds' }, 'no funds'],
    [422, { reason: 'card expired' }, 'card expired'],
    [400, 'not json', 'HTTP status 400'],
    [410, {}, 'HTTP status 410'],
  ])('takes status %i for a decline', async (status, content, reason) => {
    answering(status, content);

    await expect(gateway().charge(request)).resolves.toEqual({ status: 'declined', reason });
    await expect(gateway().refund(request)).resolves.toEqual({ status: 'declined', reason });
  });

  it.each([401, 403, 404, 408, 409, 425, 429, 500, 502, 503, 504])(
    'takes status %i for a failure that passes: it says nothing of the customer',
    async status => {
      answering(status, { reason: 'whatever' });

      await expect(gateway().charge(request)).rejects.toThrow(DependencyDownError);
      await expect(gateway().charge(request)).rejects.toThrow(
        new RegExp(`charge of order 12345 with HTTP status ${status}\\b`),
      );
    },
  );

  it.each([[''], ['{"charge_id":""}'], ['<html>'], ['{}']])(
    'does not believe a success whose body is %j',
    async body => {
      answering(200, body);

      await expect(gateway().charge(request)).rejects.toThrow(DependencyDownError);
    },
  );

  it('follows no redirect', async () => {
    answering(307, '', { location: `${baseUrl}/elsewhere` });

    await expect(gateway().charge(request)).rejects.toThrow(DependencyDownError);
    expect(received).toHaveLength(1);
  });

  it('gives a gateway up that does not answer in time', async () => {
    answer = 'never';

    await expect(gateway(50).charge(request)).rejects.toThrow(DependencyDownError);
    await expect(gateway(50).charge(request)).rejects.toThrow(
      /did not answer the charge of order 12345: .*timeout/,
    );
  });

  it('takes a broken connection for a failure that passes', async () => {
    answer = 'hang up';

    await expect(gateway().charge(request)).rejects.toThrow(DependencyDownError);
  });

  it('takes a refused connection for a failure that passes', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');

    await expect(
      new HttpPaymentGateway({ baseUrl: `http://127.0.0.1:${port}` }).charge(request),
    ).rejects.toThrow(/ECONNREFUSED/);
  });

  describe('with a card token', () => {
    const token = 'card_7hQ2mZ0xVt';
    const withCard = { ...request, card_token: new SecretText(token) };

    it('sends it along with the charge, under the same key', async () => {
      answering(201, { charge_id: 'c-1' });

      await gateway().charge(withCard);

      expect(received[0]).toMatchObject({
        headers: { 'idempotency-key': '12345:charge' },
        body: { ...request, card_token: token },
      });
    });

    it('masks it in a reason that repeats it', async () => {
      answering(402, { reason: `${token} has expired` });

      await expect(gateway().charge(withCard)).resolves.toEqual({
        status: 'declined',
        reason: '[secret] has expired',
      });
    });

    it.each([
      ['an error', 500, { sent: token }],
      ['another answer', 200, { charge_id: { sent: token } }],
      ['no JSON', 200, token],
    ])('says nothing of it where the gateway answers %s that repeats it', async (_what, status, content) => {
      answering(status, content);

      const error = await gateway()
        .charge(withCard)
        .catch((thrown: unknown) => thrown);

      expect(error).toBeInstanceOf(DependencyDownError);
      expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toContain(token);
    });

    it('says nothing of it where the gateway hangs up', async () => {
      answer = 'hang up';

      const error = await gateway()
        .charge(withCard)
        .catch((thrown: unknown) => thrown);

      expect(error).toBeInstanceOf(DependencyDownError);
      expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toContain(token);
    });
  });
});
