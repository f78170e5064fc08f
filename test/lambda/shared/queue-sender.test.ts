import type { SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { encodePointer } from '../../../contracts/claim-check.ts';
import { maxQueueMessageBytes } from '../../../contracts/message-sizes.ts';
import { DependencyDownError, EventTooLargeError, failureKind } from '../../../lambda/shared/failures.ts';
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

describe('QueueSender with many messages', () => {
  type Batch = SendMessageBatchCommand['input'];

  function batchSender(answer: (batch: Batch) => object = () => ({})) {
    const batches: Batch[] = [];
    const send = async ({ input }: SendMessageBatchCommand) => {
      batches.push(input);
      return answer(input);
    };
    return { batches, queue: new QueueSender({ sqs: { send: send as never }, queueUrl }) };
  }
  const lengthsOf = (batches: readonly Batch[]) => batches.map(({ Entries = [] }) => Entries.length).sort();

  it('sends ten at a time', async () => {
    const { batches, queue } = batchSender();

    await queue.sendAll(Array.from({ length: 23 }, (_, index) => ({ body: String(index), groupId: 'jane' })));

    expect(lengthsOf(batches)).toEqual([10, 10, 3]);
    const entries = batches.flatMap(({ Entries = [] }) => Entries);
    expect(new Set(entries.map(({ MessageBody }) => MessageBody)).size).toBe(23);
    expect(entries[0]).toEqual({
      Id: '0',
      MessageBody: expect.any(String),
      MessageGroupId: 'jane',
      MessageAttributes: {},
    });
  });

  it('and no more at once than one message may have', async () => {
    const { batches, queue } = batchSender();

    await queue.sendAll(Array.from({ length: 3 }, () => ({ body: 'x'.repeat(maxQueueMessageBytes / 2) })));

    expect(lengthsOf(batches)).toEqual([1, 2]);
  });

  it('sends nothing for nothing', async () => {
    const { batches, queue } = batchSender();

    await queue.sendAll([]);

    expect(batches).toEqual([]);
  });

  it.each([
    ['InternalError', false, 'passing', 'It is safe to try again.'],
    ['KMS.ThrottlingException', true, 'passing', 'It is safe to try again.'],
    ['InvalidMessageContents', true, 'unexpected', 'Compare them with what the queue takes.'],
  ])(
    'fails when one is not taken: %s, by a fault of the sender: %s',
    async (Code, SenderFault, kind, advice) => {
      const { queue } = batchSender(() => ({ Failed: [{ Id: '0', Code, Message: 'no', SenderFault }] }));

      const error = await queue.sendAll([{ body: '1' }, { body: '2' }]).catch((thrown: unknown) => thrown);

      expect(failureKind(error)).toBe(kind);
      expect(String(error)).toContain(`SQS did not take 1 of 2 messages: ${Code}: no. ${advice}`);
    },
  );

  it('stops when SQS is down', async () => {
    const { batches, queue } = batchSender(() => {
      throw Object.assign(new Error('down'), { $fault: 'server' });
    });

    await expect(queue.sendAll(Array.from({ length: 1_000 }, () => ({ body: '1' })))).rejects.toThrow(
      DependencyDownError,
    );
    expect(batches.length).toBeLessThan(100);
  });

  it('stops when one call fails, whatever the others do', async () => {
    const { batches, queue } = batchSender(({ Entries: [first] = [] }) =>
      first?.MessageBody === '999' ? { Failed: [{ Id: '0', SenderFault: true }] } : {},
    );

    await expect(
      queue.sendAll(
        Array.from({ length: 1_000 }, (_, index) => ({ body: String(index - (index % 10) + 9) })),
      ),
    ).rejects.toThrow(/did not take/);
    expect(batches.length).toBeLessThan(50);
  });
});
