import { parseNotification, subjectOf } from '../../../lambda/shared/bucket-notification.ts';
import { BadMessageError, UnknownEventTypeError } from '../../../lambda/shared/failures.ts';
import { notificationOf, objectEvent, testEvent } from '../../support/bucket-notifications.ts';

describe('parseNotification', () => {
  it('reads changes, each for itself', () => {
    const notification = { Records: [objectEvent({ versionId: 'v1' }), objectEvent({ versionId: 'v2' })] };

    expect(parseNotification(notification)).toEqual([
      { kind: 'change', change: expect.objectContaining({ kind: 'created', version_id: 'v1' }) },
      { kind: 'change', change: expect.objectContaining({ kind: 'created', version_id: 'v2' }) },
    ]);
  });

  it('knows the test event', () => {
    expect(parseNotification(testEvent)).toEqual([{ kind: 'test', bucket: 'uploads' }]);
  });

  it('refuses events that no bucket here is asked to tell of, by name', () => {
    expect(() => parseNotification(notificationOf({ eventName: 'ObjectTagging:Put' }))).toThrow(
      UnknownEventTypeError,
    );
    expect(() => parseNotification(notificationOf({ eventName: 'ObjectTagging:Put' }))).toThrow(
      /ObjectTagging:Put/,
    );
  });

  it('names every field that is wrong', () => {
    const { s3, ...record } = objectEvent();
    const broken = { ...record, s3: { ...s3, object: { ...s3.object, key: '%', sequencer: '' } } };

    expect(() => parseNotification({ Records: [broken] })).toThrow(BadMessageError);
    expect(() => parseNotification({ Records: [broken] })).toThrow(
      /Records\.0\.s3\.object\.key: .*Records\.0\.s3\.object\.sequencer: /,
    );
  });

  it('says what an envelope of SNS needs', () => {
    const envelope = { Type: 'Notification', Message: JSON.stringify(notificationOf()) };

    expect(() => parseNotification(envelope)).toThrow(/raw message delivery/);
  });

  it.each([['text'], [null], [{}], [{ Records: [] }], [{ ...testEvent, Event: 's3:OtherEvent' }]])(
    'refuses %j',
    content => {
      expect(() => parseNotification(content)).toThrow(BadMessageError);
    },
  );
});

describe('subjectOf', () => {
  it('names the event, as far as there is one', () => {
    expect(subjectOf(notificationOf({ eventName: 'ObjectRemoved:Delete' }))).toEqual({
      event_type: 'ObjectRemoved:Delete',
    });
    expect(subjectOf(testEvent)).toEqual({ event_type: 's3:TestEvent' });
    expect(subjectOf('text')).toEqual({ event_type: undefined });
  });
});
