import { encodePointer } from '../../../contracts/claim-check.ts';
import { ClaimCheck } from '../../../lambda/shared/claim-check.ts';
import { BadMessageError, DependencyDownError } from '../../../lambda/shared/failures.ts';
import { type MessageConsumerOptions, messageConsumer } from '../../../lambda/shared/message-consumer.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { catchLogLines, type LogLine } from '../../support/log-lines.ts';
import { sqsBatch, sqsRecord } from '../../support/sqs-records.ts';
import { downS3, StoredPayloads } from '../../support/stored-payloads.ts';

process.env.POWERTOOLS_SERVICE_NAME = 'letters';
process.env.POWERTOOLS_METRICS_NAMESPACE = 'Letters';

/** A body holds letters, which are messages each. */
function consumer(
  handle: MessageConsumerOptions<string>['handle'],
  claimCheck?: MessageConsumerOptions<string>['claimCheck'],
) {
  return messageConsumer<string>({
    ...(claimCheck && { claimCheck }),
    parse: content => {
      if (typeof content !== 'string') throw new BadMessageError('The body is no text.');
      return [...content];
    },
    subjectOf: content => ({ letters: content }),
    handle,
  });
}

describe('messageConsumer', () => {
  let lines: LogLine[];
  beforeEach(() => {
    lines = catchLogLines();
  });

  it('handles the messages of a body in their order, and leaves a line for each', async () => {
    const steps: string[] = [];
    const handler = consumer(async letter => {
      steps.push(`start ${letter}`);
      await new Promise(resolve => setImmediate(resolve));
      steps.push(`end ${letter}`);
      return { outcome: 'read', details: { letter } };
    });

    await expect(handler(sqsBatch('"ab"'), lambdaContext())).resolves.toEqual({ batchItemFailures: [] });

    expect(steps).toEqual(['start a', 'end a', 'start b', 'end b']);
    expect(lines).toEqual([
      expect.objectContaining({ outcome: 'read', letters: 'ab', letter: 'a' }),
      expect.objectContaining({ outcome: 'read', letters: 'ab', letter: 'b' }),
    ]);
  });

  it('brings the whole body back when one of its messages fails, and says so once', async () => {
    const handler = consumer(async letter => {
      if (letter === 'b') throw new DependencyDownError('no b today');
      return { outcome: 'read' };
    });
    const batch = sqsBatch('"abc"', '"a"');

    const { batchItemFailures } = await handler(batch, lambdaContext());

    expect(batchItemFailures).toEqual([{ itemIdentifier: batch.Records[0]?.messageId }]);
    expect(lines.filter(line => line.outcome === 'failed')).toEqual([
      expect.objectContaining({ failure: 'passing', letters: 'abc' }),
    ]);
    expect(lines.filter(line => '_aws' in line)).toEqual([expect.objectContaining({ FailedRecords: 1 })]);
  });

  it('says which message group a message belongs to, handled or failed', async () => {
    const handler = consumer(async letter => {
      if (letter === 'b') throw new DependencyDownError('no b today');
      return { outcome: 'read' };
    });
    const Records = ['"a"', '"b"', '"c"'].map((body, index) => {
      const record = sqsRecord(body);
      return index === 2
        ? record
        : { ...record, attributes: { ...record.attributes, MessageGroupId: 'corner-shop' } };
    });

    await handler({ Records }, lambdaContext());

    const groupOf = (letter: string) => lines.find(line => line.letters === letter)?.message_group;
    expect(['a', 'b', 'c'].map(groupOf)).toEqual(['corner-shop', 'corner-shop', undefined]);
  });

  it('says what a body that cannot be parsed is about', async () => {
    await consumer(async () => ({ outcome: 'read' }))(sqsBatch('[1]'), lambdaContext());

    expect(lines).toContainEqual(
      expect.objectContaining({ outcome: 'failed', failure: 'permanent', letters: [1] }),
    );
  });

  it('hands over a body without messages as handled', async () => {
    const response = await consumer(async () => {
      throw new Error('there is nothing to handle');
    })(sqsBatch('""'), lambdaContext());

    expect(response).toEqual({ batchItemFailures: [] });
  });

  describe('with a body in S3', () => {
    const read: MessageConsumerOptions<string>['handle'] = async letter => ({
      outcome: 'read',
      details: { letter },
    });
    const size = (bytes: number) => ({
      dataType: 'Number',
      stringValue: String(bytes),
      stringListValues: [],
      binaryListValues: [],
    });

    it.each([
      // As version 2 of amazon-sqs-java-extended-client-lib writes it: Jackson, without blanks.
      [
        'ExtendedPayloadSize',
        '["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"payloads","s3Key":"1f0c"}]',
      ],
      // As the Python library does when it is told to use the legacy attribute: json.dumps, with blanks.
      [
        'SQSLargePayloadSize',
        '["com.amazon.sqs.javamessaging.MessageS3Pointer", {"s3BucketName": "payloads", "s3Key": "1f0c"}]',
      ],
    ])('handles what the extended client libraries send, marked by %s', async (attribute, body) => {
      const payloads = new StoredPayloads();
      payloads.objects.set('1f0c', '"a"');
      const record = sqsRecord(body, { messageAttributes: { [attribute]: size(3) } });

      const response = await consumer(read, payloads.claimCheck())({ Records: [record] }, lambdaContext());

      expect(response).toEqual({ batchItemFailures: [] });
      expect(lines).toEqual([expect.objectContaining({ outcome: 'read', letters: 'a', letter: 'a' })]);
    });

    it.each([
      ['is gone', 'permanent', new StoredPayloads().claimCheck(), 'PayloadGoneError'],
      [
        'cannot be read now',
        'passing',
        new ClaimCheck({ s3: downS3, bucket: 'payloads' }),
        'DependencyDownError',
      ],
      [
        'is in a bucket of somebody else',
        'permanent',
        new StoredPayloads().claimCheck({ bucket: 'ours' }),
        'ForeignPayloadError',
      ],
      ['was not expected', 'permanent', undefined, 'BadMessageError'],
    ])('brings back the message alone when its body %s: %s', async (_, failure, claimCheck, name) => {
      const body = encodePointer({ bucket: 'payloads', key: '1f0c' });
      const record = sqsRecord(body, { messageAttributes: { ExtendedPayloadSize: size(3) } });

      const { batchItemFailures } = await consumer(read, claimCheck)(
        { Records: [record, sqsRecord('"b"')] },
        lambdaContext(),
      );

      expect(batchItemFailures).toEqual([{ itemIdentifier: record.messageId }]);
      expect(lines).toContainEqual(
        expect.objectContaining({ outcome: 'failed', failure, error: expect.objectContaining({ name }) }),
      );
    });
  });
});
