import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { jobClientSettings, reach } from '../aws/dependency.ts';

/** Asks other workers to do jobs of one kind. */
export interface JobSender<Message> {
  send(message: Message): Promise<void>;
}

/** SQS client of a job: region, credentials and endpoint come from the environment. */
export function sqsClient(queueUrl: string): SQSClient {
  // The queue's own host, which the SDK would use with a warning at every call otherwise.
  return new SQSClient({ ...jobClientSettings, endpoint: new URL(queueUrl).origin });
}

/** Puts jobs on a queue on SQS. */
export class SqsJobSender<Message> implements JobSender<Message> {
  readonly #sqs: SQSClient;
  readonly #queueUrl: string;

  constructor(sqs: SQSClient, queueUrl: string) {
    this.#sqs = sqs;
    this.#queueUrl = queueUrl;
  }

  /** @throws DependencyDownError when SQS cannot be reached or cannot take the message now. */
  async send(message: Message): Promise<void> {
    await reach(
      'SQS',
      this.#sqs.send(
        new SendMessageCommand({ QueueUrl: this.#queueUrl, MessageBody: JSON.stringify(message) }),
      ),
    );
  }
}
