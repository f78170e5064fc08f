import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import * as v from 'valibot';
import { maxOrderBodyBytes } from '../../contracts/order-processing.ts';
import { type OrderPlaced, type PlaceOrderRequest, placeOrderRequest } from '../../contracts/orders.ts';
import { failureKind } from '../shared/failures.ts';
import { correlationIdOf, errorResponse, HttpError, jsonResponse, readJson } from '../shared/http.ts';
import {
  type IdempotentRequests,
  KeyReusedError,
  RequestInProgressError,
} from '../shared/idempotent-requests.ts';

const idempotencyKeyHeader = 'idempotency-key';
const idempotencyKey = /^[\x21-\x7e]{1,255}$/;

export interface OrderIntakePorts {
  readonly topic: { publish(event: OrderPlaced): Promise<void> };
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
  const { topic, orders, requests, logger } = ports;

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
      const { order, key } = readOrder(request);
      line.order_id = order.order_id;
      const publishOnce = () =>
        orders.answer(order.order_id, { ...order }, context, async () => {
          await topic.publish({
            event_type: 'order_placed',
            correlation_id: correlationId,
            placed_at: new Date().toISOString(),
            ...order,
          });
          return { order_id: order.order_id, request_id: context.awsRequestId };
        });
      const { order_id, request_id }: Acceptance =
        key === undefined
          ? await publishOnce()
          : await requests.answer(key, { ...order }, context, publishOnce);
      const outcome = request_id === context.awsRequestId ? 'accepted' : 'accepted_before';
      logger.info('Order taken', { outcome, ...line });
      return jsonResponse(202, { order_id }, { correlationId });
    } catch (thrown) {
      const error = httpErrorFrom(thrown);
      const level = error.status < 500 ? 'info' : error.status === 503 ? 'warn' : 'error';
      logger[level]('Order refused', { outcome: error.code, status: error.status, ...line, error: thrown });
      return errorResponse(error, { correlationId });
    }
  };
}

interface RequestedOrder {
  readonly order: PlaceOrderRequest;
  readonly key: string | undefined;
}

/** @throws HttpError naming every fault of the request. */
function readOrder(request: APIGatewayProxyEventV2): RequestedOrder {
  const key = request.headers[idempotencyKeyHeader];
  const result = v.safeParse(placeOrderRequest, readJson(request, maxOrderBodyBytes));
  const faults = (result.issues ?? []).map(issue => ({
    field: v.getDotPath(issue) ?? 'body',
    message: issue.message,
  }));
  if (key !== undefined && !idempotencyKey.test(key)) {
    faults.unshift({
      field: idempotencyKeyHeader,
      message: 'Invalid key: expected 1 to 255 visible ASCII characters, such as a UUID',
    });
  }
  if (!result.success || faults.length > 0) {
    throw new HttpError(400, 'invalid_order', 'The order cannot be taken as it is. Mend the faults.', {
      faults,
    });
  }
  return { order: result.output, key };
}

function httpErrorFrom(thrown: unknown): HttpError {
  if (thrown instanceof HttpError) return thrown;
  if (thrown instanceof KeyReusedError) {
    return new HttpError(422, 'key_reused', `${thrown.message} Use a new one for a new order.`);
  }
  if (thrown instanceof RequestInProgressError) {
    return new HttpError(409, 'in_progress', thrown.message, { retryAfterSeconds: 1 });
  }
  return failureKind(thrown) === 'passing'
    ? new HttpError(503, 'unavailable', 'The order was not taken. Send it again, as it is.', {
        retryAfterSeconds: 2,
      })
    : new HttpError(500, 'internal_error', 'The order was not taken, and the fault is on this side.');
}
