import type { welcomeMail } from '../../../contracts/user-signup.ts';
import { DependencyDownError, WorkInProgressError } from '../../../lambda/shared/failures.ts';
import type { Mail } from '../../../lambda/shared/mailer.ts';
import type { MailState } from '../../../lambda/shared/single-mail.ts';
import { welcomeStore } from '../../../lambda/user-signup/welcome-store.ts';
import { welcoming } from '../../../lambda/user-signup/welcoming.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';
import { InMemoryStates } from '../../support/in-memory-states.ts';
import { userId, userSignedUp } from '../../support/user-events.ts';

type WelcomeMail = Mail<typeof welcomeMail>;

const delivery = (id: string) => ({ id, remainingTimeInMs: () => 15_000 });

function welcomer() {
  const welcomes = new InMemoryStates<MailState>();
  const sent: WelcomeMail[] = [];
  const mailbox = {
    send: async (mail: WelcomeMail) => {
      sent.push(mail);
      return `mail-${sent.length}`;
    },
  };
  let time = 0;
  const handle = welcoming({
    welcomes,
    mailer: { send: mail => mailbox.send(mail) },
    now: () => time,
  });
  return {
    welcomes,
    sent,
    mailbox,
    welcome: (id = 'first') => handle(userSignedUp(), delivery(id)),
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    state: () => welcomes.states.get(userId)?.state,
  };
}

describe('welcoming', () => {
  it('writes to the new user, and remembers it', async () => {
    const { welcome, sent, state } = welcomer();
    expect(await welcome()).toEqual({ outcome: 'welcomed', details: { mail_id: 'mail-1' } });
    expect(sent).toEqual([
      { to: 'jane@example.com', data: { name: 'Jane Smith', plan: 'team' }, tags: { user_id: userId } },
    ]);
    expect(state()).toEqual({ status: 'sent', mail_id: 'mail-1' });
  });

  it('writes once, however often it is told', async () => {
    const { welcome, sent } = welcomer();
    await welcome();
    expect(await welcome('second')).toEqual({ outcome: 'already_welcomed' });
    expect(sent).toHaveLength(1);
  });

  it('writes once though two deliveries come at once: one comes back later', async () => {
    const { welcome, sent } = welcomer();
    const [first, second] = await Promise.allSettled([welcome(), welcome('second')]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: expect.any(WorkInProgressError) });
    expect(await welcome('third')).toEqual({ outcome: 'already_welcomed' });
    expect(sent).toHaveLength(1);
  });

  it('fails while no mail goes out, and writes at the next try, at once', async () => {
    const { welcome, mailbox, sent, state } = welcomer();
    const { send } = mailbox;
    mailbox.send = () => Promise.reject(new DependencyDownError('no mail today'));
    await expect(welcome()).rejects.toThrow('no mail today');
    expect(state()).toMatchObject({ status: 'sending', lease: { until: 0 } });

    mailbox.send = send;
    expect(await welcome('second')).toMatchObject({ outcome: 'welcomed' });
    expect(sent).toHaveLength(1);
  });

  it('writes again when its function died before it could say whether it wrote', async () => {
    const { welcome, welcomes, sent, pass } = welcomer();
    welcomes.beforeWrite = ({ status }) => {
      if (status === 'sent') throw new DependencyDownError('DynamoDB is down');
    };
    await expect(welcome()).rejects.toThrow('DynamoDB is down');
    welcomes.beforeWrite = () => undefined;

    // Nobody takes over before the dead function could not be at it any more.
    pass(14_999);
    await expect(welcome('second')).rejects.toThrow(WorkInProgressError);
    pass(1);
    expect(await welcome('third')).toMatchObject({ outcome: 'welcomed' });
    expect(sent).toHaveLength(2);
  });

  it('keeps its states as items of a table', async () => {
    const server = await DynamoDbServer.start();
    try {
      const tableName = await server.createTable();
      const handle = welcoming({
        welcomes: welcomeStore(server.documents, tableName),
        mailer: { send: async () => 'mail-1' },
      });
      await handle(userSignedUp(), delivery('first'));
      expect(await handle(userSignedUp(), delivery('second'))).toEqual({ outcome: 'already_welcomed' });
      expect(await server.item(tableName, `USER#${userId}`)).toMatchObject({
        status: 'sent',
        mail_id: 'mail-1',
        user_id: userId,
      });
    } finally {
      await server.stop();
    }
  });
});
