import fc from 'fast-check';
import * as v from 'valibot';
import {
  compareSequencers,
  objectNotification,
  testNotification,
} from '../../contracts/bucket-notifications.ts';
import { notificationOf, objectEvent, testEvent } from '../support/bucket-notifications.ts';

const changesOf = (content: unknown) => v.parse(objectNotification, content);
const faultsOf = (content: unknown) =>
  v.safeParse(objectNotification, content).issues?.map(issue => v.getDotPath(issue));

describe('objectNotification', () => {
  it('says what happened to which version of which object', () => {
    const record = objectEvent({ key: 'incoming/a.txt', versionId: 'v7', sequencer: '00AB' });

    expect(changesOf({ Records: [record] })).toEqual([
      {
        kind: 'created',
        bucket: 'uploads',
        key: 'incoming/a.txt',
        version_id: 'v7',
        sequencer: '00AB',
        at: '2026-01-02T03:04:05.678Z',
        request_id: record.responseElements['x-amz-request-id'],
      },
    ]);
  });

  it.each([
    ['incoming/red+flower.jpg', 'incoming/red flower.jpg'],
    ['incoming/1%2B1.txt', 'incoming/1+1.txt'],
    ['incoming/%C3%BCbung%2C+gr%C3%B6%C3%9Fe.txt', 'incoming/übung, größe.txt'],
    ['incoming/100%2525.txt', 'incoming/100%25.txt'],
    ['incoming/%F0%9F%93%A6.bin', 'incoming/📦.bin'],
  ])('decodes %s', (encoded, key) => {
    const record = objectEvent();
    const notification = {
      Records: [{ ...record, s3: { ...record.s3, object: { ...record.s3.object, key: encoded } } }],
    };

    expect(changesOf(notification)[0]?.key).toBe(key);
  });

  it('decodes whatever key S3 encodes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), key => {
        expect(changesOf(notificationOf({ key }))[0]?.key).toBe(key);
      }),
    );
  });

  it.each([
    ['ObjectCreated:Put', 'created'],
    ['ObjectCreated:CompleteMultipartUpload', 'created'],
    ['ObjectCreated:Copy', 'created'],
    ['ObjectRemoved:DeleteMarkerCreated', 'hidden'],
    ['ObjectRemoved:Delete', 'version_deleted'],
  ])('calls %s %s', (eventName, kind) => {
    expect(changesOf(notificationOf({ eventName }))[0]?.kind).toBe(kind);
  });

  it('reads every record of a notification, in its order', () => {
    const records = ['v1', 'v2', 'v3'].map(versionId => objectEvent({ versionId }));

    expect(changesOf({ Records: records }).map(change => change.version_id)).toEqual(['v1', 'v2', 'v3']);
  });

  it('takes later minor versions with fields that it does not know, and no other major one', () => {
    const [record] = notificationOf().Records;

    expect(changesOf({ Records: [{ ...record, eventVersion: '2.99', novelty: {} }] })).toHaveLength(1);
    expect(faultsOf({ Records: [{ ...record, eventVersion: '3.0' }] })).toEqual(['Records.0.eventVersion']);
  });

  it.each([
    ['an object without versions', { versionId: undefined }, 'Records.0.s3.object.versionId'],
    ['a sequencer that is none', { sequencer: 'later' }, 'Records.0.s3.object.sequencer'],
    ['an object that was tagged', { eventName: 'ObjectTagging:Put' }, 'Records.0.eventName'],
  ])('refuses %s', (_case, overrides, path) => {
    const record = objectEvent();
    const { eventName = record.eventName, ...object } = overrides as Record<string, string>;
    const broken = { ...record, eventName, s3: { ...record.s3, object: { ...record.s3.object, ...object } } };

    expect(faultsOf({ Records: [broken] })).toEqual([path]);
  });

  it('refuses a key that is not encoded right, and a notification of nothing', () => {
    const record = objectEvent();
    const broken = { ...record, s3: { ...record.s3, object: { ...record.s3.object, key: 'incoming/100%' } } };

    expect(faultsOf({ Records: [broken] })).toEqual(['Records.0.s3.object.key']);
    expect(faultsOf({ Records: [] })).toEqual(['Records']);
    expect(faultsOf(testEvent)).toEqual(['Records']);
  });
});

it('testNotification knows what S3 sends when a destination is set up, and nothing else', () => {
  expect(v.is(testNotification, testEvent)).toBe(true);
  expect(v.is(testNotification, notificationOf())).toBe(false);
});

describe('compareSequencers', () => {
  it.each([
    ['0055AED6DCD90281E5', '0055AED6DCD90281E6', -1],
    ['0055AED6DCD90281E6', '0055AED6DCD90281E5', 1],
    ['0055aed6dcd90281e5', '0055AED6DCD90281E5', 0],
    // As numbers, the longer would be the greater.
    ['0055AF', '0055AED6DCD90281E5', 1],
    ['0055AED6DCD90281E5', '0055AF', -1],
    // The shorter goes on with zeros.
    ['00AB', '00AB00', 0],
    ['00AB', '00AB01', -1],
  ])('%s to %s: %i', (a, b, order) => {
    expect(compareSequencers(a, b)).toBe(order);
  });

  it('orders any three in one way', () => {
    const sequencer = fc.string({
      unit: fc.constantFrom(...'0123456789ABCDEFabcdef'),
      minLength: 1,
      maxLength: 18,
    });
    fc.assert(
      fc.property(sequencer, sequencer, sequencer, (a, b, c) => {
        expect(compareSequencers(a, b)).toBe(-compareSequencers(b, a) || 0);
        if (compareSequencers(a, b) <= 0 && compareSequencers(b, c) <= 0) {
          expect(compareSequencers(a, c)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });
});
