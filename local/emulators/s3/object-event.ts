import { randomBytes } from 'node:crypto';
import { ACCOUNT_ID } from '../../assembly/cloud-assembly.ts';
import type { Told } from '../eventbridge/event-bus.ts';

/** Something that happened to an object. */
export interface ObjectChange {
  readonly bucket: string;
  readonly key: string;
  /** `ObjectCreated:Put`, `ObjectRemoved:DeleteMarkerCreated`. */
  readonly eventName: string;
  /** Undefined where the bucket keeps no versions. */
  readonly versionId: string | undefined;
  /** Of what came; what went has neither. */
  readonly size?: number;
  readonly etag?: string;
}

let sequence = 0;

/** Digits that grow with each change, as S3's do for the changes of one key. */
function nextSequencer(): string {
  sequence += 1;
  const moment = (BigInt(Date.now()) << 24n) + BigInt(sequence & 0xff_ffff);
  return `00${moment.toString(16).toUpperCase().padStart(18, '0')}`;
}

/**
 * What S3 sends about a change.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function objectEvent(change: ObjectChange, region: string): object {
  const { bucket, key, eventName, versionId, size, etag } = change;
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: region,
    eventTime: new Date().toISOString(),
    eventName,
    userIdentity: { principalId: `AWS:${ACCOUNT_ID}` },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: { 'x-amz-request-id': requestId(), 'x-amz-id-2': 'local' },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: '',
      bucket: {
        name: bucket,
        ownerIdentity: { principalId: ACCOUNT_ID },
        arn: `arn:aws:s3:::${bucket}`,
      },
      object: {
        key: encodedKey(key),
        ...(size === undefined ? {} : { size }),
        ...(etag === undefined ? {} : { eTag: etag.replaceAll('"', '') }),
        ...(versionId === undefined ? {} : { versionId }),
        sequencer: nextSequencer(),
      },
    },
  };
}

/**
 * What S3 tells EventBridge of a change.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export function toldToEventBridge({ bucket, key, eventName, versionId, size, etag }: ObjectChange): Told {
  const [kind, how = ''] = eventName.split(':');
  const isCreated = kind === 'ObjectCreated';
  return {
    source: 'aws.s3',
    detailType: isCreated ? 'Object Created' : 'Object Deleted',
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: {
        key,
        ...(size === undefined ? {} : { size }),
        ...(etag === undefined ? {} : { etag: etag.replaceAll('"', '') }),
        ...(versionId === undefined ? {} : { 'version-id': versionId }),
        sequencer: nextSequencer(),
      },
      'request-id': requestId(),
      requester: ACCOUNT_ID,
      'source-ip-address': '127.0.0.1',
      ...(isCreated
        ? { reason: how === 'Put' ? 'PutObject' : how }
        : {
            reason: 'DeleteObject',
            'deletion-type': how === 'DeleteMarkerCreated' ? 'Delete Marker Created' : 'Permanently Deleted',
          }),
    },
  };
}

/** What S3 sends to a destination to see whether it may. */
export function testEvent(bucket: string): object {
  return {
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: new Date().toISOString(),
    Bucket: bucket,
    RequestId: requestId(),
    HostId: 'local',
  };
}

/** A key as S3 writes it into events: like a form's field, but for the slashes. */
function encodedKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replace(/[!'()]/g, letter => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}

function requestId(): string {
  return randomBytes(8).toString('hex').toUpperCase();
}
