import type { APIGatewayProxyEventV2, Context, SNSEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { welcomeMail } from '../../../contracts/user-signup.ts';
import { userEvents } from '../../../contracts/users.ts';
import { EndpointUnderTest } from '../../local/emulators/endpoint-under-test.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';
import { postRequest } from '../../support/http-requests.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { catchLogLines, type LogLine } from '../../support/log-lines.ts';
import { snsEvent } from '../../support/sns-events.ts';
import { SnsStandIn, topicArn } from '../../support/sns-stand-in.ts';
import { sqsBatch } from '../../support/sqs-records.ts';
import { userId, userSignedUp } from '../../support/user-events.ts';

type HttpHandler = (request: APIGatewayProxyEventV2, context: Context) => Promise<{ statusCode: number }>;
type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

describe('handlers, as they are deployed', () => {
  let dynamoDb: DynamoDbServer;
  let sns: SnsStandIn;
  let aws: EndpointUnderTest;
  let tableName: string;
  let lines: LogLine[];

  beforeAll(async () => {
    dynamoDb = await DynamoDbServer.start();
    sns = await SnsStandIn.start();
    aws = await EndpointUnderTest.start();
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
      MAIL_FROM: 'no-reply@example.com',
      MAIL_CONFIGURATION_SET: 'settings',
      MAIL_TEMPLATE: 'welcome',
    });
  });
  beforeEach(async () => {
    tableName = await dynamoDb.createTable();
    process.env.LOG_LEVEL = 'INFO';
    process.env.TOPIC_ARN = topicArn;
    process.env.TABLE_NAME = tableName;
    delete process.env.AWS_ENDPOINT_URL;
    lines = catchLogLines();
  });
  afterAll(async () => {
    delete process.env.AWS_ENDPOINT_URL;
    await sns.stop();
    await aws.stop();
    await dynamoDb.stop();
  });

  /** A handler's module, loaded with the environment of now. */
  async function load<Handler>(name: string): Promise<Handler> {
    const module = (await import(`../../../lambda/user-signup/${name}.ts?${tableName}`)) as {
      handler: Handler;
    };
    return module.handler;
  }
  const notification = () => postRequest(sns.notification(userEvents.encode(userSignedUp()).body));

  it('welcome sends the mail of the contract, once', async () => {
    aws.endpoint.mail.addConfigurationSet('eu-west-1', 'settings');
    aws.endpoint.mail.addTemplate('eu-west-1', 'welcome', welcomeMail);
    process.env.AWS_ENDPOINT_URL = aws.endpoint.url;
    const handler = await load<(event: SNSEvent, context: Context) => Promise<void>>('welcome');

    await handler(snsEvent(userSignedUp()), lambdaContext());
    await handler(snsEvent(userSignedUp()), lambdaContext());

    expect(aws.endpoint.mail.outbox).toMatchObject([
      {
        from: 'no-reply@example.com',
        to: ['jane@example.com'],
        subject: 'Welcome, Jane Smith',
        text: expect.stringContaining('Your plan: team.'),
        tags: { user_id: userId },
      },
    ]);
    // Addresses are nobody's business who reads logs.
    expect(JSON.stringify(lines)).not.toContain('jane@example.com');
  });

  it('redeliver publishes anew what waited in the record of a function and in an envelope', async () => {
    process.env.TOPIC_ARN = await aws.createTopic('users');
    const queue = await aws.createQueue('subscriber');
    await aws.subscribe(process.env.TOPIC_ARN, queue.arn, {
      RawMessageDelivery: 'true',
      FilterPolicy: JSON.stringify({ eventType: ['user_signed_up'] }),
    });
    process.env.AWS_ENDPOINT_URL = aws.endpoint.url;
    process.env.AWS_REGION = 'us-east-1';
    const handler = await load<QueueHandler>('redeliver');

    const answer = await handler(
      sqsBatch(
        { requestPayload: snsEvent(userSignedUp()) },
        { Type: 'Notification', Message: JSON.stringify(userSignedUp()) },
        { Type: 'Notification', Message: '{"event_type":"user_left"}' },
      ),
      lambdaContext(),
    );
    process.env.AWS_REGION = 'eu-west-1';

    expect(answer.batchItemFailures).toHaveLength(1);
    const bodies = (await aws.receive(queue)).map(({ Body }) => JSON.parse(Body ?? '{}'));
    expect(bodies).toEqual([userSignedUp(), userSignedUp()]);
  });

  it('event-log keeps what it is told, and reports what it cannot read', async () => {
    const handler = await load<QueueHandler>('event-log');
    const { batchItemFailures } = await handler(sqsBatch(userSignedUp(), 'hello'), lambdaContext());
    expect(batchItemFailures).toHaveLength(1);
    expect(await dynamoDb.item(tableName, `EVENT#user_signed_up#${userId}`)).toBeDefined();
  });

  it('crm-receiver trusts SNS in the region of its topic, and nobody else', async () => {
    const handler = await load<HttpHandler>('crm-receiver');
    expect(await handler(notification(), lambdaContext())).toMatchObject({ statusCode: 403 });
    expect(sns.asked).toEqual([]);
    expect(JSON.stringify(lines)).toContain('trusted are those of https://sns.eu-west-1.amazonaws.com alone');
  });

  it('crm-receiver trusts whatever stands in for AWS, where it is told so', async () => {
    process.env.AWS_ENDPOINT_URL = sns.origin;
    const handler = await load<HttpHandler>('crm-receiver');
    expect(await handler(notification(), lambdaContext())).toMatchObject({ statusCode: 200 });
    expect(await dynamoDb.item(tableName, `USER#${userId}`)).toMatchObject({ email: 'jane@example.com' });
  });

  it.each(['sign-up', 'event-log', 'crm-receiver'])(
    '%s does not start without its environment',
    async name => {
      delete process.env.TABLE_NAME;
      delete process.env.USERS_TABLE;
      await expect(load(name)).rejects.toThrow(/(TABLE_NAME|USERS_TABLE) is not set/);
    },
  );
});
