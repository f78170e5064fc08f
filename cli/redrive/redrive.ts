import { mayDestroy } from '../command/safeguard.ts';
import { UsageError } from '../command-errors.ts';
import { type DeadLetterRoute, findRoute } from '../queues/dead-letter-route.ts';
import { type Inspection, inspect, inspectState } from '../queues/inspection.ts';
import type { MoveTask, MoveTasks } from '../queues/move-tasks.ts';
import type { QueueAddress } from '../queues/queue-address.ts';
import type { QueueAdministration } from '../queues/queue-administration.ts';
import { lookUpQueue } from '../queues/queue-lookup.ts';
import type { Queue, QueueState, Queues } from '../queues/queues.ts';
import type { Subscriptions } from '../queues/subscriptions.ts';
import type { Clock } from '../terminal/clock.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { CopyJournal } from './copy-journal.ts';
import { redriveByCopy } from './copy-redrive.ts';
import { type MessageFilter, matcher } from './message-filter.ts';
import type { MoveResult, OnProgress, RedriveFault, RedriveOutcome } from './redrive-result.ts';
import { followedTaskText, inspectionText, planText, progressText, resultText } from './redrive-texts.ts';
import { followTask, redriveByTask } from './task-redrive.ts';

export interface RedriveOptions {
  /** The DLQ, or the queue whose DLQ it is. */
  readonly queue: QueueAddress;
  /** @default - back to where the messages came from */
  readonly to?: QueueAddress;
  /** Messages a second, 1 to 500. @default - SQS chooses; copies go one batch after the other */
  readonly ratePerSecond?: number;
  /** Messages to look at before, 0 to 100. */
  readonly sampleSize: number;
  /** Look, and move nothing. */
  readonly dryRun: boolean;
  /** Do not ask. */
  readonly assumeYes: boolean;
  /** The DLQ's name: do not ask, whatever its stage. */
  readonly confirm?: string;
  /** Which messages to move. @default - all */
  readonly filter?: MessageFilter;
}

export interface RedriveServices {
  readonly queues: Queues;
  readonly administration: Pick<QueueAdministration, 'tags'>;
  readonly moveTasks: MoveTasks;
  readonly subscriptions: Subscriptions;
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** Where to remember what was copied and not yet deleted. */
  readonly journal: (from: Queue, to: Queue) => CopyJournal;
}

/** What a redrive found and did. */
export interface RedriveReport {
  readonly route: DeadLetterRoute;
  readonly inspection: Inspection;
  readonly outcome: RedriveOutcome;
  readonly moved: number;
  readonly failed: number;
  /** Messages in the DLQ afterwards, as SQS counts them: about, and up to a minute late. */
  readonly remaining: number;
  readonly durationMs: number;
  readonly faults: readonly RedriveFault[];
}

/**
 * Shows what is in a DLQ, asks, and moves it back to where it belongs.
 *
 * @throws UsageError when nobody can be asked and nobody said yes before.
 * @throws CommandFailure when a queue cannot be found, or AWS refuses.
 */
export async function redrive(
  options: RedriveOptions,
  services: RedriveServices,
  interrupt: AbortSignal,
): Promise<RedriveReport> {
  const { queues, subscriptions, terminal, clock } = services;
  if (!options.dryRun && !options.assumeYes && !options.confirm && !terminal.interactive) {
    throw new UsageError(
      'There is nobody to ask whether to move the messages. Say --yes to move them, or --dry-run to look only.',
    );
  }
  const queue = await lookUpQueue(queues, options.queue);
  const to = options.to && (await lookUpQueue(queues, options.to));
  const route = chosenRoute(await findRoute(queues, subscriptions, queue, to), options.filter);
  const running = await runningTask(services.moveTasks, route);
  const inspection = running
    ? await inspectState(queues, route.deadLetterQueue)
    : await inspect(queues, route.deadLetterQueue, { sampleSize: options.sampleSize, signal: interrupt });
  terminal.say(inspectionText(route, inspection, Date.now()));

  const startedAt = clock.now();
  const onProgress: OnProgress = progress => terminal.progress(progressText(progress));
  const report = async (result: Omit<MoveResult, 'outcome'> & { outcome: RedriveOutcome }) => {
    const state = result.moved > 0 || running ? await queues.state(route.deadLetterQueue) : inspection.state;
    const complete: RedriveReport = {
      route,
      inspection,
      ...result,
      remaining: messagesIn(state),
      durationMs: Math.round(clock.now() - startedAt),
    };
    terminal.say(resultText(complete));
    return complete;
  };
  const withoutMoving = (outcome: RedriveOutcome) => report({ outcome, moved: 0, failed: 0, faults: [] });

  if (running) {
    terminal.say(followedTaskText(running));
    if (options.dryRun) return withoutMoving('dry-run');
    return report(
      await followTask(services, route.deadLetterQueue, { owner: 'another' }, onProgress, interrupt),
    );
  }
  if (messagesIn(inspection.state) === 0 && inspection.sample.length === 0) {
    return withoutMoving('nothing-to-do');
  }
  terminal.say(planText(route, options));
  if (options.dryRun) return withoutMoving('dry-run');
  if (interrupt.aborted) return withoutMoving('interrupted');
  if (!(await mayMove(route, options, services, interrupt))) return withoutMoving('declined');
  return report(await move(route, options, services, inspection.state, onProgress, interrupt));
}

/** Moving all of a DLQ of stage prod cannot be taken back: its name is asked for. */
async function mayMove(
  { deadLetterQueue }: DeadLetterRoute,
  { filter, assumeYes, confirm }: RedriveOptions,
  services: RedriveServices,
  interrupt: AbortSignal,
): Promise<boolean> {
  const question = 'Move them?';
  if (filter) return assumeYes || services.terminal.confirm(question, interrupt);
  const what = `move all messages in ${deadLetterQueue.name}`;
  return mayDestroy(services, { queue: deadLetterQueue, what, question, assumeYes, confirm }, interrupt);
}

/** SQS moves all or nothing: chosen messages are copied. */
function chosenRoute(route: DeadLetterRoute, filter: MessageFilter | undefined): DeadLetterRoute {
  if (!filter || route.by === 'copy') return route;
  const [only, ...others] = route.to ? [route.to] : route.sources;
  if (!only || others.length > 0) {
    throw new UsageError(
      `${route.deadLetterQueue.name} is the DLQ of ${route.sources.map(({ name }) => name).join(', ')}: say where the chosen messages go, --to <queue>.`,
    );
  }
  return { by: 'copy', deadLetterQueue: route.deadLetterQueue, to: only };
}

async function move(
  route: DeadLetterRoute,
  { ratePerSecond, filter }: RedriveOptions,
  services: RedriveServices,
  state: QueueState,
  onProgress: OnProgress,
  interrupt: AbortSignal,
): Promise<MoveResult> {
  const rate = ratePerSecond === undefined ? {} : { ratePerSecond };
  if (route.by === 'move-task') {
    const request = { from: route.deadLetterQueue, ...(route.to && { to: route.to }), ...rate };
    return redriveByTask(services, request, onProgress, interrupt);
  }
  const journal = services.journal(route.deadLetterQueue, route.to);
  try {
    const options = {
      total: messagesIn(state),
      journal,
      ...rate,
      ...(filter && { select: matcher(filter, Date.now()) }),
    };
    return await redriveByCopy(services, route, options, onProgress, interrupt);
  } finally {
    journal.close();
  }
}

async function runningTask(moveTasks: MoveTasks, route: DeadLetterRoute): Promise<MoveTask | undefined> {
  if (route.by === 'copy') return undefined;
  const task = await moveTasks.latest(route.deadLetterQueue);
  return task?.status === 'RUNNING' || task?.status === 'CANCELLING' ? task : undefined;
}

function messagesIn({ visible, inFlight, delayed }: QueueState): number {
  return visible + inFlight + delayed;
}
