import { S3Client } from '@aws-sdk/client-s3';
import { DependencyDownError } from '../../../worker/failures.ts';
import { ObjectGoneError, ObjectTooLargeError } from '../../../worker/objects/object-store.ts';
import { S3ObjectReader, S3ResultStore } from '../../../worker/objects/s3-objects.ts';
import {
  type HttpStandIn,
  httpStandIn,
  type StandInAnswer,
  type StandInRequest,
} from '../support/http-stand-in.ts';
import { LocalAws } from '../support/local-aws.ts';
import { region } from '../support/local-sqs.ts';

describe('objects on S3', () => {
  let aws: LocalAws;
  let bucket: string;
  beforeAll(async () => {
    aws = await LocalAws.start();
    bucket = await aws.createBucket('uploads');
    await aws.put(bucket, 'incoming/a b+ü.txt', '0123456789');
  });
  afterAll(() => aws.close());

  const upload = { bucket: 'uploads', key: 'incoming/a b+ü.txt' };
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

  it('are read whole, up to the given size', async () => {
    expect(text(await new S3ObjectReader(aws.s3).read(upload, 10))).toBe('0123456789');
  });

  it('are not read where they are larger', async () => {
    const read = new S3ObjectReader(aws.s3).read(upload, 9);
    await expect(read).rejects.toThrow(ObjectTooLargeError);
    await expect(read).rejects.toThrow('s3://uploads/incoming/a b+ü.txt has 10 bytes; at most 9 are read.');
  });

  it('are read in parts, the last of which may be shorter', async () => {
    const reader = new S3ObjectReader(aws.s3);
    expect(text(await reader.readRange(upload, 2, 3))).toBe('234');
    expect(text(await reader.readRange(upload, 8, 100))).toBe('89');
    expect(text(await reader.readRange(upload, 10, 5))).toBe('');
  });

  it('that are gone are named', async () => {
    const gone = { bucket, key: 'incoming/gone', version_id: 'v9' };
    const reader = new S3ObjectReader(aws.s3);
    await expect(reader.read(gone, 10)).rejects.toThrow(ObjectGoneError);
    await expect(reader.readRange(gone, 0, 1)).rejects.toThrow(
      's3://uploads/incoming/gone (version v9) is not there any more.',
    );
  });

  it('are written with their type, and found', async () => {
    const store = new S3ResultStore(aws.s3, await aws.createBucket('results'));
    expect(await store.has('memes/1.png')).toBe(false);
    expect(await store.create({ key: 'memes/1.png', body: 'picture', contentType: 'image/png' })).toBe(true);
    expect(await store.has('memes/1.png')).toBe(true);
    expect(text((await aws.get('results', 'memes/1.png')) ?? new Uint8Array())).toBe('picture');
  });
});

describe('what S3 answers', () => {
  let standIn: HttpStandIn;
  let answer: (request: StandInRequest) => StandInAnswer;
  let s3: S3Client;
  beforeAll(async () => {
    standIn = await httpStandIn(request => answer(request));
    s3 = new S3Client({
      region,
      endpoint: standIn.url,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
  });
  afterAll(async () => {
    s3.destroy();
    await standIn.close();
  });

  const failing = (status: number, code: string) => () => ({
    status,
    contentType: 'application/xml',
    body: `<Error><Code>${code}</Code><Message>${code}</Message></Error>`,
  });
  const created = () =>
    new S3ResultStore(s3, 'results').create({
      key: 'memes/1.png',
      body: 'picture',
      contentType: 'image/png',
    });

  it('to a version is that version, and to a write only where nothing was', async () => {
    answer = () => ({ body: 'picture' });
    await new S3ObjectReader(s3).read({ bucket: 'uploads', key: 'a', version_id: 'v 1' }, 10);
    expect(standIn.requests.at(-1)?.path).toMatch(/^\/uploads\/a\?.*versionId=v%201/);
    await created();
    expect(standIn.requests.at(-1)).toMatchObject({
      method: 'PUT',
      headers: { 'if-none-match': '*', 'content-type': 'image/png' },
    });
  });

  it('when somebody was faster is no failure', async () => {
    answer = failing(412, 'PreconditionFailed');
    expect(await created()).toBe(false);
  });

  it.each([
    [409, 'ConditionalRequestConflict'],
    [503, 'SlowDown'],
    [500, 'InternalError'],
  ])('with %d %s passes', async (status, code) => {
    answer = failing(status, code);
    await expect(created()).rejects.toThrow(DependencyDownError);
  });

  it('when it refuses is what it says', async () => {
    answer = failing(403, 'AccessDenied');
    await expect(created()).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(new S3ObjectReader(s3).read({ bucket: 'uploads', key: 'a' }, 10)).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });
});
