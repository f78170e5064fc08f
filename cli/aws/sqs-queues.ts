import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  type Message,
  type MessageAttributeValue,
  paginateListDeadLetterSourceQueues,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { QueueAddress } from '../queues/queue-address.ts';
import type {
  BatchFailure,
  HeldMessage,
  MessageAttribute,
  MessageAttributes,
  OutgoingMessage,
  Queue,
  QueueState,
  Queues,
  ReceivedMessage,
  ReceiveOptions,
  SentMessage,
} from '../queues/queues.ts';
import { explain, isMissingQueue, request } from './aws-faults.ts';
import { type AwsConnection, given } from './connection.ts';
import { permissions } from './permissions.ts';
import { nameInUrl, queueOf } from './queue-identity.ts';

/** Queues of SQS, or of whatever speaks its protocol. */
export class SqsQueues implements Queues {
  readonly #aws: AwsConnection;

  constructor(aws: AwsConnection) {
    this.#aws = aws;
  }

  async find({ name, region, accountId }: QueueAddress): Promise<Queue | undefined> {
    const sqs = this.#aws.sqs(region);
    try {
      const { QueueUrl } = await sqs.send(
        new GetQueueUrlCommand({ QueueName: name, ...(accountId && { QueueOwnerAWSAccountId: accountId }) }),
      );
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
      );
      return queueOf(given(QueueUrl, 'QueueUrl'), given(Attributes?.QueueArn, 'QueueArn'));
    } catch (fault) {
      if (isMissingQueue(fault)) return undefined;
      throw explain(fault, this.#about('GetQueueUrl', name, permissions.find));
    }
  }

  async names(): Promise<readonly string[]> {
    const { QueueUrls = [] } = await request(
      this.#about('ListQueues', 'the region', permissions.list),
      this.#aws.sqs().send(new ListQueuesCommand({ MaxResults: 1000 })),
    );
    return QueueUrls.map(nameInUrl);
  }

  async state(queue: Queue): Promise<QueueState> {
    const { Attributes = {} } = await request(
      this.#about('GetQueueAttributes', queue.name, permissions.state),
      this.#aws.sqs(queue.region).send(
        new GetQueueAttributesCommand({
          QueueUrl: queue.url,
          AttributeNames: [
            'ApproximateNumberOfMessages',
            'ApproximateNumberOfMessagesNotVisible',
            'ApproximateNumberOfMessagesDelayed',
            'RedrivePolicy',
          ],
        }),
      ),
    );
    const { deadLetterTargetArn, maxReceiveCount } = redrivePolicy(Attributes.RedrivePolicy);
    return {
      visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
      delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
      ...(deadLetterTargetArn && { deadLetterQueueArn: deadLetterTargetArn }),
      ...(maxReceiveCount !== undefined && { maxReceiveCount: Number(maxReceiveCount) }),
    };
  }

  async sourcesOf(queue: Queue): Promise<readonly Queue[]> {
    // A DLQ serves queues of its own account and region only: their ARNs differ in the name alone.
    const arnPrefix = queue.arn.slice(0, queue.arn.lastIndexOf(':') + 1);
    const sources: Queue[] = [];
    const pages = paginateListDeadLetterSourceQueues(
      { client: this.#aws.sqs(queue.region) },
      { QueueUrl: queue.url, MaxResults: 1000 },
    );
    await request(
      this.#about('ListDeadLetterSourceQueues', queue.name, permissions.sources),
      (async () => {
        for await (const { queueUrls = [] } of pages) {
          sources.push(...queueUrls.map(url => queueOf(url, arnPrefix + nameInUrl(url))));
        }
      })(),
    );
    return sources;
  }

  async receive(queue: Queue, options: ReceiveOptions): Promise<readonly ReceivedMessage[]> {
    const { Messages = [] } = await request(
      this.#about('ReceiveMessage', queue.name, permissions.receive),
      this.#aws.sqs(queue.region).send(
        new ReceiveMessageCommand({
          QueueUrl: queue.url,
          MaxNumberOfMessages: options.maxMessages,
          ...(options.visibilityTimeoutSeconds !== undefined && {
            VisibilityTimeout: options.visibilityTimeoutSeconds,
          }),
          WaitTimeSeconds: options.waitSeconds,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
        }),
      ),
    );
    return Messages.map(received);
  }

  async sendOne(queue: Queue, message: OutgoingMessage): Promise<SentMessage> {
    const { MessageId, SequenceNumber } = await request(
      this.#about('SendMessage', queue.name, permissions.send),
      this.#aws
        .sqs(queue.region)
        .send(new SendMessageCommand({ QueueUrl: queue.url, ...outgoing(queue, message) })),
    );
    return {
      id: given(MessageId, 'MessageId'),
      ...(SequenceNumber && { sequenceNumber: SequenceNumber }),
    };
  }

  async send(queue: Queue, messages: readonly OutgoingMessage[]): Promise<readonly BatchFailure[]> {
    const { Failed } = await request(
      this.#about('SendMessage', queue.name, permissions.send),
      this.#aws.sqs(queue.region).send(
        new SendMessageBatchCommand({
          QueueUrl: queue.url,
          Entries: messages.map((message, index) => ({ Id: String(index), ...outgoing(queue, message) })),
        }),
      ),
    );
    return failuresOf(messages, Failed);
  }

  async delete(queue: Queue, messages: readonly HeldMessage[]): Promise<readonly BatchFailure[]> {
    const { Failed } = await request(
      this.#about('DeleteMessage', queue.name, permissions.delete),
      this.#aws.sqs(queue.region).send(
        new DeleteMessageBatchCommand({
          QueueUrl: queue.url,
          Entries: messages.map(({ receiptHandle }, index) => ({
            Id: String(index),
            ReceiptHandle: receiptHandle,
          })),
        }),
      ),
    );
    return failuresOf(messages, Failed);
  }

  async release(queue: Queue, messages: readonly HeldMessage[]): Promise<void> {
    await request(
      this.#about('ChangeMessageVisibility', queue.name, permissions.release),
      this.#aws.sqs(queue.region).send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: queue.url,
          Entries: messages.map(({ receiptHandle }, index) => ({
            Id: String(index),
            ReceiptHandle: receiptHandle,
            VisibilityTimeout: 0,
          })),
        }),
      ),
    );
  }

  #about(action: string, on: string, needed: readonly string[]) {
    return { action, on, permissions: needed, endpoint: this.#aws.endpoint('SQS') };
  }
}

/** ARN of the DLQ in a redrive policy. */
export function deadLetterTarget(policy: string | undefined): string | undefined {
  return redrivePolicy(policy).deadLetterTargetArn;
}

/** The number may come as text: as whoever made the queue wrote it. */
interface RedrivePolicy {
  readonly deadLetterTargetArn?: string;
  readonly maxReceiveCount?: number | string;
}

function redrivePolicy(policy: string | undefined): RedrivePolicy {
  return policy ? (JSON.parse(policy) as RedrivePolicy) : {};
}

function received(message: Message): ReceivedMessage {
  const system = message.Attributes ?? {};
  return {
    id: given(message.MessageId, 'MessageId'),
    receiptHandle: given(message.ReceiptHandle, 'ReceiptHandle'),
    body: message.Body ?? '',
    attributes: incoming(message.MessageAttributes ?? {}),
    receiveCount: Number(system.ApproximateReceiveCount ?? 1),
    ...(system.SentTimestamp && { sentAt: Number(system.SentTimestamp) }),
    ...(system.ApproximateFirstReceiveTimestamp && {
      firstReceivedAt: Number(system.ApproximateFirstReceiveTimestamp),
    }),
    ...(system.MessageGroupId && { groupId: system.MessageGroupId }),
    ...(system.MessageDeduplicationId && { deduplicationId: system.MessageDeduplicationId }),
    ...(system.AWSTraceHeader && { traceHeader: system.AWSTraceHeader }),
    ...(system.DeadLetterQueueSourceArn && { deadLetterSourceArn: system.DeadLetterQueueSourceArn }),
  };
}

function incoming(attributes: Readonly<Record<string, MessageAttributeValue>>): MessageAttributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { dataType: DataType ?? 'String', value: BinaryValue ?? StringValue ?? '' },
    ]),
  );
}

function outgoing(queue: Queue, message: OutgoingMessage) {
  return {
    MessageBody: message.body,
    MessageAttributes: Object.fromEntries(
      Object.entries(message.attributes).map(([name, attribute]) => [name, attributeValue(attribute)]),
    ),
    ...(message.delaySeconds !== undefined && { DelaySeconds: message.delaySeconds }),
    ...(message.groupId && { MessageGroupId: message.groupId }),
    ...(queue.fifo && message.deduplicationId && { MessageDeduplicationId: message.deduplicationId }),
    ...(message.traceHeader && {
      MessageSystemAttributes: {
        AWSTraceHeader: { DataType: 'String', StringValue: message.traceHeader },
      },
    }),
  };
}

function attributeValue({ dataType, value }: MessageAttribute): MessageAttributeValue {
  return typeof value === 'string'
    ? { DataType: dataType, StringValue: value }
    : { DataType: dataType, BinaryValue: value };
}

interface FailedEntry {
  readonly Id: string | undefined;
  readonly SenderFault: boolean | undefined;
  readonly Code: string | undefined;
  readonly Message?: string | undefined;
}

function failuresOf(
  messages: readonly { readonly id: string }[],
  failed: readonly FailedEntry[] | undefined,
): readonly BatchFailure[] {
  return (failed ?? []).map(({ Id, SenderFault, Code, Message }) => ({
    id: given(messages[Number(Id)], 'the message that failed').id,
    reason: [Code, Message].filter(Boolean).join(': '),
    passing: SenderFault !== true || /Throttl/.test(Code ?? ''),
  }));
}
