import * as v from 'valibot';
import { commonEnvironment, required } from './environment.ts';

/** Namespace of the metrics that this system's function and workers emit. */
export const metricsNamespace = 'MemeFactory';

export const orderMemeEnvironment = v.object({
  ...commonEnvironment,
  /** Queue of the jobs to draw memes. */
  QUEUE_URL: required,
  /** Topic of the results. */
  TOPIC_ARN: required,
});
