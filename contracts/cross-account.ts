import * as v from 'valibot';
import { commonEnvironment, required } from './environment.ts';

/** Namespace of the metrics that this system's functions emit. */
export const metricsNamespace = 'CrossAccount';

/** Name of the carrier's topic: other accounts write it into their configuration, so that it may not change. */
export const parcelTopicName = 'cross-account-topic-parcels';

export const trackParcelEnvironment = v.object({
  ...commonEnvironment,
  TABLE_NAME: required,
});
