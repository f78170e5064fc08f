import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { clientSettings } from '../shared/client-settings.ts';
import { reach } from '../shared/dependency.ts';
import type { DeadLetter, LetterCopy } from './domain/dead-letter.ts';

/** Messages in a queue, as SQS counts them: about, and up to a minute late. */
export interface QueueDepth {
  readonly waiting: number;
  /** In flight, or not to be delivered yet. */
  readonly hidden: number;
}

/** The queues that messages are moved between. Every call may throw DependencyDownError. */
export interface RedriveQueues {
  depth(queueUrl: string): Promise<QueueDepth>;
  /** @returns up to ten, in the order of the queue; none where none is left. */
  receive(queueUrl: string, most: number): Promise<readonly DeadLetter[]>;
  send(queueUrl: string, copy: LetterCopy): Promise<void>;
  delete(queueUrl: string, letter: DeadLetter): Promise<void>;
}

/** Longer than an invocation: what one has in hand, no other gets. */
const hiddenSeconds = 120;

/** SQS waits for a second, so that it asks all of its servers and an empty answer means an empty queue. */
const requestTimeout = 3_000;

/** The queues on SQS. */
export class SqsRedriveQueues implements RedriveQueues {
  readonly #client: Pick<SQSClient, 'send'>;

  /** @param queueUrl any of the queues, whose host is that of all. */
  static at(queueUrl: string): SqsRedriveQueues {
    return new SqsRedriveQueues(
      new SQSClient({
        ...clientSettings,
        requestHandler: { ...clientSettings.requestHandler, requestTimeout },
        endpoint: new URL(queueUrl).origin,
      }),
    );
  }

  constructor(client: Pick<SQSClient, 'send'>) {
    this.#client = client;
  }

  async depth(queueUrl: string): Promise<QueueDepth> {
    const { Attributes = {} } = await reach(
      'SQS',
      this.#client.send(
        new GetQueueAttributesCommand({
          QueueUrl: queueUrl,
          AttributeNames: [
            'ApproximateNumberOfMessages',
            'ApproximateNumberOfMessagesNotVisible',
            'ApproximateNumberOfMessagesDelayed',
          ],
        }),
      ),
    );
    return {
      waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
      hidden:
        Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0) +
        Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
    };
  }

  async receive(queueUrl: string, most: number): Promise<readonly DeadLetter[]> {
    const { Messages = [] } = await reach(
      'SQS',
      this.#client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: Math.min(most, 10),
          VisibilityTimeout: hiddenSeconds,
          WaitTimeSeconds: 1,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: [
            'MessageGroupId',
            'MessageDeduplicationId',
            'DeadLetterQueueSourceArn',
            'AWSTraceHeader',
          ],
        }),
      ),
    );
    return Messages.map(letterFrom);
  }

  async send(queueUrl: string, copy: LetterCopy): Promise<void> {
    const { body, attributes, groupId, deduplicationId, traceHeader } = copy;
    await reach(
      'SQS',
      this.#client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          MessageAttributes: { ...attributes },
          MessageGroupId: groupId,
          MessageDeduplicationId: deduplicationId,
          ...(traceHeader !== undefined && {
            MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: traceHeader } },
          }),
        }),
      ),
    );
  }

  async delete(queueUrl: string, { receiptHandle }: DeadLetter): Promise<void> {
    await reach(
      'SQS',
      this.#client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle })),
    );
  }
}

function letterFrom(message: Message): DeadLetter {
  const { MessageId = '', ReceiptHandle = '', Body = '', MessageAttributes = {}, Attributes = {} } = message;
  return {
    id: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        // Lists, which SQS does not take, are received as empty ones.
        {
          DataType,
          ...(StringValue !== undefined && { StringValue }),
          ...(BinaryValue !== undefined && { BinaryValue }),
        },
      ]),
    ),
    groupId: Attributes.MessageGroupId,
    deduplicationId: Attributes.MessageDeduplicationId,
    deadLetterSourceArn: Attributes.DeadLetterQueueSourceArn,
    traceHeader: Attributes.AWSTraceHeader,
  };
}
