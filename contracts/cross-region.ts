import * as v from 'valibot';
import { commonEnvironment, required } from './environment.ts';

/** Namespace of the metrics that this system's functions emit, in each region. */
export const metricsNamespace = 'CrossRegion';

/** Names that the stack of one region knows the resources of the other by: templates refer to none across regions. */
export const priceTopicName = 'cross-region-primary-prices';
export const undeliveredInSecondaryName = 'cross-region-primary-prices-undelivered-in-secondary';

export const showPriceEnvironment = v.object({
  ...commonEnvironment,
  TABLE_NAME: required,
});
