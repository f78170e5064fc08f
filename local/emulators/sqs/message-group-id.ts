import { AwsError } from '../aws-error.ts';
import type { FauxqsQueue, FauxqsQueueStore } from '../fauxqs.ts';
import type { WireAction, WireRequest } from '../wire-protocol.ts';

/** Up to 128 letters, digits and punctuation marks of ASCII. */
const MESSAGE_GROUP_ID = /^[\x21-\x7e]{1,128}$/;

export function isMessageGroupId(id: unknown): id is string {
  return typeof id === 'string' && MESSAGE_GROUP_ID.test(id);
}

/**
 * SendMessage that keeps the message group on standard queues too, where fauxqs forgets it.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export function sendMessage(queues: FauxqsQueueStore, send: WireAction): WireAction {
  return request => {
    const queue = standardQueueOf(request, queues);
    const group = request.parameters.MessageGroupId;
    if (queue === undefined || group === undefined) {
      return send(request);
    }
    const groupId = checked(group);
    // At once, not a turn later: whoever waits for messages would get this one without its group.
    const sent = send(request) as { readonly MessageId: string };
    setGroup(queue, sent.MessageId, groupId);
    return sent;
  };
}

interface BatchEntry {
  readonly Id: string;
  readonly MessageGroupId?: unknown;
}

/** SendMessageBatch that keeps the message group, as {@link sendMessage} does. */
export function sendMessageBatch(queues: FauxqsQueueStore, send: WireAction): WireAction {
  return request => {
    const queue = standardQueueOf(request, queues);
    const entries = (request.parameters.Entries ?? []) as readonly BatchEntry[];
    const groups = new Map(
      entries.flatMap(({ Id, MessageGroupId: group }) => (group === undefined ? [] : [[Id, group]])),
    );
    if (queue === undefined || groups.size === 0) {
      return send(request);
    }
    groups.forEach(checked);
    const sent = send(request) as { readonly Successful: readonly { Id: string; MessageId: string }[] };
    for (const { Id, MessageId } of sent.Successful) {
      if (groups.has(Id)) {
        setGroup(queue, MessageId, String(groups.get(Id)));
      }
    }
    return sent;
  };
}

function standardQueueOf({ parameters }: WireRequest, queues: FauxqsQueueStore): FauxqsQueue | undefined {
  const queue = queues.getQueue(String(parameters.QueueUrl));
  return queue?.isFifo() === false ? queue : undefined;
}

function checked(group: unknown): string {
  if (isMessageGroupId(group)) {
    return group;
  }
  throw new AwsError(
    'InvalidParameterValue',
    `Value ${String(group)} for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include ` +
      'alphanumeric and punctuation characters. 1 to 128 in length.',
  );
}

function setGroup(queue: FauxqsQueue, messageId: string, groupId: string): void {
  const isSent = (message: { readonly messageId: string }) => message.messageId === messageId;
  const message = queue.messages.findLast(isSent) ?? queue.inspectMessages().delayed.findLast(isSent);
  if (message !== undefined) {
    message.messageGroupId = groupId;
  }
}
