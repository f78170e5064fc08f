import { inspect } from 'node:util';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { maxOrderBodyBytes } from '../../../contracts/order-processing.ts';
import { type OrderPlaced, orderEvents } from '../../../contracts/orders.ts';
import { orderIntake } from '../../../lambda/order-processing/order-intake.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { KeyRefusedError } from '../../../lambda/shared/field-encryption.ts';
import { IdempotentRequests } from '../../../lambda/shared/idempotent-requests.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';
import { postRequest, type RequestOptions } from '../../support/http-requests.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { encryptedCardToken } from '../../support/order-events.ts';

const order = {
  order_id: '12345',
  customer: 'John Doe',
  total: 99.99,
  currency: 'EUR',
  items: [{ sku: 'TEAPOT', quantity: 2 }],
};

describe('orderIntake', () => {
  let server: DynamoDbServer;
  let published: OrderPlaced[];
  let publish: (event: OrderPlaced) => Promise<void>;
  let encryptCardToken: (about: { readonly order_id: string }) => Promise<typeof encryptedCardToken>;
  let lines: unknown[][];
  let tableName: string;
  let handler: (request: APIGatewayProxyEventV2, context: Context) => Promise<unknown>;

  beforeAll(async () => {
    server = await DynamoDbServer.start();
  });
  beforeEach(async () => {
    published = [];
    lines = [];
    tableName = await server.createTable();
    encryptCardToken = async () => encryptedCardToken;
    publish = async event => {
      published.push(event);
    };
    const remembered = {
      dynamoDb: server.client,
      tableName,
      rememberForSeconds: 60,
    };
    const note = (...line: unknown[]) => void lines.push(line);
    handler = orderIntake({
      topic: { publish: event => publish(event) },
      cardTokens: { encrypt: (_token, about) => encryptCardToken(about) },
      orders: new IdempotentRequests({ ...remembered, keyspace: 'order id' }),
      requests: new IdempotentRequests({ ...remembered, keyspace: 'idempotency key' }),
      logger: { addContext: () => undefined, info: note, warn: note, error: note },
    });
  });
  afterAll(() => server.stop());

  async function post(content: unknown, options: RequestOptions = {}) {
    const response = (await handler(
      postRequest(content, {
        ...options,
        headers: { 'content-type': 'application/json', ...options.headers },
      }),
      lambdaContext(),
    )) as { statusCode: number; headers: Record<string, string>; body: string };
    return { ...response, content: JSON.parse(response.body) as Record<string, unknown> };
  }
  const withKey = (key: string) => ({ headers: { 'idempotency-key': key } });

  describe('takes an order', () => {
    it('answers 202 with its id, and publishes it as the contract says', async () => {
      const response = await post(order, { headers: { 'x-correlation-id': 'shop-1' } });

      expect(response).toMatchObject({
        statusCode: 202,
        headers: { 'x-correlation-id': 'shop-1' },
        content: { order_id: '12345' },
      });
      expect(published).toEqual([
        {
          event_type: 'order_placed',
          correlation_id: 'shop-1',
          order_id: '12345',
          customer: 'John Doe',
          total_minor: 9_999,
          currency: 'EUR',
          items: [{ sku: 'TEAPOT', quantity: 2 }],
          placed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        },
      ]);
    });

    it('publishes which shop it came through, where that is said', async () => {
      await post({ ...order, tenant: 'corner-shop' });

      expect(published).toEqual([expect.objectContaining({ tenant: 'corner-shop' })]);
    });

    it('publishes what consumers can read', async () => {
      await post({ order_id: '12345', customer: 'John Doe', total: '99.9' });

      const { schema } = orderEvents.select('order_placed');
      expect(schema['~run']({ value: published[0] }, {}).issues).toBeUndefined();
    });

    it('gives an order the id of its request where the client sends no correlation id', async () => {
      const response = await post(order);

      expect(response.headers['x-correlation-id']).toMatch(/^request-\d+$/);
      expect(published[0]?.correlation_id).toBe(response.headers['x-correlation-id']);
    });

    it('leaves a line with outcome, event, order and correlation id', async () => {
      await post(order, { headers: { 'x-correlation-id': 'shop-1' } });

      expect(lines).toEqual([
        [
          'Order taken',
          { outcome: 'accepted', event_type: 'order_placed', order_id: '12345', correlation_id: 'shop-1' },
        ],
      ]);
    });
  });

  describe('refuses what is no order', () => {
    it('with 400 and every fault of the body', async () => {
      const response = await post({
        order_id: 'no spaces please',
        customer: '',
        total: 1.999,
        currency: 'EUR',
        items: [{ sku: 'TEAPOT', quantity: 0 }, { quantity: 1 }],
      });

      expect(response.statusCode).toBe(400);
      expect(response.content).toMatchObject({ error: 'invalid_order' });
      expect(response.content.faults).toEqual(
        ['order_id', 'customer', 'items.0.quantity', 'items.1.sku', 'total'].map(field =>
          expect.objectContaining({ field, message: expect.stringMatching(/^Invalid/) }),
        ),
      );
      expect(published).toEqual([]);
    });

    it('with 400 when fields are missing, naming each', async () => {
      const { content } = await post({});

      expect(content.faults).toEqual(
        ['order_id', 'customer', 'total'].map(field => expect.objectContaining({ field })),
      );
    });

    it.each([['text'], [null], [7]])('with 400 when the body is %j', async body => {
      const response = await post(JSON.stringify(body));

      expect(response.statusCode).toBe(400);
      expect(response.content.faults).toEqual([expect.objectContaining({ field: 'body' })]);
    });

    it('with 400 when the body is malformed', async () => {
      expect(await post('{"order_id":')).toMatchObject({
        statusCode: 400,
        content: { error: 'malformed_json' },
      });
    });

    it('with 413 when the body is over the limit, in bytes', async () => {
      const response = await post({ ...order, note: '€'.repeat(maxOrderBodyBytes / 3) });

      expect(response).toMatchObject({ statusCode: 413, content: { error: 'body_too_large' } });
    });

    it('with 415 when it is sent as something else', async () => {
      expect(await post(order, { headers: { 'content-type': 'text/plain' } })).toMatchObject({
        statusCode: 415,
      });
    });

    it('with 400 when the idempotency key is none, beside the faults of the body', async () => {
      const { statusCode, content } = await post({ ...order, customer: '' }, withKey('has space'));

      expect(statusCode).toBe(400);
      expect(content.faults).toEqual([
        expect.objectContaining({ field: 'idempotency-key' }),
        expect.objectContaining({ field: 'customer' }),
      ]);
    });

    it('with a correlation id too', async () => {
      const response = await post('{', { headers: { 'x-correlation-id': 'shop-1' } });

      expect(response.headers['x-correlation-id']).toBe('shop-1');
    });
  });

  describe('publishes an order once', () => {
    it('when it is posted again', async () => {
      const responses = [await post(order), await post(order)];

      expect(responses.map(({ statusCode, body }) => [statusCode, body])).toEqual([
        [202, '{"order_id":"12345"}'],
        [202, '{"order_id":"12345"}'],
      ]);
      expect(published).toHaveLength(1);
      expect(lines[1]).toEqual(['Order taken', expect.objectContaining({ outcome: 'accepted_before' })]);
    });

    it('when it is posted again under its key', async () => {
      const responses = [await post(order, withKey('k-1')), await post(order, withKey('k-1'))];

      expect(responses.map(({ statusCode }) => statusCode)).toEqual([202, 202]);
      expect(published).toHaveLength(1);
    });

    it('when it is posted again under another key', async () => {
      const responses = [await post(order, withKey('k-1')), await post(order, withKey('k-2'))];

      expect(responses.map(({ statusCode }) => statusCode)).toEqual([202, 202]);
      expect(published).toHaveLength(1);
    });

    it('when it is posted again with its total written in another way', async () => {
      await post({ ...order, total: 99.9 });

      expect(await post({ ...order, total: '99.90' })).toMatchObject({ statusCode: 202 });
      expect(published).toHaveLength(1);
    });
  });

  describe('refuses another order', () => {
    it('under the same id, with 422', async () => {
      await post(order);

      const response = await post({ ...order, total: 1 });

      expect(response).toMatchObject({
        statusCode: 422,
        content: { error: 'key_reused', message: expect.stringContaining('order id "12345"') },
      });
      expect(published).toHaveLength(1);
    });

    it('under the same id and another key, with 422', async () => {
      await post(order, withKey('k-1'));

      expect(await post({ ...order, total: 1 }, withKey('k-2'))).toMatchObject({ statusCode: 422 });
      expect(published).toHaveLength(1);
    });

    it('under the same key, with 422', async () => {
      await post(order, withKey('k-1'));

      const response = await post({ ...order, order_id: '67890' }, withKey('k-1'));

      expect(response).toMatchObject({
        statusCode: 422,
        content: { message: expect.stringContaining('idempotency key "k-1"') },
      });
      expect(published).toHaveLength(1);
    });

    it('of the same key while the first is being taken, with 409 and when to come back', async () => {
      let concurrent: ReturnType<typeof post> | undefined;
      publish = async event => {
        published.push(event);
        concurrent = post(order);
        await concurrent;
      };

      expect(await post(order)).toMatchObject({ statusCode: 202 });
      expect(await concurrent).toMatchObject({ statusCode: 409, headers: { 'retry-after': '1' } });
      expect(published).toHaveLength(1);
    });
  });

  describe('when something is down', () => {
    const down = async () => {
      throw new DependencyDownError('SNS at 10.0.0.7 refused');
    };

    it('answers 503 and when to come back, and records nothing', async () => {
      publish = down;
      expect(await post(order, withKey('k-1'))).toMatchObject({
        statusCode: 503,
        headers: { 'retry-after': '2' },
        content: { error: 'unavailable' },
      });

      publish = async event => {
        published.push(event);
      };
      expect(await post(order, withKey('k-1'))).toMatchObject({ statusCode: 202 });
      expect(published).toHaveLength(1);
    });

    it('keeps to itself what it was', async () => {
      publish = down;

      const { body } = await post(order);

      expect(body).not.toContain('10.0.0.7');
      expect(lines).toEqual([
        ['Order refused', expect.objectContaining({ outcome: 'unavailable', order_id: '12345' })],
      ]);
    });

    it('answers 500 to what nobody foresaw, and keeps that to itself too', async () => {
      publish = async () => {
        throw new TypeError('secret is undefined');
      };

      const response = await post(order);

      expect(response.statusCode).toBe(500);
      expect(response.body).not.toContain('secret');
    });
  });

  describe('with a card token', () => {
    const card_token = 'card_7hQ2mZ0xVt';
    const records = async () => {
      const { Items = [] } = await server.documents.send(new ScanCommand({ TableName: tableName }));
      return Items;
    };

    it('publishes it encrypted, for this order', async () => {
      const encryptedFor: string[] = [];
      encryptCardToken = async ({ order_id }) => {
        encryptedFor.push(order_id);
        return encryptedCardToken;
      };

      expect(await post({ ...order, card_token })).toMatchObject({ statusCode: 202 });

      expect(encryptedFor).toEqual(['12345']);
      expect(published).toEqual([expect.objectContaining({ card_token: encryptedCardToken })]);
    });

    it('leaves it out of the answer, the records and the log', async () => {
      const { body } = await post({ ...order, card_token }, withKey('k-1'));

      expect(JSON.stringify([body, await records(), lines])).not.toContain(card_token);
    });

    it('keeps nothing that the token could be guessed from: whichever it is, the record is the same', async () => {
      await post({ ...order, order_id: '1', card_token });
      const [first] = await records();

      expect(await post({ ...order, order_id: '1', card_token: 'card_of_another_kind' })).toMatchObject({
        statusCode: 202,
      });

      expect(first?.validation).toEqual(expect.any(String));
      expect(await records()).toEqual([first]);
      expect(published).toHaveLength(1);
    });

    it('is another order than the same without one', async () => {
      await post(order);

      expect(await post({ ...order, card_token })).toMatchObject({ statusCode: 422 });
    });

    it('answers 503 when it cannot be encrypted now, publishes nothing and takes the order later', async () => {
      encryptCardToken = async () => {
        throw new DependencyDownError('KMS did not take the request');
      };
      expect(await post({ ...order, card_token }, withKey('k-1'))).toMatchObject({ statusCode: 503 });
      expect(published).toEqual([]);

      encryptCardToken = async () => encryptedCardToken;
      expect(await post({ ...order, card_token }, withKey('k-1'))).toMatchObject({ statusCode: 202 });
      expect(published).toHaveLength(1);
    });

    it('answers 500 when the key is refused, and publishes nothing', async () => {
      encryptCardToken = async () => {
        throw new KeyRefusedError('AccessDeniedException');
      };

      expect(await post({ ...order, card_token })).toMatchObject({ statusCode: 500 });
      expect(published).toEqual([]);
    });

    it.each([
      ['a card number', { ...order, card_token: '4111111111111111' }],
      ['a number', { ...order, card_token: 4_111_111_111_111_111 }],
      ['no JSON', '{"order_id":"1","card_token":4111111111111111x}'],
      ['no JSON, and without quotes', '{"card_token":card_4111}'],
      ['all there is', 'card_4111'],
    ])('is not repeated when it is %s', async (_what, content) => {
      const { statusCode, body } = await post(content);

      expect(statusCode).toBe(400);
      expect(body).not.toContain('4111');
      expect(inspect(lines, { depth: Number.POSITIVE_INFINITY, maxStringLength: null })).not.toContain(
        '4111',
      );
    });
  });
});
