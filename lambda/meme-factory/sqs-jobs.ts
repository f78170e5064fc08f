import type { DrawMeme } from '../../contracts/memes.ts';
import type { QueueSender } from '../shared/queue-sender.ts';

/** The queue that workers take jobs from, on SQS. */
export class SqsJobs {
  readonly #queue: Pick<QueueSender, 'send'>;

  constructor(queue: Pick<QueueSender, 'send'>) {
    this.#queue = queue;
  }

  /** @throws DependencyDownError when SQS cannot be reached or cannot take the job now. */
  async send(job: DrawMeme): Promise<void> {
    await this.#queue.send({ body: JSON.stringify(job) });
  }
}
