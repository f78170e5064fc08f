import type { Logger } from '@aws-lambda-powertools/logger';
import { maxOrderBodyBytes } from '../../contracts/order-processing.ts';
import { type OrderPlaced, type PlaceOrderRequest, placeOrderRequest } from '../../contracts/orders.ts';
import type { EncryptedField, SecretText } from '../../contracts/secret-fields.ts';
import { type HttpHandler, httpHandler } from '../shared/http-handler.ts';
import type { IdempotentRequests } from '../shared/idempotent-requests.ts';
import { keyedRefusalOf, readKeyedRequest } from '../shared/keyed-request.ts';

export interface OrderIntakePorts {
  readonly topic: { publish(event: OrderPlaced): Promise<void> };
  readonly cardTokens: {
    encrypt(token: SecretText, order: { readonly order_id: string }): Promise<EncryptedField<'card_token'>>;
  };
  /** Remembers requests by the order's id. */
  readonly orders: Pick<IdempotentRequests, 'answer'>;
  /** Remembers requests by the key that a client gave to one. */
  readonly requests: Pick<IdempotentRequests, 'answer'>;
  readonly logger: Pick<Logger, 'addContext' | 'info' | 'warn' | 'error'>;
}

/** What is remembered of a request that was accepted. */
type Acceptance = {
  readonly order_id: string;
  /** The HTTP request that the order was published for. */
  readonly request_id: string;
};

/**
 * Takes an order over HTTP: 202 means that it was published.
 *
 * An order id names one order: the same order posted again is accepted again and published once, another
 * order under the same id is refused. So is the same `Idempotency-Key` with another order.
 */
export function orderIntake(ports: OrderIntakePorts): HttpHandler {
  const { topic, cardTokens, orders, requests, logger } = ports;

  return httpHandler({
    logger,
    about: { event_type: 'order_placed' },
    says: { done: 'Order taken', refused: 'Order refused' },
    refusalOf: thrown => keyedRefusalOf(thrown, { noun: 'order', undone: 'The order was not taken' }),
    async answer({ event, context, correlationId, note }) {
      const { content: order, key } = readKeyedRequest(event, {
        schema: placeOrderRequest,
        maxBytes: maxOrderBodyBytes,
        code: 'invalid_order',
        message: 'The order cannot be taken as it is. Mend the faults.',
      });
      note({ order_id: order.order_id });
      const remembered = rememberedOf(order);
      const publishOnce = () =>
        orders.answer(order.order_id, remembered, context, async () => {
          const { card_token, ...open } = order;
          await topic.publish({
            event_type: 'order_placed',
            correlation_id: correlationId,
            placed_at: new Date().toISOString(),
            ...open,
            ...(card_token && { card_token: await cardTokens.encrypt(card_token, order) }),
          });
          return { order_id: order.order_id, request_id: context.awsRequestId };
        });
      const { order_id, request_id }: Acceptance =
        key === undefined
          ? await publishOnce()
          : await requests.answer(key, remembered, context, publishOnce);
      const outcome = request_id === context.awsRequestId ? 'accepted' : 'accepted_before';
      return { status: 202, content: { order_id }, outcome };
    },
  });
}

/**
 * What the same order is known by when it comes again. Of its card token only that there is one: the
 * fingerprint that is kept of a request is a plain hash, from which a token that can be guessed can be found.
 */
function rememberedOf({ card_token, ...open }: PlaceOrderRequest) {
  return { ...open, ...(card_token && { card_token: 'given' }) };
}
