import type { OrderEvent } from '../../contracts/orders.ts';
import type { Handled } from '../shared/queue-consumer.ts';
import { onCurrentState, type VersionedStates } from '../shared/versioned-items.ts';
import { decideShipment, type ShipmentState } from './domain/shipping.ts';

export interface ShippingPorts {
  readonly shipments: VersionedStates<ShipmentState>;
}

/** Opens, closes and cancels shipments, in one conditional write each. */
export function shippingProcessing({ shipments }: ShippingPorts) {
  return async (event: OrderEvent): Promise<Handled> => {
    const orderId = event.order_id;
    // An order is hardly ever placed twice, so that is not asked first: the write finds out.
    const assumed = event.event_type === 'order_placed' ? undefined : await shipments.read(orderId);
    return onCurrentState(shipments, orderId, assumed, async seen => {
      const { outcome, next } = decideShipment(seen?.state, event);
      if (next !== undefined) await shipments.write(orderId, next, seen);
      return { outcome };
    });
  };
}
