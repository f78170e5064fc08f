import { welcomeEvents } from '../../../contracts/users.ts';
import {
  BadMessageError,
  DependencyDownError,
  UnknownEventTypeError,
} from '../../../lambda/shared/failures.ts';
import type { Handled } from '../../../lambda/shared/queue-consumer.ts';
import { topicConsumer } from '../../../lambda/shared/topic-consumer.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { catchLogLines, type LogLine } from '../../support/log-lines.ts';
import { snsEvent } from '../../support/sns-events.ts';
import { userId, userSignedUp } from '../../support/user-events.ts';

describe('topicConsumer', () => {
  let lines: LogLine[];
  beforeEach(() => {
    process.env.POWERTOOLS_METRICS_NAMESPACE = 'UserSignup';
    lines = catchLogLines();
  });

  function consume(content: unknown, handle: () => Promise<Handled> = async () => ({ outcome: 'done' })) {
    const handler = topicConsumer({ selection: welcomeEvents, subjectField: 'user_id', handle });
    return handler(snsEvent(content), lambdaContext());
  }
  const outcomes = () => lines.filter(({ outcome }) => outcome !== undefined);
  const metrics = () => lines.filter(({ _aws }) => _aws !== undefined);

  it('hands the event over as the contract has it, with fields that nobody knows', async () => {
    const handled: unknown[] = [];
    const handler = topicConsumer({
      selection: welcomeEvents,
      subjectField: 'user_id',
      handle: async (event, delivery) => {
        handled.push(event, delivery.id, delivery.remainingTimeInMs());
        return { outcome: 'done' };
      },
    });
    const event = { ...userSignedUp(), locale: 'de' };

    await handler(snsEvent(event), lambdaContext({ awsRequestId: 'i', getRemainingTimeInMillis: () => 7 }));

    expect(handled).toEqual([event, expect.stringMatching(/^i\/message-\d+$/), 7]);
  });

  it('leaves a line with the outcome, and what the event was about', async () => {
    await consume(userSignedUp(), async () => ({ outcome: 'welcomed', details: { mail_id: 'm' } }));
    expect(outcomes()).toMatchObject([
      {
        level: 'INFO',
        outcome: 'welcomed',
        event_type: 'user_signed_up',
        user_id: userId,
        correlation_id: 'request-1',
        mail_id: 'm',
      },
    ]);
    expect(metrics()).toEqual([]);
  });

  it('throws what failed, so that Lambda tries again, and counts it by its kind', async () => {
    const down = new DependencyDownError('no mail today');
    await expect(consume(userSignedUp(), () => Promise.reject(down))).rejects.toBe(down);
    expect(outcomes()).toMatchObject([
      { level: 'WARN', outcome: 'failed', failure: 'passing', user_id: userId },
    ]);
    expect(metrics()).toMatchObject([{ FailedRecords: 1, FailedRecordsPassing: 1 }]);
  });

  it.each<[string, unknown, new (...args: never[]) => Error]>([
    ['what is no JSON', 'hello', BadMessageError],
    ['an event with fields missing', { event_type: 'user_signed_up', user_id: userId }, BadMessageError],
    [
      'an event that was not asked for',
      { ...userSignedUp(), event_type: 'user_left' },
      UnknownEventTypeError,
    ],
  ])('throws %s, and says that trying again will not help', async (_what, content, failure) => {
    await expect(consume(content)).rejects.toThrow(failure);
    expect(outcomes()).toMatchObject([{ level: 'ERROR', outcome: 'failed', failure: 'permanent' }]);
  });
});
