import * as v from 'valibot';
import { commonEnvironment, required } from './environment.ts';

/** Namespace of the metrics that this system's functions emit. */
export const metricsNamespace = 'OrderProcessing';

/** A body larger than this is refused with 413: an order of 90 items fits a hundred times over. */
export const maxOrderBodyBytes = 65_536;

export const placeOrderEnvironment = v.object({
  ...commonEnvironment,
  TOPIC_ARN: required,
  IDEMPOTENCY_TABLE: required,
  /** The key that card tokens are encrypted under. */
  CARD_TOKEN_KEY_ARN: required,
});

export const paymentEnvironment = v.object({
  ...commonEnvironment,
  TABLE_NAME: required,
  /** The key that card tokens are encrypted under; tokens under any other are refused. */
  CARD_TOKEN_KEY_ARN: required,
  /** Base URL of the payment gateway; without it, the built-in simulated gateway takes every charge. */
  PAYMENT_GATEWAY_URL: v.optional(v.pipe(v.string(), v.url())),
  /** Comma-separated order ids whose charge the simulated gateway refuses; set by demonstrations only. */
  SIMULATED_GATEWAY_FAILS: v.optional(v.string(), ''),
});

export const inventoryEnvironment = v.object({
  ...commonEnvironment,
  TABLE_NAME: required,
});

export const shippingEnvironment = v.object({
  ...commonEnvironment,
  TABLE_NAME: required,
});
