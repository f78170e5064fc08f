import { type MailEvent, topicValidation } from '../../../contracts/mail-events.ts';
import type { Undeliverable } from '../../../lambda/notifications/domain/undeliverable.ts';
import { parseMailEvent } from '../../../lambda/notifications/mail-event-body.ts';
import { readerIdOf } from '../../../lambda/notifications/reader-id.ts';
import { MailLostError, undeliverableNoting } from '../../../lambda/notifications/undeliverable-noting.ts';
import { BadMessageError } from '../../../lambda/shared/failures.ts';
import { messageConsumer } from '../../../lambda/shared/message-consumer.ts';
import { InMemoryStates } from '../../support/in-memory-states.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { catchLogLines } from '../../support/log-lines.ts';
import { sqsBatch } from '../../support/sqs-records.ts';

process.env.POWERTOOLS_SERVICE_NAME = 'note-undeliverable';
process.env.POWERTOOLS_METRICS_NAMESPACE = 'Notifications';

const timestamp = '2026-11-26T09:00:00.000Z';
const mail = { messageId: 'mail-1', tags: { post_id: ['67890'] } };
const jane = readerIdOf('jane@example.com');

/** As SES tells it, with members that nobody here reads. */
function bounce(bounceType: string, emailAddress = 'jane@example.com'): MailEvent {
  return {
    eventType: 'Bounce',
    mail: { ...mail, source: 'no-reply@example.com' },
    bounce: {
      bounceType,
      bounceSubType: 'General',
      bouncedRecipients: [{ emailAddress, action: 'failed', status: '5.1.1' }],
      timestamp,
      feedbackId: 'feedback-1',
    },
  } as MailEvent;
}

function complaint(complaintFeedbackType?: string | null): MailEvent {
  return {
    eventType: 'Complaint',
    mail,
    complaint: {
      complainedRecipients: [{ emailAddress: 'jane@example.com' }],
      timestamp,
      ...(complaintFeedbackType !== undefined && { complaintFeedbackType }),
    },
  };
}

describe('undeliverableNoting', () => {
  let addresses: InMemoryStates<Undeliverable>;
  let handle: ReturnType<typeof undeliverableNoting>;
  beforeEach(() => {
    addresses = new InMemoryStates();
    handle = undeliverableNoting({ addresses });
  });

  it('marks an address that bounced for good', async () => {
    await expect(handle(bounce('Permanent'))).resolves.toEqual({
      outcome: 'marked',
      details: {
        mail_id: 'mail-1',
        post_id: '67890',
        reader_ids: [jane],
        reason: 'bounce',
        detail: 'General',
      },
    });
    expect(addresses.states.get(jane)?.state).toEqual({
      status: 'undeliverable',
      reason: 'bounce',
      detail: 'General',
      since: timestamp,
    });
  });

  it.each([
    ['abuse', 'abuse'],
    [undefined, 'unsaid'],
    [null, 'unsaid'],
  ])('marks an address whose owner complained, as %s', async (type, detail) => {
    await expect(handle(complaint(type))).resolves.toMatchObject({ outcome: 'marked' });
    expect(addresses.states.get(jane)?.state).toMatchObject({ reason: 'complaint', detail });
  });

  it.each([
    ['a full mailbox', bounce('Transient'), 'transient_bounce'],
    ['a bounce that says nothing', bounce('Undetermined'), 'transient_bounce'],
    ['a reader who says that it is no spam', complaint('not-spam'), 'no_complaint'],
  ])('leaves %s alone', async (_, event, outcome) => {
    await expect(handle(event)).resolves.toMatchObject({ outcome });
    expect(addresses.states.size).toBe(0);
  });

  it('marks an address once, and keeps the first reason', async () => {
    await handle(bounce('Permanent'));

    await expect(handle(complaint())).resolves.toMatchObject({ outcome: 'marked_before' });
    expect(addresses.states.get(jane)?.state.reason).toBe('bounce');
  });

  it('takes an address out of a name', async () => {
    await handle(bounce('Permanent', 'Jane Smith <Jane@example.com>'));

    expect([...addresses.states.keys()]).toEqual([jane]);
  });

  it.each<[string, MailEvent]>([
    ['Bad content', { eventType: 'Reject', mail, reject: { reason: 'Bad content' } }],
    [
      'is not present',
      {
        eventType: 'Rendering Failure',
        mail,
        failure: { templateName: 'post', errorMessage: "Attribute 'title' is not present" },
      },
    ],
  ])('sets a mail aside that never left: %s', async (reason, event) => {
    const noting = handle(event);

    await expect(noting).rejects.toThrow(MailLostError);
    await expect(noting).rejects.toThrow(reason);
  });
});

describe('what SES publishes', () => {
  it('fails where it is no event, and never tells an address', () => {
    const content = { eventType: 'Bounce', mail, bounce: { bouncedRecipients: 'jane@example.com' } };

    expect(() => parseMailEvent(content)).toThrow(BadMessageError);
    try {
      parseMailEvent(content);
    } catch (error) {
      expect(String(error)).toContain('bounce.bouncedRecipients');
      expect(String(error)).not.toContain('jane');
    }
  });

  it('is left at that where it only sees whether it may publish', async () => {
    const lines = catchLogLines();
    const consumer = messageConsumer({
      parse: content => [parseMailEvent(content)],
      subjectOf: () => ({}),
      handle: async () => ({ outcome: 'handled' }),
      isProbe: body => body === topicValidation,
    });

    const answer = await consumer(sqsBatch(topicValidation, 'no JSON', bounce('Permanent')), lambdaContext());

    expect(answer.batchItemFailures).toHaveLength(1);
    expect(
      lines
        .map(({ outcome }) => outcome)
        .filter(Boolean)
        .sort(),
    ).toEqual(['failed', 'handled', 'probe']);
  });
});
