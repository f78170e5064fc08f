import { mappingRules } from '../../../lib/validation/mapping-rules.ts';
import type { CloudFormationTemplate } from '../../../lib/validation/template-resources.ts';

/** A function behind two queues, each of whose mappings may cause some invocations at once. */
function twoMappings(reserved: number | undefined, ...limits: readonly number[]): CloudFormationTemplate {
  const mappings = limits.map((MaximumConcurrency, index) => [
    `Mapping${index}`,
    {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
        FunctionName: { Ref: 'Function' },
        ScalingConfig: { MaximumConcurrency },
      },
    },
  ]);
  return {
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue' },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved },
      },
      ...Object.fromEntries(mappings),
    },
  };
}

/** A mapping of a queue. */
function oneMapping(fifo: boolean, properties: object): CloudFormationTemplate {
  return {
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: fifo } },
      Function: { Type: 'AWS::Lambda::Function' },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
          FunctionName: { Ref: 'Function' },
          ...properties,
        },
      },
    },
  };
}

const found = (template: CloudFormationTemplate) =>
  mappingRules.flatMap(rule => rule.findings(template).map(finding => [rule.name, finding.found]));

it('wants as much reserved as all mappings of a function may use together', () => {
  expect(found(twoMappings(9, 5, 5))).toEqual([['ReservedForAllMappings', '9, of 10']]);
  expect(found(twoMappings(10, 5, 5))).toEqual([]);
  expect(found(twoMappings(undefined, 5, 5))).toEqual([]);
});

it.each<[string, boolean, object, string[][]]>([
  ['ten without a window', false, { BatchSize: 10 }, []],
  ['eleven without a window', false, { BatchSize: 11 }, [['BatchWindow', '11, in a window of 0 s']]],
  ['eleven in a window', false, { BatchSize: 11, MaximumBatchingWindowInSeconds: 1 }, []],
  [
    'more than Lambda takes',
    false,
    { BatchSize: 10_001, MaximumBatchingWindowInSeconds: 1 },
    [['BatchWindow', '10001, in a window of 1 s']],
  ],
  ['ten of a FIFO queue', true, { BatchSize: 10 }, []],
  [
    'a window on a FIFO queue',
    true,
    { MaximumBatchingWindowInSeconds: 1 },
    [['BatchWindow', '10, in a window of 1 s, from a FIFO queue']],
  ],
])('judges batches of %s', (_, fifo, properties, expected) => {
  expect(found(oneMapping(fifo, properties))).toEqual(expected);
});
