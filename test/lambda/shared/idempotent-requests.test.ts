import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import {
  IdempotentRequests,
  KeyReusedError,
  RequestInProgressError,
} from '../../../lambda/shared/idempotent-requests.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';
import { lambdaContext } from '../../support/lambda-context.ts';

describe('IdempotentRequests', () => {
  let server: DynamoDbServer;
  let tableName: string;
  let requests: IdempotentRequests;

  const remembering = (keyspace: string) =>
    new IdempotentRequests({
      dynamoDb: server.client,
      tableName,
      keyspace,
      rememberForSeconds: 60,
    });

  /** Work that answers its own number. */
  function work() {
    let done = 0;
    return { run: async () => ({ number: ++done }), done: () => done };
  }

  async function storedItems(): Promise<Record<string, unknown>[]> {
    const { Items } = await server.documents.send(new ScanCommand({ TableName: tableName }));
    return Items ?? [];
  }

  beforeAll(async () => {
    server = await DynamoDbServer.start();
  });
  beforeEach(async () => {
    tableName = await server.createTable();
    requests = remembering('order id');
  });
  afterAll(() => server.stop());

  it('does the work once, and answers the same again', async () => {
    const { run, done } = work();

    const first = await requests.answer('k', { total: 1 }, lambdaContext(), run);
    const again = await requests.answer('k', { total: 1 }, lambdaContext(), run);

    expect([first, again]).toEqual([{ number: 1 }, { number: 1 }]);
    expect(done()).toBe(1);
  });

  it('takes requests for the same whose fields stand in another order', async () => {
    const { run, done } = work();

    await requests.answer('k', { a: 1, b: 2 }, lambdaContext(), run);
    await requests.answer('k', { b: 2, a: 1 }, lambdaContext(), run);

    expect(done()).toBe(1);
  });

  it('fails when the key was used with another request', async () => {
    const { run, done } = work();
    await requests.answer('k', { total: 1 }, lambdaContext(), run);

    const reuse = requests.answer('k', { total: 2 }, lambdaContext(), run);

    await expect(reuse).rejects.toThrow(KeyReusedError);
    await expect(reuse).rejects.toThrow('The order id "k" was used before, with another request.');
    expect(done()).toBe(1);
  });

  it('fails when the same request is being answered, and lets the first go on', async () => {
    let finish: (answer: string) => void = () => undefined;
    let started: () => void = () => undefined;
    const hasStarted = new Promise<void>(resolve => {
      started = resolve;
    });
    const first = requests.answer('k', {}, lambdaContext(), () => {
      started();
      return new Promise<string>(resolve => {
        finish = resolve;
      });
    });
    await hasStarted;

    await expect(requests.answer('k', {}, lambdaContext(), async () => 'second')).rejects.toThrow(
      RequestInProgressError,
    );

    finish('first');
    await expect(first).resolves.toBe('first');
  });

  it('keeps the keys of one keyspace from those of another', async () => {
    const { run } = work();

    await remembering('order id').answer('k', {}, lambdaContext(), run);

    await expect(remembering('idempotency key').answer('k', {}, lambdaContext(), run)).resolves.toEqual({
      number: 2,
    });
  });

  it('leaves no trace of work that failed, so that it can be tried again', async () => {
    const failure = new DependencyDownError('SNS down');
    const failing = requests.answer('k', {}, lambdaContext(), async () => {
      throw failure;
    });

    await expect(failing).rejects.toBe(failure);
    await expect(storedItems()).resolves.toEqual([]);
    await expect(requests.answer('k', {}, lambdaContext(), async () => 'done')).resolves.toBe('done');
  });

  it('lets a request of a killed function be answered once its time is over', async () => {
    const killed = lambdaContext({ getRemainingTimeInMillis: () => 1 });
    void requests.answer('k', {}, killed, () => new Promise<string>(() => undefined));
    while ((await storedItems()).length === 0) await new Promise(resolve => setImmediate(resolve));

    let answer: string | undefined;
    while (answer === undefined) {
      answer = await requests
        .answer('k', {}, lambdaContext(), async () => 'done')
        .catch(error => {
          if (!(error instanceof RequestInProgressError)) throw error;
          return undefined;
        });
    }

    expect(answer).toBe('done');
  });

  it('keeps records under the attributes that the table has, until they expire', async () => {
    const { run } = work();

    await requests.answer('k', {}, lambdaContext(), run);

    const [record] = await storedItems();
    const seconds = Date.now() / 1_000;
    expect(record?.pk).toMatch(/^order id#/);
    expect(record?.expires_at).toBeGreaterThan(seconds + 50);
    expect(record?.expires_at).toBeLessThan(seconds + 70);
  });

  it('answers work that was done even when that could not be remembered', async () => {
    const answer = await requests.answer('k', {}, lambdaContext(), async () => {
      await server.client.send(new DeleteTableCommand({ TableName: tableName }));
      return 'done';
    });

    expect(answer).toBe('done');
  });

  it('throws what the work threw even when the record of it could not be removed', async () => {
    const failing = requests.answer('k', {}, lambdaContext(), async () => {
      await server.client.send(new DeleteTableCommand({ TableName: tableName }));
      throw new DependencyDownError('SNS down');
    });

    await expect(failing).rejects.toThrow('SNS down');
  });

  it('calls DynamoDB down when it fails, and does not do the work', async () => {
    const { run, done } = work();
    const failing = createServer((_request, response) => response.writeHead(500).end());
    await once(failing.listen(0, '127.0.0.1'), 'listening');
    const dynamoDb = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${(failing.address() as AddressInfo).port}`,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });

    const answer = new IdempotentRequests({
      dynamoDb,
      tableName,
      keyspace: 'order id',
      rememberForSeconds: 60,
    }).answer('k', {}, lambdaContext(), run);

    await expect(answer).rejects.toThrow(DependencyDownError);
    expect(done()).toBe(0);
    dynamoDb.destroy();
    await new Promise(resolve => failing.close(resolve));
  });

  it('passes on that it may not use the table', async () => {
    const nowhere = new IdempotentRequests({
      dynamoDb: server.client,
      tableName: 'no-table',
      keyspace: 'order id',
      rememberForSeconds: 60,
    });

    await expect(nowhere.answer('k', {}, lambdaContext(), async () => 'done')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
