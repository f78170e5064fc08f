import { BadMessageError } from '../../../lambda/shared/failures.ts';
import { unwrapped } from '../../../lambda/shared/wrapped-events.ts';
import { snsEvent } from '../../support/sns-events.ts';
import { userSignedUp } from '../../support/user-events.ts';

const event = userSignedUp();

describe('unwrapped', () => {
  it('takes an event out of the envelope of SNS', () => {
    expect(unwrapped({ Type: 'Notification', MessageId: 'm', Message: JSON.stringify(event) })).toEqual([
      event,
    ]);
  });

  it('takes it out of the record of an invocation that failed', () => {
    const record = {
      version: '1.0',
      requestContext: { condition: 'RetriesExhausted' },
      requestPayload: snsEvent(event),
      responsePayload: { errorType: 'Error' },
    };
    expect(unwrapped(record)).toEqual([event]);
  });

  it('leaves what nobody wrapped', () => {
    expect(unwrapped(event)).toEqual([event]);
    expect(unwrapped('hello')).toEqual(['hello']);
  });

  it.each([
    ['an envelope', { Type: 'Notification', Message: 'hello' }],
    ['a record', { requestPayload: snsEvent('hello') }],
  ])('says that there is no JSON in %s', (_what, content) => {
    expect(() => unwrapped(content)).toThrow(BadMessageError);
  });
});
