import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as v from 'valibot';
import { maxOrderBodyBytes } from '../../contracts/order-workflow.ts';
import { type OrderPlaced, type PlaceOrderRequest, placeOrderRequest } from '../../contracts/orders.ts';
import type { EncryptedField, SecretText } from '../../contracts/secret-fields.ts';
import { HttpError, readJson } from '../shared/http.ts';
import { type HttpHandler, httpHandler, refusalOf } from '../shared/http-handler.ts';
import { isSameOrder } from './domain/order-identity.ts';
import type { OrderWorkflows } from './order-workflows.ts';

export interface OrderStartingPorts {
  readonly workflows: OrderWorkflows;
  readonly cardTokens: {
    encrypt(token: SecretText, order: { readonly order_id: string }): Promise<EncryptedField<'card_token'>>;
  };
  readonly logger: Pick<Logger, 'addContext' | 'info' | 'warn' | 'error'>;
  readonly now?: () => Date;
}

/**
 * Takes an order over HTTP: 202 means that its workflow was started, now or before. The order's id is what makes
 * it the same order: posted again, it is accepted again and started once; another order under its id is refused.
 */
export function orderStarting({
  workflows,
  cardTokens,
  logger,
  now = () => new Date(),
}: OrderStartingPorts): HttpHandler {
  return httpHandler({
    logger,
    about: { event_type: 'order_placed' },
    says: { done: 'Order taken', refused: 'Order refused' },
    refusalOf: thrown => refusalOf(thrown, { undone: 'The order was not taken' }),
    async answer({ event, correlationId, note }) {
      const { card_token, ...open } = readOrder(event);
      const { order_id } = open;
      note({ order_id });
      const order: OrderPlaced = {
        event_type: 'order_placed',
        correlation_id: correlationId,
        placed_at: now().toISOString(),
        ...open,
        ...(card_token && { card_token: await cardTokens.encrypt(card_token, open) }),
      };
      const before = await workflows.start(order);
      if (before !== undefined && !isSameOrder(before, order)) throw idTaken(order_id);
      return { status: 202, content: { order_id }, outcome: before ? 'accepted_before' : 'accepted' };
    },
  });
}

/** @throws HttpError naming every fault of the request. */
function readOrder(request: APIGatewayProxyEventV2): PlaceOrderRequest {
  const result = v.safeParse(placeOrderRequest, readJson(request, maxOrderBodyBytes));
  if (result.success) return result.output;
  throw new HttpError(400, 'invalid_order', 'The order cannot be taken as it is. Mend the faults.', {
    faults: result.issues.map(issue => ({ field: v.getDotPath(issue) ?? 'body', message: issue.message })),
  });
}

function idTaken(orderId: string): HttpError {
  return new HttpError(409, 'id_taken', `${orderId} is another order. Post this one under an id of its own.`);
}
