import type { UserSignedUp } from '../../contracts/users.ts';
import type { Handled } from '../shared/queue-consumer.ts';

/** Keeps events for good: nothing in it is ever changed. */
export interface EventLog {
  /** @returns whether the event is new. */
  append(id: string, event: object): Promise<boolean>;
}

/** Writes down what happened, once however often it is told. */
export function eventLogging({ log }: { readonly log: EventLog }) {
  return async (event: UserSignedUp): Promise<Handled> => {
    // By what happened to whom: a redrive and a second publication give a message another id.
    const isNew = await log.append(`${event.event_type}#${event.user_id}`, event);
    return { outcome: isNew ? 'logged' : 'already_logged' };
  };
}
