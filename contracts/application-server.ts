import * as v from 'valibot';
import { commonEnvironment, required } from './environment.ts';

const whole = (least: number, most: number, unit: string) =>
  v.pipe(
    v.string(),
    v.regex(/^\d+$/, `expected ${least} to ${most} ${unit}`),
    v.transform(Number),
    v.check(value => value >= least && value <= most, `expected ${least} to ${most} ${unit}`),
  );

/** What every application server reads from its environment; what one of a system needs more is in its contract. */
export const applicationServerEnvironment = v.object({
  ...commonEnvironment,
  AWS_REGION: required,
  /** Dimension `service` of the metrics, and on every log line. */
  POWERTOOLS_SERVICE_NAME: required,
  POWERTOOLS_METRICS_NAMESPACE: required,
  /** Address that is listened on. */
  HOST: v.optional(required, '0.0.0.0'),
  /** Port that is listened on; 0 for any that is free. */
  PORT: v.optional(whole(0, 65_535, 'as a port'), '8080'),
  /** How long requests in hand may go on after SIGTERM. */
  SHUTDOWN_SECONDS: v.optional(whole(0, 110, 'whole seconds'), '30'),
});

export type ApplicationServerEnvironment = v.InferOutput<typeof applicationServerEnvironment>;

/** Where an application server tells whether it is well: 200, or 503. */
export const healthPath = '/health';
