import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { S3Client } from '@aws-sdk/client-s3';
import type { UploadResult } from '../../../contracts/uploads.ts';
import { S3Uploads } from '../../../lambda/file-uploads/s3-uploads.ts';
import { ConflictError, DependencyDownError, OutOfTimeError } from '../../../lambda/shared/failures.ts';
import { s3Client } from '../../../lambda/shared/s3-client.ts';

const key = 'incoming/über uns + mehr.txt';
const result: UploadResult = {
  bucket: 'uploads',
  key,
  version_id: 'v1',
  size: 5,
  sha256: 'a'.repeat(64),
  declared_type: 'text/plain',
  detected_type: 'text/plain',
  first_bytes: '68656c6c6f',
  uploaded_at: '2026-01-02T03:04:05.000Z',
};

interface SeenRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

describe('S3Uploads', () => {
  let server: Server;
  let s3: S3Client;
  let uploads: S3Uploads;
  let requests: SeenRequest[];
  let answer: (response: ServerResponse) => void;

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method, url, headers } = request;
      requests.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      answer(response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
    s3 = s3Client();
    uploads = new S3Uploads({ s3, bucket: 'uploads' });
  });
  beforeEach(() => {
    requests = [];
  });
  afterAll(async () => {
    delete process.env.AWS_ENDPOINT_URL;
    s3.destroy();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const refuse = (status: number, code: string) => (response: ServerResponse) => {
    response
      .writeHead(status, { 'content-type': 'application/xml' })
      .end(`<Error><Code>${code}</Code><Message>no</Message></Error>`);
  };
  const object = {
    'content-length': '10',
    'content-type': 'text/csv',
    'last-modified': 'Fri, 02 Jan 2026 03:04:05 GMT',
    'x-amz-version-id': 'v1',
    'x-amz-meta-sha256': 'stated',
  };

  async function read(content: AsyncIterable<Uint8Array> | undefined): Promise<string> {
    const pieces: Uint8Array[] = [];
    for await (const piece of content ?? []) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  }

  describe('latestVersion', () => {
    it('is the version that the key leads to', async () => {
      answer = response => response.writeHead(200, object).end();

      await expect(uploads.latestVersion(key)).resolves.toBe('v1');
      expect(requests[0]).toMatchObject({
        method: 'HEAD',
        url: expect.stringContaining('%20%2B%20mehr.txt'),
      });
      expect(requests[0]?.url).not.toContain('versionId');
    });

    it('is none where the object is gone, or hidden', async () => {
      answer = response => response.writeHead(404, { 'x-amz-delete-marker': 'true' }).end();

      await expect(uploads.latestVersion(key)).resolves.toBeUndefined();
    });
  });

  describe('open', () => {
    it('tells what S3 says of a version, and hands out its content', async () => {
      answer = response => response.writeHead(200, object).end('0123456789');

      const opened = await uploads.open(key, 'v1', 5_000);

      expect(opened).toMatchObject({
        size: 10,
        declaredType: 'text/csv',
        uploadedAt: '2026-01-02T03:04:05.000Z',
        statedDigest: 'stated',
      });
      await expect(read(opened?.content)).resolves.toBe('0123456789');
      expect(requests[0]?.url).toContain('versionId=v1');
    });

    it.each([
      [404, 'NoSuchKey'],
      [404, 'NoSuchVersion'],
      [405, 'MethodNotAllowed'],
    ])('finds nothing where S3 answers %i %s', async (status, code) => {
      answer = refuse(status, code);

      await expect(uploads.open(key, 'v1', 5_000)).resolves.toBeUndefined();
    });

    it('does not take a refusal for an object that is gone', async () => {
      answer = refuse(403, 'AccessDenied');

      await expect(uploads.open(key, 'v1', 5_000)).rejects.toMatchObject({ name: 'AccessDenied' });
    });

    it('calls S3 down where it says so', async () => {
      answer = refuse(503, 'SlowDown');

      await expect(uploads.open(key, 'v1', 5_000)).rejects.toThrow(DependencyDownError);
    });

    it('reads content that takes longer than a call may', async () => {
      answer = response => {
        response.writeHead(200, object).write('01234');
        setTimeout(() => response.end('56789'), 1_800);
      };

      const opened = await uploads.open(key, 'v1', 10_000);

      await expect(read(opened?.content)).resolves.toBe('0123456789');
    });

    it('gives up on content that takes longer than the invocation has', async () => {
      answer = response => response.writeHead(200, object).write('01234');

      const opened = await uploads.open(key, 'v1', 200);

      await expect(read(opened?.content)).rejects.toThrow(OutOfTimeError);
    });

    it('calls S3 down when the content stops in the middle', async () => {
      answer = response => {
        response.writeHead(200, object).write('01234');
        setTimeout(() => response.destroy(), 50);
      };

      const opened = await uploads.open(key, 'v1', 5_000);

      await expect(read(opened?.content)).rejects.toThrow(DependencyDownError);
    });

    it('lets go of content that nobody wants', async () => {
      let closed: Promise<unknown> | undefined;
      answer = response => {
        closed = once(response, 'close');
        response.writeHead(200, object).write('01234');
      };

      const opened = await uploads.open(key, 'v1', 5_000);
      opened?.discard();

      await expect(closed).resolves.toBeDefined();
    });
  });

  describe('write', () => {
    it('writes a result as JSON, if there is none', async () => {
      answer = response => response.writeHead(200).end();

      await uploads.write('results/a.txt/v1.json', result);

      expect(requests).toHaveLength(1);
      expect(requests[0]).toMatchObject({
        method: 'PUT',
        url: expect.stringContaining('/uploads/results/a.txt/v1.json'),
        headers: { 'content-type': 'application/json', 'if-none-match': '*' },
      });
      expect(JSON.parse(requests[0]?.body ?? '')).toEqual(result);
    });

    it('is content with a result that is there already', async () => {
      answer = refuse(412, 'PreconditionFailed');

      await expect(uploads.write('results/a.txt/v1.json', result)).resolves.toBeUndefined();
    });

    it('gives way to another delivery that writes it at this moment', async () => {
      answer = refuse(409, 'ConditionalRequestConflict');

      await expect(uploads.write('results/a.txt/v1.json', result)).rejects.toThrow(ConflictError);
    });

    it('fails where it may not write', async () => {
      answer = refuse(403, 'AccessDenied');

      await expect(uploads.write('results/a.txt/v1.json', result)).rejects.toMatchObject({
        name: 'AccessDenied',
      });
    });
  });
});
