import type { PriceTable } from '../../../cli/cost/prices/price-table.ts';
import { readPriceTable } from '../../../cli/cost/prices/price-table.ts';
import { readTemplates, type SystemTemplate } from '../../../cli/cost/templates.ts';
import { synthesizedApp } from '../../support/synthesized-app.ts';

export const prices: PriceTable = readPriceTable('us-east-1');

/** Every system of a stage, as the cost command reads it. */
export function templatesOf(
  stage: 'dev' | 'prod',
  context: Readonly<Record<string, unknown>> = {},
): readonly SystemTemplate[] {
  return readTemplates(synthesizedApp(stage, context).app.outdir);
}

type Properties = Readonly<Record<string, unknown>>;

/** A template of resources by their ids, which are their paths too. */
export function templateWith(
  resources: Readonly<Record<string, readonly [string, Properties]>>,
): SystemTemplate {
  return {
    name: 'example',
    resources: Object.entries(resources).map(([id, [type, properties]]) => ({
      id,
      path: id,
      type,
      properties,
    })),
  };
}

/** A topic, a queue that gets what its filter lets through, and a function that takes it in batches. */
export function fanOut({
  batchSize = 5,
  windowSeconds = 18,
  reuseSeconds = 300,
  filterPolicy,
}: {
  readonly batchSize?: number;
  readonly windowSeconds?: number;
  readonly reuseSeconds?: number;
  readonly filterPolicy?: Properties;
} = {}): SystemTemplate {
  return templateWith({
    Topic: ['AWS::SNS::Topic', {}],
    Queue: [
      'AWS::SQS::Queue',
      {
        KmsMasterKeyId: 'key',
        KmsDataKeyReusePeriodSeconds: reuseSeconds,
        ReceiveMessageWaitTimeSeconds: 20,
      },
    ],
    Subscription: [
      'AWS::SNS::Subscription',
      {
        TopicArn: { Ref: 'Topic' },
        Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] },
        Protocol: 'sqs',
        FilterPolicy: filterPolicy,
      },
    ],
    Consumer: ['AWS::Lambda::Function', { MemorySize: 256, Architectures: ['arm64'] }],
    Mapping: [
      'AWS::Lambda::EventSourceMapping',
      {
        EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
        FunctionName: { Ref: 'Consumer' },
        BatchSize: batchSize,
        MaximumBatchingWindowInSeconds: windowSeconds,
      },
    ],
  });
}
