import type { welcomeMail } from '../../contracts/user-signup.ts';
import type { UserSignedUp } from '../../contracts/users.ts';
import { WorkInProgressError } from '../shared/failures.ts';
import type { Mailer } from '../shared/mailer.ts';
import type { Delivery, Handled } from '../shared/queue-consumer.ts';
import { onCurrentState, type VersionedStates } from '../shared/versioned-items.ts';
import { decideWelcome, released, type WelcomeState } from './domain/welcome.ts';

export interface WelcomePorts {
  readonly welcomes: VersionedStates<WelcomeState>;
  readonly mailer: Pick<Mailer<typeof welcomeMail>, 'send'>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Writes to each new user, once.
 *
 * SNS may deliver an event twice, and Lambda tries it again when it failed, so the intent is recorded before the
 * mail is sent and the result after. A function that dies between the two leaves a user who may have had the
 * mail; the next delivery writes again, since nobody can ask the mail service whether it went out.
 */
export function welcoming({ welcomes, mailer, now = Date.now }: WelcomePorts) {
  return async (event: UserSignedUp, delivery: Delivery): Promise<Handled> => {
    const { user_id } = event;
    const lease = { owner: delivery.id, until: now() + delivery.remainingTimeInMs() };
    // A user hardly ever signs up twice, so that is not asked first: the write finds out.
    const { decision, stored } = await onCurrentState(welcomes, user_id, undefined, async seen => {
      const decision = decideWelcome(seen?.state, { lease, now: now() });
      const isDue = decision.action === 'send';
      return { decision, stored: isDue ? await welcomes.write(user_id, decision.next, seen) : seen };
    });
    switch (decision.action) {
      case 'settle':
        return { outcome: 'already_welcomed' };
      case 'wait':
        throw new WorkInProgressError(
          `User ${user_id} is being welcomed by another delivery (${decision.lease.owner}), ` +
            `until ${new Date(decision.lease.until).toISOString()} at the latest. This one comes back.`,
        );
      case 'send': {
        const mail_id = await send();
        await welcomes.write(user_id, { status: 'sent', mail_id }, stored);
        return { outcome: 'welcomed', details: { mail_id } };
      }
    }

    async function send(): Promise<string> {
      const { email, name, plan = 'none chosen yet' } = event;
      try {
        return await mailer.send({ to: email, data: { name, plan }, tags: { user_id } });
      } catch (error) {
        // If that fails too, or somebody else has taken over, the lease ends with the invocation.
        await welcomes.write(user_id, released(lease), stored).catch(() => undefined);
        throw error;
      }
    }
  };
}
