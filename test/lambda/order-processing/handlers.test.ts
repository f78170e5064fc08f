import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { jest } from '@jest/globals';
import type { APIGatewayProxyEventV2, Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';
import { postRequest } from '../../support/http-requests.ts';
import { KmsEndpoint } from '../../support/kms-endpoint.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { catchLogLines, type LogLine } from '../../support/log-lines.ts';
import { orderCanceled, orderPlaced } from '../../support/order-events.ts';
import { sqsBatch } from '../../support/sqs-records.ts';

type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** Takes what is published, and answers as SNS does. */
class Topic {
  readonly published: URLSearchParams[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      this.published.push(new URLSearchParams(Buffer.concat(chunks).toString()));
      response
        .writeHead(200, { 'content-type': 'text/xml' })
        .end('<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>');
    });
  }

  async start(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

describe('handlers, as they are deployed', () => {
  const topic = new Topic();
  let dynamoDb: DynamoDbServer;
  let kms: KmsEndpoint;
  let tableName: string;
  let lines: LogLine[];

  beforeAll(async () => {
    dynamoDb = await DynamoDbServer.start();
    kms = await KmsEndpoint.start();
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_SNS: await topic.start(),
      AWS_ENDPOINT_URL_KMS: kms.url,
      CARD_TOKEN_KEY_ARN: await kms.createKey(),
      LOG_LEVEL: 'INFO',
      TOPIC_ARN: 'arn:aws:sns:eu-west-1:111111111111:OrderPlaced',
      SIMULATED_GATEWAY_FAILS: '1002, 1003',
    });
  });
  beforeEach(async () => {
    tableName = await dynamoDb.createTable();
    process.env.AWS_ENDPOINT_URL_DYNAMODB = dynamoDb.endpoint;
    process.env.TABLE_NAME = tableName;
    process.env.IDEMPOTENCY_TABLE = tableName;
    topic.published.length = 0;
    lines = catchLogLines();
  });
  afterAll(async () => {
    await topic.stop();
    await dynamoDb.stop();
    await kms.stop();
  });

  /** A handler's module, loaded with the environment of now. */
  async function load<Handler>(name: string): Promise<Handler> {
    const module = (await import(`../../../lambda/order-processing/${name}.ts?${tableName}`)) as {
      handler: Handler;
    };
    return module.handler;
  }

  it('take an order over HTTP and charge it', async () => {
    const placeOrder =
      await load<(request: APIGatewayProxyEventV2, context: Context) => Promise<object>>('place-order');
    const payment = await load<QueueHandler>('payment');

    const response = await placeOrder(
      postRequest({ order_id: '12345', customer: 'John Doe', total: 99.99 }),
      lambdaContext(),
    );
    const [publish] = topic.published;
    const charged = await payment(sqsBatch(publish?.get('Message')), lambdaContext());

    expect(response).toMatchObject({ statusCode: 202, body: '{"order_id":"12345"}' });
    expect(Object.fromEntries(publish ?? [])).toMatchObject({
      Action: 'Publish',
      TopicArn: 'arn:aws:sns:eu-west-1:111111111111:OrderPlaced',
      'MessageAttributes.entry.1.Name': 'eventType',
      'MessageAttributes.entry.1.Value.DataType': 'String',
      'MessageAttributes.entry.1.Value.StringValue': 'order_placed',
    });
    expect(charged).toEqual({ batchItemFailures: [] });
    await expect(dynamoDb.item(tableName, 'ORDER#12345')).resolves.toMatchObject({
      status: 'charged',
      charge_id: 'simulated-charge-12345',
    });
  });

  describe('with a card token', () => {
    const card_token = 'card_7hQ2mZ0xVt';
    const order = { order_id: '12345', customer: 'John Doe', total: 99.99, card_token };
    let written: string;

    beforeEach(() => {
      written = '';
      const gather = (chunk: unknown) => {
        written += String(chunk);
        return true;
      };
      jest.spyOn(process.stdout, 'write').mockImplementation(gather);
      jest.spyOn(process.stderr, 'write').mockImplementation(gather);
    });

    async function place(content: unknown = order): Promise<string> {
      const placeOrder =
        await load<(request: APIGatewayProxyEventV2, context: Context) => Promise<object>>('place-order');
      await placeOrder(postRequest(content), lambdaContext());
      return topic.published[0]?.get('Message') ?? '';
    }

    it('charge the card, of which nobody on the way can read', async () => {
      const published = await place();
      const gateway = createServer((request, response) => {
        request.on('data', chunk => charges.push(JSON.parse(String(chunk))));
        response.writeHead(201).end('{"charge_id":"c-1"}');
      });
      const charges: unknown[] = [];
      await once(gateway.listen(0, '127.0.0.1'), 'listening');
      process.env.PAYMENT_GATEWAY_URL = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
      const payment = await load<QueueHandler>('payment');
      delete process.env.PAYMENT_GATEWAY_URL;

      const charged = await payment(sqsBatch(published), lambdaContext());
      gateway.closeAllConnections();
      gateway.close();
      await once(gateway, 'close');

      expect(charged).toEqual({ batchItemFailures: [] });
      expect(charges).toEqual([expect.objectContaining({ order_id: '12345', card_token })]);
      const { Items = [] } = await dynamoDb.documents.send(new ScanCommand({ TableName: tableName }));
      expect(written).toContain('"outcome":"charged"');
      expect(`${published}${JSON.stringify(Items)}${written}`).not.toContain(card_token);
    });

    it('fail the order alone whose token is that of another, and log nothing of it', async () => {
      const published = JSON.parse(await place()) as object;
      const payment = await load<QueueHandler>('payment');
      const batch = sqsBatch({ ...published, order_id: '67890' }, orderPlaced({ order_id: '1' }));

      const { batchItemFailures } = await payment(batch, lambdaContext());

      expect(batchItemFailures).toEqual([{ itemIdentifier: batch.Records[0]?.messageId }]);
      expect(written).toMatch(/"failure":"permanent".*UnreadableSecretError/);
      expect(written).not.toContain(card_token);
    });

    it('log nothing of a token that is refused, or that never was encrypted', async () => {
      await place({ ...order, card_token: '4111111111111111' });
      await place(`{"card_token":${card_token}}`);
      const shipping = await load<QueueHandler>('shipping');

      const { batchItemFailures } = await shipping(
        sqsBatch({ ...orderPlaced(), card_token }, `{"card_token":${card_token}}`),
        lambdaContext(),
      );

      expect(topic.published).toEqual([]);
      expect(batchItemFailures).toHaveLength(2);
      expect(written).toContain('BadMessageError');
      expect(written).not.toMatch(/4111|7hQ2/);
    });
  });

  it('remember an order for a year and a request for a day', async () => {
    const placeOrder =
      await load<(request: APIGatewayProxyEventV2, context: Context) => Promise<object>>('place-order');

    await placeOrder(
      postRequest(
        { order_id: '12345', customer: 'John Doe', total: 99.99 },
        { headers: { 'idempotency-key': 'a-key' } },
      ),
      lambdaContext(),
    );

    const { Items = [] } = await dynamoDb.documents.send(new ScanCommand({ TableName: tableName }));
    const daysByKey = Items.map(({ pk, expires_at }) => [
      String(pk).split('#')[0],
      Math.round((Number(expires_at) - Date.now() / 1000) / (24 * 60 * 60)),
    ]);
    expect(Object.fromEntries(daysByKey)).toEqual({ 'order id': 366, 'idempotency key': 1 });
  });

  it('open shipments', async () => {
    const placeOrder =
      await load<(request: APIGatewayProxyEventV2, context: Context) => Promise<object>>('place-order');
    const shipping = await load<QueueHandler>('shipping');
    await placeOrder(postRequest({ order_id: '12345', customer: 'John Doe', total: 99.99 }), lambdaContext());

    const opened = await shipping(sqsBatch(topic.published[0]?.get('Message')), lambdaContext());

    expect(opened).toEqual({ batchItemFailures: [] });
    await expect(dynamoDb.item(tableName, 'ORDER#12345')).resolves.toMatchObject({
      status: 'open',
      order: { customer: 'John Doe' },
    });
  });

  it('fail the orders of the demonstration alone in their batch', async () => {
    const payment = await load<QueueHandler>('payment');
    const orders = ['1001', '1002', '1003', '1004'].map(order_id => orderPlaced({ order_id }));
    const batch = sqsBatch(...orders);

    const { batchItemFailures } = await payment(batch, lambdaContext());

    expect(batchItemFailures).toEqual(
      [1, 2].map(index => ({ itemIdentifier: batch.Records[index]?.messageId })),
    );
    expect(
      lines.filter(line => 'outcome' in line).map(line => [line.order_id, line.outcome, line.failure]),
    ).toEqual(
      expect.arrayContaining([
        ['1001', 'charged', undefined],
        ['1002', 'failed', 'passing'],
        ['1003', 'failed', 'passing'],
        ['1004', 'charged', undefined],
      ]),
    );
  });

  it('move the stock of one order after the other: side by side, orders for the same goods conflict', async () => {
    const operations: string[] = [];
    let inFlight = 0;
    let mostInFlight = 0;
    const stock = createServer((request, response) => {
      operations.push(String(request.headers['x-amz-target']).split('.')[1] ?? '');
      mostInFlight = Math.max(mostInFlight, ++inFlight);
      // Long enough for requests that are sent side by side to meet here.
      setTimeout(() => {
        inFlight--;
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
      }, 30);
    });
    await once(stock.listen(0, '127.0.0.1'), 'listening');
    process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${(stock.address() as AddressInfo).port}`;
    const inventory = await load<QueueHandler>('inventory');

    const { batchItemFailures } = await inventory(
      sqsBatch(...['1', '2', '3'].map(order_id => orderPlaced({ order_id }))),
      lambdaContext(),
    );
    stock.closeAllConnections();
    stock.close();
    await once(stock, 'close');

    expect(batchItemFailures).toEqual([]);
    expect(operations).toEqual(['TransactWriteItems', 'TransactWriteItems', 'TransactWriteItems']);
    expect(mostInFlight).toBe(1);
  });

  it('answer for each event of a batch when the table cannot be used', async () => {
    process.env.TABLE_NAME = 'no-table';
    const inventory = await load<QueueHandler>('inventory');
    const batch = sqsBatch(orderCanceled({ order_id: '1' }), orderCanceled({ order_id: '2' }));

    const { batchItemFailures } = await inventory(batch, lambdaContext());

    expect(batchItemFailures).toHaveLength(2);
    expect(lines.filter(line => line.failure === 'unexpected')).toHaveLength(2);
  });

  it('do not start without their environment, and say what is missing', async () => {
    delete process.env.TABLE_NAME;

    await expect(load('shipping')).rejects.toThrow(/TABLE_NAME is not set .*deploy it again/);
  });
});
