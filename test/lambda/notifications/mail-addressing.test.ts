import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { MailDue } from '../../../contracts/posts.ts';
import { mailAddressing } from '../../../lambda/notifications/mail-addressing.ts';
import { mailingStore } from '../../../lambda/notifications/mailing-store.ts';
import { ReaderTable } from '../../../lambda/notifications/reader-table.ts';
import { ConflictError, DependencyDownError, OutOfTimeError } from '../../../lambda/shared/failures.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';
import { postPublished } from '../../support/posts.ts';

const post = postPublished({ content: 'Queues.' });
const delivery = (remaining = 120_000) => ({ id: 'delivery', remainingTimeInMs: () => remaining });

/** Readers in pages of two. */
function readersIn(addresses: readonly string[]) {
  return {
    page: async (after: string | undefined) => {
      const start = after === undefined ? 0 : addresses.indexOf(after) + 1;
      const page = addresses.slice(start, start + 2);
      const isLast = start + 2 >= addresses.length;
      return { addresses: page, unusable: 0, next: isLast ? undefined : page.at(-1) };
    },
  };
}

describe('mailAddressing', () => {
  let server: DynamoDbServer;
  let mailings: ReturnType<typeof mailingStore>;
  let due: MailDue[];
  let sendAll: (mails: readonly MailDue[]) => Promise<void>;
  const five = ['a@example.com', 'b@example.com', 'c@example.com', 'd@example.com', 'e@example.com'];

  beforeAll(async () => {
    server = await DynamoDbServer.start();
  });
  beforeEach(async () => {
    mailings = mailingStore(server.documents, await server.createTable());
    due = [];
    sendAll = async mails => void due.push(...mails);
  });
  afterAll(() => server.stop());

  const addressing = (addresses: readonly string[] = five) =>
    mailAddressing({ readers: readersIn(addresses), mailings, mails: { sendAll: all => sendAll(all) } });

  it('has a mail written to each reader, page by page', async () => {
    await expect(addressing()(post, delivery())).resolves.toEqual({
      outcome: 'addressed',
      details: { mails: 5, unusable_readers: 0 },
    });
    expect(due.map(({ reader }) => reader)).toEqual(five);
    expect(due[0]).toEqual({
      event_type: 'mail_due',
      correlation_id: 'request-1',
      post_id: '67890',
      title: 'New Blog Post!',
      author: 'Jane Smith',
      excerpt: 'Queues.',
      reader: 'a@example.com',
    });
  });

  it('does so once: who became a reader since is spared a late duplicate', async () => {
    await addressing()(post, delivery());

    await expect(addressing([...five, 'f@example.com'])(post, delivery())).resolves.toEqual({
      outcome: 'addressed_before',
    });
    expect(due).toHaveLength(5);
  });

  it('is done with nobody to write to', async () => {
    await expect(addressing([])(post, delivery())).resolves.toMatchObject({ details: { mails: 0 } });
  });

  it('goes on after the last page that went out when it died in the middle', async () => {
    let pages = 0;
    sendAll = async mails => {
      if (++pages === 2) throw new DependencyDownError('SQS is down');
      due.push(...mails);
    };
    await expect(addressing()(post, delivery())).rejects.toThrow('SQS is down');

    await expect(addressing()(post, delivery())).resolves.toMatchObject({ details: { mails: 5 } });
    expect(due.map(({ reader }) => reader)).toEqual(five);
  });

  it('leaves the rest to the next delivery when its time is nearly over', async () => {
    let remaining = 120_000;
    sendAll = async mails => {
      due.push(...mails);
      remaining -= 110_000;
    };
    const short = { id: 'delivery', remainingTimeInMs: () => remaining };

    await expect(addressing()(post, short)).rejects.toThrow(OutOfTimeError);
    expect(due).toHaveLength(2);
    sendAll = async mails => void due.push(...mails);
    await addressing()(post, delivery());
    expect(due.map(({ reader }) => reader)).toEqual(five);
  });

  it('gives way to another delivery of the post that is faster', async () => {
    const slow = addressing();
    let isFirst = true;
    sendAll = async mails => {
      due.push(...mails);
      if (!isFirst) return;
      isFirst = false;
      await addressing()(post, delivery());
    };

    await expect(slow(post, delivery())).rejects.toThrow(ConflictError);
    await expect(addressing()(post, delivery())).resolves.toEqual({ outcome: 'addressed_before' });
  });
});

describe('ReaderTable', () => {
  let server: DynamoDbServer;
  beforeAll(async () => {
    server = await DynamoDbServer.start();
  });
  afterAll(() => server.stop());

  it('reads all readers, a thousand a page, and counts what is none', async () => {
    const TableName = await server.createTable();
    const put = (Item: Record<string, unknown>) => server.documents.send(new PutCommand({ TableName, Item }));
    for (let start = 0; start < 1_001; start += 143) {
      await Promise.all(
        Array.from({ length: 143 }, (_, index) => `reader-${start + index}@example.com`).map(address =>
          put({ pk: `READER#${address}`, address }),
        ),
      );
    }
    await put({ pk: 'READER#nobody', address: 'nobody' });
    const readers = new ReaderTable(server.documents, TableName);

    const first = await readers.page(undefined);
    const second = await readers.page(first.next);

    expect(first.addresses.length + first.unusable).toBe(1_000);
    expect(second.next).toBeUndefined();
    expect(new Set([...first.addresses, ...second.addresses]).size).toBe(1_001);
    expect(first.unusable + second.unusable).toBe(1);
  });
});
