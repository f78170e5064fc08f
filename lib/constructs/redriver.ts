import { Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  maxRedrivePortion,
  maxSettleSeconds,
  type RedriveRoute,
  redriverEnvironment,
} from '../../contracts/redriver.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { DurableQueue } from './durable-queue.ts';
import type { MessageFunctionProps } from './message-function.ts';
import { grantCount, grantSend, grantTake } from './queue-grants.ts';
import { ScheduledFunction } from './scheduled-function.ts';
import { StateTable, type StateTableProps } from './state-table.ts';
import { validateProps, within } from './validation.ts';

/** A queue, and the DLQs whose messages go back to it. */
export interface RedrivenQueue {
  /** With the DLQ that it has itself. */
  readonly queue: DurableQueue;

  /**
   * DLQs of subscriptions: what a topic could not deliver to the queue.
   *
   * @default - none
   */
  readonly undelivered?: readonly DeadLetterQueue[];
}

export interface RedriverProps
  extends Pick<
    MessageFunctionProps<typeof redriverEnvironment>,
    'metricsNamespace' | 'logRetention' | 'logRemovalPolicy'
  > {
  readonly queues: readonly RedrivenQueue[];

  /** `manual`: a redrive is started by hand, and goes on by itself; `scheduled`: it is started by itself, too. */
  readonly mode: 'manual' | 'scheduled';

  readonly logLevel: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

  /** What the stage says of tables. @default - see {@link StateTable} */
  readonly table?: StateTableProps;

  /**
   * Messages that are moved first, to see whether they come back, 1 to `portion`.
   *
   * @default 5
   */
  readonly probe?: number;

  /**
   * Most messages that are moved before it is seen whether they come back, up to 10,000.
   *
   * @default 500
   */
  readonly portion?: number;
}

/** SQS counts up to a minute late, and this looks every few minutes only: what comes back is there by then. */
const countingTime = Duration.minutes(2);

/**
 * Moves messages of DLQs back to their queues, and stops itself when they come back: a few at first, then
 * portions that double as long as less than half of each returns.
 *
 * Between two portions it waits until a message that fails again has used up its receives. It may take from
 * the DLQs, send to their queues and count what is in both, and nothing else.
 *
 * @throws PropsError when a prop is out of range.
 */
export class Redriver extends Construct {
  /** From one look at the queues to the next. */
  static readonly every = Duration.minutes(5);

  readonly function: ScheduledFunction<typeof redriverEnvironment>;
  readonly table: StateTable;

  constructor(scope: Construct, id: string, props: RedriverProps) {
    const { queues, probe = 5, portion = 500 } = props;
    const settleSeconds = Math.max(0, ...queues.map(settleSecondsOf));
    validateProps(scope, id, [
      {
        prop: 'queues',
        value: queues.length,
        holds: queues.length > 0,
        allowed: 'one queue at least',
        remedy: 'Leave the redriver out where there is nothing to redrive.',
      },
      {
        prop: 'portion',
        value: portion,
        holds: Number.isInteger(portion) && within(portion, 1, maxRedrivePortion),
        allowed: `a whole number from 1 to ${maxRedrivePortion.toLocaleString('en')}`,
        remedy: 'Move more at once by hand, with npm run redrive.',
      },
      {
        prop: 'probe',
        value: probe,
        holds: Number.isInteger(probe) && within(probe, 1, portion),
        allowed: `a whole number from 1 to portion, ${portion}`,
        remedy: 'A few messages tell whether the cause is mended.',
      },
      {
        prop: 'visibilityTimeout × maxReceiveCount of the queues',
        value: `${settleSeconds - countingTime.toSeconds()} s`,
        holds: settleSeconds <= maxSettleSeconds,
        allowed: `up to ${maxSettleSeconds - countingTime.toSeconds()} s`,
        remedy: 'A message that fails for so long is not seen to come back: redrive such a queue by hand.',
      },
    ]);
    super(scope, id);

    this.table = new StateTable(this, 'State', props.table);
    this.function = new ScheduledFunction(this, 'Run', {
      description: 'Moves messages of DLQs back to their queues, and stops when they come back',
      entry: 'lambda/redriver/redrive.ts',
      environmentSchema: redriverEnvironment,
      environment: {
        LOG_LEVEL: props.logLevel,
        TABLE_NAME: this.table.table.tableName,
        ROUTES: Stack.of(this).toJsonString(queues.map(routeOf)),
        MODE: props.mode,
        PROBE_SIZE: String(probe),
        PORTION_SIZE: String(portion),
        SETTLE_SECONDS: String(settleSeconds),
      },
      serviceName: 'redriver',
      metricsNamespace: props.metricsNamespace,
      timeout: Duration.minutes(1),
      every: Redriver.every,
      ...(props.logRetention !== undefined && { logRetention: props.logRetention }),
      ...(props.logRemovalPolicy !== undefined && { logRemovalPolicy: props.logRemovalPolicy }),
    });
    const grantee = this.function.function;
    this.table.grant(grantee, 'GetItem', 'PutItem');
    for (const { queue, undelivered = [] } of queues) {
      grantSend(grantee, queue);
      grantCount(grantee, queue);
      for (const from of [queue.deadLetterQueue, ...undelivered]) {
        grantTake(grantee, { queue: from, key: from.encryptionMasterKey });
      }
    }
  }
}

/** How long a message needs that fails at every receive, until it is in the DLQ and SQS says so. */
function settleSecondsOf({ queue: { visibilityTimeout, maxReceiveCount } }: RedrivenQueue): number {
  return visibilityTimeout.toSeconds() * maxReceiveCount + countingTime.toSeconds();
}

function routeOf({ queue, undelivered = [] }: RedrivenQueue): RedriveRoute {
  return {
    queue: queue.queue.queueName,
    queue_url: queue.queue.queueUrl,
    dead_letter_queue_url: queue.deadLetterQueue.queueUrl,
    undelivered_urls: undelivered.map(({ queueUrl }) => queueUrl),
  };
}
