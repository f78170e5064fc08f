import type { UserSignedUp } from '../../contracts/users.ts';
import type { Handled } from '../shared/queue-consumer.ts';

export interface RedeliveryPorts {
  readonly topic: { publish(event: UserSignedUp): Promise<void> };
}

/**
 * Publishes an event anew that somebody could not be told. All subscribers get it again, and those who have had
 * it know that by the user's id.
 */
export function redelivering({ topic }: RedeliveryPorts) {
  return async (event: UserSignedUp): Promise<Handled> => {
    await topic.publish(event);
    return { outcome: 'published_again', details: { user_id: event.user_id } };
  };
}
