import type { LedgerEvent } from '../../contracts/ledger.ts';
import { PassingFailure, PermanentFailure } from '../shared/failures.ts';
import type { Handled } from '../shared/queue-consumer.ts';
import { onCurrentState } from '../shared/versioned-items.ts';
import { decideBooking } from './domain/ledger.ts';
import { eventDigest } from './event-digest.ts';
import type { Ledger } from './ledger-store.ts';

/** An event came before one that happened earlier: it is tried again, and waits in the DLQ if that stays away. */
export class SequenceGapError extends PassingFailure {
  override readonly name = 'SequenceGapError';
}

/** Two different events claim the same place in an order's life, or one a place that it cannot have. */
export class SequenceConflictError extends PermanentFailure {
  override readonly name = 'SequenceConflictError';
}

export interface BookingPorts {
  readonly ledger: Ledger;
}

/** Books every order's events in sequence, each once, however often and in whatever order they come. */
export function booking({ ledger }: BookingPorts) {
  return async (event: LedgerEvent): Promise<Handled> => {
    const { order_id, sequence, event_type } = event;
    // The first of an order is hardly ever there before, so that is not asked: the write finds out.
    const assumed = sequence === 1 ? undefined : await ledger.read(order_id);
    return onCurrentState(ledger, order_id, assumed, async seen => {
      const decision = decideBooking(seen?.state, event);
      switch (decision.action) {
        case 'book':
          await ledger.book(event, decision.next, seen);
          return { outcome: 'booked', details: { sequence } };
        case 'compare':
          if ((await ledger.digestOf(order_id, sequence)) !== eventDigest(event)) {
            throw new SequenceConflictError(
              `Event ${sequence} of order ${order_id} was booked before, and was another than this ${event_type}. ` +
                'Whoever owns the order gave a number twice; compare both, and publish what is missing with the next one.',
            );
          }
          return { outcome: 'booked_before', details: { sequence } };
        case 'wait':
          throw new SequenceGapError(
            `Event ${sequence} of order ${order_id} came before event ${decision.missing}. It is booked once that is there.`,
          );
        case 'refuse':
          throw new SequenceConflictError(
            `Event ${sequence} of order ${order_id} cannot be a ${event_type}: ${decision.reason}.`,
          );
      }
    });
  };
}
