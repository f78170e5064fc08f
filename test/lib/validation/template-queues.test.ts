import { deadLetterQueuesOf } from '../../../lib/validation/template-queues.ts';

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const queue = { Type: 'AWS::SQS::Queue' };

it.each([
  [
    'a queue',
    { Type: 'AWS::SQS::Queue', Properties: { RedrivePolicy: { deadLetterTargetArn: arnOf('Dlq') } } },
  ],
  [
    'a subscription',
    { Type: 'AWS::SNS::Subscription', Properties: { RedrivePolicy: { deadLetterTargetArn: arnOf('Dlq') } } },
  ],
  [
    'a function',
    { Type: 'AWS::Lambda::Function', Properties: { DeadLetterConfig: { TargetArn: arnOf('Dlq') } } },
  ],
  [
    'the on-failure destination of a function',
    {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: { DestinationConfig: { OnFailure: { Destination: arnOf('Dlq') } } },
    },
  ],
  [
    'the target of a rule',
    { Type: 'AWS::Events::Rule', Properties: { Targets: [{ DeadLetterConfig: { Arn: arnOf('Dlq') } }] } },
  ],
])('a queue is a DLQ that %s names', (_what, namer) => {
  const template = { Resources: { Namer: namer, Dlq: queue, Other: queue } };
  expect(deadLetterQueuesOf(template).map(({ id }) => id)).toEqual(['Dlq']);
});

it('a queue is none that is told of what succeeded', () => {
  const OnSuccess = { Destination: arnOf('Results') };
  const told = { Type: 'AWS::Lambda::EventInvokeConfig', Properties: { DestinationConfig: { OnSuccess } } };
  expect(deadLetterQueuesOf({ Resources: { Told: told, Results: queue } })).toEqual([]);
});
