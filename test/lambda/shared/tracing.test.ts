import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@aws-lambda-powertools/logger';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { snsClient } from '../../../lambda/shared/sns-client.ts';
import { sqsClient } from '../../../lambda/shared/sqs-client.ts';
import { catchLogLines } from '../../support/log-lines.ts';

const root = '1-6720a1b2-0123456789abcdef01234567';
const trace = `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1`;

// What carries a trace over topics and queues, with no tracing library in any bundle.
describe('in a function that Lambda traces', () => {
  const received: IncomingHttpHeaders[] = [];
  const before = { ...process.env };
  let server: Server;

  beforeAll(async () => {
    server = createServer((request, response) => {
      received.push(request.headers);
      response.writeHead(400).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_LAMBDA_FUNCTION_NAME: 'place-order',
      _X_AMZN_TRACE_ID: trace,
    });
  });

  beforeEach(() => {
    received.length = 0;
  });

  afterAll(async () => {
    process.env = before;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it('tells SNS and SQS of the trace, which hand it on with the message', async () => {
    const queueUrl = `${process.env.AWS_ENDPOINT_URL}/111111111111/jobs`;
    const [sns, sqs] = [snsClient(), sqsClient(queueUrl)];

    await Promise.allSettled([
      sns.send(new PublishCommand({ TopicArn: 'arn:aws:sns:eu-west-1:111111111111:orders', Message: 'm' })),
      sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'm' })),
    ]);

    expect(received.map(headers => headers['x-amzn-trace-id'])).toEqual([trace, trace]);
    for (const client of [sns, sqs]) client.destroy();
  });

  it('names the trace in each log line, from where it is found in the console', () => {
    const lines = catchLogLines();

    new Logger().info('Order taken');

    expect(lines).toMatchObject([{ xray_trace_id: root }]);
  });
});
