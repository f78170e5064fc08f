import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import {
  DeleteMessageCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { correlationIdAttribute } from '../../../contracts/replies.ts';
import type { SearchFlights } from '../../../contracts/travel.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';
import { repository } from '../../support/temporary-directory.ts';
import { credentials, LocalSqs, region, type TestQueue } from '../../worker/support/local-sqs.ts';
import { answer } from '../support/searches.ts';
import { until } from '../support/until.ts';

let sqs: LocalSqs;
let dynamoDb: DynamoDbServer;
let table: string;
let requests: TestQueue;
const children: ChildProcess[] = [];

beforeAll(async () => {
  sqs = await LocalSqs.start();
  dynamoDb = await DynamoDbServer.start();
  table = await dynamoDb.createTable();
  requests = await sqs.createQueue('requests');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await dynamoDb.stop();
  await sqs.close();
});

function start(environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--no-warnings', join(repository, 'web/travel-search/main.ts')], {
    env: {
      PATH: process.env.PATH,
      ...credentials,
      AWS_REGION: region,
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
      LOG_LEVEL: 'INFO',
      POWERTOOLS_SERVICE_NAME: 'web',
      POWERTOOLS_METRICS_NAMESPACE: 'TravelSearch',
      HOST: '127.0.0.1',
      PORT: '0',
      SHUTDOWN_SECONDS: '10',
      REQUEST_QUEUE_URL: requests.url,
      REPLY_QUEUE_URL_PREFIX: `${sqs.endpoint}/000000000000/replies-`,
      REPLY_QUEUE_ARN_PREFIX: `arn:aws:sqs:${region}:000000000000:replies-`,
      OWN_ROLE_ARN: 'arn:aws:iam::000000000000:role/web',
      REPLIER_ROLE_ARN: 'arn:aws:iam::000000000000:role/search',
      ANSWERS_TABLE: table,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += String(chunk)));
  const url = () => until('it listens', () => /"url":"(http:[^"]+)"/.exec(output)?.[1], 20_000);
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  return { child, url, ended, output: () => output };
}

const post = (url: string, search_id: string) =>
  fetch(`${url}/searches`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      search_id,
      origin: 'FRA',
      destination: 'JFK',
      depart_on: '2027-03-14',
      budget: { amount: '800', currency: 'EUR' },
    }),
  });

async function replyQueues(): Promise<string[]> {
  const { QueueUrls = [] } = await sqs.client.send(new ListQueuesCommand({ QueueNamePrefix: 'replies-' }));
  return QueueUrls;
}

/** The next request on the queue, as a worker takes it. */
async function takeRequest(): Promise<SearchFlights> {
  const { Messages: [message] = [] } = await sqs.client.send(
    new ReceiveMessageCommand({ QueueUrl: requests.url, WaitTimeSeconds: 5 }),
  );
  await sqs.client.send(
    new DeleteMessageCommand({ QueueUrl: requests.url, ReceiptHandle: message?.ReceiptHandle }),
  );
  return JSON.parse(message?.Body ?? '') as SearchFlights;
}

async function reply({ reply_to, search_id }: SearchFlights): Promise<void> {
  await sqs.client.send(
    new SendMessageCommand({
      QueueUrl: reply_to.queue_url,
      MessageBody: JSON.stringify(answer({ search_id })),
      MessageAttributes: {
        [correlationIdAttribute]: { DataType: 'String', StringValue: reply_to.correlation_id },
      },
    }),
  );
}

it('answers searches by its own reply queue; told to stop, answers what is in hand and deletes the queue', async () => {
  const server = start();
  const response = post(await server.url(), 'search-in-hand');
  const request = await takeRequest();
  expect(await replyQueues()).toHaveLength(1);
  server.child.kill('SIGTERM');
  await until('it stops', () => server.output().includes('Server stops'));
  await reply(request);

  expect((await response).status).toBe(200);
  expect(await (await response).json()).toMatchObject({ search_id: 'search-in-hand' });
  expect(await server.ended).toEqual({ code: 0, signal: null });
  expect(await replyQueues()).toEqual([]);
}, 40_000);

it('leaves its queue and its query behind when it is killed', async () => {
  const server = start();
  const response = post(await server.url(), 'search-left');
  const request = await takeRequest();
  const failed = expect(response).rejects.toThrow();
  server.child.kill('SIGKILL');

  await failed;
  expect(await replyQueues()).toEqual([
    expect.stringContaining(request.reply_to.queue_url.split('/').at(-1) ?? ''),
  ]);
}, 40_000);

it('does not start without what it needs, and says what that is', async () => {
  const server = start({ REQUEST_QUEUE_URL: '' });

  expect(await server.ended).toMatchObject({ code: 1 });
  expect(server.output()).toContain('REQUEST_QUEUE_URL');
}, 40_000);
