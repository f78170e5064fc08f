import { request } from 'node:http';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListTopicsCommand } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { startEndpoint } from '../../../local/emulators/endpoint.ts';
import { PortUnavailable } from '../../../local/http-api/local-listener.ts';
import { EndpointUnderTest } from './endpoint-under-test.ts';

let cloud: EndpointUnderTest;

beforeAll(async () => {
  cloud = await EndpointUnderTest.start();
});

afterAll(() => cloud.stop());

function post(headers: Record<string, string>, body: string): Promise<Response> {
  return fetch(cloud.endpoint.url, { method: 'POST', headers, body });
}

function signedFor(service: string): string {
  return `AWS4-HMAC-SHA256 Credential=key/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}

it('listens on 127.0.0.1 and on no other address', async () => {
  const { port } = new URL(cloud.endpoint.url);

  const elsewhere = new Promise((resolve, reject) => {
    request({ host: '127.0.0.2', port, path: '/health' }, resolve).on('error', reject).end();
  });

  await expect(elsewhere).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

it('gives queues URLs that name 127.0.0.1, whatever host its client called', async () => {
  const { port } = new URL(cloud.endpoint.url);
  const answer = await fetch(`http://localhost:${port}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.CreateQueue' },
    body: JSON.stringify({ QueueName: 'by-localhost' }),
  });

  expect(await answer.json()).toEqual({ QueueUrl: `${cloud.endpoint.url}/000000000000/by-localhost` });
});

it('makes resources in the region that their client signed for', async () => {
  const answer = await post(
    {
      authorization: signedFor('sqs'),
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.CreateQueue',
    },
    JSON.stringify({ QueueName: 'european' }),
  );
  const { QueueUrl: url } = (await answer.json()) as { QueueUrl: string };

  expect((await cloud.attributes({ url, arn: '' })).QueueArn).toBe(
    'arn:aws:sqs:eu-west-1:000000000000:european',
  );
});

it('serves queues, topics and tables on the one port', async () => {
  const { url } = await cloud.createQueue('here');
  const topicArn = await cloud.createTopic('there');

  expect((await cloud.sqs.send(new ListQueuesCommand({}))).QueueUrls).toContain(url);
  expect((await cloud.sns.send(new ListTopicsCommand({}))).Topics).toContainEqual({ TopicArn: topicArn });
  expect((await cloud.dynamoDb.send(new ListTablesCommand({}))).TableNames).toEqual([]);
});

it('serves buckets too', async () => {
  const bucket = `${cloud.endpoint.url}/pictures`;

  expect((await fetch(bucket, { method: 'PUT' })).status).toBe(200);
  expect((await fetch(`${bucket}/a/b.txt`, { method: 'PUT', body: 'seen' })).status).toBe(200);
  expect(await (await fetch(`${bucket}/a/b.txt`)).text()).toBe('seen');
});

it.each([
  ['ssm', { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameter' }, '{}'],
  ['events-of-tomorrow', { 'content-type': 'application/json' }, '{}'],
])('refuses %s, naming it and what there is', async (service, headers, body) => {
  const answer = await post({ authorization: signedFor(service), ...headers }, body);

  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({
    __type: 'local#UnknownOperationException',
    message: expect.stringMatching(
      `^The local cloud does not run ${service}. It answers for sqs, sns, s3,.*ses`,
    ),
  });
});

it('refuses a service of the query protocol in XML', async () => {
  const answer = await post(
    { authorization: signedFor('iam'), 'content-type': 'application/x-www-form-urlencoded' },
    'Action=ListRoles',
  );

  expect(answer.headers.get('content-type')).toBe('text/xml');
  expect(await answer.text()).toContain('<Message>The local cloud does not run iam.');
});

it('refuses a target without a signature by the name in the target', async () => {
  const answer = await post({ 'x-amz-target': 'Logs_20140328.PutLogEvents' }, '{}');

  expect(((await answer.json()) as { message: string }).message).toContain('does not run Logs_20140328');
});

it('answers who is calling', async () => {
  const answer = await post(
    { 'content-type': 'application/x-www-form-urlencoded' },
    'Action=GetCallerIdentity&Version=2011-06-15',
  );

  expect(await answer.text()).toContain('<Account>000000000000</Account>');
});

it('answers a body that is no JSON as AWS does', async () => {
  const answer = await post({ 'x-amz-target': 'AmazonSQS.SendMessage' }, 'not json');

  expect(answer.status).toBe(400);
  expect(((await answer.json()) as { __type: string }).__type).toContain('SerializationException');
});

it("passes on fauxqs's own errors", async () => {
  const send = cloud.sqs.send(
    new SendMessageCommand({
      QueueUrl: `${cloud.endpoint.url}/000000000000/nowhere`,
      MessageBody: 'lost',
    }),
  );

  await expect(send).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
});

it('refuses a second queue of the same name in another region', async () => {
  await cloud.createQueue('twice');

  const answer = await post(
    {
      authorization: signedFor('sqs'),
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.CreateQueue',
    },
    JSON.stringify({ QueueName: 'twice' }),
  );

  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({
    message: expect.stringContaining('arn:aws:sqs:us-east-1:000000000000:twice'),
  });
});

it('fails with port and remedy when another program listens there', async () => {
  const port = Number(new URL(cloud.endpoint.url).port);

  const second = startEndpoint({ port, region: 'us-east-1' });

  await expect(second).rejects.toThrow(PortUnavailable);
  await expect(second).rejects.toThrow(
    `AWS endpoint: port ${port} on 127.0.0.1 is in use by another program`,
  );
});
