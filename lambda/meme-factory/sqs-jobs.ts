import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { DrawMeme } from '../../contracts/memes.ts';
import { clientSettings } from '../shared/client-settings.ts';
import { reach } from '../shared/dependency.ts';

/** SQS client for module scope, of the queue's own host. */
export function sqsClient(queueUrl: string): SQSClient {
  return new SQSClient({ ...clientSettings, endpoint: new URL(queueUrl).origin });
}

/** The queue that workers take jobs from, on SQS. */
export class SqsJobs {
  readonly #sqs: Pick<SQSClient, 'send'>;
  readonly #queueUrl: string;

  constructor(sqs: Pick<SQSClient, 'send'>, queueUrl: string) {
    this.#sqs = sqs;
    this.#queueUrl = queueUrl;
  }

  /** @throws DependencyDownError when SQS cannot be reached or cannot take the job now. */
  async send(job: DrawMeme): Promise<void> {
    const command = new SendMessageCommand({ QueueUrl: this.#queueUrl, MessageBody: JSON.stringify(job) });
    await reach('SQS', this.#sqs.send(command));
  }
}
