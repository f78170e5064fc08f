import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { EnvironmentInput, EnvironmentSchema } from '../../../contracts/environment.ts';
import type { JobContract, workerEnvironment } from '../../../contracts/worker.ts';
import type { DurableQueue } from '../durable-queue.ts';
import { givenVariables } from '../given-variables.ts';
import type { EndpointService } from '../network/endpoint-services.ts';
import type { PrivateNetwork } from '../private-network.ts';
import { type Rule, within } from '../validation.ts';
import { type QueueScalingProps, queueScalingRules } from './queue-scaling.ts';

/** What a tier of workers needs, whatever the workers run on. */
export interface WorkerTierProps<Message, Environment extends EnvironmentSchema> extends QueueScalingProps {
  /** Where the workers live; it must have endpoints of all that they call. */
  readonly network: PrivateNetwork;

  /** Where the jobs come from, with a visibility timeout of 30 seconds to an hour: heartbeats extend it. */
  readonly queue: DurableQueue;

  /** The kind of job; types {@link environment}. */
  readonly job: JobContract<Message, Environment>;

  /** What this kind of job reads from the environment, beside what every worker does. */
  readonly environment: EnvironmentInput<Environment>;

  /** Name of the workers in logs and metrics, `back-end`. */
  readonly serviceName: string;

  /** CloudWatch namespace of the metrics that the workers emit. */
  readonly metricsNamespace: string;

  readonly logLevel: EnvironmentInput<typeof workerEnvironment>['LOG_LEVEL'];

  /**
   * A job that takes longer is stopped, and its message left to come back; at least `timePerMessage`, at
   * most 11 hours.
   *
   * @default Duration.minutes(15)
   */
  readonly jobTimeout?: Duration;

  /** @default RetentionDays.ONE_WEEK */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What becomes of the logs when the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly logRemovalPolicy?: RemovalPolicy;
}

/** A number of workers that follows a queue. */
export interface WorkerTier {
  readonly queue: DurableQueue;
  /** Most workers that there can be. */
  readonly maxWorkers: number;
  /** Longest that one job may take. */
  readonly jobTimeout: Duration;
  readonly serviceName: string;
  readonly metricsNamespace: string;
  /** Where the workers write. */
  readonly logGroup: logs.ILogGroup;
  /** How many workers there should be, every minute. */
  readonly desiredWorkers: cloudwatch.Metric;
  /** How many there are, every minute. */
  readonly workersInService: cloudwatch.Metric;
}

export const defaultJobTimeout = Duration.minutes(15);

/** @param services what the network must have endpoints of. */
export function workerTierRules(
  props: WorkerTierProps<unknown, EnvironmentSchema>,
  services: readonly EndpointService[],
): Rule[] {
  const visibility = props.queue.visibilityTimeout.toSeconds();
  const jobTimeout = (props.jobTimeout ?? defaultJobTimeout).toSeconds();
  const perMessage = props.timePerMessage.toMilliseconds() / 1_000;
  const lacking = props.network.lacking(services);
  return [
    ...queueScalingRules(props),
    {
      prop: "network's services",
      value: `without ${lacking.join(', ')}`,
      holds: lacking.length === 0,
      allowed: `endpoints of ${services.join(', ')}, and of what the jobs call`,
      remedy: 'Workers would start and reach nothing.',
    },
    {
      prop: "queue's visibilityTimeout",
      value: `${visibility} s`,
      holds: within(visibility, 30, 3_600),
      allowed: '30 seconds to 1 hour',
      remedy:
        'It is extended while a job runs; shorter is for a worker that died, longer delays the next try.',
    },
    {
      prop: 'jobTimeout',
      value: `${jobTimeout} s`,
      holds: within(jobTimeout, perMessage, Duration.hours(11).toSeconds()),
      allowed: `timePerMessage, ${perMessage} s, to 11 hours`,
      remedy: 'SQS hides a message for 12 hours at most.',
    },
  ];
}

/** What only the platform knows of the environment. */
export type PlatformEnvironment = Pick<
  EnvironmentInput<typeof workerEnvironment>,
  'PLATFORM' | 'SHUTDOWN_SECONDS' | 'HEALTH_PORT' | 'AUTO_SCALING_GROUP_NAME' | 'LIFECYCLE_HOOK_NAME'
>;

/** Variables of a worker: what every worker reads, and what its kind of job does. */
export function environmentOf<Message, Environment extends EnvironmentSchema>(
  props: WorkerTierProps<Message, Environment>,
  platform: PlatformEnvironment,
): Record<string, string> {
  const common: EnvironmentInput<typeof workerEnvironment> = {
    JOB: props.job.kind,
    QUEUE_URL: props.queue.queue.queueUrl,
    AWS_REGION: Aws.REGION,
    LOG_LEVEL: props.logLevel,
    POWERTOOLS_SERVICE_NAME: props.serviceName,
    POWERTOOLS_METRICS_NAMESPACE: props.metricsNamespace,
    CONCURRENCY: String(props.concurrency ?? 1),
    VISIBILITY_TIMEOUT_SECONDS: String(props.queue.visibilityTimeout.toSeconds()),
    JOB_TIMEOUT_SECONDS: String((props.jobTimeout ?? defaultJobTimeout).toSeconds()),
    ...platform,
  };
  return givenVariables({ ...props.environment, ...common });
}

/** Where a tier's workers write. */
export function workerLog(
  scope: Construct,
  id: string,
  props: Pick<WorkerTierProps<unknown, EnvironmentSchema>, 'logRetention' | 'logRemovalPolicy'>,
): logs.LogGroup {
  return new logs.LogGroup(scope, id, {
    retention: props.logRetention ?? logs.RetentionDays.ONE_WEEK,
    removalPolicy: props.logRemovalPolicy ?? RemovalPolicy.RETAIN,
  });
}
