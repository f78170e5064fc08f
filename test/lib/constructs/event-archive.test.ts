import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogBucket } from '../../../lib/constructs/access-log-bucket.ts';
import { EventArchive, type EventArchiveProps } from '../../../lib/constructs/event-archive.ts';
import { MessageKey } from '../../../lib/constructs/message-key.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import { resourceOf, testStack } from '../../support/stack-template.ts';

function makeArchive(props: Partial<EventArchiveProps> = {}) {
  const stack = testStack();
  return new EventArchive(stack, 'Archive', {
    key: new MessageKey(stack, 'Key', { description: 'Encrypts events in the stream' }),
    accessLogs: new AccessLogBucket(stack, 'AccessLogs'),
    buffering: Duration.minutes(5),
    retention: Duration.days(365),
    ...props,
  });
}

describe('EventArchive', () => {
  it('keeps events and logs when its stack is deleted by default, and lets them go when told', () => {
    const kept = makeArchive();
    expect(resourceOf(kept.bucket.bucket).DeletionPolicy).toBe('Retain');
    expect(resourceOf(kept.node.findChild('Logs'))).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: { RetentionInDays: 7 },
    });

    const passing = makeArchive({ removalPolicy: RemovalPolicy.DESTROY });
    expect(resourceOf(passing.bucket.bucket).DeletionPolicy).toBe('Delete');
    expect(resourceOf(passing.node.findChild('Logs')).DeletionPolicy).toBe('Delete');
  });

  it.each([59, 901])('fails when events wait for %d seconds', seconds => {
    const act = () => makeArchive({ buffering: Duration.seconds(seconds) });
    expect(act).toThrow(PropsError);
    expect(act).toThrow(`orders/Archive: buffering is ${seconds} s; allowed: 1 to 15 minutes.`);
  });
});
