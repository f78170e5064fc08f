import type { MailDue } from '../../../contracts/posts.ts';
import { addressStore } from '../../../lambda/notifications/address-store.ts';
import type { Undeliverable } from '../../../lambda/notifications/domain/undeliverable.ts';
import { mailSending } from '../../../lambda/notifications/mail-sending.ts';
import { mailStore } from '../../../lambda/notifications/mail-store.ts';
import { readerIdOf } from '../../../lambda/notifications/reader-id.ts';
import { DependencyDownError, WorkInProgressError } from '../../../lambda/shared/failures.ts';
import { MailRefusedError } from '../../../lambda/shared/mailer.ts';
import type { MailState } from '../../../lambda/shared/single-mail.ts';
import type { VersionedStates } from '../../../lambda/shared/versioned-items.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';

const reader = 'jane@example.com';
const reader_id = readerIdOf(reader);
const due: MailDue = {
  event_type: 'mail_due',
  correlation_id: 'request-1',
  post_id: '67890',
  title: 'New Blog Post!',
  author: 'Jane Smith',
  excerpt: 'Queues.',
  reader,
};
let deliveries = 0;
const delivery = () => ({ id: `delivery-${++deliveries}`, remainingTimeInMs: () => 15_000 });

describe('mailSending', () => {
  let server: DynamoDbServer;
  let tableName: string;
  let mails: VersionedStates<MailState>;
  let addresses: VersionedStates<Undeliverable>;
  let sent: { readonly to: string; readonly data: object; readonly tags?: object }[];
  let afterSending: () => unknown;
  let time: number;
  let handle: () => Promise<{ readonly outcome: string }>;

  beforeAll(async () => {
    server = await DynamoDbServer.start();
  });
  beforeEach(async () => {
    tableName = await server.createTable();
    mails = mailStore(server.documents, tableName);
    addresses = addressStore(server.documents, await server.createTable());
    sent = [];
    afterSending = () => undefined;
    time = 1_800_000_000_000;
    const sending = mailSending({
      mails,
      addresses,
      mailer: {
        send: async mail => {
          sent.push(mail);
          await afterSending();
          return `mail-${sent.length}`;
        },
      },
      now: () => time,
    });
    handle = () => sending(due, delivery());
  });
  afterAll(() => server.stop());

  const recorded = () => server.item(tableName, `MAIL#67890/${reader_id}`);

  it('sends a mail in the words of its template, and records that', async () => {
    await expect(handle()).resolves.toEqual({ outcome: 'sent', details: { reader_id, mail_id: 'mail-1' } });

    const { title, author, excerpt } = due;
    expect(sent).toEqual([
      { to: reader, data: { title, author, excerpt }, tags: { post_id: '67890', reader_id } },
    ]);
    await expect(recorded()).resolves.toMatchObject({ status: 'sent', mail_id: 'mail-1' });
  });

  it('says of a reader no more than an id', async () => {
    await handle();

    expect(JSON.stringify(await recorded())).not.toContain('jane');
  });

  it('sends it once when it is due twice, one after the other', async () => {
    await handle();

    await expect(handle()).resolves.toMatchObject({ outcome: 'sent_before' });
    expect(sent).toHaveLength(1);
  });

  it('and when it is due twice at the same time', async () => {
    let other: Promise<unknown> | undefined;
    afterSending = async () => {
      other ??= handle();
      await other.catch(() => undefined);
    };

    await expect(handle()).resolves.toMatchObject({ outcome: 'sent' });
    await expect(other).rejects.toThrow(WorkInProgressError);
    expect(sent).toHaveLength(1);
  });

  it('sends none to an address that nobody reads', async () => {
    await addresses.write(
      reader_id,
      { status: 'undeliverable', reason: 'complaint', detail: 'abuse', since: '2026-11-26T09:00:00.000Z' },
      undefined,
    );

    await expect(handle()).resolves.toEqual({
      outcome: 'skipped',
      details: { reader_id, reason: 'complaint' },
    });
    expect(sent).toEqual([]);
    await expect(recorded()).resolves.toBeUndefined();
  });

  it.each([new DependencyDownError('SES throttles'), new MailRefusedError('SES refuses the mail')])(
    'lets the next delivery try at once after: $message',
    async failure => {
      afterSending = () => {
        throw failure;
      };
      await expect(handle()).rejects.toThrow(failure);

      afterSending = () => undefined;
      await expect(handle()).resolves.toMatchObject({ outcome: 'sent' });
    },
  );

  it('sends again what died between sending and recording, once its time is over', async () => {
    const lease = { owner: 'dead', until: time + 15_000 };
    await mails.write(`67890/${reader_id}`, { status: 'sending', lease, expires_at: 1 }, undefined);

    await expect(handle()).rejects.toThrow(/being sent by another delivery \(dead\)/);
    time = lease.until;
    await expect(handle()).resolves.toMatchObject({ outcome: 'sent' });
  });

  it('remembers a mail for longer than its message can live', async () => {
    await handle();

    const item = await recorded();
    expect(item?.expires_at).toBe(time / 1_000 + 120 * 86_400);
  });
});

it('a reader is the same however the address is written', () => {
  expect(readerIdOf(' Jane@Example.com ')).toBe(readerIdOf('jane@example.com'));
  expect(readerIdOf('jane@example.com')).toMatch(/^[0-9a-f]{32}$/);
  expect(readerIdOf('john@example.com')).not.toBe(readerIdOf('jane@example.com'));
});
