import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { type RedriveRoute, redriverMetrics } from '../../contracts/redriver.ts';
import { QueueRedrive, type QueueRedriveOptions, type RedriveReport } from './queue-redrive.ts';
import { commandOf } from './redrive-command.ts';

export interface RedrivingOptions extends Omit<QueueRedriveOptions, 'now'> {
  readonly routes: readonly RedriveRoute[];
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly now?: () => number;
}

/** Of some queues, messages could not be moved; all others were seen to. */
export class RedriveFailedError extends Error {
  override readonly name = 'RedriveFailedError';
}

/** With less of the invocation than this left, no further batch is begun. */
const leastMs = 15_000;

/**
 * Makes a handler that moves messages of DLQs back to their queues, a step at a time: by schedule, or by hand.
 *
 * @throws RedriveCommandError when it is invoked with what is no command.
 * @throws RedriveFailedError at the end, so that the invocation counts as failed.
 */
export function redriving({ routes, logger, metrics, now = Date.now, ...options }: RedrivingOptions) {
  return async (event: unknown, context: Context): Promise<readonly RedriveReport[]> => {
    logger.addContext(context);
    const command = commandOf(event, routes);
    const hasTime = () => context.getRemainingTimeInMillis() > leastMs;
    const steps = await Promise.all(
      routes
        .filter(({ queue }) => command?.queue === undefined || command.queue === queue)
        .map(route => new QueueRedrive(route, { ...options, now }).step(command, hasTime)),
    );
    const reports = steps.flatMap(({ report = [] }) => report);
    for (const report of reports) tell(report, logger);
    count(reports, metrics);
    const failures = steps.flatMap(step => step.failures);
    for (const error of failures) logger.error('Messages left where they are', { error });
    if (failures.length > 0) {
      throw new RedriveFailedError(
        `${failures.length} times, messages were left where they are. First: ${failures[0]?.message}`,
        { cause: failures[0] },
      );
    }
    return reports;
  };
}

function tell({ queue, outcome, state, moved, returned }: RedriveReport, logger: Logger): void {
  const line = { outcome, queue, phase: state.phase, moved, returned };
  switch (outcome) {
    case 'stopped_itself':
      logger.error('Redrive stopped itself: what it moved came back', line);
      return;
    case 'overtaken':
      logger.warn('Redrive left to another run', line);
      return;
    case 'moved':
    case 'drained':
    case 'stopped_by_hand':
      logger.info('Redrive went on', line);
      return;
    default:
      logger.debug('Redrive moved nothing', line);
  }
}

function count(reports: readonly RedriveReport[], metrics: Metrics): void {
  const sum = (of: (report: RedriveReport) => number) =>
    reports.reduce((total, report) => total + of(report), 0);
  const stoppedItself = ({ state }: RedriveReport) =>
    state.phase === 'stopped' && state.reason === 'returned';
  const counts: [name: string, value: number][] = [
    [redriverMetrics.stopped, sum(report => Number(stoppedItself(report)))],
    [redriverMetrics.moved, sum(({ moved }) => moved)],
    [redriverMetrics.returned, sum(({ returned }) => returned)],
  ];
  // Of nothing, nothing is said: CloudWatch charges for the hours in which a metric is sent.
  for (const [name, value] of counts) if (value > 0) metrics.addMetric(name, MetricUnit.Count, value);
  metrics.publishStoredMetrics();
}
