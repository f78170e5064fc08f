import type { welcomeMail } from '../../contracts/user-signup.ts';
import type { UserSignedUp } from '../../contracts/users.ts';
import type { Mailer } from '../shared/mailer.ts';
import type { Delivery, Handled } from '../shared/queue-consumer.ts';
import { type MailState, sendOnce } from '../shared/single-mail.ts';
import type { VersionedStates } from '../shared/versioned-items.ts';

export interface WelcomePorts {
  readonly welcomes: VersionedStates<MailState>;
  readonly mailer: Pick<Mailer<typeof welcomeMail>, 'send'>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Writes to each new user, once, though SNS may deliver an event twice, and Lambda tries it again when it failed. */
export function welcoming({ welcomes, mailer, now = Date.now }: WelcomePorts) {
  return async ({ user_id, email, name, plan }: UserSignedUp, delivery: Delivery): Promise<Handled> => {
    const data = { name, plan: plan ?? 'none chosen yet' };
    const welcome = {
      id: user_id,
      name: `The welcome of user ${user_id}`,
      send: () => mailer.send({ to: email, data, tags: { user_id } }),
    };
    const mail_id = await sendOnce(welcomes, welcome, delivery, now);
    return mail_id === undefined
      ? { outcome: 'already_welcomed' }
      : { outcome: 'welcomed', details: { mail_id } };
  };
}
