import { PublishCommand } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { LocalCloud } from '../../../local/cloud.ts';
import type { CloudEvents } from '../../../local/cloud-events.ts';
import { eventually } from '../emulators/endpoint-under-test.ts';
import { attributeOf, notesOn, ProvisionedStacks, refTo } from './provisioned-stacks.ts';

const stacks = new ProvisionedStacks();

afterAll(() => stacks.stop());

const code = {
  'index.mjs': `
    export const consume = async event => {
      console.log(JSON.stringify({ consumed: event.Records.map(record => record.body) }));
      return {
        batchItemFailures: event.Records
          .filter(record => record.body === 'poison')
          .map(record => ({ itemIdentifier: record.messageId })),
      };
    };
    export const show = async event => ({
      statusCode: 200,
      body: JSON.stringify({ environment: process.env, path: event.rawPath, stage: event.stageVariables }),
    });
  `,
};
const assets = { 'code.zip': code };

function aFunction(handler: string, properties: object = {}) {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Runtime: 'nodejs24.x',
      Handler: `index.${handler}`,
      Code: { S3Bucket: 'assets', S3Key: 'code.zip' },
      Role: attributeOf('Role'),
      ...properties,
    },
  };
}

const role = { Role: { Type: 'AWS::IAM::Role' } };

function anApi(handler: string, stage: object = {}) {
  return {
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api', ProtocolType: 'HTTP' } },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: refTo('Api'),
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: attributeOf(handler),
        PayloadFormatVersion: '2.0',
      },
    },
    Route: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: refTo('Api'),
        RouteKey: 'GET /environment',
        Target: { 'Fn::Join': ['', ['integrations/', refTo('Integration')]] },
      },
    },
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: refTo('Api'), StageName: '$default', ...stage },
    },
  };
}

const apiUrl = {
  'Fn::Join': [
    '',
    ['https://', refTo('Api'), '.execute-api.', refTo('AWS::Region'), '.', refTo('AWS::URLSuffix'), '/'],
  ],
};

function eventOf<Name extends keyof CloudEvents>(cloud: LocalCloud, name: Name): CloudEvents[Name][0][] {
  const events: CloudEvents[Name][0][] = [];
  cloud.events.on(name as 'log', event => events.push(event as CloudEvents[Name][0]));
  return events;
}

describe('AWS::Lambda::Function', () => {
  it('runs from its asset with the variables of template, override and local cloud', async () => {
    const { cloud } = await stacks.of(
      [
        {
          name: 'shop',
          template: {
            Resources: {
              ...role,
              Show: aFunction('show', {
                MemorySize: 256,
                Environment: { Variables: { QUEUE_URL: refTo('Queue'), LEVEL: 'INFO', API_URL: apiUrl } },
              }),
              Queue: { Type: 'AWS::SQS::Queue' },
              ...anApi('Show'),
            },
            Outputs: { ApiUrl: { Value: apiUrl }, Endpoint: { Value: attributeOf('Api', 'ApiEndpoint') } },
          },
          region: 'eu-west-1',
          assets,
        },
      ],
      { environmentOverrides: { 'shop/Show': { LEVEL: 'DEBUG' } } },
    );
    const { ApiUrl = '', Endpoint } = cloud.stacks[0]?.outputs ?? {};

    const answer = await fetch(`${ApiUrl}environment`);
    const { environment } = (await answer.json()) as { environment: Record<string, string> };

    expect(ApiUrl).toBe(`${Endpoint}/`);
    expect(environment).toMatchObject({
      QUEUE_URL: `${cloud.endpoint}/000000000000/shop-Queue`,
      LEVEL: 'DEBUG',
      API_URL: ApiUrl,
      AWS_ENDPOINT_URL: cloud.endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: expect.any(String),
      AWS_LAMBDA_FUNCTION_NAME: 'shop-Show',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    });
  });

  it('takes changed variables', async () => {
    const { cloud } = await stacks.of([
      {
        name: 'shop',
        template: {
          Resources: { ...role, Show: aFunction('show'), ...anApi('Show') },
          Outputs: { ApiUrl: { Value: apiUrl } },
        },
        assets,
      },
    ]);
    const shown = async () =>
      (
        (await (await fetch(`${cloud.stacks[0]?.outputs.ApiUrl}environment`)).json()) as {
          environment: object;
        }
      ).environment;
    expect(await shown()).not.toHaveProperty('FIXED');

    cloud.updateEnvironment('shop/Show', { FIXED: 'yes' });

    expect(await shown()).toMatchObject({ FIXED: 'yes' });
    expect(() => cloud.updateEnvironment('shop/Api', {})).toThrow(
      'shop/Api is no function of the stacks that run.',
    );
  });

  it.each<[string, object, string]>([
    [
      'another language',
      { Runtime: 'python3.13' },
      'does not run here: its runtime is python3.13, and the local cloud has Node.js',
    ],
    [
      'inline code',
      { Code: { ZipFile: 'exports.handler = 1' } },
      'does not run here: its code is not an asset',
    ],
    [
      'an image',
      { Runtime: undefined, Code: { ImageUri: 'image' } },
      'does not run here: it is a container image',
    ],
  ])(
    'with %s is left out, which is said, and with it what would call it',
    async (_name, properties, note) => {
      const { cloud } = await stacks.ofResources(
        {
          ...role,
          Other: aFunction('consume', properties),
          Queue: { Type: 'AWS::SQS::Queue' },
          Mapping: {
            Type: 'AWS::Lambda::EventSourceMapping',
            Properties: { EventSourceArn: attributeOf('Queue'), FunctionName: refTo('Other') },
          },
          ...anApi('Other'),
        },
        { assets },
      );

      expect(notesOn(cloud, 'Other')).toEqual([note]);
      expect(notesOn(cloud, 'Mapping')).toEqual(['does not run here: its function shop-Other does not']);
      expect(notesOn(cloud, 'Integration')).toEqual([
        'does not run here: it is AWS_PROXY to arn:aws:lambda:us-east-1:000000000000:function:shop-Other',
      ]);
    },
  );

  it('without its asset fails the start, naming the function', async () => {
    const start = stacks.ofResources({ ...role, Lost: aFunction('consume') });

    await expect(start).rejects.toThrow(
      'stack shop, Lost: code.zip is not among the assets of the cloud assembly.',
    );
  });
});

describe('AWS::Lambda::EventSourceMapping', () => {
  it('lets its function finish what is in hand when the cloud stops', async () => {
    const slow = {
      'index.mjs': `
        export const consume = async () => {
          console.log(JSON.stringify({ begun: true }));
          await new Promise(resolve => setTimeout(resolve, 300));
        };
      `,
    };
    const { cloud, sqs } = await stacks.ofResources(
      {
        ...role,
        Consumer: aFunction('consume'),
        Queue: { Type: 'AWS::SQS::Queue' },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: { EventSourceArn: attributeOf('Queue'), FunctionName: refTo('Consumer') },
        },
      },
      { assets: { 'code.zip': slow } },
    );
    const lines = eventOf(cloud, 'log');
    const outcomes = eventOf(cloud, 'outcome');
    await sqs.send(
      new SendMessageCommand({ QueueUrl: cloud.resource('Queue')?.ref, MessageBody: 'in hand' }),
    );
    await eventually(async () => lines.some(({ json }) => json?.begun === true));

    await cloud.stop();

    expect(outcomes).toMatchObject([{ result: 'success', succeeded: 1 }]);
    expect(cloud.queues()).toMatchObject([{ visible: 0, inFlight: 0 }]);
  });

  it('hands messages to its function, and leaves those that fail to the dead-letter queue', async () => {
    const { cloud, sqs } = await stacks.ofResources(
      {
        ...role,
        Consumer: aFunction('consume'),
        Dlq: { Type: 'AWS::SQS::Queue' },
        Queue: {
          Type: 'AWS::SQS::Queue',
          Properties: {
            VisibilityTimeout: 1,
            RedrivePolicy: { deadLetterTargetArn: attributeOf('Dlq'), maxReceiveCount: 1 },
          },
        },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: attributeOf('Queue'),
            FunctionName: refTo('Consumer'),
            FunctionResponseTypes: ['ReportBatchItemFailures'],
            BatchSize: 10,
            ScalingConfig: { MaximumConcurrency: 2 },
          },
        },
      },
      { assets },
    );
    const outcomes = eventOf(cloud, 'outcome');
    const QueueUrl = cloud.resource('Queue')?.ref;

    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'fine' }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'poison' }));

    const dlq = await eventually(async () =>
      cloud.queues().find(({ name, visible }) => name === 'shop-Dlq' && visible === 1),
    );
    expect(dlq).toMatchObject({ deadLetterSourceArns: ['arn:aws:sqs:us-east-1:000000000000:shop-Queue'] });
    expect(outcomes.reduce((sum, { succeeded }) => sum + succeeded, 0)).toBe(1);
    expect(cloud.queues().find(({ name }) => name === 'shop-Queue')).toMatchObject({
      visible: 0,
      inFlight: 0,
      deadLetterQueueArn: dlq.arn,
    });
  });

  it.each<[string, object, string]>([
    [
      'of a stream',
      { EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/orders' },
      'does not run here: only queues and brokers are polled, and its source is arn:aws:kinesis:us-east-1:000000000000:stream/orders',
    ],
    ['that is disabled', { Enabled: false }, 'is disabled by the template'],
  ])('%s polls nothing, which is said', async (_name, properties, note) => {
    const { cloud } = await stacks.ofResources(
      {
        ...role,
        Consumer: aFunction('consume'),
        Queue: { Type: 'AWS::SQS::Queue' },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: attributeOf('Queue'),
            FunctionName: refTo('Consumer'),
            ...properties,
          },
        },
      },
      { assets },
    );

    expect(notesOn(cloud, 'Mapping')).toEqual([note]);
  });
});

describe('AWS::ApiGatewayV2', () => {
  it('throttles as its stage says, tells the function its variables, and tells of each request', async () => {
    const { cloud } = await stacks.ofResources(
      {
        ...role,
        Show: aFunction('show'),
        ...anApi('Show', {
          StageVariables: { colour: 'blue' },
          RouteSettings: { 'GET /environment': { ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 1 } },
        }),
      },
      { assets },
    );
    const requests = eventOf(cloud, 'request');
    const url = `${cloud.resource('Api')?.attributes.ApiEndpoint}/environment`;

    const first = await fetch(url);
    const second = await fetch(url);

    expect(await first.json()).toMatchObject({ path: '/environment', stage: { colour: 'blue' } });
    expect(second.status).toBe(429);
    expect(requests.map(({ statusCode }) => statusCode)).toEqual([200, 429]);
  });

  it('says that it evaluates no authorization', async () => {
    const api = anApi('Show');
    const { cloud } = await stacks.ofResources(
      {
        ...role,
        Show: aFunction('show'),
        ...api,
        Route: { ...api.Route, Properties: { ...api.Route.Properties, AuthorizationType: 'AWS_IAM' } },
      },
      { assets },
    );

    expect(notesOn(cloud, 'Route')).toEqual([
      'lets everybody in here: AWS_IAM authorization is not evaluated',
    ]);
  });

  it('leaves an API of another protocol out', async () => {
    const { cloud } = await stacks.ofResources({
      Chat: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'chat', ProtocolType: 'WEBSOCKET' } },
    });

    expect(notesOn(cloud, 'Chat')).toEqual(['does not run here: its protocol is WEBSOCKET']);
  });
});

describe('AWS::SNS::Subscription to a function', () => {
  it('invokes it, and again when it fails', async () => {
    const failing = {
      'index.mjs': `
        let calls = 0;
        export const greet = async event => {
          calls += 1;
          console.log(JSON.stringify({ greeted: event.Records[0].Sns.Message, calls }));
          if (calls === 1) throw new Error('not yet');
        };
      `,
    };
    const { cloud, sns } = await stacks.ofResources(
      {
        ...role,
        Greet: aFunction('greet'),
        Topic: { Type: 'AWS::SNS::Topic' },
        Subscription: {
          Type: 'AWS::SNS::Subscription',
          Properties: { TopicArn: refTo('Topic'), Protocol: 'lambda', Endpoint: attributeOf('Greet') },
        },
      },
      { assets: { 'code.zip': failing } },
    );
    const lines = eventOf(cloud, 'log');

    await sns.send(new PublishCommand({ TopicArn: cloud.resource('Topic')?.ref, Message: 'hello' }));

    await eventually(async () => lines.some(({ json }) => json?.calls === 2));
    expect(lines.flatMap(({ json }) => (json?.greeted === undefined ? [] : [json]))).toEqual([
      { greeted: 'hello', calls: 1 },
      { greeted: 'hello', calls: 2 },
    ]);
  });
});

describe('AWS::Lambda::EventInvokeConfig', () => {
  const failing = {
    'index.mjs': `
      export const greet = async () => {
        throw new Error('no mail today');
      };
    `,
  };

  function aFailingSubscriber(onFailure: unknown) {
    return {
      ...role,
      Greet: aFunction('greet', { DeadLetterConfig: { TargetArn: attributeOf('Abandoned') } }),
      Failed: { Type: 'AWS::SQS::Queue' },
      Abandoned: { Type: 'AWS::SQS::Queue' },
      Config: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: {
          FunctionName: refTo('Greet'),
          Qualifier: '$LATEST',
          MaximumRetryAttempts: 1,
          DestinationConfig: { OnFailure: { Destination: onFailure } },
        },
      },
      Topic: { Type: 'AWS::SNS::Topic' },
      Subscription: {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn: refTo('Topic'), Protocol: 'lambda', Endpoint: attributeOf('Greet') },
      },
    };
  }

  it('tells the destination, and the DLQ of the function, of what it failed on', async () => {
    const { cloud, sns, sqs } = await stacks.ofResources(aFailingSubscriber(attributeOf('Failed')), {
      assets: { 'code.zip': failing },
    });

    await sns.send(new PublishCommand({ TopicArn: cloud.resource('Topic')?.ref, Message: 'hello' }));

    const bodyIn = (queue: string) =>
      eventually(async () => {
        const { Messages: [message] = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl: cloud.resource(queue)?.ref }),
        );
        return message?.Body && JSON.parse(message.Body);
      });
    const record = await bodyIn('Failed');
    expect(record).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
      requestPayload: { Records: [{ Sns: { Message: 'hello' } }] },
      responsePayload: { errorMessage: 'no mail today' },
    });
    expect(await bodyIn('Abandoned')).toEqual(record.requestPayload);
  });

  it('says which destination it does not tell', async () => {
    const { cloud } = await stacks.ofResources(
      aFailingSubscriber('arn:aws:events:us-east-1:000000000000:event-bus/default'),
      { assets: { 'code.zip': failing } },
    );

    expect(notesOn(cloud, 'Config')).toEqual([
      'does not tell arn:aws:events:us-east-1:000000000000:event-bus/default here: it is no queue, topic or function',
    ]);
  });
});
