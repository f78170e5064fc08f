let requests = 0;

/** What tells one notification of an object from another. */
export interface NotificationDetails {
  readonly eventName?: string;
  readonly bucket?: string;
  /** As it is, not as it is encoded. */
  readonly key?: string;
  readonly versionId?: string;
  readonly sequencer?: string;
}

/** One event of an object, as S3 writes it. */
export function objectEvent(details: NotificationDetails = {}) {
  const {
    eventName = 'ObjectCreated:Put',
    bucket = 'uploads',
    key = 'incoming/hello.txt',
    versionId = 'v1',
    sequencer = '0055AED6DCD90281E5',
  } = details;
  return {
    eventVersion: '2.6',
    eventSource: 'aws:s3',
    awsRegion: 'eu-west-1',
    eventTime: '2026-01-02T03:04:05.678Z',
    eventName,
    userIdentity: { principalId: 'AWS:AROAEXAMPLE:uploader' },
    requestParameters: { sourceIPAddress: '192.0.2.1' },
    responseElements: { 'x-amz-request-id': `REQUEST${++requests}`, 'x-amz-id-2': 'host' },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'made-up',
      bucket: { name: bucket, ownerIdentity: { principalId: 'OWNER' }, arn: `arn:aws:s3:::${bucket}` },
      object: {
        key: encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/'),
        eTag: 'd41d8cd98f00b204e9800998ecf8427e',
        versionId,
        sequencer,
        ...(eventName.startsWith('ObjectCreated:') && { size: 5 }),
      },
    },
  };
}

/** A notification with one event. */
export function notificationOf(details?: NotificationDetails) {
  return { Records: [objectEvent(details)] };
}

/** What S3 sends when a destination is set up. */
export const testEvent = {
  Service: 'Amazon S3',
  Event: 's3:TestEvent',
  Time: '2026-01-02T03:04:05.678Z',
  Bucket: 'uploads',
  RequestId: '5582815E1AEA5ADF',
  HostId: 'host',
};
