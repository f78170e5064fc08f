import type { RequestHandled } from '../../local/http-api/http-api.ts';
import { HttpApis } from '../../local/http-apis.ts';
import { portsFrom } from '../../local/local-addresses.ts';

const invoke = async (functionName: string) => ({
  outcome: 'success' as const,
  requestId: 'request',
  durationMs: 1,
  payload: JSON.stringify({ statusCode: 200, body: functionName }),
});

const stage = (name: string) => ({ stage: name, stageVariables: {}, routeThrottling: new Map() });

let apis: HttpApis;

beforeEach(async () => {
  apis = new HttpApis(await portsFrom(0, 2));
});

afterEach(() => apis.stop());

it('puts an API together from its routes, integrations and stage', async () => {
  const requests: RequestHandled[] = [];
  apis.onRequest = request => requests.push(request);
  apis.addRoute('orders', 'GET /orders', 'place');
  apis.addIntegration('orders', 'place', { functionName: 'place-order' });
  apis.addStage('orders', stage('$default'));

  await apis.open('orders', { invoke });

  const answer = await fetch(`${apis.url('orders')}/orders`);
  expect(await answer.text()).toBe('place-order');
  expect(requests).toMatchObject([{ apiId: 'orders', statusCode: 200, routeKey: 'GET /orders' }]);
});

it('serves a stage under its name', async () => {
  apis.addRoute('orders', 'GET /orders', 'place');
  apis.addIntegration('orders', 'place', { functionName: 'place-order' });
  apis.addStage('orders', stage('prod'));

  await apis.open('orders', { invoke });

  expect((await fetch(`${apis.url('orders')}/prod/orders`)).status).toBe(200);
  expect((await fetch(`${apis.url('orders')}/orders`)).status).toBe(404);
});

it('leaves out a route to what does not run', async () => {
  apis.addRoute('orders', 'GET /orders', 'nowhere');

  await apis.open('orders', { invoke });

  expect((await fetch(`${apis.url('orders')}/orders`)).status).toBe(404);
});

it('gives each API a port of its own, and always the same', () => {
  expect(apis.url('orders')).not.toBe(apis.url('returns'));
  expect(apis.url('orders')).toBe(apis.url('orders'));
});

it('fails on an API with several stages', async () => {
  apis.addStage('orders', stage('one'));
  apis.addStage('orders', stage('two'));

  await expect(apis.open('orders', { invoke })).rejects.toThrow(
    'It has the stages one, two; the local cloud serves one an API.',
  );
});
