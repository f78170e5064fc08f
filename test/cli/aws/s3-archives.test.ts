import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { AwsConnection } from '../../../cli/aws/connection.ts';
import { S3Archives } from '../../../cli/aws/s3-archives.ts';

const lines = Array.from({ length: 2_000 }, (_, index) => `line ${index} ${'x'.repeat(index % 50)}`);
const content = gzipSync(lines.map(line => `${line}\n`).join(''));

/** An endpoint that answers each request as told, the last answer over and over. */
async function archiveThat(...answers: readonly ('whole' | 'half' | 'damaged' | 'denied')[]) {
  let requests = 0;
  const server: Server = createServer((_, response) => {
    const answer = answers[Math.min(requests, answers.length - 1)];
    requests += 1;
    if (answer === 'denied') {
      response.writeHead(403, { 'content-type': 'application/xml' });
      response.end('<Error><Code>AccessDenied</Code><Message>no</Message></Error>');
      return;
    }
    const body = answer === 'damaged' ? Buffer.from('no gzip') : content;
    response.writeHead(200, { 'content-length': body.length });
    if (answer === 'half') {
      response.write(body.subarray(0, body.length / 2), () => response.destroy());
    } else {
      response.end(body);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const aws = new AwsConnection({ endpoint, env: {} });
  return {
    read: async (from = 0) => {
      const read: string[] = [];
      for await (const line of new S3Archives(aws).lines('archive', 'events/object.gz', from))
        read.push(line);
      return read;
    },
    requests: () => requests,
    stop: async () => {
      aws.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('an archived object', () => {
  let archive: Awaited<ReturnType<typeof archiveThat>>;
  afterEach(() => archive.stop());

  it('is read from a line on', async () => {
    archive = await archiveThat('whole');
    expect(await archive.read(1_990)).toEqual(lines.slice(1_990));
  });

  it('is asked for again when the connection is lost, and goes on where it was', async () => {
    archive = await archiveThat('half', 'whole');
    expect(await archive.read()).toEqual(lines);
    expect(archive.requests()).toBe(2);
  });

  it('is given up when the connection is lost every time', async () => {
    archive = await archiveThat('half');
    await expect(archive.read()).rejects.toThrow(
      /^GetObject on events\/object\.gz in archive failed|does not answer/,
    );
  });

  it('is told of when it is damaged', async () => {
    archive = await archiveThat('damaged');
    await expect(archive.read()).rejects.toThrow(
      'events/object.gz in archive is no sound gzip: incorrect header check.',
    );
  });

  it('is told of when it may not be read, with what is needed', async () => {
    archive = await archiveThat('denied');
    await expect(archive.read()).rejects.toThrow(
      /GetObject on events\/object\.gz in archive failed: no\nNeeded: s3:ListBucket on the archive, s3:GetObject/,
    );
  });
});
