import type { FauxqsActions, FauxqsQueueStore, ReceivedMessage } from '../fauxqs.ts';
import type { WireAction } from '../wire-protocol.ts';

/**
 * ReceiveMessage that gives message attributes only to those who ask for them, and says of a dead-lettered
 * message where it came from.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 */
export function receiveMessage(queues: FauxqsQueueStore, actions: FauxqsActions): WireAction {
  return async ({ parameters }) => {
    const { Messages: messages } = await actions.receiveMessage(parameters, queues);
    if (messages === undefined) {
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
