import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import type { EventArchive } from '../../event-archive.ts';
import type { EventStream } from '../../event-stream.ts';
import type { HttpIntake } from '../../http-intake.ts';
import type { ServiceEventIntake } from '../../service-event-intake.ts';
import type { StateTable } from '../../state-table.ts';
import type { TaskScheduler } from '../../task-scheduler.ts';
import type { Workflow } from '../../workflow.ts';
import { everyMinute, type Graph } from './graph.ts';

const sum = { ...everyMinute, statistic: cloudwatch.Stats.SUM };

/**
 * A way in over HTTP: requests, those refused, those that failed for a fault of ours, and how long they took.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
 */
export function intakeGraph({ node, api }: HttpIntake): Graph {
  return {
    title: `${node.id}: requests a minute (count), latency p99 (ms)`,
    left: [
      api.metricCount({ ...sum, label: 'requests' }),
      api.metricClientError({ ...sum, label: '4xx' }),
      api.metricServerError({ ...sum, label: '5xx' }),
    ],
    right: [api.metricLatency({ ...everyMinute, statistic: 'p99', label: 'latency p99' })],
  };
}

/**
 * A table: units that were read and written, and requests that were refused.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 */
export function tableGraph({ node, table }: StateTable): Graph {
  const metric = (metricName: string, label: string) => table.metric(metricName, { ...sum, label });
  return {
    title: `${node.id}: capacity a minute (units), throttled requests (count)`,
    left: [
      metric('ConsumedReadCapacityUnits', 'read units'),
      metric('ConsumedWriteCapacityUnits', 'write units'),
    ],
    right: [
      metric('ReadThrottleEvents', 'throttled reads'),
      metric('WriteThrottleEvents', 'throttled writes'),
    ],
  };
}

/**
 * A group of schedules: tries to send, and those that failed or were given up.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
 */
export function schedulerGraph({ node, group }: TaskScheduler): Graph {
  const metric = (metricName: string, label: string) =>
    new cloudwatch.Metric({
      namespace: 'AWS/Scheduler',
      metricName,
      dimensionsMap: { ScheduleGroup: group.ref },
      ...sum,
      label,
    });
  return {
    title: `${node.id}: invocations a minute (count)`,
    left: [
      metric('InvocationAttemptCount', 'tried'),
      metric('TargetErrorCount', 'failed'),
      metric('InvocationDroppedCount', 'given up'),
    ],
  };
}

/**
 * Rules of EventBridge: events that each put on the queue, and those that it could not.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
 */
export function serviceEventGraph({ node, rules }: ServiceEventIntake): Graph {
  const metric = (rule: events.IRule, metricName: string, label: string) =>
    new cloudwatch.Metric({
      namespace: 'AWS/Events',
      metricName,
      dimensionsMap: { RuleName: rule.ruleName },
      ...sum,
      label,
    });
  return {
    title: `${node.id}: events a minute (count)`,
    left: rules.flatMap(rule => [
      metric(rule, 'Invocations', rule.node.id),
      metric(rule, 'FailedInvocations', `${rule.node.id}, failed`),
    ]),
  };
}

/**
 * A workflow: executions that were started, and how they ended; how long the slowest took.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
 */
export function workflowGraph({ node, machine }: Workflow): Graph {
  return {
    title: `${node.id}: executions a minute (count), their time p99 (ms)`,
    left: [
      machine.metricStarted({ ...sum, label: 'started' }),
      machine.metricSucceeded({ ...sum, label: 'succeeded' }),
      machine.metricFailed({ ...sum, label: 'failed' }),
      machine.metricTimedOut({ ...sum, label: 'timed out' }),
      machine.metricThrottled({ ...sum, label: 'throttled' }),
    ],
    right: [machine.metricTime({ ...everyMinute, statistic: 'p99', label: 'time p99' })],
  };
}

/**
 * An archive: what comes into its stream and what is written to the bucket, and the age of what is not yet.
 *
 * @see https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
 */
export function archiveGraphs({ node, stream }: EventArchive): Graph[] {
  const metric = (metricName: string, label: string, statistic: string = cloudwatch.Stats.SUM) =>
    new cloudwatch.Metric({
      namespace: 'AWS/Firehose',
      metricName,
      dimensionsMap: { DeliveryStreamName: stream.ref },
      ...everyMinute,
      statistic,
      label,
    });
  return [
    {
      title: `${node.id}: events a minute (count)`,
      left: [metric('IncomingRecords', 'put in'), metric('ThrottledRecords', 'throttled')],
    },
    {
      title: `${node.id}: events written (count), age of the oldest that is not (s)`,
      left: [metric('DeliveryToS3.Records', 'written')],
      right: [metric('DeliveryToS3.DataFreshness', 'age of the oldest', cloudwatch.Stats.MAXIMUM)],
    },
  ];
}

/** A stream: what comes in, what is refused, and how far readers are behind. */
export function streamGraph({ node, stream }: EventStream): Graph {
  return {
    title: `${node.id}: records a minute (count), age of what is read (ms)`,
    left: [
      stream.metricIncomingRecords({ ...sum, label: 'put in' }),
      stream.metricWriteProvisionedThroughputExceeded({ ...sum, label: 'throttled' }),
    ],
    right: [
      stream.metricGetRecordsIteratorAgeMilliseconds({
        ...everyMinute,
        statistic: cloudwatch.Stats.MAXIMUM,
        label: 'age of what is read',
      }),
    ],
  };
}
