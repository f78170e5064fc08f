import * as v from 'valibot';
import { commonEnvironment, required } from './environment.ts';

/** Namespace of the metrics that this system's functions emit. */
export const metricsNamespace = 'OrderLedger';

export const ledgerEnvironment = v.object({
  ...commonEnvironment,
  TABLE_NAME: required,
});
