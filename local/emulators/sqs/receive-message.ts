import type { FauxqsQueueStore, ReceivedMessage } from '../fauxqs.ts';
import type { WireAction } from '../wire-protocol.ts';

/**
 * ReceiveMessage that gives message attributes only to those who ask for them, and says of a dead-lettered
 * message where it came from.
 *
 * Messages for a client that hung up while it waited are put back as if they had not been received.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 */
export function receiveMessage(queues: FauxqsQueueStore, receive: WireAction): WireAction {
  return async request => {
    const { parameters } = request;
    const { Messages: messages } = (await receive(request)) as { Messages?: ReceivedMessage[] };
    if (messages === undefined) {
      return {};
    }
    if (request.isGone()) {
      putBack(messages, queues, String(parameters.QueueUrl));
      return {};
    }
    if (listed(parameters.MessageAttributeNames).length === 0) {
      messages.forEach(dropMessageAttributes);
    }
    const wanted = [...listed(parameters.AttributeNames), ...listed(parameters.MessageSystemAttributeNames)];
    if (wanted.includes('All') || wanted.includes('DeadLetterQueueSourceArn')) {
      addDeadLetterSources(messages, queues, String(parameters.QueueUrl));
    }
    return { Messages: messages };
  };
}

function putBack(messages: ReceivedMessage[], queues: FauxqsQueueStore, url: string): void {
  const queue = queues.getQueue(url);
  for (const { ReceiptHandle } of messages) {
    const message = queue?.inflightMessages.get(ReceiptHandle)?.message;
    if (message !== undefined) {
      message.approximateReceiveCount -= 1;
      queue?.changeVisibility(ReceiptHandle, 0);
    }
  }
}

function dropMessageAttributes(message: ReceivedMessage): void {
  delete message.MessageAttributes;
  delete message.MD5OfMessageAttributes;
}

function addDeadLetterSources(messages: ReceivedMessage[], queues: FauxqsQueueStore, url: string): void {
  const queue = queues.getQueue(url);
  for (const message of messages) {
    const source = queue?.inflightMessages.get(message.ReceiptHandle)?.message.deadLetterSourceArn;
    if (source !== undefined) {
      message.Attributes = { ...message.Attributes, DeadLetterQueueSourceArn: source };
    }
  }
}

function listed(names: unknown): readonly unknown[] {
  return Array.isArray(names) ? names : [];
}
