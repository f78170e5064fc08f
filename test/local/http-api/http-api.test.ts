import { request as httpRequest } from 'node:http';
import type { InvocationResult } from '../../../local/functions/invocation.ts';
import { HttpApi, type RequestHandled, type RouteInvoker } from '../../../local/http-api/http-api.ts';
import type { HttpApiEvent } from '../../../local/http-api/http-api-event.ts';
import { type HttpApiSpec, InvalidHttpApi } from '../../../local/http-api/http-api-spec.ts';
import { PortUnavailable } from '../../../local/http-api/local-listener.ts';

const apis: HttpApi[] = [];

afterEach(async () => {
  await Promise.all(apis.splice(0).map(api => api.stop()));
});

const answered = (answer: unknown): InvocationResult => ({
  outcome: 'success',
  requestId: 'r',
  durationMs: 1,
  payload: JSON.stringify(answer),
});

const failed = (outcome: 'error' | 'timeout' | 'throttled'): InvocationResult => ({
  outcome,
  requestId: 'r',
  durationMs: 1,
  error: { errorType: 'Broken', errorMessage: 'as told', trace: [] },
});

function apiWith(spec: Partial<HttpApiSpec>, invoke: RouteInvoker = async () => answered({ ok: true })) {
  const events: HttpApiEvent[] = [];
  const api = new HttpApi(
    { apiId: 'intake', routes: [{ routeKey: 'POST /orders', functionName: 'place-order' }], ...spec },
    (functionName, event) => {
      events.push(event);
      return invoke(functionName, event);
    },
  );
  apis.push(api);
  const requests: RequestHandled[] = [];
  api.events.on('request', request => requests.push(request));
  return { api, events, requests };
}

/** Sends a request as it is written, where fetch would tidy it up. */
function send(url: string, options: { method?: string; headers?: string[]; path?: string } = {}, body = '') {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const request = httpRequest({ hostname, port, agent: false, setHost: false, ...options }, response => {
      let text = '';
      response.on('data', chunk => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

describe('HttpApi, events', () => {
  it('hands a request to the function as payload format 2.0', async () => {
    const { api, events } = apiWith({
      routes: [{ routeKey: 'GET /orders/{id}', functionName: 'show-order' }],
      stageVariables: { theme: 'dark' },
      accountId: '111111111111',
    });
    const url = await api.listen(0);

    await send(url, {
      path: '/orders/caf%C3%A9?tag=a&tag=b%20c&empty=',
      headers: [
        'Host',
        'api.local:1',
        'X-Tag',
        'one',
        'X-Tag',
        'two',
        'Cookie',
        'a=1; b=2',
        'User-Agent',
        'test',
      ],
    });

    expect(events).toEqual([
      {
        version: '2.0',
        routeKey: 'GET /orders/{id}',
        rawPath: '/orders/café',
        rawQueryString: 'tag=a&tag=b%20c&empty=',
        cookies: ['a=1', 'b=2'],
        headers: {
          host: 'api.local:1',
          'x-tag': 'one,two',
          'user-agent': 'test',
          'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
          'x-forwarded-for': '127.0.0.1',
          'x-forwarded-port': new URL(url).port,
          'x-forwarded-proto': 'http',
        },
        queryStringParameters: { tag: 'a,b c', empty: '' },
        requestContext: {
          accountId: '111111111111',
          apiId: 'intake',
          domainName: 'api.local',
          domainPrefix: 'api',
          http: {
            method: 'GET',
            path: '/orders/café',
            protocol: 'HTTP/1.1',
            sourceIp: '127.0.0.1',
            userAgent: 'test',
          },
          requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          routeKey: 'GET /orders/{id}',
          stage: '$default',
          time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
          timeEpoch: expect.any(Number),
        },
        pathParameters: { id: 'café' },
        isBase64Encoded: false,
        stageVariables: { theme: 'dark' },
      },
    ]);
  });

  it.each([
    ['application/json', false],
    ['application/json; charset=utf-8', false],
    ['text/csv', false],
    ['application/xml', false],
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
    [undefined, true],
  ])('passes on a body of type %s with isBase64Encoded %s', async (contentType, isBase64Encoded) => {
    const { api, events } = apiWith({});
    const url = await api.listen(0);
    const headers = [
      'Host',
      'a',
      'Content-Length',
      '2',
      ...(contentType === undefined ? [] : ['Content-Type', contentType]),
    ];

    await send(url, { method: 'POST', path: '/orders', headers }, '{}');

    expect(events[0]).toMatchObject({ isBase64Encoded, body: isBase64Encoded ? 'e30=' : '{}' });
  });

  it('keeps a named stage in the path and routes without it', async () => {
    const { api, events } = apiWith({ stage: 'dev' });
    const url = await api.listen(0);

    const inside = await fetch(`${url}/dev/orders`, { method: 'POST' });
    const outside = await fetch(`${url}/orders`, { method: 'POST' });

    expect([inside.status, outside.status]).toEqual([200, 404]);
    expect(events[0]).toMatchObject({ rawPath: '/dev/orders', requestContext: { stage: 'dev' } });
  });
});

describe('HttpApi, answers', () => {
  it("sends the function's response", async () => {
    const { api, requests } = apiWith({}, async () =>
      answered({
        statusCode: 202,
        headers: { Location: '/orders/1' },
        cookies: ['a=1', 'b=2'],
        body: '{"order_id":"1"}',
      }),
    );
    const url = await api.listen(0);

    const response = await fetch(`${url}/orders`, { method: 'POST', body: '{}' });

    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toBe('/orders/1');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.json()).toEqual({ order_id: '1' });
    expect(requests).toEqual([
      {
        apiId: 'intake',
        requestId: response.headers.get('apigw-requestid'),
        method: 'POST',
        path: '/orders',
        routeKey: 'POST /orders',
        statusCode: 202,
        durationMs: expect.any(Number),
      },
    ]);
  });

  it('answers 404 when no route matches, without invoking anything', async () => {
    const { api, events } = apiWith({});
    const url = await api.listen(0);

    const response = await fetch(`${url}/nowhere`);

    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ message: 'Not Found' });
    expect(events).toEqual([]);
  });

  it.each([
    ['the function fails', async () => failed('error'), 500, 'Internal Server Error', 'Broken: as told'],
    [
      'the function times out',
      async () => failed('timeout'),
      500,
      'Internal Server Error',
      'Broken: as told',
    ],
    [
      'the function is throttled',
      async () => failed('throttled'),
      503,
      'Service Unavailable',
      'Broken: as told',
    ],
    [
      'the answer is invalid',
      async () => answered({ statusCode: 'x' }),
      500,
      'Internal Server Error',
      'statusCode of the',
    ],
    [
      'the invoker rejects',
      () => Promise.reject(new Error('no such function')),
      500,
      'Internal Server Error',
      'no such function',
    ],
  ])('answers for the function when %s, and says why', async (_case, invoke, status, message, fault) => {
    const { api, requests } = apiWith({}, invoke);
    const url = await api.listen(0);

    const response = await fetch(`${url}/orders`, { method: 'POST' });

    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ message });
    expect(requests[0]?.fault).toContain(fault);
  });

  it('answers 503 when the function takes longer than the integration waits', async () => {
    const { api, requests } = apiWith(
      { routes: [{ routeKey: '$default', functionName: 'slow', timeoutMs: 50 }] },
      () => new Promise<never>(() => {}),
    );
    const url = await api.listen(0);

    const response = await fetch(url);

    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ message: 'Service Unavailable' });
    expect(requests[0]?.fault).toContain('within 50 ms');
  });

  it('answers 413 to a body over 10 MB, announced or not', async () => {
    const { api, events } = apiWith({});
    const url = await api.listen(0);
    const tooLarge = 'x'.repeat(10 * 1024 * 1024 + 1);
    const chunked = ['Host', 'a', 'Transfer-Encoding', 'chunked'];

    const announced = await fetch(`${url}/orders`, { method: 'POST', body: tooLarge });
    const streamed = await send(url, { method: 'POST', path: '/orders', headers: chunked }, tooLarge);

    expect([announced.status, streamed.status]).toEqual([413, 413]);
    expect(await announced.json()).toEqual({ message: 'Request Entity Too Large' });
    expect(events).toEqual([]);
  });

  it('answers 413 to a body that Lambda would not take', async () => {
    const { api, events } = apiWith({});
    const url = await api.listen(0);

    const response = await fetch(`${url}/orders`, { method: 'POST', body: 'x'.repeat(7 * 1024 * 1024) });

    expect(response.status).toBe(413);
    expect(events).toEqual([]);
  });

  it('answers 429 beyond the burst', async () => {
    const { api } = apiWith({ throttling: { rateLimit: 0, burstLimit: 2 } });
    const url = await api.listen(0);

    const statuses: number[] = [];
    for (let sent = 0; sent < 3; sent += 1) {
      const response = await fetch(`${url}/orders`, { method: 'POST' });
      statuses.push(response.status);
      if (response.status === 429) expect(await response.json()).toEqual({ message: 'Too Many Requests' });
    }

    expect(statuses).toEqual([200, 200, 429]);
  });

  it("throttles a route by its own limit in place of the stage's", async () => {
    const { api } = apiWith({
      throttling: { rateLimit: 0, burstLimit: 0 },
      routes: [
        { routeKey: 'GET /open', functionName: 'f', throttling: { rateLimit: 0, burstLimit: 1 } },
        { routeKey: 'GET /shut', functionName: 'f' },
      ],
    });
    const url = await api.listen(0);

    expect((await fetch(`${url}/open`)).status).toBe(200);
    expect((await fetch(`${url}/shut`)).status).toBe(429);
  });

  it('answers 400 to a path that is not valid percent-encoding', async () => {
    const { api } = apiWith({});
    const url = await api.listen(0);

    expect((await send(url, { path: '/%E0%A4%A', headers: ['Host', 'a'] })).status).toBe(400);
  });
});

describe('HttpApi, listening', () => {
  it('listens on the loopback interface', async () => {
    const { api } = apiWith({});

    expect(await api.listen(0)).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('says in one line which port is taken and what to do', async () => {
    const { api } = apiWith({});
    const taken = Number(new URL(await api.listen(0)).port);
    const { api: second } = apiWith({});

    const listening = second.listen(taken);

    await expect(listening).rejects.toThrow(PortUnavailable);
    await expect(listening).rejects.toThrow(
      `HTTP API intake: port ${taken} on 127.0.0.1 is in use by another program: stop that program, or choose another port.`,
    );
  });

  it('answers the request in hand before it stops', async () => {
    let release = () => {};
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    const { api, events } = apiWith({}, async () => {
      await held;
      return answered('done');
    });
    const url = await api.listen(0);
    const inHand = fetch(`${url}/orders`, { method: 'POST' });
    while (events.length === 0) await new Promise(resolve => setTimeout(resolve, 5));

    const startedAt = performance.now();
    const stopped = api.stop();
    release();
    await stopped;

    expect(await (await inHand).text()).toBe('done');
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await expect(fetch(url)).rejects.toThrow();
  });

  it.each([
    [
      'a route twice',
      { routes: [1, 2].map(() => ({ routeKey: 'GET /', functionName: 'f' })) },
      'declared twice',
    ],
    [
      'a timeout out of range',
      { routes: [{ routeKey: 'GET /', functionName: 'f', timeoutMs: 30_001 }] },
      '50 to 30000',
    ],
    ['a negative rate', { throttling: { rateLimit: -1, burstLimit: 1 } }, 'rateLimit is -1'],
    ['a fractional burst', { throttling: { rateLimit: 1, burstLimit: 0.5 } }, 'burstLimit is 0.5'],
  ])('fails when made with %s', (_case, spec, fault) => {
    expect(() => apiWith(spec)).toThrow(InvalidHttpApi);
    expect(() => apiWith(spec)).toThrow(fault);
  });
});
