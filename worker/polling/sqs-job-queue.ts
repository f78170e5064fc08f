import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { receiveAllowanceSeconds } from '../../contracts/worker.ts';
import { CallBatch } from './call-batch.ts';
import { type JobQueue, MessageGoneError, type ReceivedMessage } from './job-queue.ts';

export interface SqsJobQueueOptions {
  readonly url: string;
  readonly region: string;
  readonly visibilitySeconds: number;
  /** 1 to 20. */
  readonly longPollSeconds: number;
}

interface VisibilityChange {
  readonly receiptHandle: string;
  readonly seconds: number;
}

/** How SQS says that a receipt handle is of no use any more; batch results may prefix the code. */
const goneCodes = /(MessageNotInflight|ReceiptHandleIsInvalid)$/;
const goneMessage = /not available for visibility timeout change/;

/** A queue on SQS. */
export class SqsJobQueue implements JobQueue {
  /** Does not retry: the poll loop does, with pauses that stopping cuts short. */
  readonly #receiving: SQSClient;
  readonly #settling: SQSClient;
  readonly #options: SqsJobQueueOptions;
  readonly #deletes = new CallBatch<string>(handles => this.#deleteBatch(handles));
  readonly #changes = new CallBatch<VisibilityChange>(changes => this.#changeBatch(changes));

  constructor(options: SqsJobQueueOptions) {
    this.#options = options;
    const settings = {
      region: options.region,
      // The queue's own host, which the SDK would use with a warning at every call otherwise.
      endpoint: new URL(options.url).origin,
      // `throwOnRequestTimeout`: without it the SDK only logs that the time is over, and waits on.
      requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
    };
    this.#receiving = new SQSClient({ ...settings, maxAttempts: 1 });
    this.#settling = new SQSClient({ ...settings, maxAttempts: 3 });
  }

  async receive(atMost: number, signal: AbortSignal): Promise<readonly ReceivedMessage[]> {
    const { url, visibilitySeconds, longPollSeconds } = this.#options;
    const { Messages = [] } = await this.#receiving.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: Math.min(10, atMost),
        VisibilityTimeout: visibilitySeconds,
        WaitTimeSeconds: longPollSeconds,
        MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
        MessageAttributeNames: ['All'],
      }),
      { abortSignal: signal, requestTimeout: (longPollSeconds + receiveAllowanceSeconds / 2) * 1_000 },
    );
    return Messages.map(receivedMessage);
  }

  delete(message: ReceivedMessage): Promise<void> {
    return this.#deletes.call(message.receiptHandle);
  }

  hide(message: ReceivedMessage, seconds: number): Promise<void> {
    return this.#changes.call({ receiptHandle: message.receiptHandle, seconds });
  }

  close(): void {
    this.#receiving.destroy();
    this.#settling.destroy();
  }

  async #deleteBatch(handles: readonly string[]): Promise<readonly (Error | undefined)[]> {
    const { Failed } = await this.#settling.send(
      new DeleteMessageBatchCommand({
        QueueUrl: this.#options.url,
        Entries: handles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
    return errorsOf(handles.length, Failed);
  }

  async #changeBatch(changes: readonly VisibilityChange[]): Promise<readonly (Error | undefined)[]> {
    const { Failed } = await this.#settling.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: this.#options.url,
        Entries: changes.map(({ receiptHandle, seconds }, index) => ({
          Id: String(index),
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: seconds,
        })),
      }),
    );
    return errorsOf(changes.length, Failed);
  }
}

function receivedMessage(message: Message): ReceivedMessage {
  const { MessageId = '', ReceiptHandle = '', Body = '', Attributes, MessageAttributes = {} } = message;
  const attributes: Record<string, string> = {};
  for (const [name, { StringValue }] of Object.entries(MessageAttributes)) {
    if (StringValue !== undefined) attributes[name] = StringValue;
  }
  return {
    id: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    receiveCount: Number(Attributes?.ApproximateReceiveCount ?? 1),
    sentAt: new Date(Number(Attributes?.SentTimestamp ?? 0)),
    attributes,
  };
}

function errorsOf(entries: number, failed: readonly BatchResultErrorEntry[] = []): (Error | undefined)[] {
  const errors: (Error | undefined)[] = new Array(entries).fill(undefined);
  for (const { Id, Code = 'Unknown', Message = '' } of failed) {
    const gone = goneCodes.test(Code) || goneMessage.test(Message);
    errors[Number(Id)] = new (gone ? MessageGoneError : Error)(`${Code}: ${Message}`);
  }
  return errors;
}
