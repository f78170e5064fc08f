import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { EndpointUnderTest } from '../endpoint-under-test.ts';

describe('objects of the local S3', () => {
  let endpoint: EndpointUnderTest;
  let Bucket: string;
  let buckets = 0;
  const Key = 'incoming/über uns + mehr (1)%.txt';

  beforeAll(async () => {
    endpoint = await EndpointUnderTest.start();
  });
  beforeEach(async () => {
    Bucket = `bucket-${++buckets}`;
    await endpoint.s3.send(new CreateBucketCommand({ Bucket }));
    await endpoint.s3.send(
      new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    );
  });
  afterAll(() => endpoint.stop());

  const put = (Body: string) => endpoint.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  const remove = (VersionId?: string) =>
    endpoint.s3.send(new DeleteObjectCommand({ Bucket, Key, ...(VersionId && { VersionId }) }));
  const get = async (VersionId?: string) => {
    const answer = await endpoint.s3.send(
      new GetObjectCommand({ Bucket, Key, ...(VersionId && { VersionId }) }),
    );
    return { text: await answer.Body?.transformToString(), versionId: answer.VersionId };
  };
  const head = (VersionId?: string) =>
    endpoint.s3.send(new HeadObjectCommand({ Bucket, Key, ...(VersionId && { VersionId }) }));

  it('keep every version, and lead to the latest', async () => {
    const first = await put('one');
    const second = await put('two');

    expect(first.VersionId).not.toBe(second.VersionId);
    expect(await get()).toEqual({ text: 'two', versionId: second.VersionId });
    expect(await get(first.VersionId)).toEqual({ text: 'one', versionId: first.VersionId });
    expect((await head()).VersionId).toBe(second.VersionId);
    expect((await head(first.VersionId)).ContentLength).toBe(3);
  });

  it('are hidden by a delete marker, and come back without it', async () => {
    const version = await put('one');
    const marker = await remove();

    expect(marker).toMatchObject({ DeleteMarker: true, VersionId: expect.any(String) });
    await expect(get()).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(head()).rejects.toMatchObject({ name: 'NotFound' });
    await expect(get(marker.VersionId)).rejects.toMatchObject({ name: 'MethodNotAllowed' });
    expect(await get(version.VersionId)).toMatchObject({ text: 'one' });
    const { Contents } = await endpoint.s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents ?? []).toEqual([]);

    expect(await remove(marker.VersionId)).toMatchObject({ DeleteMarker: true });
    expect(await get()).toEqual({ text: 'one', versionId: version.VersionId });
  });

  it('lead to the version before when the latest is deleted for good, and to nothing after the last', async () => {
    const first = await put('one');
    const second = await put('two');

    await remove(second.VersionId);
    expect(await get()).toEqual({ text: 'one', versionId: first.VersionId });
    await expect(get(second.VersionId)).rejects.toMatchObject({ name: 'NoSuchVersion' });

    await remove(first.VersionId);
    await expect(get()).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('stay as they are when an old version is deleted, or one that never was', async () => {
    const first = await put('one');
    const second = await put('two');

    await remove(first.VersionId);
    await remove('never-was');

    expect(await get()).toEqual({ text: 'two', versionId: second.VersionId });
  });

  it('are versions however they were put', async () => {
    const { VersionId: original } = await put('one');
    await endpoint.s3.send(
      new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${encodeURIComponent(Key)}` }),
    );
    const { UploadId } = await endpoint.s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const { ETag } = await endpoint.s3.send(
      new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: 'parts' }),
    );
    const uploaded = await endpoint.s3.send(
      new CompleteMultipartUploadCommand({
        Bucket,
        Key,
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
      }),
    );

    expect(await get()).toEqual({ text: 'parts', versionId: uploaded.VersionId });
    await remove(uploaded.VersionId);
    const copied = await get();
    expect(copied.text).toBe('one');
    expect(copied.versionId).not.toBe(original);
  });

  it('are written on the condition that there is none, where that is asked', async () => {
    const create = () =>
      endpoint.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'new', IfNoneMatch: '*' }));

    await create();
    await expect(create()).rejects.toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    });
    await remove();
    await create();
    expect(await get()).toMatchObject({ text: 'new' });
  });

  it('have no versions in a bucket that keeps none', async () => {
    const plain = { Bucket: 'plain' };
    await endpoint.s3.send(new CreateBucketCommand(plain));
    const { VersionId } = await endpoint.s3.send(new PutObjectCommand({ ...plain, Key, Body: 'one' }));
    const deleted = await endpoint.s3.send(new DeleteObjectCommand({ ...plain, Key }));

    expect(VersionId).toBeUndefined();
    expect(deleted.DeleteMarker).toBeUndefined();
    const versioning = async (bucket: string) =>
      (await endpoint.s3.send(new GetBucketVersioningCommand({ Bucket: bucket }))).Status;
    expect(await versioning('plain')).toBeUndefined();
    expect(await versioning(Bucket)).toBe('Enabled');
  });

  it('refuse settings of a bucket that is not there, and versions to be switched off', async () => {
    const suspend = (bucket: string) =>
      endpoint.s3.send(
        new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Suspended' } }),
      );

    await expect(suspend('nowhere')).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await expect(suspend(Bucket)).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});
