import type { SendMessageCommand } from '@aws-sdk/client-sqs';
import { encodePointer } from '../../../contracts/claim-check.ts';
import { maxQueueMessageBytes } from '../../../contracts/message-sizes.ts';
import { DependencyDownError, EventTooLargeError } from '../../../lambda/shared/failures.ts';
import { QueueSender, type QueueSenderOptions } from '../../../lambda/shared/queue-sender.ts';
import { StoredPayloads } from '../../support/stored-payloads.ts';

const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/111111111111/posts';

function sender(options: Partial<QueueSenderOptions> = {}) {
  const sent: SendMessageCommand['input'][] = [];
  const sqs = {
    send: async (command: SendMessageCommand) => sent.push(command.input),
  } as unknown as QueueSenderOptions['sqs'];
  return { sent, queue: new QueueSender({ sqs, queueUrl, ...options }) };
}

describe('QueueSender', () => {
  it('sends a message with its attributes and its group', async () => {
    const { sent, queue } = sender();

    await queue.send({ body: '{}', attributes: { eventType: 'post_published' }, groupId: 'jane' });

    expect(sent).toEqual([
      {
        QueueUrl: queueUrl,
        MessageBody: '{}',
        MessageGroupId: 'jane',
        MessageAttributes: { eventType: { DataType: 'String', StringValue: 'post_published' } },
      },
    ]);
  });

  it('sends a message of exactly the size that SQS takes as it is', async () => {
    const { sent, queue } = sender();

    await queue.send({ body: 'x'.repeat(maxQueueMessageBytes) });

    expect(sent[0]?.MessageBody).toHaveLength(maxQueueMessageBytes);
  });

  it('sends a pointer to a body that is a byte larger', async () => {
    const payloads = new StoredPayloads();
    const { sent, queue } = sender({ claimCheck: payloads.claimCheck() });

    await queue.send({ body: 'x'.repeat(maxQueueMessageBytes + 1) });

    const [key = ''] = payloads.objects.keys();
    expect(sent).toEqual([
      {
        QueueUrl: queueUrl,
        MessageBody: encodePointer({ bucket: payloads.bucket, key }),
        MessageAttributes: { ExtendedPayloadSize: { DataType: 'Number', StringValue: '1048577' } },
      },
    ]);
  });

  it('fails without a claim check when the message is a byte larger, before anything is sent', async () => {
    const { sent, queue } = sender();
    const sending = queue.send({ body: 'x'.repeat(maxQueueMessageBytes + 1) });

    await expect(sending).rejects.toThrow(EventTooLargeError);
    expect(sent).toEqual([]);
  });

  it('fails with a passing failure when SQS is down', async () => {
    const fault = Object.assign(new Error('down'), { $fault: 'server' });
    const { queue } = sender({ sqs: { send: () => Promise.reject(fault) } as never });

    await expect(queue.send({ body: '{}' })).rejects.toThrow(DependencyDownError);
  });
});
