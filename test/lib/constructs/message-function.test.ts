import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as v from 'valibot';
import { MessageFunction, type MessageFunctionProps } from '../../../lib/constructs/message-function.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import {
  onlyResource,
  resourceOf,
  resourcesOfType,
  templateOf,
  testStack,
} from '../../support/stack-template.ts';

const environmentSchema = v.object({ TABLE_NAME: v.string(), GATEWAY_URL: v.optional(v.string()) });

function makeFunction(props: Partial<MessageFunctionProps<typeof environmentSchema>> = {}) {
  const stack = testStack();
  const made = new MessageFunction(stack, 'Payment', {
    description: 'Charges orders',
    entry: 'lambda/order-processing/payment.ts',
    environmentSchema,
    environment: { TABLE_NAME: 'payments' },
    serviceName: 'payment',
    metricsNamespace: 'OrderProcessing',
    ...props,
  });
  return { stack, made, lambda: resourceOf(made.function) };
}

describe('MessageFunction', () => {
  it('runs its handler on the newest Node.js, on Graviton', () => {
    expect(makeFunction().lambda.Properties).toMatchObject({
      Description: 'Charges orders',
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
    });
  });

  it('has 15 seconds and 256 MiB by default', () => {
    const { made, lambda } = makeFunction();
    expect(lambda.Properties).toMatchObject({ Timeout: 15, MemorySize: 256 });
    expect(made.timeout.toSeconds()).toBe(15);
  });

  it('has the time and the memory that it is given', () => {
    const { made, lambda } = makeFunction({ timeout: Duration.minutes(15), memorySize: 10_240 });
    expect(lambda.Properties).toMatchObject({ Timeout: 900, MemorySize: 10_240 });
    expect(made.timeout.toMinutes()).toBe(15);
  });

  it('runs for itself until somebody says what for', () => {
    const { stack, made } = makeFunction();
    expect(made.trigger).toBe(made);
    made.triggeredBy(stack);
    expect(made.trigger).toBe(stack);
  });

  it('reads what its environment says, under the names that logs and metrics go by', () => {
    const { made, lambda } = makeFunction();
    expect(lambda.Properties.Environment).toEqual({
      Variables: {
        TABLE_NAME: 'payments',
        POWERTOOLS_SERVICE_NAME: 'payment',
        POWERTOOLS_METRICS_NAMESPACE: 'OrderProcessing',
      },
    });
    expect([made.serviceName, made.metricsNamespace]).toEqual(['payment', 'OrderProcessing']);
  });

  it('leaves variables out that have no value', () => {
    const { lambda } = makeFunction({ environment: { TABLE_NAME: 'payments', GATEWAY_URL: undefined } });
    const { Variables } = lambda.Properties.Environment as { Variables: object };
    expect(Variables).not.toHaveProperty('GATEWAY_URL');
  });

  it('is traced', () => {
    expect(makeFunction().lambda.Properties).toMatchObject({ TracingConfig: { Mode: 'Active' } });
  });

  it('reserves no concurrency', () => {
    expect(makeFunction().lambda.Properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });
});

describe('logs of a MessageFunction', () => {
  it('go to a group of its own, kept for a week, even when the stack goes', () => {
    const { stack, lambda } = makeFunction();
    const [[groupId, group] = []] = resourcesOfType(templateOf(stack), 'AWS::Logs::LogGroup');
    expect(lambda.Properties).toMatchObject({ LoggingConfig: { LogGroup: { Ref: groupId } } });
    expect(group).toMatchObject({ Properties: { RetentionInDays: 7 }, DeletionPolicy: 'Retain' });
  });

  it('are kept for as long as they are told', () => {
    const { stack } = makeFunction({
      logRetention: RetentionDays.THREE_MONTHS,
      logRemovalPolicy: RemovalPolicy.DESTROY,
    });
    expect(onlyResource(stack, 'AWS::Logs::LogGroup')).toMatchObject({
      Properties: { RetentionInDays: 90 },
      DeletionPolicy: 'Delete',
    });
  });
});

describe('role of a MessageFunction', () => {
  it('is its own, for Lambda alone, without policies of AWS', () => {
    const { stack, lambda } = makeFunction();
    const [[roleId, role] = []] = resourcesOfType(templateOf(stack), 'AWS::IAM::Role');
    expect(lambda.Properties.Role).toEqual({ 'Fn::GetAtt': [roleId, 'Arn'] });
    expect(role?.Properties).toMatchObject({
      AssumeRolePolicyDocument: {
        Statement: [
          { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
        ],
      },
    });
    expect(role?.Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  it('may write its logs and send traces, and nothing else', () => {
    const { stack } = makeFunction();
    const [[groupId] = []] = resourcesOfType(templateOf(stack), 'AWS::Logs::LogGroup');
    expect(onlyResource(stack, 'AWS::IAM::Policy').Properties.PolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: { 'Fn::GetAtt': [groupId, 'Arn'] },
        },
        { Effect: 'Allow', Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], Resource: '*' },
      ],
    });
  });
});

describe('props of a MessageFunction', () => {
  it.each<[string, Parameters<typeof makeFunction>[0], string]>([
    [
      'timeout is under a second',
      { timeout: Duration.seconds(0) },
      'timeout is 0 s; allowed: 1 second to 15 minutes. Give work that takes longer to a worker fleet.',
    ],
    [
      'timeout is over 15 minutes',
      { timeout: Duration.seconds(901) },
      'timeout is 901 s; allowed: 1 second to 15 minutes.',
    ],
    [
      'memorySize is under 128',
      { memorySize: 127 },
      'memorySize is 127; allowed: a whole number of MiB from 128 to 10,240. Most message handlers',
    ],
    [
      'memorySize is over 10,240',
      { memorySize: 10_241 },
      'memorySize is 10241; allowed: a whole number of MiB from 128 to 10,240.',
    ],
    [
      'memorySize is not whole',
      { memorySize: 256.5 },
      'memorySize is 256.5; allowed: a whole number of MiB from 128 to 10,240.',
    ],
  ])('fails when %s', (_, props, message) => {
    expect(() => makeFunction(props)).toThrow(PropsError);
    expect(() => makeFunction(props)).toThrow(`orders/Payment: ${message}`);
  });

  it('take the smallest timeout and memory', () => {
    expect(() => makeFunction({ timeout: Duration.seconds(1), memorySize: 128 })).not.toThrow();
  });
});
