import { Duration } from 'aws-cdk-lib';
import { DurableQueue } from '../../../lib/constructs/durable-queue.ts';
import { EventStream, type EventStreamProps } from '../../../lib/constructs/event-stream.ts';
import { MessageKey } from '../../../lib/constructs/message-key.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import { onlyResource, resourceOf, testStack } from '../../support/stack-template.ts';

function makeStream(props: Partial<EventStreamProps> = {}) {
  const stack = testStack();
  const events = new EventStream(stack, 'Events', {
    queue: new DurableQueue(stack, 'Streamed'),
    partitionBy: 'order_id',
    key: new MessageKey(stack, 'Key', { description: 'Encrypts events in the stream' }),
    ...props,
  });
  return { stack, events };
}

describe('EventStream', () => {
  it('lets readers go back a day by default, and as far as it is told', () => {
    expect(resourceOf(makeStream().events.stream).Properties.RetentionPeriodHours).toBe(24);
    const { events } = makeStream({ retention: Duration.days(7) });
    expect(resourceOf(events.stream).Properties.RetentionPeriodHours).toBe(168);
  });

  it('has its role taken by pipes of this account and region alone', () => {
    const { stack } = makeStream();
    expect(onlyResource(stack, 'AWS::IAM::Role').Properties.AssumeRolePolicyDocument).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'pipes.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            ArnLike: { 'aws:SourceArn': expect.anything() },
          },
        },
      ],
    });
  });

  it.each<[string, Partial<EventStreamProps>, string]>([
    ['it is to be partitioned by a path', { partitionBy: '$.body.id' }, 'partitionBy is $.body.id'],
    ['it keeps events for an hour', { retention: Duration.hours(1) }, 'retention is 1 h'],
    ['it keeps events for longer than a year', { retention: Duration.days(366) }, 'retention is 8784 h'],
  ])('fails when %s', (_, props, fault) => {
    const act = () => makeStream(props);
    expect(act).toThrow(PropsError);
    expect(act).toThrow(fault);
  });
});
