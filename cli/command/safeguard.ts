import { CommandFailure, UsageError } from '../command-errors.ts';
import type { QueueAdministration } from '../queues/queue-administration.ts';
import type { Queue } from '../queues/queues.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What is about to be done and cannot be taken back. */
export interface Destruction {
  readonly queue: Queue;
  /** `delete about 12 messages in order-processing-payment for good`. */
  readonly what: string;
  /** Asked where a yes is enough. @default - whether to do what it is */
  readonly question?: string;
  /** `--yes`. */
  readonly assumeYes: boolean;
  /** `--confirm`: the queue's name. */
  readonly confirm: string | undefined;
}

export interface SafeguardServices {
  readonly administration: Pick<QueueAdministration, 'tags'>;
  readonly terminal: Terminal;
}

/**
 * Asks whether to go on. On a queue of stage prod, a yes is not enough: its name has to be typed, by a
 * person or after `--confirm`. A queue whose tags cannot be read is taken for one of prod.
 *
 * @returns whether to go on.
 * @throws UsageError when nobody can be asked and nobody said so before.
 */
export async function mayDestroy(
  { administration, terminal }: SafeguardServices,
  { queue, what, question, assumeYes, confirm }: Destruction,
  interrupt: AbortSignal,
): Promise<boolean> {
  if (confirm !== undefined && confirm !== queue.name) {
    throw new UsageError(
      `--confirm says ${confirm}, and this would ${what}: the queue's name is ${queue.name}.`,
    );
  }
  if (confirm === queue.name) return true;
  const protection = await protectionOf(administration, queue);
  if (protection) {
    if (!terminal.interactive) {
      throw new UsageError(
        `This would ${what}. ${protection} --yes is not enough for that: say --confirm ${queue.name}.`,
      );
    }
    terminal.say(`This would ${what}. ${protection}`);
    return (await terminal.ask(`Type its name to go on (${queue.name}): `, interrupt)) === queue.name;
  }
  if (assumeYes) return true;
  if (!terminal.interactive) {
    throw new UsageError(`This would ${what}, and there is nobody to ask. Say --yes to do it.`);
  }
  return terminal.confirm(question ?? `${what.charAt(0).toUpperCase()}${what.slice(1)}?`, interrupt);
}

async function protectionOf(
  administration: Pick<QueueAdministration, 'tags'>,
  queue: Queue,
): Promise<string | undefined> {
  try {
    const { stage } = await administration.tags(queue);
    return stage === 'prod' ? 'The queue is tagged stage=prod.' : undefined;
  } catch (fault) {
    if (!(fault instanceof CommandFailure)) throw fault;
    return `Its tags cannot be read, so that it is taken for one of stage prod. (${fault.message})`;
  }
}
