import { WorkInProgressError } from '../../../lambda/shared/failures.ts';
import { type MailState, sendOnce } from '../../../lambda/shared/single-mail.ts';
import { InMemoryStates } from '../../support/in-memory-states.ts';

const delivery = (id: string) => ({ id, remainingTimeInMs: () => 15_000 });
const mail = {
  id: '7',
  name: 'The welcome of user 7',
  expires_at: 1_000,
  send: async () => 'mail-1',
};

it('remembers a mail for as long as it is said to', async () => {
  const mails = new InMemoryStates<MailState>();
  const written: MailState[] = [];
  mails.beforeWrite = next => written.push(next);

  expect(await sendOnce(mails, mail, delivery('first'), () => 0)).toBe('mail-1');

  expect(written).toEqual([
    { status: 'sending', lease: { owner: 'first', until: 15_000 }, expires_at: 1_000 },
    { status: 'sent', mail_id: 'mail-1', expires_at: 1_000 },
  ]);
});

it('says who is at a mail, and until when, to a delivery that comes meanwhile', async () => {
  const mails = new InMemoryStates<MailState>();
  let leave = (_: string) => {};
  const sending = new Promise<string>(resolve => {
    leave = resolve;
  });
  const first = sendOnce(mails, { ...mail, send: () => sending }, delivery('first'), () => 0);

  await expect(sendOnce(mails, mail, delivery('second'), () => 0)).rejects.toThrow(
    new WorkInProgressError(
      'The welcome of user 7 is being sent by another delivery (first), until 1970-01-01T00:00:15.000Z at the ' +
        'latest. This one comes back.',
    ),
  );
  leave('mail-1');
  expect(await first).toBe('mail-1');
});

it('throws what sending threw, though its lease cannot be ended', async () => {
  const mails = new InMemoryStates<MailState>();
  mails.beforeWrite = next => {
    if (next.status === 'sending' && next.lease.until === 0) throw new Error('DynamoDB is down');
  };
  const send = () => Promise.reject(new Error('no mail today'));

  await expect(sendOnce(mails, { ...mail, send }, delivery('first'), () => 0)).rejects.toThrow(
    'no mail today',
  );
});
