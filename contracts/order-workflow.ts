import * as v from 'valibot';
import { commonEnvironment, required } from './environment.ts';
import { orderEvents } from './orders.ts';

/** Namespace of the metrics that this system's functions emit. */
export const metricsNamespace = 'OrderWorkflow';

/** A body larger than this is refused with 413: an order of 90 items fits a hundred times over. */
export const maxOrderBodyBytes = 65_536;

/** Where orders are posted to. */
export const ordersPath = '/orders';

/** An order as it was placed, its card's token encrypted: the history of an execution keeps what it is given. */
const order = orderEvents.select('order_placed').schema;

/** What an execution is started with. Its name is the order's id, so that an order is started once. */
export const workflowInput = v.object({ order });

export type WorkflowInput = v.InferOutput<typeof workflowInput>;

/**
 * By what Step Functions knows the task that an execution waits for.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
 */
const taskToken = v.pipe(v.string(), v.minLength(1), v.maxLength(2048));

/** Asks for an order's payment, and names the task that waits for the answer. */
export const paymentTask = v.object({ task_token: taskToken, order });

export type PaymentTask = v.InferOutput<typeof paymentTask>;

/** What tells who waits for an answer, whatever else may be wrong with the message. */
export const taskEnvelope = v.looseObject({ task_token: taskToken });

export type TaskEnvelope = v.InferOutput<typeof taskEnvelope>;

/** What the workflow asks of the stock. */
export const stockTask = v.object({ command: v.picklist(['reserve', 'release']), order });

export type StockTask = v.InferOutput<typeof stockTask>;

/** What the stock answers. Out of stock is an answer: the order ends there, and nothing has failed. */
export interface StockAnswer {
  readonly status: 'reserved' | 'out_of_stock' | 'released' | 'nothing_reserved' | 'not_reserved';
}

/** What the workflow asks of payments when an order does not come about. */
export const cancellationTask = v.object({ order });

export type CancellationTask = v.InferOutput<typeof cancellationTask>;

/** What whoever takes the payment answers. */
export interface PaymentAnswer {
  readonly status: 'charged' | 'nothing_due';
}

/** What a payment's task fails with, as the workflow tells one from the other. */
export const paymentErrors = {
  /** The gateway refused the card: an answer, after which the order ends as declined. */
  declined: 'PaymentDeclined',
  /** The payment was canceled before, under the same order id. */
  canceled: 'PaymentCanceled',
  /** The message failed until its queue gave it up. */
  givenUp: 'PaymentGivenUp',
} as const;

/** What starts orders reads from its environment. */
export const startOrderEnvironment = v.object({
  ...commonEnvironment,
  STATE_MACHINE_ARN: required,
  /** The key that card tokens are encrypted under. */
  CARD_TOKEN_KEY_ARN: required,
});

/** What keeps the stock reads from its environment. */
export const keepStockEnvironment = v.object({ ...commonEnvironment, TABLE_NAME: required });

const gateway = {
  TABLE_NAME: required,
  /** Base URL of the payment gateway; without it, the built-in simulated gateway takes every charge. */
  PAYMENT_GATEWAY_URL: v.optional(v.pipe(v.string(), v.url())),
  /** Comma-separated order ids for whose charges the simulated gateway is down; set by demonstrations only. */
  SIMULATED_GATEWAY_FAILS: v.optional(v.string(), ''),
  /** Comma-separated order ids whose charge the simulated gateway declines; set by demonstrations only. */
  SIMULATED_GATEWAY_DECLINES: v.optional(v.string(), ''),
};

/** What takes payments reads from its environment. */
export const takePaymentEnvironment = v.object({
  ...commonEnvironment,
  ...gateway,
  /** The key that card tokens are encrypted under; tokens under any other are refused. */
  CARD_TOKEN_KEY_ARN: required,
});

/** What cancels payments reads from its environment: no card's token is needed to give money back. */
export const cancelPaymentEnvironment = v.object({ ...commonEnvironment, ...gateway });

/** What answers for messages that were given up reads from its environment. */
export const giveUpPaymentEnvironment = v.object({ ...commonEnvironment });
