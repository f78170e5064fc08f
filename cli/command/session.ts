import type { Archives } from '../archive/archives.ts';
import { AwsConnection } from '../aws/connection.ts';
import { S3Archives } from '../aws/s3-archives.ts';
import { SnsSubscriptions } from '../aws/sns-subscriptions.ts';
import { SqsMoveTasks } from '../aws/sqs-move-tasks.ts';
import { SqsQueueAdministration } from '../aws/sqs-queue-administration.ts';
import { SqsQueues } from '../aws/sqs-queues.ts';
import type { MoveTasks } from '../queues/move-tasks.ts';
import { parseQueueAddress, type QueueAddress } from '../queues/queue-address.ts';
import type { QueueAdministration } from '../queues/queue-administration.ts';
import { lookUpQueue } from '../queues/queue-lookup.ts';
import type { Queue, Queues } from '../queues/queues.ts';
import { outputFor, readStackOutputs } from '../queues/stack-outputs.ts';
import type { Subscriptions } from '../queues/subscriptions.ts';
import { type Clock, systemClock } from '../terminal/clock.ts';
import { ProcessTerminal } from '../terminal/process-terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { CommandContext } from './command-context.ts';
import { type CommonFlags, endpointOf, regionOf } from './common-options.ts';

/** All that a command works with while it runs. */
export interface Session {
  readonly queues: Queues;
  readonly administration: QueueAdministration;
  readonly moveTasks: MoveTasks;
  readonly subscriptions: Subscriptions;
  readonly archives: Archives;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly context: CommandContext;
  /** Ctrl-C. */
  readonly interrupt: AbortSignal;
  /** Whether requests stay on this machine. */
  readonly endpoint: string | undefined;
  /** A queue as an operator names it. */
  address(text: string): QueueAddress;
  /** @throws CommandFailure, with the nearest names, when there is no such queue. */
  find(text: string): Promise<Queue>;
  close(): void;
}

/**
 * @param queueText - the queue that the command is about, where there is one: its URL or ARN may say
 * where requests go.
 */
export function openSession(
  queueText: string | undefined,
  flags: CommonFlags,
  context: CommandContext,
): Session {
  const outputs = flags.outputs === undefined ? {} : readStackOutputs(flags.outputs);
  const address = (text: string): QueueAddress => ({
    ...parseQueueAddress(outputFor(text, outputs) ?? text),
    text,
  });
  const about = queueText === undefined ? undefined : address(queueText);
  const region = regionOf(about, flags);
  const endpoint = endpointOf(about, flags);
  const aws = new AwsConnection({
    ...(endpoint && { endpoint }),
    ...(region && { region }),
    ...(flags.profile && { profile: flags.profile }),
    env: context.env,
  });
  const queues = new SqsQueues(aws);
  return {
    queues,
    administration: new SqsQueueAdministration(aws),
    moveTasks: new SqsMoveTasks(aws),
    subscriptions: new SnsSubscriptions(aws),
    archives: new S3Archives(aws),
    terminal: new ProcessTerminal(context, { dataOnStdout: flags.json ?? false, clock: systemClock }),
    clock: systemClock,
    context,
    interrupt: context.interrupt,
    endpoint: aws.endpoint('SQS'),
    address,
    find: async text => lookUpQueue(queues, address(text)),
    close: () => aws.close(),
  };
}
