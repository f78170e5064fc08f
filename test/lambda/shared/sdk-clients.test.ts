import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { PublishCommand } from '@aws-sdk/client-sns';
import { reach } from '../../../lambda/shared/dependency.ts';
import { dynamoDbClient } from '../../../lambda/shared/dynamodb-client.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { sesClient } from '../../../lambda/shared/ses-client.ts';
import { snsClient } from '../../../lambda/shared/sns-client.ts';

describe('AWS clients', () => {
  let server: Server;
  let requests = 0;
  let answer: 'error' | 'never';

  beforeAll(async () => {
    server = createServer((_request, response) => {
      requests++;
      if (answer === 'error') response.writeHead(503).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
  });

  beforeEach(() => {
    requests = 0;
  });

  afterAll(async () => {
    delete process.env.AWS_ENDPOINT_URL;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it('retry a service that fails twice more, then call it down', async () => {
    answer = 'error';
    const sns = snsClient();

    await expect(
      reach('SNS', sns.send(new PublishCommand({ TopicArn: 'arn:aws:sns:eu-west-1:1:t', Message: 'm' }))),
    ).rejects.toThrow(DependencyDownError);

    expect(requests).toBe(3);
    sns.destroy();
  });

  it('ask SES once: a mail whose answer got lost is not sent again', async () => {
    answer = 'error';
    const ses = sesClient();
    const mail = new SendEmailCommand({ Destination: { ToAddresses: ['jane@example.com'] }, Content: {} });

    await expect(reach('SES', ses.send(mail))).rejects.toThrow(DependencyDownError);

    expect(requests).toBe(1);
    ses.destroy();
  });

  it('give a service that hangs up in less than half of a function timeout', async () => {
    answer = 'never';
    const dynamoDb = dynamoDbClient();
    const start = performance.now();

    await expect(
      reach('DynamoDB', dynamoDb.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'k' } } }))),
    ).rejects.toThrow(DependencyDownError);

    expect(requests).toBe(3);
    expect(performance.now() - start).toBeLessThan(7_500);
    dynamoDb.destroy();
  }, 10_000);
});
