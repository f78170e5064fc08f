import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { maxOrderBodyBytes } from '../../contracts/order-processing.ts';
import { type OrderPlaced, type PlaceOrderRequest, placeOrderRequest } from '../../contracts/orders.ts';
import type { EncryptedField, SecretText } from '../../contracts/secret-fields.ts';
import { correlationIdOf, errorResponse, jsonResponse } from '../shared/http.ts';
import type { IdempotentRequests } from '../shared/idempotent-requests.ts';
import { readKeyedRequest, refusalOf } from '../shared/keyed-request.ts';

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
export function orderIntake(ports: OrderIntakePorts) {
  const { topic, cardTokens, orders, requests, logger } = ports;

  return async (
    request: APIGatewayProxyEventV2,
    context: Context,
  ): Promise<APIGatewayProxyStructuredResultV2> => {
    logger.addContext(context);
    const correlationId = correlationIdOf(request);
    const line = {
      event_type: 'order_placed',
      order_id: undefined as string | undefined,
      correlation_id: correlationId,
    };
    try {
      const { content: order, key } = readKeyedRequest(request, {
        schema: placeOrderRequest,
        maxBytes: maxOrderBodyBytes,
        code: 'invalid_order',
        message: 'The order cannot be taken as it is. Mend the faults.',
      });
      line.order_id = order.order_id;
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
      logger.info('Order taken', { outcome, ...line });
      return jsonResponse(202, { order_id }, { correlationId });
    } catch (thrown) {
      const error = refusalOf(thrown, { noun: 'order', undone: 'The order was not taken' });
      const level = error.status < 500 ? 'info' : error.status === 503 ? 'warn' : 'error';
      logger[level]('Order refused', { outcome: error.code, status: error.status, ...line, error: thrown });
      return errorResponse(error, { correlationId });
    }
  };
}

/**
 * What the same order is known by when it comes again. Of its card token only that there is one: the
 * fingerprint that is kept of a request is a plain hash, from which a token that can be guessed can be found.
 */
function rememberedOf({ card_token, ...open }: PlaceOrderRequest) {
  return { ...open, ...(card_token && { card_token: 'given' }) };
}
